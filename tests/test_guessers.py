"""What guessers are worth, and what they may have seen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.core.random_order import rank
from benchsmith.evaluate import baselines, scores
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import LETTERS
from tests.score_tables import item, table_of


@given(st.integers(2, 6), st.data())
def test_what_guessing_is_worth_is_the_mean_over_all_guesses(
    options: int, data: st.DataObject
) -> None:
    right = data.draw(st.integers(1, options))
    key = set(range(right))
    sets = [{i for i in range(options) if bits >> i & 1} for bits in range(1, 2**options)]
    worth = baselines.chance_of(options, right, several=True)
    assert worth["hit"] == pytest.approx(np.mean([s == key for s in sets]))
    assert worth["acc"] == pytest.approx(np.mean([len(s & key) / len(s) for s in sets]))
    assert worth["recall"] == pytest.approx(np.mean([len(s & key) / right for s in sets]))


def test_a_simulated_guess_is_as_good_as_its_expectation_says() -> None:
    items = [
        item(n, group=f"g{n}", options=("a", "b", "c", "d")[: 2 + n % 3], key=(n % 2,))
        for n in range(3000)
    ]
    guesser = baselines.Baseline("baseline:random", items)
    hits = [float(guesser.picks(i) == i.key) for i in items]
    expected = [baselines.chance(i)["hit"] for i in items]
    spread = math.sqrt(sum(p * (1 - p) for p in expected))
    assert abs(sum(hits) - sum(expected)) < 2.6 * spread
    row = scores.score(scores.cases_of(table_of({i: LETTERS[guesser.picks(i)[0]] for i in items})))
    assert row["low"] <= np.mean(expected) <= row["high"]


def pool(n: int, split: str) -> Item:
    """A pool where `liver` is the key three times in four when it is offered."""
    key = 0 if n % 4 else 1 + n % 3
    options = ("liver", "spleen", "kidney", "vermiform appendix")
    turn = rank(3, "turn", str(n)) % 4
    return item(n, options=(*options[turn:], *options[:turn]), key=((key - turn) % 4,), split=split,
                group=f"{split}{n}")  # fmt: skip


@pytest.mark.parametrize("name", ["most-frequent", "prior", "blind"])
def test_a_guesser_learns_from_val_and_gains_on_test(name: str) -> None:
    items = [pool(n, "val" if n < 60 else "test") for n in range(160)]
    guesser = baselines.Baseline(f"baseline:{name}", items)
    test = [i for i in items if i.split == "test"]
    assert np.mean([guesser.picks(i) == i.key for i in test]) == pytest.approx(0.75)


@pytest.mark.parametrize("name", ["most-frequent", "prior", "blind"])
def test_a_guesser_never_has_seen_the_case_that_it_is_asked(name: str) -> None:
    """Keys that hang on nothing: had it learned the case itself, it would know them all."""
    items = [
        item(n, options=tuple(f"w{n}{o}" for o in "abcd"), key=(rank(9, str(n)) % 4,), split="val",
             group=f"g{n}")
        for n in range(200)
    ]  # fmt: skip
    guesser = baselines.Baseline(f"baseline:{name}", items)
    assert np.mean([guesser.picks(i) == i.key for i in items]) < 0.36


def test_the_longest_option_is_the_longest() -> None:
    i = item(0, options=("a", "bbb", "cc", "d"))
    assert baselines.Baseline("baseline:longest", [i]).picks(i) == (1,)
