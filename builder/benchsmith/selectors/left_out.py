"""Who was left out and why, as rows: what becomes of a candidate is said as it is read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from benchsmith.selectors.candidate_columns import batch
from benchsmith.selectors.quality_floors import poor
from benchsmith.selectors.sieve import BEYOND, BLIND, POOR, Fates, Sieve, Sieved
from benchsmith.tables import coded_columns


def left_out(
    sieve: Sieve, found: Sieved, reasons: Sequence[str], why: Sequence[str], stage: str
) -> Iterator[pa.Table]:
    """Yield rows of Rejection for all that were left out, in the order of sources and ids.

    `reasons` and `why` are what became of each on the short list; one without a reason was chosen.
    """
    places = found.places
    of, said = np.array(reasons, object), np.array(why, object)
    fields = sorted({"id", "source", "kind", "share", "seen"})
    for source in range(len(sieve.sources.targets)):
        for where, rows in sieve.sources.batches(source, fields):
            reason, detail = (np.array(c, object) for c in _details(sieve, rows, found.fate[where]))
            ends = np.searchsorted(places, [where.start, where.stop])
            own = places[ends[0] : ends[1]] - where.start
            reason[own], detail[own] = of[ends[0] : ends[1]], said[ends[0] : ends[1]]
            lost = np.flatnonzero(reason != "")
            yield coded_columns.rejection_table(
                stage, rows.take(pa.array(lost)),
                pa.array(reason[lost], pa.string()), pa.array(detail[lost], pa.string()),
            )  # fmt: skip


def _details(sieve: Sieve, rows: pa.Table, fate: Fates) -> tuple[list[str], list[str]]:
    """Say why some candidates were left out, as their fates have it: reasons, and details."""
    text = sieve.query.text if sieve.query else ""
    beyond = f"beyond the first {sieve.benchmark.quota.shortlist}"
    said = [("", ""), ("outside-subset", text), ("official-train", ""), ("blind-solved", ""),
            ("not-shortlisted", beyond)]  # fmt: skip
    reason, detail = (
        np.array(c, object)[np.minimum(fate, BEYOND)] for c in zip(*said, strict=True)
    )
    blind = np.flatnonzero(fate == BLIND)
    tried = [sieve.solved[id_] for id_ in rows["id"].take(pa.array(blind)).to_pylist()]
    detail[blind] = [f"{t.solved} of {t.asked} by {t.model}" for t in tried]
    if (fate >= POOR).any():
        floors = poor(batch(rows), sieve.benchmark.quality, sieve.benchmark.picture.long_side)
        for number, (why, _, figure, words) in enumerate(floors):
            own = np.flatnonzero(fate == POOR + number)
            reason[own] = why
            detail[own] = [words.format(f) for f in figure[own].tolist()]
    return reason.tolist(), detail.tolist()
