"""The decision on a single candidate: one status byte, and later the reason in words.

The byte is all that is kept of a candidate that is not shortlisted. Its reason is derived again
from the byte and the row when the rejections are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.blind_answers import BlindAnswer
from benchsmith.documents.query import Query
from benchsmith.selectors.candidate_columns import without_samples
from benchsmith.selectors.quality_floors import floors
from benchsmith.selectors.query_columns import accepted, columns_of
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc
from benchsmith.tables.coded_columns import Codes

Statuses = npt.NDArray[np.uint8]
(
    SHORTLISTED,
    OUTSIDE_SUBSET,
    OFFICIAL_TRAIN,
    BLIND_SOLVED,
    NOT_SHORTLISTED,
    SOURCE_FAULTY,
    OFFICIAL_UNSTATED,
    BELOW_FLOOR,
) = range(8)
"""Statuses of a candidate; `BELOW_FLOOR` + i: it fails quality limit i."""
REASONS = (
    "", "outside-subset", "official-train", "blind-solved", "not-shortlisted", "source-faulty",
    "official-unstated", "",
)  # fmt: skip
"""The reason code of each status; a quality limit has its own."""
REASON_COLUMNS = ("id", "source", "kind", "task", "share", "seen")
"""Columns that :meth:`Judge.reasons` reads."""


@dataclass(frozen=True)
class Judged:
    """The decision on n candidates."""

    status: Statuses
    """(n,): why each is left out; `NOT_SHORTLISTED` if nothing but the shortlist's size excludes it."""
    eligible: npt.NDArray[np.bool_]
    """(n,): who may be shortlisted. That includes candidates outside the query, which count in the
    split, so that a query does not change it."""
    blind_solved: int
    """Number of candidates that were solved blind, even if they have another reason."""


@dataclass(frozen=True)
class Judge:
    """Decides about each candidate on its own."""

    benchmark: Benchmark
    query: Query | None
    solved: Mapping[str, BlindAnswer]
    """Targets that models solved blind, by id."""
    faulty: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Sources that are left out for their faults, and the shares that are too large."""

    @cached_property
    def columns(self) -> set[str]:
        """Return the columns that :meth:`judge` reads."""
        blind = {"id", "label", "task", "modality"} if self.solved else set()
        source = {"source"} if self.faulty else set()
        return (
            {"kind", "task", "share", "seen", "patient"} | columns_of(self.query) | blind | source
        )

    def judge(
        self, rows: pa.Table, training: pa.Array | None, unplaced: pa.Array | None = None
    ) -> Judged:
        """Judge a batch; `training` are the patients to exclude because of an official training part.

        `unplaced` are those whose part the source does not state, although it states that of others.

        A candidate may have several reasons: a faulty source, query, quality limits, training part
        and blind answers count in this order.
        """
        candidates = without_samples(rows)
        status = np.full(len(candidates), NOT_SHORTLISTED, np.uint8)
        eligible = np.ones(len(candidates), bool)
        # written from the last reason to the first, so that the first one remains
        blind = self._solved_blind(rows)
        status[blind] = BLIND_SOLVED
        eligible[blind] = False
        for patients, why in ((unplaced, OFFICIAL_UNSTATED), (training, OFFICIAL_TRAIN)):
            if patients is not None:
                own = coded_columns.as_array(rows["patient"])
                bad = np.asarray(pc.is_in(own, value_set=patients))
                status[bad] = why
                eligible &= ~bad
        limits = floors(candidates, self.benchmark.quality, self.benchmark.picture.long_side)
        for number, floor in reversed(list(enumerate(limits))):
            status[floor.fails] = BELOW_FLOOR + number
            eligible &= ~floor.fails
        if self.query is not None:
            status[~accepted(candidates, self.query)] = OUTSIDE_SUBSET
        if self.faulty:
            left = pa.array(sorted(self.faulty), pa.string())
            bad = np.asarray(pc.is_in(coded_columns.as_array(rows["source"]), value_set=left))
            status[bad] = SOURCE_FAULTY
            eligible &= ~bad
        return Judged(status, eligible, len(blind))

    def reasons(self, rows: pa.Table, status: Statuses) -> tuple[list[str], list[str]]:
        """Return the reason codes and details of a batch with `REASON_COLUMNS`; empty if shortlisted."""
        details = ["", self.query.text if self.query else "", "", "",
                   f"beyond the first {self.benchmark.quota.shortlist}", "", "", ""]  # fmt: skip
        kind = np.minimum(status, BELOW_FLOOR)
        reason, detail = np.array(REASONS, object)[kind], np.array(details, object)[kind]
        blind = np.flatnonzero(status == BLIND_SOLVED)
        tried = [self.solved[id_] for id_ in rows["id"].take(pa.array(blind)).to_pylist()]
        detail[blind] = [f"{t.solved} of {t.asked} by {t.model}" for t in tried]
        faulty = np.flatnonzero(status == SOURCE_FAULTY)
        sources = rows["source"].take(pa.array(faulty)).to_pylist()
        detail[faulty] = ["; ".join(self.faulty[source]) for source in sources]
        if (status >= BELOW_FLOOR).any():
            limits = floors(
                without_samples(rows), self.benchmark.quality, self.benchmark.picture.long_side
            )
            for number, floor in enumerate(limits):
                own = np.flatnonzero(status == BELOW_FLOOR + number)
                reason[own] = floor.reason
                detail[own] = [floor.detail.format(f) for f in floor.figure[own].tolist()]
        return reason.tolist(), detail.tolist()

    @cached_property
    def _solved_ids(self) -> pa.Array:
        return pa.array(sorted(self.solved), pa.string())

    def _solved_blind(self, rows: pa.Table) -> Codes:
        """Return the rows that were solved blind; a target that was relabelled since does not count."""
        if not self.solved:
            return np.zeros(0, np.int64)
        found = np.flatnonzero(
            pc.is_in(coded_columns.as_array(rows["id"]), value_set=self._solved_ids)
        )
        there = rows.select(["id", "label", "task", "modality"]).take(pa.array(found)).to_pylist()
        same = []
        for place, row in zip(found.tolist(), there, strict=True):
            tried = self.solved[row["id"]]
            then = {"label": tried.label, "task": tried.task, "modality": tried.modality}
            if all(row[name] == word for name, word in then.items()):
                same.append(place)
        return np.array(same, np.int64)
