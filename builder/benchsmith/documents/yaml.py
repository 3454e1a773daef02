"""YAML documents as strict pydantic models; every problem has its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import pydantic

from benchsmith.documents import yaml_tree
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.yaml_keys import keys_at
from benchsmith.documents.yaml_tree import Lines, plain

__all__ = ["Document", "Lines", "collect", "plain", "read"]
M = TypeVar("M", bound="Document")


class Document(pydantic.BaseModel):
    """A strict, frozen document: unknown keys and wrong types are errors."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def read(path: Path, model: type[M], home: Path | None = None) -> M:
    """Return a document. Raises DocumentError with every problem found.

    Problems name the file relative to `home`, by default the file's own folder.
    """
    problems = Problems(home or path.parent)
    document, _ = collect(path, model, problems)
    problems.raise_any()
    assert document is not None
    return document


def collect(path: Path, model: type[M], problems: Problems) -> tuple[M | None, Lines]:
    """Return a document and its lines; None, with the problems added, if it has any."""
    tree = yaml_tree.parse(path, problems)
    if tree is None:
        return None, Lines(None)
    lines = Lines(tree)
    try:
        # JSON mode would turn keys into text; Python mode needs tuples spelled as lists.
        return model.model_validate(tree.plain()), lines
    except pydantic.ValidationError as error:
        faults = error.errors()
        for fault in faults:
            if problems.full(path):
                break
            if fault["type"] == "too_short" and _has_fault_inside(fault["loc"], faults):
                continue
            what, hint = _message(fault, model)
            problems.add(path, lines.of(fault["loc"]), what, hint)
        return None, lines


def _has_fault_inside(place: tuple[int | str, ...], faults: Any) -> bool:
    """Return whether a list is too short only because pydantic removed a faulty item."""
    return any(f["loc"][: len(place)] == place and f["loc"] != place for f in faults)


HINTS = {
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "string_type": 'write it in quotes, such as "1"',
    "int_type": "write a whole number, without quotes",
    "int_parsing": "write a whole number, without quotes",
    "float_type": "write a number with a point, without quotes",
    "list_type": "write a list, such as [a, b]",
    "tuple_type": "write a list, such as [a, b]",
    "dict_type": "write `key: value` lines, indented below it",
    "model_type": "write `key: value` lines, indented below it",
}
"""What to do about an error of pydantic, by its type."""


def _message(fault: Any, model: type[Document]) -> tuple[str, str]:
    """Return the message and the hint for one of pydantic's errors."""
    place = ".".join(str(p) for p in fault["loc"])
    kind = fault["type"]
    if kind == "extra_forbidden":
        return f"unknown key `{place}`", did_you_mean(
            str(fault["loc"][-1]), keys_at(model, fault["loc"][:-1])
        )
    if kind == "missing":
        return f"`{place}` is missing", "add the key; docs/reference.md says what it means"
    if kind == "union_tag_invalid":
        known = [tag.strip("' ") for tag in fault["ctx"]["expected_tags"].split(",")]
        tag, key = fault["ctx"]["tag"], fault["ctx"]["discriminator"].strip("'")
        hint = did_you_mean(tag, known) or f"choose one of {', '.join(known)}"
        return f"`{place}`: unknown `{key}` {tag!r}", hint
    shown = repr(fault.get("input"))
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    hint = HINTS.get(kind, "")
    return f"`{place}`: {message}" + (f" (found {shown})" if len(shown) < 60 else ""), hint
