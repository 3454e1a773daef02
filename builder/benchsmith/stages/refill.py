"""Find the chosen targets that no question can be asked about, so that others replace them.

Whether a target has options depends on the other targets, so it is known only once all are chosen.
Select therefore tries the options of what it chose, leaves out the targets that have none in any
view, fills their quotas again, and repeats that until nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from benchsmith.core.model import Choice
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.pools import Pool
from benchsmith.documents.query import Query
from benchsmith.stages.ask import askable, draw_options
from benchsmith.stages.content_ids import ContentIds
from benchsmith.stages.options import Drawn, Refused

REPLACED = frozenset({"pool-too-small", "no-mirror", "not-prominent", "region-in-crowd"})
"""Reasons for which another target may be asked about instead."""
Unasked = Callable[[Sequence[Choice]], Mapping[str, Refused]]
"""Which of some choices have no question, by id."""


def finder(
    benchmark: Benchmark, lexicon: Lexicon, stems: Mapping[str, Pool], query: Query | None
) -> Unasked:
    """Return a function that caches the pools it has drawn between calls."""
    known: dict[tuple[str, ...], Drawn] = {}

    def unasked(choices: Sequence[Choice]) -> Mapping[str, Refused]:
        names = ContentIds(choices)
        asked, unfit = askable(names.choices, benchmark, lexicon, stems, query)
        drawn = draw_options(asked, benchmark, lexicon, stems, known)
        found: dict[str, Refused] = {}
        for row in unfit:
            if row.reason in REPLACED:
                found.setdefault(row.subject.rpartition(":")[0], Refused(row.reason, row.detail))
        for one in asked:
            if isinstance(refused := drawn[one.id], Refused):
                found[one.choice.id] = refused
        has = {a.choice.id for a in asked if not isinstance(drawn[a.id], Refused)}
        return {names.own(id_): why for id_, why in found.items() if id_ not in has}

    return unasked
