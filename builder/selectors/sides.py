"""Give each patient a side of the split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from builder.chance import rank
from builder.model import Target


def sides(targets: Iterable[Target], seed: int, val: int, test: int) -> Mapping[str, str]:
    """Return each patient's split, `val` or `test`; a patient is never on both.

    Patients are placed one by one, those with the most answers first and equals by rank, each on
    the side that brings every stratum's share nearest to val : test. The strata are the answers,
    the tasks within a modality, and the modalities: an answer that only one patient shows cannot
    be shared out, its modality can. The measure is the sum over strata of the squared distance, in
    targets, from the wanted share (after the iterative stratification of Sechidis, Tsoumakas and
    Vlahavas, ECML PKDD 2011).
    """
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for target in targets:
        own = counts.setdefault(target.patient, Counter())
        own[target.task, target.label] += 1
        own[target.task, f"in {target.modality}"] += 1
        own["any task", f"in {target.modality}"] += 1
    share = val / (val + test)
    total: Counter[tuple[str, str]] = Counter()
    in_val: Counter[tuple[str, str]] = Counter()
    placed: dict[str, str] = {}
    for patient in sorted(counts, key=lambda p: (-len(counts[p]), rank(seed, "side", p), p)):
        own = counts[patient]
        cost_val = cost_test = 0.0
        for stratum, n in own.items():
            wanted = share * (total[stratum] + n)
            cost_val += (in_val[stratum] + n - wanted) ** 2
            cost_test += (in_val[stratum] - wanted) ** 2
        side = "val" if cost_val < cost_test else "test"
        placed[patient] = side
        total.update(own)
        if side == "val":
            in_val.update(own)
    return placed
