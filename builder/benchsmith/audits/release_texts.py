"""The texts of a release's files: cells, lines, names of columns, and what is around the pixels of pictures."""

from __future__ import annotations

import html
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.audits.byte_texts import texts_of_bytes, texts_of_tar, texts_of_text

BLOCK_CHARACTERS = 1 << 22
"""Characters of a text that are taken at once."""
TEXT_SUFFIXES = (
    ".tsv",
    ".csv",
    ".json",
    ".jsonl",
    ".md",
    ".html",
    ".js",
    ".css",
    ".yaml",
    ".py",
    ".txt",
)
_CODE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_ESCAPE = re.compile(r"\\+[bfnrt]")
"""A text within a text has several backslashes."""


def plain_text(text: str) -> str:
    r"""Return a text without the escapes of JSON, HTML and URLs.

    >>> plain_text(r"M\u00fcller\nO&#39;Brien Anna%20Lee")
    "Müller O'Brien Anna Lee"
    """
    if "\\" in text:
        text = _ESCAPE.sub(" ", _CODE.sub(lambda code: chr(int(code[1] or code[2], 16)), text))
    if "&" in text:
        text = html.unescape(text)
    return unquote(text) if "%" in text else text


def texts_of(path: Path) -> Iterator[str]:
    """Yield the texts of a file, also those that are written as base64 or lie in an archive."""
    if path.suffix == ".parquet":
        yield from _cells(path)
    elif path.suffix == ".tar":
        with tarfile.open(path) as members:
            yield from texts_of_tar(members)
    elif path.suffix in TEXT_SUFFIXES and not _has_zeros(path):
        with path.open(encoding="utf-8", errors="replace", newline="") as lines:
            for block in joined(lines, BLOCK_CHARACTERS):
                yield from texts_of_text(block)
    else:
        yield from texts_of_bytes(path.read_bytes())


def _has_zeros(path: Path) -> bool:
    """Return whether a file begins as one that is not UTF-8."""
    with path.open("rb") as file:
        return b"\0" in file.read(4096)


def joined(texts: Iterable[str], characters: int, between: str = "") -> Iterator[str]:
    """Yield texts together, as many as reach a number of characters."""
    block: list[str] = []
    size = 0
    for text in texts:
        block.append(text)
        size += len(text)
        if size >= characters:
            yield between.join(block)
            block, size = [], 0
    if block:
        yield between.join(block)


def _cells(path: Path) -> Iterator[str]:
    """Yield the names, the metadata and the cells of a table; each cell that is not a number."""
    file = pq.ParquetFile(path)
    columns = [n for n in file.schema_arrow.names if _has_text(file.schema_arrow.field(n).type)]
    yield from (file.schema.column(i).path for i in range(len(file.schema)))
    yield from (
        word.decode("utf-8", "replace")
        for pair in (file.schema_arrow.metadata or {}).items()
        for word in pair
    )
    for batch in file.iter_batches(batch_size=1000, columns=columns):
        for column in batch.columns:
            texts = {text for value in column.to_pylist() for text in _texts_in(value)}
            yield from texts_of_text("\n".join(sorted(texts)))


def _has_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _has_text(kind.value_type)
    if kind.num_fields:  # a structure, a map, or a list of any kind
        return any(_has_text(kind.field(i).type) for i in range(kind.num_fields))
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_null)
    return not any(is_number(kind) for is_number in numbers)


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts_in(inner)
    elif isinstance(value, bytes):
        yield from texts_of_bytes(value)
    elif value is not None:
        yield str(value)
