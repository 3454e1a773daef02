"""What plain-text label files say about persons: columns by their names, and lines of a key and a value."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchsmith.core.contracts import DataFault
from benchsmith.imaging import byte_stream
from benchsmith.text.personal_fields import is_personal, is_table_column

TABLES = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
ENDINGS = (*TABLES, ".txt", ".yaml", ".yml", ".names")
MAX_BYTES = 1 << 28
_KEY_AND_VALUE = re.compile(r"(?m)^[\W_]*([^\W\d][\w .-]{1,40}?)\s*[:=]\s*(\S.*?)\s*$")
_COMMENT = re.compile(r"(?m)^\s*(?:#|//|%)\s*(\S.*?)\s*$")


def identifiers(path: Path) -> dict[str, str]:
    """Return the values about persons, with the names of their columns or keys, and comments. Raises DataFault."""
    data = byte_stream.whole(path, MAX_BYTES)
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise DataFault("unreadable", path, "is no text")
    found = {match[1]: "a comment" for match in _COMMENT.finditer(text)}
    if path.suffix.lower() not in TABLES:
        return found | {m[2]: m[1] for m in _KEY_AND_VALUE.finditer(text) if is_personal(m[1])}
    separator = TABLES[path.suffix.lower()]
    heading, _, _ = text.partition("\n")
    used = max((separator, ";", "\t", ","), key=heading.count)
    try:
        return found | dict(_of_columns([*csv.reader(text.splitlines(), delimiter=used)]))
    except csv.Error as error:
        raise DataFault("unreadable", path, f"is no table: {error}") from error


def _of_columns(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    names = rows[0] if rows else ()
    wanted = [(n, name) for n, name in enumerate(names) if is_table_column(name)]
    for row in rows[1:]:
        yield from ((row[n].strip(), name) for n, name in wanted if n < len(row) and row[n].strip())
