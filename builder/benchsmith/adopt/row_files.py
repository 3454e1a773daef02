"""Reads files of rows: Parquet, JSON, JSON lines, CSV and TSV, as mappings of columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault
from benchsmith.core.library_errors import words_for
from benchsmith.formats.parquet_rows import class_names

Cells = Mapping[str, Any]
MAX_ROWS = 2_000_000
"""Rows of one file."""
MAX_CELL_CHARACTERS = 128 << 20
"""Characters of a text cell: a picture of 96 MiB in base64."""
MAX_JSON_BYTES = 512 << 20
MAX_LINE_BYTES = 160 << 20
MAX_GROUP_BYTES = 4 << 30
"""Inflated bytes of a row group of a Parquet file."""
MAX_DIGITS = 18
BATCH = 16
"""Rows of a Parquet file in memory at a time: each may hold a picture."""
JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
"""Files whose rows may lack a column."""


def rows(
    path: Path, at: str | None = None, separator: str | None = None, encoding: str = "utf-8"
) -> Iterator[tuple[int, Cells]]:
    """Yield each row with its place: the line of a text file, else the number of the row from 1.

    `at` is the key of the list of rows in a JSON file; `separator`, by default that of the ending,
    and `encoding` are those of a CSV or TSV file. Raises DataFault.
    """
    ending = path.suffix.lower()
    if ending == ".parquet":
        found = _parquet(path)
    elif ending == ".json":
        found = _json(path, at)
    elif ending in JSON_ENDINGS:
        found = _json_lines(path)
    else:
        found = _text(path, separator or ("\t" if ending == ".tsv" else ","), encoding)
    for count, row in enumerate(found):
        if count >= MAX_ROWS:
            raise DataFault("too-large", path, f"has more than {MAX_ROWS} rows")
        yield row


def _parquet(path: Path) -> Iterator[tuple[int, Cells]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            metadata = file.metadata
            largest = max(
                (metadata.row_group(g).total_byte_size for g in range(metadata.num_row_groups)),
                default=0,
            )
            if largest > MAX_GROUP_BYTES:
                raise DataFault("too-large", path, f"a row group inflates to {largest} bytes")
            number, names = 0, class_names(file.schema_arrow.metadata or {}, path)
            for batch in file.iter_batches(batch_size=BATCH):
                for cells in batch.to_pylist():
                    number += 1
                    for column, known in names.items():
                        value = cells.get(column)
                        if isinstance(value, int) and 0 <= value < len(known):
                            cells[column] = known[value]
                    yield number, cells
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise DataFault("unreadable", path, words_for(error)) from error


def _json(path: Path, at: str | None) -> Iterator[tuple[int, Cells]]:
    try:
        size = path.stat().st_size
        if size > MAX_JSON_BYTES:
            raise DataFault("too-large", path, f"has {size} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error
    tree = _parsed(data, path)
    for key in (at or "").split(".") if at else ():
        if not isinstance(tree, dict) or key not in tree:
            known = ", ".join(sorted(tree)[:20]) if isinstance(tree, dict) else "a list"
            raise DataFault("header", path, f"has no key {key!r}; it has {known}")
        tree = tree[key]
    if isinstance(tree, dict) and tree and all(isinstance(v, dict) for v in tree.values()):
        tree = [{"_key": key, **row} for key, row in tree.items()]
    if not isinstance(tree, list):
        raise DataFault("header", path, "is not a list of rows; name its key in `at`")
    for number, row in enumerate(tree, start=1):
        yield number, _object(row, path, number)


def _json_lines(path: Path) -> Iterator[tuple[int, Cells]]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise DataFault("too-large", path, f"line {number} is too long")
                if line.strip():
                    yield number, _object(_parsed(line, path, number), path, number)
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error


def _object(row: Any, path: Path, number: int) -> Cells:
    if not isinstance(row, dict):
        raise DataFault("header", path, f"row {number} is not an object")
    return row


def _parsed(data: bytes, path: Path, line: int = 0) -> Any:
    """Return a JSON value; NaN, which pandas writes for a missing value, is None."""
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_unique_keys,
            parse_constant=lambda _: None,
            parse_int=_whole_number,
        )
    except (ValueError, RecursionError) as error:
        where = f"line {line} " if line else ""
        raise DataFault("header", path, f"{where}is not valid JSON: {error}") from error


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _whole_number(digits: str) -> int | str:
    """Return a whole number; one that is too long for 64 bits, such as an id, stays text."""
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _text(path: Path, separator: str, encoding: str) -> Iterator[tuple[int, Cells]]:
    before = csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        code = "utf-8-sig" if encoding == "utf-8" else encoding
        with path.open(encoding=code, newline="") as file:
            reader = csv.reader(file, delimiter=separator, strict=True)
            header = [name.strip() for name in next(reader, [])]
            named = [name for name in header if name]
            if not named or len(set(named)) < len(named):
                raise DataFault("header", path, f"a column's name occurs twice: {header[:20]}")
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    what = (
                        f"line {reader.line_num} has {len(cells)} cells, the header {len(header)}"
                    )
                    hint = ": set `separator` in the recipe" if len(header) == 1 else ""
                    raise DataFault("header", path, what + hint)
                row = dict(zip(header, cells, strict=True))
                row.pop("", None)  # the row numbers that pandas writes have no name
                yield reader.line_num, row
    except UnicodeError as error:
        what = f"is not {encoding}: save it as UTF-8, or set `encoding` in the recipe"
        raise DataFault("unreadable", path, what) from error
    except (csv.Error, OSError) as error:
        raise DataFault("unreadable", path, words_for(error)) from error
    finally:
        csv.field_size_limit(before)
