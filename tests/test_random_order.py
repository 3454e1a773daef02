"""Random order from names: pinned, even, and stable when items come and go."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.core.random_order import draw, order, public_id, randint, rank

PINNED = [
    2723634925525666296,
    16473488473046899722,
    14563134434659503296,
    14398925951708464098,
    9796978242672416692,
    8977347495127006992,
    6403220868169559215,
    12247888552360976173,
    1301614914664743632,
    5933528245425682869,
]
NAMES = st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=30)


def test_ten_ranks_are_pinned() -> None:
    """A change of these numbers changes every benchmark that was ever built."""
    assert [rank(2026, "item", str(i)) for i in range(10)] == PINNED


def test_parts_do_not_run_together() -> None:
    assert rank(1, "ab", "c") != rank(1, "a", "bc") != rank(1, "abc")
    assert rank(1, "a") != rank(2, "a")


@given(NAMES, st.integers(), st.data())
def test_order_does_not_depend_on_the_input_s_order(
    names: set[str], seed: int, data: st.DataObject
) -> None:
    listed = sorted(names)
    shuffled = data.draw(st.permutations(listed))
    assert order(listed, seed, name=str) == order(shuffled, seed, name=str)


@given(NAMES, st.integers(), st.text(max_size=8))
def test_a_new_item_moves_no_other(names: set[str], seed: int, new: str) -> None:
    before = [n for n in order(names, seed, name=str) if n != new]
    after = [n for n in order(names | {new}, seed, name=str) if n != new]
    assert before == after


@given(NAMES, st.integers(), st.integers(0, 30))
def test_a_smaller_draw_is_inside_a_larger_one(names: set[str], seed: int, count: int) -> None:
    weights = {name: 1.0 + len(name) for name in names}
    assert draw(weights, count, seed) == draw(weights, count + 1, seed)[:count]


def test_a_draw_follows_its_weights() -> None:
    first = Counter(draw({"often": 3.0, "seldom": 1.0}, 1, 5, str(i))[0] for i in range(4000))
    assert 2850 < first["often"] < 3150


def test_nothing_of_no_weight_is_drawn() -> None:
    assert draw({"a": 1.0, "b": 0.0}, 2, 5) == ["a"]


def test_randint_reaches_both_ends_evenly() -> None:
    counts = Counter(randint(1, 3, 4, str(i)) for i in range(2000))
    assert set(counts) == {3, 4}
    assert 900 < counts[3] < 1100
    with pytest.raises(ValueError, match="empty range"):
        randint(1, 5, 4, "x")


def test_public_ids_tell_nothing_and_collide_never_here() -> None:
    ids = {public_id(1, f"source/DOE_JOHN#{i}") for i in range(5000)}
    assert len(ids) == 5000
    assert not any("DOE" in i for i in ids)
