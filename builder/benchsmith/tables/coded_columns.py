"""Columns of text as integer codes, so that each distinct word is looked up once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.model import Rejection
from benchsmith.tables import compute as pc
from benchsmith.tables import record_tables

Codes = npt.NDArray[np.int64]
"""One integer per row, shape (rows,)."""


@dataclass(frozen=True)
class CodedColumn:
    """A text column as codes: row i holds ``names[codes[i]]``."""

    codes: Codes
    names: Sequence[str]
    """The distinct values, sorted; so codes sort as their names do."""


def encode_names(column: pa.ChunkedArray | pa.Array) -> CodedColumn:
    """Return a text column as codes.

    >>> encode_names(pa.array(["b", "a", "b"])).codes.tolist()
    [1, 0, 1]
    """
    encoded = as_array(column).dictionary_encode()
    order = np.asarray(pc.sort_indices(encoded.dictionary))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    names = encoded.dictionary.take(pa.array(order)).to_pylist()
    codes = np.asarray(encoded.indices).astype(np.int64)
    return CodedColumn(place[codes] if len(order) else codes, names)


def combine_codes(*columns: npt.NDArray[Any]) -> Codes:
    """Return one code per row for its combination of codes; they sort as the combinations do.

    >>> combine_codes(np.array([0, 0, 1]), np.array([5, 7, 5])).tolist()
    [0, 1, 2]
    """
    total = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        span = int(column.max(initial=0)) + 1
        total = np.unique(total * span + column, return_inverse=True)[1].astype(np.int64)
    return total


def as_array(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one contiguous array."""
    if isinstance(column, pa.Array):
        return column
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def map_words(
    columns: Sequence[pa.ChunkedArray | pa.Array],
    function: Callable[..., Sequence[str]],
    names: Sequence[str],
) -> dict[str, pa.Array]:
    """Return the results of `function` for each row's words, as one column per name.

    `function` takes one word of each column and returns one text per name. It is called once for
    each distinct combination of words.

    >>> map_words([pa.array(["a", "b", "a"])], lambda w: (w * 2,), ["twice"])["twice"].to_pylist()
    ['aa', 'bb', 'aa']
    """
    words = [encode_names(column) for column in columns]
    combination = combine_codes(*(w.codes for w in words))
    first = np.unique(combination, return_index=True)[1].tolist()
    found = [function(*(w.names[w.codes[row]] for w in words)) for row in first]
    return {
        name: pa.array([result[n] for result in found], pa.string()).take(pa.array(combination))
        for n, name in enumerate(names)
    }


def replace_column(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    """Return a table with `column` instead of the one of that name."""
    return table.set_column(table.schema.get_field_index(name), name, column)


def rejection_table(stage: str, rows: pa.Table, reason: pa.Array, detail: pa.Array) -> pa.Table:
    """Return rejected rows as rows of Rejection; `subject` is each row's id."""
    found = {
        "stage": pa.repeat(pa.scalar(stage), len(rows)),
        "source": rows["source"],
        "subject": rows["id"],
        "reason": reason,
        "detail": detail,
    }
    return pa.table(found).cast(record_tables.schema(Rejection))
