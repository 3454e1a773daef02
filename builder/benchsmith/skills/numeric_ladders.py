"""Numbers to choose from: one row of numbers for several pictures, each of them right in one.

A guesser who knows how large a liver usually is must gain nothing. So the same numbers are offered
for several pictures of the same structure, and each number is the right one equally often. A guess
that does not depend on the picture, of the usual size, the middle number or the smallest one, is
right once in each such set. This loses structures that are alike in all pictures, and values
between two numbers.

Neighbouring numbers have a least ratio or difference. The true value is within a fifth of a step of
the right number, so no other number is nearly as close.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchsmith.core.random_order import rank
from benchsmith.skills.contract import SAYS, Amount, Draft

NEAR = 0.2
"""The true value is at most so many steps from the right option."""
OFFSETS = 8
"""In how many places a row of numbers may begin within one step."""
ROOM = 1.06
"""By how much steps are widened, so that rounded numbers still keep the least ratio."""
FEWEST = 2
Rungs = dict[int, list[Draft]]
"""Drafts by the number on the row that is nearest to their true value."""


def with_options(drafts: Iterable[Draft], seed: int, most: int) -> list[Draft]:
    """Return drafts with their options; amounts in no set of pictures get none.

    Sets of as many options as possible are formed first, from `most` down to two.
    """
    found: list[Draft] = []
    groups: dict[tuple[str, str, str], list[Draft]] = {}
    for draft in drafts:
        if draft.amount is None:
            found.append(draft)
        else:
            key = (draft.scene.anchor.split, draft.kind, draft.subject)
            groups.setdefault(key, []).append(draft)
    for name, own in sorted(groups.items()):
        left = sorted(own, key=lambda d: (rank(seed, "ladder", *name, d.scene.id), d.scene.id))
        for count in range(most, FEWEST - 1, -1):
            while (best := _best(left, count)) is not None:
                found += best
                used = {(d.scene.id, d.variant) for d in best}
                left = [d for d in left if (d.scene.id, d.variant) not in used]
        found += left
    return found


def _best(drafts: Sequence[Draft], count: int) -> list[Draft] | None:
    """Return the drafts of the row of `count` numbers that gives the most sets, with options."""
    if len(drafts) < count:
        return None
    amount = drafts[0].amount
    assert amount is not None
    best: tuple[int, list[float], list[list[Draft]]] | None = None
    for offset in (0.0,) if amount.exact else [n / OFFSETS for n in range(OFFSETS)]:
        rungs = _rungs(drafts, amount, offset)
        for first in sorted(rungs):
            columns = [rungs.get(first + i, []) for i in range(count)]
            sets = min(map(len, columns))
            if sets <= (best[0] if best else 0):
                continue
            numbers = [number(amount, offset, first + i) for i in range(count)]
            if _sound(numbers, amount):
                best = sets, numbers, [column[:sets] for column in columns]
    if best is None:
        return None
    options = tuple(f"{SAYS}{words(value, amount)}" for value in best[1])
    ladder = " ".join(options)
    return [
        replace(draft, options=options, key=key, ladder=ladder, in_order=True)
        for key, column in zip(options, best[2], strict=True)
        for draft in column
    ]


def _rungs(drafts: Iterable[Draft], amount: Amount, offset: float) -> Rungs:
    rungs: Rungs = {}
    for draft in drafts:
        assert draft.amount is not None
        value = draft.amount.value
        place = round(_steps(value, amount) - offset)
        if _near(value, number(amount, offset, place), amount):
            rungs.setdefault(place, []).append(draft)
    return rungs


def _steps(value: float, amount: Amount) -> float:
    """Return how many steps a value is from zero, or from one if ratios count."""
    if amount.ratio:
        return math.log(value) / math.log(amount.ratio * ROOM)
    return value / (amount.step if amount.exact else amount.step * ROOM)


def number(amount: Amount, offset: float, place: int) -> float:
    """Return the number at a position of a row, rounded as it is displayed."""
    if amount.ratio:
        return rounded((amount.ratio * ROOM) ** (place + offset))
    if amount.exact:
        return amount.step * place
    return float(round((place + offset) * amount.step * ROOM))


def rounded(value: float) -> float:
    """Return a positive number with two significant digits, or three if the first is a 1.

    >>> rounded(1234.0), rounded(0.0567)
    (1230.0, 0.057)
    """
    power = math.floor(math.log10(value))
    digits = 2 if value / 10.0**power < 2 else 1
    return round(value, digits - power)


def _near(value: float, right: float, amount: Amount) -> bool:
    if amount.exact:
        return value == right
    if amount.ratio:
        return max(value / right, right / value) <= float(amount.ratio**NEAR)
    return abs(value - right) <= amount.step * NEAR


def _sound(numbers: Sequence[float], amount: Amount) -> bool:
    """Return whether numbers may be offered: within their limits, and far enough apart."""
    if numbers[0] < amount.low or numbers[-1] > amount.high:
        return False
    each = list(itertools.pairwise(numbers))
    if amount.ratio:
        return all(b >= a * amount.ratio for a, b in each)
    return all(b - a >= amount.step for a, b in each)


def words(value: float, amount: Amount) -> str:
    """Return a number as options show it, e.g. ``140 mL`` or ``3``."""
    return f"{value:.12g} {amount.unit}".rstrip()
