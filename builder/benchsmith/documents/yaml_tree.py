"""Parses YAML 1.2 into plain values with line numbers, and caches the result by the file's digest."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchsmith.documents import parse_cache, text_file
from benchsmith.documents.problems import Problems
from benchsmith.documents.yaml_size import MAX_BYTES, too_much

if TYPE_CHECKING:  # documents that are cached are read without the parser
    from ruamel.yaml.comments import CommentedMap

MAX_DIGITS = 18
"""Digits of a whole number: what a 64-bit integer holds."""
CACHE_KIND = "yaml"


class Node(NamedTuple):
    """A value of a document with the lines of its parts."""

    kind: str
    """``map``, ``list`` or ``value``."""
    content: Any
    """For a map a list of (key, line, node), for a list a list of (line, node), otherwise the value."""

    def plain(self) -> Any:
        """Return the value in Python's built-in types, with lists as tuples."""
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
    if not text_file.fits(path, problems, MAX_BYTES):
        return None
    cache = parse_cache.holding(path, problems.home)
    digest = parse_cache.digest(path.read_bytes())
    cached = cache.get(CACHE_KIND, path, digest)
    if cached is not None:
        return _from_json(cached)
    tree = _parse(path, problems)
    if tree is None:
        return None
    node = _node(tree)
    if line := _huge_number(node):
        problems.add(path, line, f"has a number of more than {MAX_DIGITS} digits")
        return None
    if _survives_json(node):
        cache.put(CACHE_KIND, path, digest, node)
    return node


YAML_HINT = (
    "indent with spaces, not tabs, as in the lines above; put a space after each colon, and "
    "quotes around"
    " a text with braces, stars or a colon"
)
"""What the mistakes are that YAML's own words do not name."""


def plain(path: Path) -> Any:
    """Return a YAML file of any shape as plain values; None if it cannot be parsed."""
    tree = _parse(path, Problems(path.parent))
    return None if tree is None else _node(tree).plain()


def _parse(path: Path, problems: Problems) -> CommentedMap | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = text_file.collect(path, problems, MAX_BYTES)
    if text is None:
        return None
    if beyond := too_much(text):
        problems.add(path, beyond[0], beyond[1], "split the document, or simplify it")
        return None
    try:
        if feature := _banned_feature(text):
            problems.add(path, 1, f"uses {feature}", "write the value out")
            return None
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context or error).split())
        problems.add(path, mark.line + 1 if mark else 1, f"is not valid YAML: {what}", YAML_HINT)
        return None
    except RecursionError:
        problems.add(path, 1, "is not valid YAML: it is nested too deeply")
        return None
    except (YAMLError, ValueError, TypeError) as error:
        problems.add(path, 1, f"is not valid YAML: {error}")
        return None
    if not isinstance(tree, CommentedMap):
        problems.add(path, 1, "is not a list of `key: value` lines")
        return None
    return tree


def _banned_feature(text: str) -> str:
    """Return the name of a YAML feature that documents may not use, or an empty string.

    Aliases let a small file expand to a huge tree, and tags can construct objects.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.tokens import AliasToken, AnchorToken, ScalarToken, TagToken

    if not {"&", "*", "!"} & set(text) and "<<" not in text:
        return ""
    for token in YAML(typ="rt", pure=True).scan(text):
        if isinstance(token, AliasToken | AnchorToken):
            return "YAML anchors or aliases"
        if isinstance(token, TagToken):
            return "YAML tags"
        if isinstance(token, ScalarToken) and token.plain and token.value == "<<":
            return "YAML merge keys"
    return ""


def _node(value: Any) -> Node:
    """Convert the parser's types to nodes."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

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


def _huge_number(node: Node, line: int = 1) -> int:
    """Return the line of a whole number with too many digits; 0 if there is none."""
    if node.kind == "value":
        huge = type(node.content) is int and abs(node.content) >= 10**MAX_DIGITS
        return line if huge else 0
    for *key, at, below in node.content:
        if any(type(k) is int and abs(k) >= 10**MAX_DIGITS for k in key):
            return int(at)
        if found := _huge_number(below, at):
            return found
    return 0


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
