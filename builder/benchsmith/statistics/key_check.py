"""What experts' verdicts imply for a release's keys: counts, an estimate, and an upper bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from benchsmith.core.validation import KeyCheck, Person
from benchsmith.documents.verification import (
    RIGHT,
    SUSPECTS,
    UNFAIR,
    UNSURE,
    WRONG,
    Framed,
    Unit,
    Verified,
    settled,
)
from benchsmith.statistics.key_error import Stratum, upper_bound

NOT_RIGHT = frozenset({WRONG, UNSURE})
"""Verdicts that count as a wrong key."""
FLAWED = frozenset({WRONG, UNSURE, UNFAIR})


class _Drawn(NamedTuple):
    """A question of the frame, and what was said of it."""

    at: tuple[int, str]
    """Its wave and stratum."""
    verdict: str
    """Empty if there is none yet."""
    gone: bool
    """Whether it is no longer in the release."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """The questions of a frame that concern a release."""

    sizes: Mapping[tuple[int, str], int]
    """Questions of each wave and stratum."""
    order: Sequence[_Drawn]
    """The random order without the questions that left the release before they were judged."""
    suspects: Sequence[_Drawn]
    """Those of the release."""
    questions: int
    """Questions of the release."""
    unknown: int

    @property
    def counted(self) -> int:
        """How many questions of the order count: all before the first without a verdict."""
        return next((i for i, one in enumerate(self.order) if not one.verdict), len(self.order))

    def bound(self, bad: frozenset[str], counted: int, *, suspects_right: bool = False) -> float:
        """Return the upper bound of the share of verdicts in `bad` after `counted` questions.

        Questions of the order without a verdict count as right, so that it also gives the bound
        that would result. So do suspects without one, with `suspects_right`; otherwise they count
        as bad.
        """
        seen: Counter[tuple[int, str]] = Counter()
        wrong: Counter[tuple[int, str]] = Counter()
        removed = 0
        for one in self.order[:counted]:
            is_bad = one.verdict in bad
            seen[one.at] += 1
            wrong[one.at] += is_bad
            removed += is_bad and one.gone
        strata = [Stratum(size, seen[at], wrong[at]) for at, size in self.sizes.items()]
        missing = RIGHT if suspects_right else WRONG
        suspects = sum((one.verdict or missing) in bad for one in self.suspects)
        most = upper_bound(strata) - removed + suspects + self.unknown
        return min(most / max(self.questions, 1), 1.0)


def key_check(
    frame: Sequence[Framed],
    verified: Sequence[Verified],
    current: Collection[Unit],
    most: float,
    names: Mapping[str, str] | None = None,
) -> KeyCheck:
    """Return what the verdicts on a frame say about the release with the questions `current`.

    The bound covers the release: wrong keys that were found and removed are subtracted, and questions
    that no wave of the frame has count as wrong. A question that left the release before it was judged
    stays in the size of its stratum, which can only raise the bound. `most` is the share at which the sample
    may stop, and `names` are the names under which people appear, by default their own.
    """
    sample = _sample(frame, verified, current)
    counted = sample.counted
    found = Counter(one.verdict for one in (*sample.order[:counted], *sample.suspects))
    upper = sample.bound(NOT_RIGHT, counted)
    days = sorted(row.time[:10] for row in verified)
    said = Counter(row.who for row in verified)
    shown = names or {who: who for who in said}
    return KeyCheck(
        questions=len(current),
        judged=counted,
        ahead=sum(bool(one.verdict) for one in sample.order[counted:]),
        suspects=len(sample.suspects),
        suspects_judged=sum(bool(one.verdict) for one in sample.suspects),
        right=found[RIGHT],
        wrong=found[WRONG],
        unfair=found[UNFAIR],
        unsure=found[UNSURE],
        removed=sum(one.verdict in NOT_RIGHT and one.gone for one in sample.order[:counted]),
        unknown=sample.unknown,
        estimate=_estimate(sample, counted),
        upper=upper,
        upper_flawed=sample.bound(FLAWED, counted),
        most=most,
        left=_left(sample, counted, most) if upper > most else 0,
        waves=max((one.wave for one in frame), default=0),
        first=days[0] if days else "",
        last=days[-1] if days else "",
        people=[Person(name=shown[who], said=said[who]) for who in shown if who in said],
    )


def reached(
    frame: Sequence[Framed], verified: Sequence[Verified], current: Collection[Unit], most: float
) -> bool:
    """Return whether the upper bound of :func:`key_check` is `most` or less, without its other figures."""
    sample = _sample(frame, verified, current)
    return sample.bound(NOT_RIGHT, sample.counted) <= most


def _sample(
    frame: Sequence[Framed], verified: Sequence[Verified], current: Collection[Unit]
) -> _Sample:
    verdicts = settled(verified)
    units = [one.unit for one in frame]
    drawn = [
        _Drawn((one.wave, one.stratum), verdicts.get(unit, ""), unit not in current)
        for one, unit in zip(frame, units, strict=True)
    ]
    random = [one for one in drawn if one.at[1] != SUSPECTS]
    return _Sample(
        sizes=Counter(one.at for one in random),
        order=[one for one in random if one.verdict or not one.gone],
        suspects=[one for one in drawn if one.at[1] == SUSPECTS and not one.gone],
        questions=len(current),
        unknown=len(current) - len({*units} & {*current}),
    )


def _estimate(sample: _Sample, counted: int) -> float:
    """Return the estimated share of wrong keys: each stratum's share, weighted by its size."""
    seen: Counter[tuple[int, str]] = Counter()
    wrong: Counter[tuple[int, str]] = Counter()
    removed = 0
    for one in sample.order[:counted]:
        is_wrong = one.verdict in NOT_RIGHT
        seen[one.at] += 1
        wrong[one.at] += is_wrong
        removed += is_wrong and one.gone
    overall = wrong.total() / max(seen.total(), 1)
    total = sum(
        size * (wrong[at] / seen[at] if seen[at] else overall) for at, size in sample.sizes.items()
    )
    suspects = sum(one.verdict in NOT_RIGHT for one in sample.suspects)
    share = (total - removed + suspects) / max(sample.questions, 1)
    return min(max(share, 0.0), 1.0)


def _left(sample: _Sample, counted: int, most: float) -> int | None:
    """Return how many questions must still be judged right until the bound is within `most`."""
    if sample.bound(NOT_RIGHT, len(sample.order), suspects_right=True) > most:
        return None
    low, high = counted, len(sample.order)
    while low < high:
        middle = (low + high) // 2
        if sample.bound(NOT_RIGHT, middle, suspects_right=True) <= most:
            high = middle
        else:
            low = middle + 1
    waiting = [*sample.order[counted:low], *sample.suspects]
    return sum(not one.verdict for one in waiting)
