"""Pictures in the rows of a Parquet file, as in data sets of the Hugging Face Hub.

A part is a row number. The picture is the first column of type `Image`: the bytes of a picture file
and its name. Class numbers are replaced by their names in the file's features.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats import part_choice, raster
from benchsmith.imaging import byte_stream
from benchsmith.text.personal_fields import is_table_column


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read the picture of one row. Raises DataFault."""
    path = files[0]
    row = _row(path, how.part)
    for name, kind in zip(row, _schema(path).types, strict=True):
        if pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
            data = (row[name] or {}).get("bytes")
            if not data:
                raise DataFault("file-missing", path, f"row {how.part} has no bytes in {name!r}")
            return raster.read_bytes(data, path, how)
    raise DataFault("header", path, "has no column of pictures")


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the rows. Raises DataFault for too many."""
    return part_choice.numbers(_file(files[0]).metadata.num_rows, files[0])


def labels_of(path: Path, part: str) -> dict[str, str]:
    """Return the cells of a row that are text or numbers; class numbers as their names."""
    cells: dict[str, str] = {}
    names = _class_names(path)
    for name, value in _row(path, part).items():
        if isinstance(value, dict | list | bytes):
            continue
        known = names.get(name)
        if known is not None and isinstance(value, int) and 0 <= value < len(known):
            cells[name] = known[value]
        else:
            cells[name] = "" if value is None else str(value)
    return cells


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the cells of columns that name persons or things of theirs, with the names of the columns.

    Raises DataFault.
    """
    path = files[0]
    file = _file(path)
    columns = [
        field.name
        for field in file.schema_arrow
        if is_table_column(field.name) and not field.type.num_fields
    ]
    found: dict[str, str] = {}
    try:
        for batch in file.iter_batches(columns=columns) if columns else ():
            for name, column in zip(columns, batch.columns, strict=True):
                cells = {str(cell) for cell in column.to_pylist() if cell is not None}
                found |= dict.fromkeys(sorted(cells), name)
    except (pa.ArrowException, OSError) as error:
        raise DataFault("unreadable", path, str(error)) from error
    return found


def _row(path: Path, part: str) -> dict[str, Any]:
    if not part:
        raise DataFault("dimensions", path, "holds many pictures; set `parts` in the recipe")
    number = int(part) if part.isdigit() else -1
    metadata = _file(path).metadata
    first = 0
    for group in range(metadata.num_row_groups):
        count = metadata.row_group(group).num_rows
        if first <= number < first + count:
            table = _group(path, path.stat().st_mtime_ns, group)
            found: dict[str, Any] = table.slice(number - first, 1).to_pylist()[0]
            return found
        first += count
    raise DataFault("dimensions", path, f"has no part {part!r} among its {first}")


@lru_cache(maxsize=1)
def _group(path: Path, changed_ns: int, group: int) -> pa.Table:
    size = _file(path).metadata.row_group(group).total_byte_size
    if size > byte_stream.MAX_INFLATED_BYTES:
        raise DataFault("too-large", path, f"a row group inflates to {size} bytes")
    try:
        return _file(path).read_row_group(group)
    except (pa.ArrowException, OSError) as error:
        raise DataFault("unreadable", path, str(error)) from error


def _file(path: Path) -> pq.ParquetFile:
    """Open a file; the last one is cached, since each of its rows is a picture."""
    try:
        return _opened(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error


@lru_cache(maxsize=1)
def _opened(path: Path, changed_ns: int) -> pq.ParquetFile:
    byte_stream.beginning(path, 16)
    try:
        return pq.ParquetFile(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise DataFault("unreadable", path, str(error)) from error


def _schema(path: Path) -> pa.Schema:
    return _file(path).schema_arrow


def _class_names(path: Path) -> dict[str, list[str]]:
    return class_names(_schema(path).metadata or {}, path)


def class_names(metadata: Mapping[bytes, bytes], path: Path) -> dict[str, list[str]]:
    """Return the names of each ClassLabel column, from the features in a file's metadata.

    Raises DataFault.
    """
    try:
        info = json.loads(metadata.get(b"huggingface", b"{}"))
        features = info.get("info", {}).get("features", {})
        return {
            name: [str(n) for n in feature["names"]]
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataFault("header", path, f"its features are not sound: {error}") from error
