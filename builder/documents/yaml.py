"""YAML 1.2 documents into pydantic models, every problem with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import pydantic
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from builder.documents.problems import Problems, did_you_mean

M = TypeVar("M", bound="Document")
LARGEST_BYTES = 1 << 20
"""A recipe is a page, not a data base; a larger file is a mistake or an attack."""
MOST_BRACKETS = 2_000


class Document(pydantic.BaseModel):
    """A strict, frozen document: unknown keys and wrong types are errors."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)


def read(path: Path, model: type[M], problems: Problems) -> tuple[M | None, Lines]:
    """Return a document and its lines; None where it has a problem, which is noted."""
    tree = _parse(path, problems)
    if tree is None:
        return None, Lines(None)
    lines = Lines(tree)
    try:
        # JSON mode would turn keys into text; Python mode needs tuples spelled as lists.
        return model.model_validate(_plain(tree)), lines
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
    problems = Problems(path.parent)
    return _plain(_parse(path, problems))


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


def _plain(node: Any) -> Any:
    if isinstance(node, CommentedMap):
        return {_plain(k): _plain(v) for k, v in node.items()}
    if isinstance(node, CommentedSeq):
        return tuple(_plain(v) for v in node)
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


class Lines:
    """Which line of a document a value stands on."""

    def __init__(self, tree: CommentedMap | None) -> None:
        self._tree = tree

    def of(self, place: tuple[int | str, ...]) -> int:
        """Return the line of a place such as ``("samples", 0, "images")``, or of its parent."""
        node: Any = self._tree
        line = 1
        for step in place:
            try:
                line = int(node.lc.data[step][0]) + 1
                node = node[step]
            except (AttributeError, KeyError, IndexError, TypeError):
                # a tag of a union, or a key that is missing: stay where we are
                continue
        return line


def _say(fault: Any, model: type[Document]) -> tuple[str, str]:
    """Put pydantic's finding into words of the document."""
    place = ".".join(str(p) for p in fault["loc"])
    kind = fault["type"]
    if kind == "extra_forbidden":
        return f"unknown key `{place}`", did_you_mean(str(fault["loc"][-1]), known_keys(model))
    if kind == "missing":
        return f"`{place}` is missing", ""
    shown = repr(fault.get("input"))
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"`{place}`: {message}" + (f" (found {shown})" if len(shown) < 60 else ""), ""


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
