"""Columns of text as numbers, and what is looked up for each word once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.model import Rejection
from benchsmith.tables import nouns

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Named:
    """A column of names as numbers, which are in the names' order."""

    codes: Codes
    names: Sequence[str]


def named(column: pa.ChunkedArray | pa.Array) -> Named:
    """Return a column of names as numbers in the names' order.

    >>> named(pa.array(["b", "a", "b"])).codes.tolist()
    [1, 0, 1]
    """
    encoded = one(column).dictionary_encode()
    order = np.asarray(pc.sort_indices(encoded.dictionary))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    names = encoded.dictionary.take(pa.array(order)).to_pylist()
    codes = np.asarray(encoded.indices).astype(np.int64)
    return Named(place[codes] if len(order) else codes, names)


def joined(*columns: npt.NDArray[Any]) -> Codes:
    """Return one number for each combination of numbers, in the combinations' order.

    >>> joined(np.array([0, 0, 1]), np.array([5, 7, 5])).tolist()
    [0, 1, 2]
    """
    total = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        span = int(column.max(initial=0)) + 1
        total = np.unique(total * span + column, return_inverse=True)[1].astype(np.int64)
    return total


def one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column in one piece."""
    if isinstance(column, pa.Array):
        return column
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def looked_up(
    columns: Sequence[pa.ChunkedArray | pa.Array],
    look: Callable[..., Sequence[str]],
    names: Sequence[str],
) -> dict[str, pa.Array]:
    """Return what `look` says of each row's words, by name; it is asked once for each combination.

    >>> looked_up([pa.array(["a", "b", "a"])], lambda w: (w * 2,), ["twice"])["twice"].to_pylist()
    ['aa', 'bb', 'aa']
    """
    words = [named(column) for column in columns]
    cell = joined(*(w.codes for w in words))
    first = np.unique(cell, return_index=True)[1].tolist()
    found = [look(*(w.names[w.codes[row]] for w in words)) for row in first]
    return {
        name: pa.array([answer[n] for answer in found], pa.string()).take(pa.array(cell))
        for n, name in enumerate(names)
    }


def replaced(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    """Return a table with another column in place of one."""
    return table.set_column(table.schema.get_field_index(name), name, column)


def rejections(stage: str, rows: pa.Table, reason: pa.Array, detail: pa.Array) -> pa.Table:
    """Return rows that were left out as rows of Rejection."""
    found = {
        "stage": pa.repeat(pa.scalar(stage), len(rows)),
        "source": rows["source"],
        "subject": rows["id"],
        "reason": reason,
        "detail": detail,
    }
    return pa.table(found).cast(nouns.schema(Rejection))
