"""Made-up targets and what is chosen of them, for tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from benchsmith.core.model import Choice, Rejection, Sample, Target
from benchsmith.documents.benchmark import Benchmark
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.selectors.known_copies import KnownPicture
from benchsmith.stages.select import select
from benchsmith.tables import record_tables
from tests.pictures import target

BENCHMARK = Benchmark(title="t", description="d", seed=7, sources=("abdomen",))


def chosen_and_left(
    targets: Sequence[Target],
    samples: Sequence[Sample] = (),
    *,
    known: Sequence[KnownPicture] = (),
    spaces: dict[str, str] | None = None,
    **settings: Any,
) -> tuple[list[Choice], list[Rejection]]:
    benchmark = BENCHMARK.model_copy(update=settings)
    found = select(from_rows(targets, samples), benchmark, namespaces=spaces, known=known)
    left = [r for table in found.rejected for r in record_tables.from_table(table, Rejection)]
    return record_tables.from_table(found.chosen, Choice), left


def splits_of(chosen: Sequence[Choice], by: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for c in chosen:
        found[getattr(c, by)].add(c.split)
    return found


def made(rows: Sequence[tuple[str, int, int, str]]) -> list[Target]:
    return [
        target(None, label=label, patient=f"p{p}", sample=f"p{p}.{v}", source=source)
        for label, p, v, source in rows
    ]
