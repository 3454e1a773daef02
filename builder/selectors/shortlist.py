"""The candidates that are looked at closely, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from builder.ports import Array
from builder.selectors.alike import Pictures, pictures
from builder.selectors.index import LOOKS, Codes, Index, Named, joined
from builder.selectors.turns import turns


@dataclass(frozen=True)
class Shortlist:
    """Candidates in the order of their ids."""

    rows: Codes
    """In the index."""
    ranks: npt.NDArray[np.uint64]
    """Their random order."""
    answer: Codes
    """Number of (task, label)."""
    task: Codes
    source: Codes
    modality: Named
    patient: Named
    sample: Codes
    axis: Named
    looks: pa.Table
    """Columns `LOOKS`."""
    picture: Codes
    """Number of the picture: several candidates may be marked in one."""

    def where(self, kept: Array) -> Shortlist:
        """Return some of them."""
        some = np.arange(len(self.rows))[kept]
        return Shortlist(
            self.rows[some], self.ranks[some], self.answer[some], self.task[some],
            self.source[some], Named(self.modality.codes[some], self.modality.names),
            Named(self.patient.codes[some], self.patient.names), self.sample[some],
            Named(self.axis.codes[some], self.axis.names),
            self.looks.take(pa.array(some)), self.picture[some],
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.rows)

    def pictures(self) -> Pictures:
        """Return what each picture looks like, by its number."""
        first = np.unique(self.picture, return_index=True)[1]
        looks = self.looks.take(pa.array(first)).combine_chunks()
        return pictures(*(looks[c].combine_chunks() for c in ("phash", "mirrors", "look")))


def shortlist(index: Index, good: Array, seed: int, size: int) -> Shortlist:
    """Return up to `size` candidates for each (task, label, modality), of those that are `good`.

    Sources take turns, in a source patients, then samples and axes; equals go by rank.
    """
    of = {
        name: index.named(name)
        for name in ("task", "label", "modality", "source", "patient", "sample", "axis")
    }
    answer = joined(of["task"].codes, of["label"].codes)
    ranks = index.ranks(seed)
    rows = np.flatnonzero(good)
    levels = [joined(answer, of["modality"].codes)] + [
        of[name].codes for name in ("source", "patient", "sample", "axis")
    ]
    rows = rows[turns([level[rows] for level in levels], ranks[rows]) < size]
    looks = index.take(rows, LOOKS)
    patient, axis = of["patient"], of["axis"]
    return Shortlist(
        rows, ranks[rows], answer[rows], of["task"].codes[rows], of["source"].codes[rows],
        Named(of["modality"].codes[rows], of["modality"].names), Named(patient.codes[rows], patient.names),
        of["sample"].codes[rows], Named(axis.codes[rows], axis.names), looks,
        _pictures(of["sample"].codes[rows], axis.codes[rows], looks),
    )  # fmt: skip


def _pictures(sample: Codes, axis: Codes, looks: pa.Table) -> Codes:
    """Number the pictures: a plane, or a part of one, of a sample."""
    crop = looks["crop"].combine_chunks()
    corner = [np.asarray(crop.field(n).fill_null(0)) for n in ("x0", "y0", "x1", "y1")]
    whole = ~np.asarray(crop.is_valid())
    corner = [np.where(whole, 0, c).astype(np.int64) for c in corner]
    return joined(sample, axis, np.asarray(looks["index"]), *corner)
