"""Candidates as columns, in memory: a batch of them, or the short list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.model import Sample
from benchsmith.tables import coded_columns, nouns
from benchsmith.tables.coded_columns import CodedColumn, Codes

OF_SAMPLES = (
    "id", "patient", "sha256", "part", "shape", "spacing_mm", "age", "sex", "site", "official",
)  # fmt: skip
"""Columns of samples that selection asks for."""


def _no_samples() -> pa.Table:
    return nouns.schema(Sample).empty_table().select(OF_SAMPLES)


@dataclass(frozen=True)
class Index:
    """Some candidates, and the samples that they are of."""

    rows: pa.Table
    """Columns of targets."""
    samples: pa.Table
    """Columns `OF_SAMPLES` of the samples, in any order."""

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def named(self, column: str) -> CodedColumn:
        """Return a column of names as numbers."""
        return coded_columns.encode_names(self.rows[column])

    def seen(self, name: str) -> npt.NDArray[np.float64]:
        """Return a figure of :class:`benchsmith.core.model.Quality`; NaN where there is none."""
        column = pc.struct_field(coded_columns.as_array(self.rows["seen"]), name)
        return np.asarray(column.to_numpy(zero_copy_only=False)).astype(np.float64)

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Return a column of numbers."""
        return np.asarray(coded_columns.as_array(self.rows[column])).astype(np.float64)

    @cached_property
    def sample_rows(self) -> Codes:
        """Return each candidate's row in `samples`; -1 where there is none."""
        ids = coded_columns.as_array(self.samples["id"])
        found = pc.index_in(coded_columns.as_array(self.rows["sample"]), value_set=ids)
        return np.asarray(found.fill_null(-1)).astype(np.int64)

    def about(self, column: str, rows: Codes) -> CodedColumn:
        """Return what candidates' samples have in a column of text; empty where unknown."""
        values = pa.concat_arrays([coded_columns.as_array(self.samples[column]), pa.array([""])])
        return coded_columns.encode_names(
            values.take(pa.array(self.sample_rows[rows] % len(values)))
        )


def batch(rows: pa.Table) -> Index:
    """Return some candidates of whose samples nothing is asked."""
    return Index(rows, _no_samples())
