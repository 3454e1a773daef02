"""Replies of an unknown tool: a table or JSON Lines, and the meaning of its columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.evaluate.imports.matching import Row
from benchsmith.evaluate.imports.vlmevalkit import cell_text

FIELDS = ("id", "answer", "question", "options")
"""What a column may mean."""
DEFAULTS = {"id": "id", "answer": "answer"}
_MISSING = object()


def columns(given: Sequence[str]) -> dict[str, str]:
    """Return a mapping of fields to columns from `FIELD=COLUMN`. Raises DocumentError.

    >>> columns(["answer=output", "id=meta.case"])
    {'answer': 'output', 'id': 'meta.case'}
    """
    found = {}
    for one in given:
        field, equals, column = one.partition("=")
        if field not in FIELDS or not equals or not column:
            hint = did_you_mean(field, FIELDS) or f"write FIELD=COLUMN with {', '.join(FIELDS)}"
            raise DocumentError([Problem.without_place(f"{one!r} names no column", hint)])
        found[field] = column
    return found


def row(line: int, values: Mapping[str, Any], named: Mapping[str, str]) -> Row:
    """Return a row.

    A column in an object is named by a path, such as `doc.id`; several columns with one option each
    are separated by commas. Raises ValueError for a missing column.
    """
    named = dict(named) if named else DEFAULTS
    if "answer" not in named or not {"id", "question"} & named.keys():
        raise ValueError("needs a column for `answer`, and one for `id` or for `question`")
    found = {
        field: _value(values, column, line) for field, column in named.items() if field != "options"
    }
    texts = {field: _text(value) for field, value in found.items()}
    return Row(
        line=line,
        text=texts["answer"],
        id=texts.get("id", "").strip(),
        question=texts.get("question", ""),
        options=_options(values, named["options"], line) if "options" in named else (),
    )


def _options(values: Mapping[str, Any], named: str, line: int) -> tuple[str, ...]:
    if "," in named:
        cells = [cell_text(_value(values, name.strip(), line)) for name in named.split(",")]
        return tuple(cell for cell in cells if cell)
    value = _value(values, named, line)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError(f"line {line}: {named} is not a list in JSON") from error
    if not isinstance(value, list):
        raise ValueError(f"line {line}: {named} is not a list of options")  # noqa: TRY004 - it is the file's
    return tuple(map(cell_text, value))


def _value(values: Mapping[str, Any], column: str, line: int) -> Any:
    found: Any = values.get(column, _MISSING)
    if found is _MISSING and "." in column:
        found = values
        for part in column.split("."):
            found = found.get(part, _MISSING) if isinstance(found, dict) else _MISSING
    if found is _MISSING:
        hint = did_you_mean(column, values) or "name the columns with --column FIELD=COLUMN"
        raise ValueError(f"line {line} has no column {column!r}; {hint}")
    return found


def _text(value: Any) -> str:
    """Return a reply as text; a list of letters is joined."""
    return ",".join(map(cell_text, value)) if isinstance(value, list) else cell_text(value)
