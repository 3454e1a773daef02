"""Rows of numbers as options, on made-up structures with exact answers."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from scipy.stats import norm

from benchsmith.core.random_order import rank
from benchsmith.skills.contract import Amount, Draft
from benchsmith.skills.numeric_ladders import number, rounded, with_options
from tests.made_scenes import scene


def draft(value: float, id_: str, amount: Amount) -> Draft:
    asked = Amount(
        value=value, unit=amount.unit, ratio=amount.ratio, step=amount.step, low=amount.low,
        high=amount.high, exact=amount.exact,
    )  # fmt: skip
    return Draft(
        scene=scene(id_),
        kind="diameter",
        subjects=("liver",),
        evidence=(),
        about=None,
        amount=asked,
    )


def test_each_number_of_a_row_is_right_once_in_each_set_and_near_the_truth() -> None:
    amount = Amount(value=0, unit="mm", ratio=1.5)
    drafts = [draft(20 * 1.02**n, f"s{n}", amount) for n in range(160)]
    found = [d for d in with_options(drafts, 1, 4) if d.options]
    assert len(found) > 100
    keys: dict[str, Counter[str]] = {}
    for one in found:
        assert one.amount is not None
        numbers = [float(o.removeprefix("says:").split()[0]) for o in one.options]
        assert all(b / a >= 1.5 for a, b in itertools.pairwise(numbers))
        right = numbers[one.options.index(one.key)]
        assert max(one.amount.value / right, right / one.amount.value) <= 1.5**0.2
        keys.setdefault(one.ladder, Counter())[one.key] += 1
    for counted in keys.values():
        assert len(set(counted.values())) == 1
    assert all(len(c) == len(o.split("says:")) - 1 for o, c in keys.items())
    assert with_options(drafts, 1, 4) == with_options(drafts, 1, 4)


@pytest.mark.parametrize(
    ("usual", "spread", "asked", "betrayed"),
    [
        (1500, 0.22, 0.303, 0.901),
        (160, 0.2, 0.252, 0.931),
        (200, 0.4, 0.673, 0.685),
        (30, 0.5, 0.772, 0.601),
        (5, 1.2, 0.916, 0.381),
    ],
)
def test_the_usual_size_is_right_by_chance_at_the_stated_cost(
    usual: float, spread: float, asked: float, betrayed: float
) -> None:
    values = usual * np.exp(spread * norm.ppf((np.arange(333) + 0.5) / 333))
    amount = Amount(value=0, unit="mL", ratio=2.0)
    drafts = [draft(float(v), f"s{n}", amount) for n, v in enumerate(values)]
    found = [d for d in with_options(drafts, 1, 4) if d.options]

    def guess(numbers: np.ndarray) -> int:
        return int(np.argmin(np.abs(np.log(numbers / usual))))

    hits = chance = 0.0
    for one in found:
        numbers = np.array([float(o.removeprefix("says:").split()[0]) for o in one.options])
        hits += one.options[guess(numbers)] == one.key
        chance += 1 / len(numbers)
    assert hits == pytest.approx(chance)
    assert len(found) / len(values) == pytest.approx(asked, abs=0.005)
    # four numbers around each true value, in the ratio 2: the usual size tells which one is right
    places = np.array([rank(1, str(n)) % 4 for n in range(len(values))])
    around = values[:, None] * 2.0 ** (np.arange(4) - places[:, None])
    told = np.mean([guess(row) == place for row, place in zip(around, places, strict=True)])
    assert told == pytest.approx(betrayed, abs=0.005)


def test_what_is_alike_in_all_pictures_has_no_numbers() -> None:
    amount = Amount(value=0, unit="mL", ratio=2.0)
    drafts = [draft(1500 + n, f"s{n}", amount) for n in range(40)]
    assert not any(d.options for d in with_options(drafts, 1, 4))


def test_counts_are_their_own_numbers() -> None:
    amount = Amount(value=0, unit="", step=1, low=1, high=12, exact=True)
    drafts = [draft(1 + n % 3, f"s{n}", amount) for n in range(30)]
    found = with_options(drafts, 1, 4)
    assert all(d.options == ("says:1", "says:2", "says:3") for d in found)
    assert all(d.amount and d.key == f"says:{d.amount.value:.0f}" for d in found)


def test_differences_keep_within_the_wedge() -> None:
    amount = Amount(value=0, unit="HU", step=60, low=-160, high=240)
    drafts = [draft(-150 + 5 * n, f"s{n}", amount) for n in range(76)]
    for one in with_options(drafts, 1, 4):
        numbers = [float(o.removeprefix("says:").split()[0]) for o in one.options]
        assert all(-160 <= n <= 240 for n in numbers)
        assert all(b - a >= 60 for a, b in itertools.pairwise(numbers))


def test_numbers_are_rounded_as_they_are_written() -> None:
    assert [rounded(x) for x in (104.6, 2046.0, 0.00317)] == [105.0, 2000.0, 0.0032]
    assert number(Amount(value=1, unit="mm", ratio=2.0), 0.0, 3) == rounded(2.12**3)
