"""The candidates that are looked at closely, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.contracts import Array
from benchsmith.selectors.candidate_columns import Index
from benchsmith.selectors.near_copies import Pictures, pictures
from benchsmith.tables.coded_columns import CodedColumn, Codes, combine_codes

LOOKS = ("index", "plane", "crop", "box", "phash", "mirrors", "look")
"""Columns that tell what a candidate looks like."""
HELD = (
    "id", "source", "sample", "patient", "modality", "kind", "group", "axis", "share", "label",
    "task", *LOOKS,
)  # fmt: skip
"""Columns that are held of the short list."""


@dataclass(frozen=True)
class Shortlist:
    """Candidates that are looked at closely."""

    rows: Codes
    """In the index of all that were short-listed."""
    ranks: npt.NDArray[np.uint64]
    """Their random order."""
    answer: Codes
    """Number of (task, label)."""
    task: Codes
    source: Codes
    modality: CodedColumn
    patient: CodedColumn
    sample: Codes
    axis: CodedColumn
    looks: pa.Table
    """Columns `LOOKS`."""
    picture: Codes
    """Number of the picture: several candidates may be marked in one."""

    def where(self, kept: Array) -> Shortlist:
        """Return some of them."""
        some = np.arange(len(self.rows))[kept]
        return Shortlist(
            self.rows[some], self.ranks[some], self.answer[some], self.task[some],
            self.source[some], CodedColumn(self.modality.codes[some], self.modality.names),
            CodedColumn(self.patient.codes[some], self.patient.names), self.sample[some],
            CodedColumn(self.axis.codes[some], self.axis.names),
            self.looks.take(pa.array(some)), self.picture[some],
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.rows)

    def pictures(self) -> Pictures:
        """Return what each picture looks like, by its number."""
        first = np.unique(self.picture, return_index=True)[1]
        looks = self.looks.take(pa.array(first)).combine_chunks()
        return pictures(*(looks[c].combine_chunks() for c in ("phash", "mirrors", "look")))


def shortlist(index: Index, ranks: npt.NDArray[np.uint64]) -> Shortlist:
    """Return candidates that are all in an index, with their ranks, as columns."""
    of = {
        name: index.named(name)
        for name in ("task", "label", "modality", "source", "patient", "sample", "axis")
    }
    looks = index.rows.select(LOOKS)
    return Shortlist(
        np.arange(len(index)), ranks, combine_codes(of["task"].codes, of["label"].codes),
        of["task"].codes, of["source"].codes, of["modality"], of["patient"], of["sample"].codes,
        of["axis"], looks, _pictures(of["sample"].codes, of["axis"].codes, looks),
    )  # fmt: skip


def _pictures(sample: Codes, axis: Codes, looks: pa.Table) -> Codes:
    """Number the pictures: a plane, or a part of one, of a sample."""
    crop = looks["crop"].combine_chunks()
    corner = [np.asarray(crop.field(n).fill_null(0)) for n in ("x0", "y0", "x1", "y1")]
    whole = ~np.asarray(crop.is_valid())
    corner = [np.where(whole, 0, c).astype(np.int64) for c in corner]
    return combine_codes(sample, axis, np.asarray(looks["index"]), *corner)
