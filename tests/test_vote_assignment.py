"""Assignment of items to voters: different people, evenly, and nobody who is excluded."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.tagging.assign_voters import Item, Need, assign
from tests.vote_sheets import ANNOTATORS, ITEMS, PEOPLE


def drawn(
    items: set[Item], annotators: set[str], seed: int, each: int = 3
) -> dict[Item, tuple[str, ...]]:
    return assign([Need(item, each) for item in items], annotators, seed, "spring")


@settings(deadline=None)
@given(ITEMS, ANNOTATORS, st.integers(), st.integers(1, 3))
def test_everything_goes_to_different_people_evenly(
    items: set[Item], annotators: set[str], seed: int, each: int
) -> None:
    assigned = drawn(items, annotators, seed, each)
    assert set(assigned) == items
    assert all(len(people) == len(set(people)) == each for people in assigned.values())
    loads = Counter(dict.fromkeys(annotators, 0))
    loads.update(person for people in assigned.values() for person in people)
    assert set(loads) == annotators
    assert max(loads.values()) - min(loads.values()) <= 1


@settings(deadline=None)
@given(ITEMS, ANNOTATORS, st.integers(), st.data())
def test_the_input_s_order_does_not_matter(
    items: set[Item], annotators: set[str], seed: int, data: st.DataObject
) -> None:
    needs = [Need(item, 3) for item in sorted(items)]
    people = data.draw(st.permutations(sorted(annotators)))
    shuffled = data.draw(st.permutations(needs))
    assert assign(shuffled, people, seed) == assign(needs, annotators, seed)


@settings(deadline=None)
@given(ITEMS, ANNOTATORS, st.integers(), st.data())
def test_nobody_is_asked_who_is_barred(
    items: set[Item], annotators: set[str], seed: int, data: st.DataObject
) -> None:
    some = st.sets(st.sampled_from(sorted(annotators)), max_size=len(annotators) - 1)
    needs = [Need(item, 1, frozenset(data.draw(some))) for item in sorted(items)]
    for need, people in zip(needs, assign(needs, annotators, seed).values(), strict=True):
        assert len(people) == 1 and not set(people) & need.excluded


def test_a_newcomer_moves_few_others() -> None:
    """Of 3 x 400 seats, one more label moves hardly any, one more person hardly more than theirs."""
    items = {(f"label-{i}", "*") for i in range(400)}
    people = set(PEOPLE)
    before = drawn(items, people, 7)

    def moved(after: dict[Item, tuple[str, ...]]) -> int:
        return sum(len(set(before[item]) - set(after[item])) for item in items)

    assert moved(drawn(items | {("another", "*")}, people, 7)) <= 12
    joined = drawn(items, people | {"zoe"}, 7)
    assert moved(joined) <= 1.3 * sum("zoe" in after for after in joined.values())


def test_too_few_people_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="needs 3 annotators, but only 2 are available"):
        drawn({("a", "*")}, {"x", "y"}, 1)
