"""YAML 1.2 documents into pydantic models, every problem with its line."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pydantic
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from benchsmith.documents import parse_cache
from benchsmith.documents.problems import Problems, did_you_mean

M = TypeVar("M", bound="Document")
LARGEST_BYTES = 1 << 20
"""A recipe is a page, not a data base; a larger file is a mistake or an attack."""
MOST_BRACKETS = 2_000


class Document(pydantic.BaseModel):
    """A strict, frozen document: unknown keys and wrong types are errors."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)


def read(path: Path, model: type[M], problems: Problems) -> tuple[M | None, Lines]:
    """Return a document and its lines; None where it has a problem, which is noted."""
    tree = _remembered(path, problems)
    if tree is None:
        return None, Lines(None)
    lines = Lines(tree)
    try:
        # JSON mode would turn keys into text; Python mode needs tuples spelled as lists.
        return model.model_validate(tree.plain()), lines
    except pydantic.ValidationError as error:
        faults = error.errors()
        for fault in faults:
            if fault["type"] == "too_short" and _spoilt_inside(fault["loc"], faults):
                continue
            what, hint = _say(fault, model)
            problems.add(path, lines.of(fault["loc"]), what, hint)
        return None, lines


def plain(path: Path) -> Any:
    """Return a YAML file as plain values, whatever it says; None where it is no sound YAML."""
    tree = _parse(path, Problems(path.parent))
    return None if tree is None else _noded(tree).plain()


def _spoilt_inside(place: tuple[int | str, ...], faults: Any) -> bool:
    """Say whether a list is short only because pydantic took a faulty item out."""
    return any(f["loc"][: len(place)] == place and f["loc"] != place for f in faults)


def _parse(path: Path, problems: Problems) -> CommentedMap | None:
    if not path.is_file():
        problems.add(path, 1, "the file is missing")
        return None
    if path.stat().st_size > LARGEST_BYTES:
        problems.add(path, 1, f"is larger than {LARGEST_BYTES} bytes")
        return None
    try:
        text = path.read_bytes().decode("utf-8")
        if fault := _uses(text):
            problems.add(path, 1, f"uses {fault}", "write the value out")
            return None
        tree = YAML(typ="rt", pure=True).load(text)
    except UnicodeDecodeError:
        problems.add(path, 1, "is not UTF-8", "save the file as UTF-8")
        return None
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


def _uses(text: str) -> str:
    """Name what a document uses that none of ours needs, if it does.

    Aliases are how a small file becomes a huge tree, tags how it becomes an object, and brackets
    by the thousand how reading it takes minutes.
    """
    from ruamel.yaml.tokens import AliasToken, AnchorToken, TagToken

    if text.count("[") + text.count("{") > MOST_BRACKETS:
        return "more brackets than a document needs"
    if not {"&", "*", "!"} & set(text):
        return ""
    for token in YAML(typ="rt", pure=True).scan(text):
        if isinstance(token, AliasToken | AnchorToken):
            return "YAML anchors or aliases"
        if isinstance(token, TagToken):
            return "YAML tags"
    return ""


class Node(NamedTuple):
    """A value of a document with the lines of what it holds."""

    kind: str
    """``map``, ``list`` or ``value``."""
    held: Any
    """Of a map (key, line, node), of a list (line, node), else the value."""

    def plain(self) -> Any:
        """Return the value in Python's own types, lists as tuples."""
        if self.kind == "map":
            return {key: node.plain() for key, _, node in self.held}
        if self.kind == "list":
            return tuple(node.plain() for _, node in self.held)
        return self.held

    def at(self, step: int | str) -> tuple[int, Node] | None:
        """Return line and node of what a key or a number names."""
        if self.kind == "map":
            return next(((line, node) for key, line, node in self.held if key == step), None)
        if self.kind == "list" and isinstance(step, int) and step < len(self.held):
            line, node = self.held[step]
            return line, node
        return None


def _noded(node: Any) -> Node:
    """Take a tree out of the parser's own types."""
    if isinstance(node, CommentedMap):
        lines = node.lc.data
        return Node("map", [(_bare(k), lines[k][0] + 1, _noded(v)) for k, v in node.items()])
    if isinstance(node, CommentedSeq):
        lines = node.lc.data
        return Node("list", [(lines[i][0] + 1, _noded(v)) for i, v in enumerate(node)])
    return Node("value", _bare(node))


def _bare(value: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _remembered(path: Path, problems: Problems) -> Node | None:
    """Parse a file, or take what came of the same bytes before."""
    found = parse_cache.of(problems.home)
    state = parse_cache.digest(path.read_bytes()) if path.is_file() else ""
    known = found.get("yaml", path, state)
    if known is not None:
        return _from_json(known)
    tree = _parse(path, problems)
    if tree is None:
        return None
    node = _noded(tree)
    if _is_json(node):
        found.put("yaml", path, state, node)
    return node


def _is_json(node: Node) -> bool:
    """Say whether a tree comes back from JSON as it is: a date, or a float that is none, does not."""
    if node.kind == "value":
        return type(node.held) in (bool, int, str, type(None)) or (
            type(node.held) is float and isfinite(node.held)
        )
    if node.kind == "map" and not all(type(e[0]) in (bool, int, str) for e in node.held):
        return False
    return all(_is_json(entry[-1]) for entry in node.held)


def _from_json(value: Any) -> Node:
    kind, held = value
    if kind == "map":
        return Node(kind, [(key, line, _from_json(node)) for key, line, node in held])
    if kind == "list":
        return Node(kind, [(line, _from_json(node)) for line, node in held])
    return Node(kind, held)


class Lines:
    """Which line of a document a value stands on."""

    def __init__(self, tree: Node | None) -> None:
        self._tree = tree

    def of(self, place: tuple[int | str, ...]) -> int:
        """Return the line of a place such as ``("samples", 0, "images")``, or of its parent."""
        node = self._tree
        line = 1
        for step in place:
            # a tag of a union, or a key that is missing: stay where we are
            if node is not None and (found := node.at(step)):
                line, node = found
        return line


def _say(fault: Any, model: type[Document]) -> tuple[str, str]:
    """Put pydantic's finding into words of the document."""
    place = ".".join(str(p) for p in fault["loc"])
    kind = fault["type"]
    if kind == "extra_forbidden":
        return f"unknown key `{place}`", did_you_mean(
            str(fault["loc"][-1]), keys_at(model, fault["loc"][:-1])
        )
    if kind == "missing":
        return f"`{place}` is missing", ""
    shown = repr(fault.get("input"))
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"`{place}`: {message}" + (f" (found {shown})" if len(shown) < 60 else ""), ""


def keys_at(model: type[pydantic.BaseModel], place: tuple[int | str, ...]) -> set[str]:
    """Return the keys that may stand at a place of a document of this model."""
    here = [model]
    for step in place:
        if isinstance(step, int):
            continue
        below = [m for one in here for m in _models(_field(one, step))]
        # a step that is no key is the `kind` by which a union's model is told
        here = below or [m for m in here if step in _kinds(m)] or here
    return {field.alias or name for one in here for name, field in one.model_fields.items()}


def _field(model: type[pydantic.BaseModel], key: str) -> Any:
    fields = model.model_fields.items()
    return next((f.annotation for name, f in fields if key == (f.alias or name)), None)


def _kinds(model: type[pydantic.BaseModel]) -> tuple[Any, ...]:
    return getattr(_field(model, "kind"), "__args__", ())


def _models(hint: Any) -> list[type[pydantic.BaseModel]]:
    """Return the models that a type names: itself, or those of its union, list or mapping."""
    if isinstance(hint, type) and issubclass(hint, pydantic.BaseModel):
        return [hint]
    return [model for arg in getattr(hint, "__args__", ()) for model in _models(arg)]


def known_keys(model: type[pydantic.BaseModel]) -> set[str]:
    """Return every key that a document of this model may have, at any depth."""
    keys: set[str] = set()
    seen: set[type] = set()

    def visit(hint: Any) -> None:
        if isinstance(hint, type) and issubclass(hint, pydantic.BaseModel):
            if hint not in seen:
                seen.add(hint)
                for name, field in hint.model_fields.items():
                    keys.add(field.alias or name)
                    visit(field.annotation)
            return
        for arg in getattr(hint, "__args__", ()):
            visit(arg)

    visit(model)
    return keys
