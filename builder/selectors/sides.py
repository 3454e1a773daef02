"""Give each patient a side of the split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from builder.chance import rank
from builder.model import Target


def sides(targets: Iterable[Target], seed: int, val: int, test: int) -> Mapping[str, str]:
    """Return each patient's split, `val` or `test`; a patient is never on both.

    Patients are placed one by one, those with the most answers first and equals by rank, each on
    the side that brings every answer's share nearest to val : test. The measure is the sum over
    answers of the squared distance, in targets, from the wanted share.
    """
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for target in targets:
        counts.setdefault(target.patient, Counter())[target.task, target.label] += 1
    share = val / (val + test)
    total: Counter[tuple[str, str]] = Counter()
    in_val: Counter[tuple[str, str]] = Counter()
    placed: dict[str, str] = {}
    for patient in sorted(counts, key=lambda p: (-len(counts[p]), rank(seed, "side", p), p)):
        own = counts[patient]
        cost_val = cost_test = 0.0
        for answer, n in own.items():
            wanted = share * (total[answer] + n)
            cost_val += (in_val[answer] + n - wanted) ** 2
            cost_test += (in_val[answer] - wanted) ** 2
        side = "val" if cost_val < cost_test else "test"
        placed[patient] = side
        total.update(own)
        if side == "val":
            in_val.update(own)
    return placed
