"""Fill the quota of every answer on every side from the shortlist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt

from benchsmith.documents.benchmark import Benchmark
from benchsmith.selectors import strata
from benchsmith.selectors.diverse import Candidates, Limits, Outcome, take
from benchsmith.selectors.likeness import Likeness, features, likeness
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.selectors.split_sides import SPLITS
from benchsmith.selectors.spread import Coverage, coverage
from benchsmith.tables.coded_columns import Codes

REASONS = {
    Outcome.OVER_QUOTA: "over-quota",
    Outcome.FULL_VOLUME: "over-volume-share",
    Outcome.FULL_PATIENT: "over-patient-share",
    Outcome.NEAR_SLICE: "slice-near",
    Outcome.FULL_SOURCE: "over-source-share",
}


@dataclass(frozen=True)
class Filled:
    """What was chosen."""

    chosen: list[int]
    """Places of the shortlist, answer by answer in the order of choice."""
    coverage: list[Coverage]
    """Of every answer and side that had more candidates than were taken."""


class Quotas:
    """The quotas of a benchmark, applied to a shortlist whose sides (n,) are known."""

    def __init__(self, short: Shortlist, side: npt.NDArray[np.int8], benchmark: Benchmark) -> None:
        quota, shares = benchmark.quota, (benchmark.split.test, benchmark.split.val)
        self._short, self._side = short, side
        totals = [round(quota.per_answer * share / sum(shares)) for share in shares]
        self._limits = [
            Limits(n, quota.per_volume, quota.per_patient, max(1, floor(quota.source_share * n)))
            for n in totals
        ]
        self._details = _details(self._limits, benchmark)
        self._features = features(short)
        self._demographics = strata.demographics(short.candidates, short.rows)
        self._min_gap = strata.min_plane_gaps(
            short.candidates, short.rows, short.axis, quota.apart_mm, quota.apart_share
        )
        self._plane = np.asarray(short.looks["index"]).astype(np.float64)

    def fill(self, wanted: Codes, ledger: Ledger) -> Filled:
        """Choose among the places `wanted`; the ledger gets a reason for each that is not chosen."""
        short, side = self._short, self._side
        key = short.answer[wanted] * 2 + side[wanted]
        order = wanted[np.lexsort((wanted, short.ranks[wanted], key))]
        key = short.answer[order] * 2 + side[order]
        filled = Filled([], [])
        outcome = np.zeros(len(short), np.int8)
        for own in np.split(order, np.flatnonzero(np.diff(key)) + 1):
            if not own.size:
                continue
            like = likeness(self._features[own])
            taken, outcome[own] = take(self._candidates(own, like), self._limits[int(side[own[0]])])
            filled.chosen.extend(own[taken].tolist())
            if 0 < len(taken) < len(own):
                filled.coverage.append(coverage(like, taken, int(short.ranks[own[0]])))
        for one, reason in REASONS.items():
            rows = wanted[outcome[wanted] == one]
            details = self._details[one]
            ledger.add(short.rows[rows], reason, [details[s] for s in side[rows].tolist()])
        return filled

    def _candidates(self, own: Codes, like: Likeness) -> Candidates:
        """Return the candidates of one answer and side."""
        short = self._short
        levels = (
            short.source, short.patient.codes, self._demographics, short.sample, short.axis.codes,
        )  # fmt: skip
        return Candidates(
            levels=[column[own] for column in levels],
            volume=short.sample[own],
            patient=short.patient.codes[own],
            axis=short.axis.codes[own],
            plane=self._plane[own],
            min_gap=self._min_gap[own],
            like=like,
        )


def _details(limits: Sequence[Limits], benchmark: Benchmark) -> dict[Outcome, list[str]]:
    """Return the detail that explains each outcome, by side."""
    quota = benchmark.quota
    gap = f"less than {quota.apart_mm:g} mm or {quota.apart_share:g} of the stack apart"
    totals = zip(limits, SPLITS, strict=True)
    return {
        Outcome.OVER_QUOTA: [f"at most {one.total} in {split}" for one, split in totals],
        Outcome.FULL_SOURCE: [f"at most {one.per_source} of a source" for one in limits],
        Outcome.FULL_VOLUME: [f"at most {quota.per_volume} of a volume"] * 2,
        Outcome.FULL_PATIENT: [f"at most {quota.per_patient} of a patient"] * 2,
        Outcome.NEAR_SLICE: [gap] * 2,
    }
