"""Candidates in memory as columns: a batch of them, or the shortlist."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.model import Sample
from benchsmith.tables import coded_columns, record_tables
from benchsmith.tables import compute as pc
from benchsmith.tables.coded_columns import CodedColumn, Codes

SAMPLE_COLUMNS = (
    "id", "patient", "sha256", "part", "shape", "spacing_mm", "age", "sex", "site", "official",
)  # fmt: skip
"""Columns of samples that selection reads."""


@dataclass(frozen=True)
class CandidateColumns:
    """Rows of Target, and the samples they belong to."""

    rows: pa.Table
    """Columns of Target, one row a candidate."""
    samples: pa.Table
    """Columns `SAMPLE_COLUMNS` of the samples, in any order."""

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def named(self, column: str) -> CodedColumn:
        """Return a text column as codes (n,) and its distinct names."""
        return coded_columns.encode_names(self.rows[column])

    def quality(self, name: str) -> npt.NDArray[np.float64]:
        """Return one field of :class:`benchsmith.core.model.Quality`, (n,); NaN if it is null."""
        column = pc.struct_field(coded_columns.as_array(self.rows["seen"]), name)
        return np.asarray(column.to_numpy(zero_copy_only=False)).astype(np.float64)

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Return a numeric column, (n,)."""
        return np.asarray(coded_columns.as_array(self.rows[column])).astype(np.float64)

    def ids(self, rows: Codes) -> list[str]:
        """Return the target ids of some rows."""
        ids: list[str] = self.rows["id"].take(pa.array(rows)).to_pylist()
        return ids

    @cached_property
    def sample_rows(self) -> Codes:
        """Return each candidate's row in `samples`, (n,); -1 if its sample is missing."""
        ids = coded_columns.as_array(self.samples["id"])
        found = pc.index_in(coded_columns.as_array(self.rows["sample"]), value_set=ids)
        return np.asarray(found.fill_null(-1)).astype(np.int64)

    def of_sample(self, column: str, rows: Codes) -> CodedColumn:
        """Return a text column of the samples of some candidates; empty if the sample is missing."""
        values = pa.concat_arrays([coded_columns.as_array(self.samples[column]), pa.array([""])])
        return coded_columns.encode_names(
            values.take(pa.array(self.sample_rows[rows] % len(values)))
        )


def without_samples(rows: pa.Table) -> CandidateColumns:
    """Wrap a batch of candidates for steps that read no sample."""
    return CandidateColumns(rows, record_tables.schema(Sample).empty_table().select(SAMPLE_COLUMNS))
