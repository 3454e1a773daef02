"""What each of several readers states about one image."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from benchsmith.annotations import listed_marks
from benchsmith.annotations.table_columns import need
from benchsmith.core.contracts import Annotations, DataFault, Request, SheetRow
from benchsmith.documents.labels import READER, Merge, Table
from benchsmith.text import path_patterns
from benchsmith.text.normal_form import normal
from benchsmith.text.plain_numbers import plain_number

MAX_READERS = 64
"""Readers of one image, whose labels are in memory together."""
ReadOne = Callable[[Any, Request], Annotations]


def of_each(labels: Merge, request: Request, read_one: ReadOne) -> dict[str, Annotations]:
    """Return the statements by reader, in the recipe's order or by name.

    Raises DataFault if a reader whom the recipe names has no labels of this image, or if the labels
    of one cannot be read: without them the merged labels would differ. Also if two readers' names
    differ only in case or spelling.
    """
    requests = dict(_by_row(labels, request) if labels.column else _by_path(labels, request))
    _check_spelling(labels, requests)
    names = labels.readers or sorted(requests)
    if lost := [name for name in names if name not in requests]:
        what = (
            f"{', '.join(lost)} of `readers` has no labels of {request.fields.get('key', 'it')!r}"
        )
        raise DataFault("file-missing", labels.of.file, what)
    if len(names) > MAX_READERS:
        what = f"has labels of {len(names)} readers, more than {MAX_READERS}"
        raise DataFault("too-large", labels.of.file, what)
    if not names:
        raise DataFault("file-missing", labels.of.file, f"{labels.of.file} belongs to no reader")
    nothing = getattr(labels.of, "nothing", None)
    each = {name: read_one(*requests[name]) for name in names}
    if nothing is None:
        return each
    return {name: listed_marks.unmarked(found, nothing) for name, found in each.items()}


def _check_spelling(labels: Merge, names: Iterable[str]) -> None:
    """Refuse readers of one image whose names may be one person's, who would have two votes."""
    first: dict[str | float, str] = {}
    for name in sorted(names):
        try:
            same: str | float = plain_number(name)
        except ValueError:
            same = normal(name)
        if (other := first.setdefault(same, name)) != name:
            what = f"the readers {other!r} and {name!r} may be one: spell a reader alike everywhere"
            raise DataFault("readers-alike", labels.of.file, what)


def _by_path(labels: Merge, request: Request) -> Iterator[tuple[str, tuple[Any, Request]]]:
    every = request.find(labels.of.file)
    found = {fields[READER] for path, fields in every if path != request.path}
    for name in found:
        file = path_patterns.fill(labels.of.file, {READER: name})
        yield name, (_alone(labels.of, file=file), request)


def _by_row(labels: Merge, request: Request) -> Iterator[tuple[str, tuple[Any, Request]]]:
    table, column = labels.of, str(labels.column)
    assert isinstance(table, Table)
    rows: dict[str, list[SheetRow]] = {}
    for row in request.rows.get(table.rows_id, ()):
        need(row.cells, [column], table.file)
        rows.setdefault(row.cells[column].strip(), []).append(row)
    if "" in rows:
        line = rows[""][0].line
        raise DataFault("header", table.file, f"line {line} has no reader in {column!r}")
    for name, own in rows.items():
        of_reader = replace(request, rows={**request.rows, table.rows_id: own})
        yield name, (_alone(table), of_reader)


def _alone(labels: Any, **changed: str) -> Any:
    """Return the entry of one reader, without the operations on merged marks."""
    later = {key: None for key in ("objects", "nothing") if hasattr(labels, key)}
    return labels.model_copy(update={**later, **changed})
