"""Cells of a row: found by the name of a column, as values, as text, or under a recipe's names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isnan
from pathlib import Path
from typing import Any

from benchsmith.adopt.row_files import Cells
from benchsmith.core.contracts import DataFault
from benchsmith.documents.adoption import Named

MAX_TEXT = 100_000
"""Characters of a question, an option or another text."""
MAX_VALUES = 1_000
"""Values of a list in a cell."""


def own_columns(path: Path, shown: str) -> dict[str, str]:
    """Return the columns that every row of a file has; `shown` is its path in the data folder.

    >>> own_columns(Path("eye/test-00000-of-00001.parquet"), "eye/test-00000-of-00001.parquet")["_split"]
    'test'
    """
    return {
        "_file": shown,
        "_folder": path.parent.name,
        "_stem": path.stem,
        "_split": re.split(r"[-_.]", path.stem)[0].lower(),
    }


def has(cells: Cells, column: str) -> bool:
    """Return whether a row has a column, or the first part of a column inside another."""
    return column in cells or column.partition(".")[0] in cells


def values(cells: Cells, column: str) -> list[Any]:
    """Return the values in a column, or all items of a list; none for a missing or empty cell."""
    return [v for v in with_gaps(cells, column) if not is_empty(v)]


def with_gaps(cells: Cells, column: str) -> list[Any]:
    """Return the values at a column, with the empty ones of a list in their places."""
    if column in cells:
        found = [cells[column]]
    else:
        found = [cells]
        for step in column.split("."):
            found = [v[step] for v in _flat(found) if isinstance(v, dict) and step in v]
    return _flat(found)


def text(cells: Cells, column: str) -> str:
    """Return a cell as stripped text; empty for a missing one. Raises DataFault."""
    found = values(cells, column)
    if len(found) > 1 or any(isinstance(v, dict | bytes) for v in found):
        raise DataFault("row-unsound", column, f"{column!r} is not one text or number")
    return as_text(found[0]).strip() if found else ""


def as_text(value: Any) -> str:
    """Return a value as text; a whole number has no decimals. Raises DataFault for a long one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    shown = str(value)
    if len(shown) > MAX_TEXT:
        raise DataFault("row-unsound", "", f"a text has more than {MAX_TEXT} characters")
    if not shown.isprintable():
        # lone surrogates cannot be written; other control characters are removed as well
        kept = shown.encode("utf-8", "replace").decode()
        shown = "".join(c for c in kept if c.isprintable() or c in "\n\t" or c.isspace())
    return shown


def is_empty(value: Any) -> bool:
    """Return whether a value is empty: None, NaN, or blank text."""
    return (
        value is None
        or (isinstance(value, float) and isnan(value))
        or (isinstance(value, str) and not value.strip())
    )


def stated(cells: Cells, rule: str | Named) -> str:
    """Return what a rule states about a row: its text, or a column's value under the recipe's name.

    Empty if the column is empty. Raises DataFault.
    """
    if isinstance(rule, str):
        return rule
    word = text(cells, rule.column)
    if word in rule.names:
        return rule.names[word]
    return word if rule.otherwise is None else rule.otherwise


def one_of(cells: Cells, wanted: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """Return the first column whose value is not wanted, with the value; empty if all are."""
    for column, accepted in wanted:
        word = text(cells, column)
        if word not in accepted:
            return f"{column} is {word[:100]!r}"
    return ""


def _flat(found: list[Any]) -> list[Any]:
    """Return values with every list replaced by its items."""
    flat: list[Any] = []
    for value in found:
        flat += value if isinstance(value, list | tuple) else [value]
        if len(flat) > MAX_VALUES:
            raise DataFault("row-unsound", "", f"a cell has more than {MAX_VALUES} values")
    return flat
