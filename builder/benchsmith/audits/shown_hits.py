"""Where a file of a release has an identifier, and which word it is: for the builder, not for a release or log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.audits.release_texts import TEXT_SUFFIXES
from benchsmith.audits.word_forms import WORD
from benchsmith.text.unicode_names import printable

MAX_SHOWN = 60
"""Characters of a text that are shown where no single word is the identifier."""
BATCH_ROWS = 1000


class Place(NamedTuple):
    """The place of the first identifier of a kind."""

    where: str
    """``column c`` or ``line 3``; empty if it is in no cell or line, as in the name of a file."""
    word: str
    """The word, or a short text; empty if it is not known."""


def place_of(path: Path, kind: str, kinds_in: Callable[[str], set[str]]) -> Place:
    """Return the place of the first identifier of a kind in a file; `kinds_in` returns the kinds in a text."""
    for where, text in _places(path):
        if kind in kinds_in(text):
            words = (word for word in WORD.findall(text) if kind in kinds_in(word))
            found = next(words, text if len(text) <= MAX_SHOWN else "")
            return Place(where, printable(found))
    return Place("", "")


def _places(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the cells of a table by column, or the lines of a text, each with its place."""
    if path.suffix == ".parquet":
        yield from _cells(path)
    elif path.suffix in TEXT_SUFFIXES and path.is_file():
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                yield f"line {number}", line


def _cells(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with pq.ParquetFile(path) as file:
            for name in file.schema_arrow.names:
                seen: set[str] = set()
                for batch in file.iter_batches(BATCH_ROWS, columns=[name]):
                    for text in _texts(batch.column(0).to_pylist()):
                        if text not in seen:
                            seen.add(text)
                            yield f"column {name}", text
    except pa.ArrowException:
        return  # what is no table was searched as bytes, and has no cells


def _texts(value: object) -> Iterator[str]:
    """Yield the texts and numbers of a cell of any nesting."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)
