"""The shortlist: the candidates that are compared with each other, held in memory as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.content_names import renamed
from benchsmith.core.contracts import Array
from benchsmith.documents.query import Query
from benchsmith.selectors.candidate_columns import CandidateColumns
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.near_copies import Pictures, pictures
from benchsmith.selectors.query_columns import columns_of
from benchsmith.tables import compute as pc
from benchsmith.tables.coded_columns import CodedColumn, Codes, combine_codes

LOOK_COLUMNS = ("index", "plane", "crop", "box", "phash", "mirrors", "look")
"""Columns that describe what a candidate looks like."""
COLUMNS = (
    "id", "source", "sample", "patient", "modality", "kind", "group", "axis", "share", "label",
    "task", *LOOK_COLUMNS,
)  # fmt: skip
"""Columns of Target that are read for the shortlist."""


@dataclass(frozen=True)
class Shortlist:
    """n shortlisted candidates; columns are (n,)."""

    candidates: CandidateColumns
    """All that were shortlisted at first: `rows` are its rows."""
    rows: Codes
    ranks: npt.NDArray[np.uint64]
    """Random order."""
    answer: Codes
    """Number of the pair (task, label)."""
    task: Codes
    source: Codes
    modality: CodedColumn
    patient: CodedColumn
    sample: Codes
    axis: CodedColumn
    looks: pa.Table
    """Columns `LOOK_COLUMNS`."""
    picture: Codes
    """Number of the picture: several candidates may be marked in one."""

    def where(self, kept: Array) -> Shortlist:
        """Return the candidates that a mask or index array selects."""
        some = np.arange(len(self.rows))[kept]
        return replace(
            self, rows=self.rows[some], ranks=self.ranks[some], answer=self.answer[some],
            task=self.task[some], source=self.source[some],
            modality=CodedColumn(self.modality.codes[some], self.modality.names),
            patient=CodedColumn(self.patient.codes[some], self.patient.names),
            sample=self.sample[some], axis=CodedColumn(self.axis.codes[some], self.axis.names),
            looks=self.looks.take(pa.array(some)), picture=self.picture[some],
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.rows)

    def pictures(self) -> Pictures:
        """Return what each picture looks like, by its number."""
        first = np.unique(self.picture, return_index=True)[1]
        looks = self.looks.take(pa.array(first)).combine_chunks()
        return pictures(*(looks[c].combine_chunks() for c in ("phash", "mirrors", "look")))

    def ids(self, places: Codes) -> list[str]:
        """Return the target ids at some places of this list."""
        return self.candidates.ids(self.rows[places])

    def content_ids(self, places: Codes, contents: Mapping[str, str]) -> list[str]:
        """Return the content ids at some places; `contents` has the content names of samples."""
        rows = self.rows[places]
        samples = self.candidates.rows["sample"].take(pa.array(rows)).to_pylist()
        return [
            renamed(id_, sample, contents.get(sample, ""))
            for id_, sample in zip(self.candidates.ids(rows), samples, strict=True)
        ]


def read(files: CandidateFiles, positions: Codes, query: Query | None) -> CandidateColumns:
    """Read the columns of the shortlisted candidates, those the query reads too, and their samples."""
    rows = files.take(positions, [*COLUMNS, *sorted(columns_of(query) - set(COLUMNS))])
    return CandidateColumns(rows, files.samples_by_id(pc.unique(rows["sample"])))


def shortlist(candidates: CandidateColumns, ranks: npt.NDArray[np.uint64]) -> Shortlist:
    """Return all of `candidates` as a shortlist; `ranks` (n,) are their ranks."""
    of = {
        name: candidates.named(name)
        for name in ("task", "label", "modality", "source", "patient", "sample", "axis")
    }
    looks = candidates.rows.select(LOOK_COLUMNS)
    return Shortlist(
        candidates=candidates,
        rows=np.arange(len(candidates)),
        ranks=ranks,
        answer=combine_codes(of["task"].codes, of["label"].codes),
        task=of["task"].codes,
        source=of["source"].codes,
        modality=of["modality"],
        patient=of["patient"],
        sample=of["sample"].codes,
        axis=of["axis"],
        looks=looks,
        picture=picture_numbers(of["sample"].codes, of["axis"].codes, looks),
    )


def picture_numbers(sample: Codes, axis: Codes, looks: pa.Table) -> Codes:
    """Number the pictures, (n,): a plane, or a crop of one, of a sample."""
    crop = looks["crop"].combine_chunks()
    corner = [np.asarray(crop.field(n).fill_null(0)) for n in ("x0", "y0", "x1", "y1")]
    whole = ~np.asarray(crop.is_valid())
    corner = [np.where(whole, 0, c).astype(np.int64) for c in corner]
    return combine_codes(sample, axis, np.asarray(looks["index"]), *corner)
