"""Rejection rows of selection: the candidates are read once more, and each one's reason is written."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.candidate_status import REASON_COLUMNS, Judge
from benchsmith.selectors.first_pass import FirstPass
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.tables import coded_columns


def left_out(
    files: CandidateFiles, judge: Judge, found: FirstPass, ledger: Ledger, stage: str
) -> Iterator[pa.Table]:
    """Yield rows of Rejection for all candidates that were left out, by source and id.

    `ledger` has the reasons of the shortlisted candidates, in the order of `found.positions`; one
    without a reason was chosen.
    """
    positions = found.positions
    reasons, details = np.array(ledger.reasons, object), np.array(ledger.details, object)
    for source in range(len(files.targets)):
        for where, rows in files.batches(source, sorted(REASON_COLUMNS)):
            reason, detail = (np.array(c, object) for c in judge.reasons(rows, found.status[where]))
            ends = np.searchsorted(positions, [where.start, where.stop])
            own = positions[ends[0] : ends[1]] - where.start
            reason[own], detail[own] = reasons[ends[0] : ends[1]], details[ends[0] : ends[1]]
            lost = np.flatnonzero(reason != "")
            yield coded_columns.rejection_table(
                stage, rows.take(pa.array(lost)),
                pa.array(reason[lost], pa.string()), pa.array(detail[lost], pa.string()),
            )  # fmt: skip
