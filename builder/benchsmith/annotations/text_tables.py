"""Tables as text: CSV, TSV, Excel and JSON; rows with their line numbers, by picture key."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import Any

from benchsmith.annotations import workbooks
from benchsmith.annotations.table_columns import no_column
from benchsmith.core.contracts import DataFault, SheetRow
from benchsmith.documents.labels import Table
from benchsmith.text import file_endings

MAX_CELL_CHARACTERS = 1 << 20
MAX_ROWS = 20_000_000
FIRST_LINES = 20
"""Lines among which a header is looked for, to say where it is."""


def by_key(path: Path, labels: Table) -> dict[str, list[SheetRow]]:
    """Return the rows of a table by their key. Raises DataFault.

    Cells stay text: `007` is not 7, and `NA` is not missing. A ragged table is refused, and so is a
    table in which two different cells have the same key.
    """
    found: dict[str, list[SheetRow]] = {}
    cells: dict[str, tuple[str, int]] = {}
    for line, row in rows(path, labels):
        if labels.key not in row:
            raise DataFault("header", path, no_column(labels.key, row))
        cell = row[labels.key].strip()
        if labels.key_is != "as-is":
            cell = cell.replace("\\", "/")
        key = _key(cell, labels.key_is)
        first, at = cells.setdefault(key, (cell, line))
        if first != cell:
            what = f"{first!r} in line {at} and {cell!r} in line {line} both mean {key!r}"
            raise DataFault("header", path, what)
        found.setdefault(key, []).append(SheetRow(line, row))
    return found


def _key(cell: str, key_is: str) -> str:
    """Return the key that a cell means: an ending that no reader knows is part of the name."""
    if key_is == "as-is":
        return cell
    whole = file_endings.without_ending(cell)
    return PurePosixPath(whole).name if key_is == "stem" else whole


def rows(path: Path, labels: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells of each row. Raises DataFault."""
    ending = path.suffix.lower()
    if ending == ".xlsx":
        lines = _excel(path)
    elif ending == ".json":
        lines = _json(path)
    else:
        separator = labels.separator or ("\t" if ending in (".tsv", ".tab") else ",")
        lines = _text(path, separator, labels.encoding)
    header = list(labels.columns) if labels.columns is not None else next(lines, (1, []))[1]
    header = _without_ends(header)
    if labels.columns is None and ending != ".json" and labels.key not in header:
        first = list(islice(lines, FIRST_LINES))
        at = next((line for line, cells in first if labels.key in _without_ends(cells)), None)
        if at is not None:
            what = f"its columns have their names in line {at}: delete the lines above it"
            raise DataFault("header", path, what)
        lines = chain(first, lines)
    # pandas writes its index without a name
    if not header or len(set(header)) != len(header) or "" in header[1:]:
        raise DataFault(
            "header", path, f"a column has no name, or a name occurs twice: {header[:20]}"
        )
    for count, (line, cells) in enumerate(lines):
        if count > MAX_ROWS:
            raise DataFault("too-large", path, f"has more than {MAX_ROWS} rows")
        spare = cells[len(header) :]
        if len(cells) < len(header) or any(spare):
            raise DataFault(
                "header", path, f"line {line} has {len(cells)} cells, the header {len(header)}"
            )
        yield line, dict(zip(header, cells, strict=False))


def _without_ends(cells: Sequence[str]) -> list[str]:
    """Return the stripped cells of a header, without the empty ones at its end."""
    names = [name.strip() for name in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _text(path: Path, separator: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    code = "utf-8-sig" if encoding == "utf-8" else encoding
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        with path.open(encoding=code, newline="") as file:
            reader = csv.reader(file, delimiter=separator, strict=True)
            for cells in reader:
                if any("\0" in cell for cell in cells):
                    raise DataFault("header", path, f"line {reader.line_num} contains a NUL")
                if cells:
                    yield reader.line_num, cells
    except UnicodeError as error:
        raise DataFault("unreadable", path, _undecodable(path, code, encoding)) from error
    except csv.Error as error:
        raise DataFault("unreadable", path, f"line {reader.line_num}: {error}") from error
    except OSError as error:
        raise DataFault("unreadable", path, str(error)) from error


def _undecodable(path: Path, code: str, encoding: str) -> str:
    """Return which line is in another encoding, and what to do."""
    at = ""
    if encoding != "utf-16":  # whose line ends are not single bytes
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    line.decode(code)
                except UnicodeError:
                    at = f"line {number} "
                    break
    return f"{at}is not {encoding}: save the file as UTF-8, or state its `encoding` in the recipe"


def _excel(path: Path) -> Iterator[tuple[int, list[str]]]:
    for line, values in workbooks.rows(path):
        # a spreadsheet shows TRUE and FALSE
        yield line, [_cell(v).upper() if isinstance(v, bool) else _cell(v) for v in values]


def _json(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a list of flat objects, or of an object of them or of values by their key.

    Of `{"a.png": "mass"}` the columns are `key` and `value`. Raises DataFault.
    """
    from benchsmith.annotations.strict_documents import load_json

    tree = load_json(path)
    if isinstance(tree, dict) and tree:
        tree = [
            {"key": key, **value} if isinstance(value, dict) else {"key": key, "value": value}
            for key, value in tree.items()
        ]
        if len(tree[0]) == 1:
            raise DataFault("header", path, "its objects are empty")
    if not isinstance(tree, list) or not all(isinstance(row, dict) for row in tree) or not tree:
        raise DataFault("header", path, "is no list of objects, and no object of them")
    header = list(tree[0])
    yield 0, header
    for number, row in enumerate(tree, start=1):
        if set(row) != set(header) or any(isinstance(v, dict | list) for v in row.values()):
            raise DataFault("header", path, f"object {number} is not flat or has other keys")
        yield number, [_cell(row[name]) for name in header]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
