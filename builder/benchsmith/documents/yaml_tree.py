"""Parses YAML 1.2 into plain values with line numbers, and caches the result by the file's digest."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from benchsmith.documents import parse_cache, text_file
from benchsmith.documents.problems import Problems

MAX_BYTES = 1 << 20
"""Documents are a few pages; a larger file is a mistake or an attack."""
MAX_BRACKETS = 2_000
"""The parser takes minutes for thousands of nested brackets."""
CACHE_KIND = "yaml"


class Node(NamedTuple):
    """A value of a document with the lines of its parts."""

    kind: str
    """``map``, ``list`` or ``value``."""
    content: Any
    """Of a map a list of (key, line, node), of a list a list of (line, node), else the value."""

    def plain(self) -> Any:
        """Return the value in Python's own types, lists as tuples."""
        if self.kind == "map":
            return {key: node.plain() for key, _, node in self.content}
        if self.kind == "list":
            return tuple(node.plain() for _, node in self.content)
        return self.content

    def child(self, step: int | str) -> tuple[int, Node] | None:
        """Return the line and the node at a key of a map or an index of a list, if there is one."""
        if self.kind == "map":
            return next(((line, node) for key, line, node in self.content if key == step), None)
        if self.kind == "list" and isinstance(step, int) and step < len(self.content):
            line, node = self.content[step]
            return line, node
        return None


class Lines:
    """Finds the line of each value of a document."""

    def __init__(self, tree: Node | None) -> None:
        self._tree = tree

    def of(self, place: tuple[int | str, ...]) -> int:
        """Return the line of a place such as ``("samples", 0, "images")``, or of its parent."""
        node = self._tree
        line = 1
        for step in place:
            # pydantic's tag of a union and missing keys have no node: stay at the parent
            if node is not None and (found := node.child(step)):
                line, node = found
        return line


def parse(path: Path, problems: Problems) -> Node | None:
    """Return the tree of a file, from the cache if its bytes are known; None if it has a problem."""
    cache = parse_cache.of(problems.home)
    digest = parse_cache.digest(path.read_bytes()) if path.is_file() else ""
    cached = cache.get(CACHE_KIND, path, digest)
    if cached is not None:
        return _from_json(cached)
    tree = _parse(path, problems)
    if tree is None:
        return None
    node = _node(tree)
    if _survives_json(node):
        cache.put(CACHE_KIND, path, digest, node)
    return node


def plain(path: Path) -> Any:
    """Return a YAML file of any shape as plain values; None if it cannot be parsed."""
    tree = _parse(path, Problems(path.parent))
    return None if tree is None else _node(tree).plain()


def _parse(path: Path, problems: Problems) -> CommentedMap | None:
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        problems.add(path, 1, f"is larger than {MAX_BYTES} bytes")
        return None
    text = text_file.collect(path, problems)
    if text is None:
        return None
    try:
        if feature := _banned_feature(text):
            problems.add(path, 1, f"uses {feature}", "write the value out")
            return None
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context or error).split())
        problems.add(path, mark.line + 1 if mark else 1, f"is not valid YAML: {what}")
        return None
    except (YAMLError, RecursionError, ValueError, TypeError) as error:
        problems.add(path, 1, f"is not valid YAML: {error}")
        return None
    if not isinstance(tree, CommentedMap):
        problems.add(path, 1, "is not a list of `key: value` lines")
        return None
    return tree


def _banned_feature(text: str) -> str:
    """Return the name of a YAML feature that documents may not use, or an empty string.

    Aliases let a small file expand to a huge tree, tags can construct objects, and thousands of
    brackets make the parser take minutes.
    """
    from ruamel.yaml.tokens import AliasToken, AnchorToken, TagToken

    if text.count("[") + text.count("{") > MAX_BRACKETS:
        return "more brackets than a document needs"
    if not {"&", "*", "!"} & set(text):
        return ""
    for token in YAML(typ="rt", pure=True).scan(text):
        if isinstance(token, AliasToken | AnchorToken):
            return "YAML anchors or aliases"
        if isinstance(token, TagToken):
            return "YAML tags"
    return ""


def _node(value: Any) -> Node:
    """Convert the parser's types to nodes."""
    if isinstance(value, CommentedMap):
        lines = value.lc.data
        return Node("map", [(_builtin(k), lines[k][0] + 1, _node(v)) for k, v in value.items()])
    if isinstance(value, CommentedSeq):
        lines = value.lc.data
        return Node("list", [(lines[i][0] + 1, _node(v)) for i, v in enumerate(value)])
    return Node("value", _builtin(value))


def _builtin(value: Any) -> Any:
    """Convert the parser's subclasses of built-in types to the types themselves."""
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _survives_json(node: Node) -> bool:
    """Return whether a tree is the same after JSON: dates, NaN and infinities are not."""
    if node.kind == "value":
        return type(node.content) in (bool, int, str, type(None)) or (
            type(node.content) is float and isfinite(node.content)
        )
    if node.kind == "map" and not all(type(e[0]) in (bool, int, str) for e in node.content):
        return False
    return all(_survives_json(entry[-1]) for entry in node.content)


def _from_json(value: Any) -> Node:
    kind, content = value
    if kind == "map":
        return Node(kind, [(key, line, _from_json(node)) for key, line, node in content])
    if kind == "list":
        return Node(kind, [(line, _from_json(node)) for line, node in content])
    return Node(kind, content)
