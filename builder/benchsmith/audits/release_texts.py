"""The texts of a release's files: cells, lines, names of columns, and metadata around the pixels of pictures."""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from benchsmith.audits.byte_texts import (
    Said,
    texts_of_bytes,
    texts_of_cells,
    texts_of_tar,
    texts_of_text,
)
from benchsmith.audits.table_texts import cells_of_parquet

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


def texts_of(path: Path) -> Iterator[Said]:
    """Yield the texts of a file, also encoded ones and those in an archive, and the numbers of tables."""
    if path.suffix == ".parquet":
        try:
            yield from texts_of_cells(cells_of_parquet(path))
        except pa.ArrowException:
            # a file that cannot be opened as a table is searched as bytes
            yield from texts_of_bytes(path.read_bytes())
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
    """Return whether a file begins with bytes that UTF-8 text would not have."""
    with path.open("rb") as file:
        return b"\0" in file.read(4096)


def joined(texts: Iterable[str], characters: int, between: str = "") -> Iterator[str]:
    """Yield texts joined together, up to a number of characters."""
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
