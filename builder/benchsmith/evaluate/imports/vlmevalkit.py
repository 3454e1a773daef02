"""VLMEvalKit's predictions: its input rows with a column `prediction`, or its pickled replies.

`index` is the number of the question's content, as in our export. Tables of earlier releases have row
numbers there, and their rows are matched by words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from pathlib import Path
from typing import Any

from benchsmith.evaluate.imports import plain_pickle
from benchsmith.evaluate.imports.matching import Row
from benchsmith.release.columns import LETTERS

REQUIRED = ("index", "question", "prediction")
FAILED = "Failed to obtain answer via API."
"""What the tool writes instead of a reply after a failed request."""
MAX_PICKLE_BYTES = 1 << 30


def is_prediction(value: Mapping[str, Any]) -> bool:
    """Return whether a row has the tool's columns."""
    return all(name in value for name in REQUIRED)


def row(line: int, values: Mapping[str, Any]) -> Row:
    """Return a row of a table of predictions. Raises ValueError if its index is not a number."""
    texts = {name: cell_text(value) for name, value in values.items()}
    return _row(
        line,
        texts["index"],
        texts["prediction"],
        id=texts.get("id", "").strip(),
        question=texts["question"],
        options=tuple(texts[c] for c in LETTERS if texts.get(c)),
    )


def pickled(path: Path) -> Iterator[Row]:
    """Read a `.pkl` of replies by index. Raises ValueError for anything else."""
    if path.stat().st_size > MAX_PICKLE_BYTES:
        raise ValueError(f"is larger than {MAX_PICKLE_BYTES} bytes")
    try:
        found = plain_pickle.load(path.read_bytes())
    except (IndexError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError(f"is not a pickle of replies: {error}") from error
    if not isinstance(found, dict):
        raise ValueError("is not a dictionary of replies by index")  # noqa: TRY004 - it is the file's
    for line, (index, value) in enumerate(found.items(), start=1):
        reply = value.get("prediction") if isinstance(value, dict) else value
        if not isinstance(reply, str):
            raise ValueError(f"entry {line} is not a reply")  # noqa: TRY004 - likewise
        yield _row(line, str(index), reply)


def _row(line: int, index: str, reply: str, **more: Any) -> Row:
    try:
        number = int(index)
    except ValueError as error:
        raise ValueError(f"line {line}: the index {index!r} is not a number") from error
    failed = reply.strip() == FAILED
    return Row(line=line, text="" if failed else reply, index=number,
               fault=FAILED if failed else "", **more)  # fmt: skip


def cell_text(cell: Any) -> str:
    """Return a cell as text; Excel stores the option `3` as a number, which pandas reads as 3.0."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        if isnan(cell):  # pandas' empty cell
            return ""
        return str(int(cell)) if cell.is_integer() else str(cell)
    return str(cell)
