"""Keys of some questions must reveal nothing about the others'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.audits.audit import load
from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.core.random_order import randint
from benchsmith.core.verdicts import Found
from benchsmith.documents.benchmark import Marks
from benchsmith.stages.fair_sets import fair_sets
from benchsmith.stages.mirrored_sets import Item, MirroredSet, mirrored_sets
from benchsmith.stages.nearness import no_preference


def pool(labels: int, each: int, *, known: int = 100) -> list[Item]:
    """Return items of which a label is known to be wrong with a chance of `known` percent."""
    names = [f"l{n:02}" for n in range(labels)]
    found = []
    for place, name in enumerate(names):
        for n in range(each):
            wrong = {o for o in names if o != name and randint(1, 0, 99, name, o, str(n)) < known}
            wrong.add(names[place - 1])  # at least one
            found.append(Item(f"{name}.{n}", name, frozenset(wrong), (min(3, len(wrong)),), 1))
    return found


def counted(sets: Sequence[MirroredSet]) -> Found:
    rows = [
        AuditRow(
            id=m, split="test", stem="s", question="?", options=one.labels, labels=one.labels,
            answers=(one.labels.index(m.partition(".")[0]),), pool="p", task="t", modality="m",
            view="image", label=m.partition(".")[0], source="s", target=m,
        )
        for one in sets for m in one.members
    ]  # fmt: skip
    return load("card-counting")(AuditTable(rows, 1), Marks())


def by_others(found: Found) -> float:
    return max(p.value or 0 for p in found.parts if "often the others' key" in p.name)


def test_mixed_keys_take_the_card_counter_s_gain_and_nobody_else_s_chance() -> None:
    items = pool(10, 24)
    closed = mirrored_sets(items, 1, "p", no_preference, lambda a, b: False)
    fair = fair_sets(closed, items, 1, "p")
    one, other = counted(closed), counted(fair)
    assert one.outcome == "WARN" and (one.value or 0) > 0.05 and by_others(one) > 0.95
    assert (other.value or 0) <= 0.02 and by_others(other) < 0.32
    keys = Counter(m.partition(".")[0] for s in fair for m in s.members)
    offers = Counter(label for s in fair for label in s.labels for _ in s.members)
    assert {label: 4 * n for label, n in keys.items()} == offers, (
        "who counts answers learns nothing"
    )
    repeated = [s for s in fair if len({m.partition(".")[0] for m in s.members}) < len(s.members)]
    # of four keys drawn by themselves, all differ in 4! / 4 ** 4 = 9 % of sets
    assert 0.8 < len(repeated) / len(fair) < 0.97


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 7), st.integers(1, 6), st.integers(40, 100))
def test_every_option_stays_wrong_for_the_picture_or_its_key(
    labels: int, each: int, known: int
) -> None:
    items = pool(labels, each, known=known)
    wrong = {i.id: i.wrong | {i.label} for i in items}
    closed = mirrored_sets(items, 1, "p", no_preference, lambda a, b: False)
    fair = fair_sets(closed, items, 1, "p")
    assert [s.labels for s in fair] == [s.labels for s in closed]
    assert sorted(m for s in fair for m in s.members) == sorted(
        m for s in closed for m in s.members
    )
    assert [len(s.members) for s in fair] == [len(s.members) for s in closed]
    for one in fair:
        for m in one.members:
            assert m.partition(".")[0] in one.labels and set(one.labels) <= wrong[m]
    again = fair_sets(closed, items[::-1], 1, "p")
    assert [set(s.members) for s in again] == [set(s.members) for s in fair]


@pytest.mark.parametrize("size", [1, 2])
def test_the_counter_by_hand(size: int) -> None:
    """Two questions with the same two options and both keys: who knows one key knows the other."""
    sets = [MirroredSet((f"a.{n}", f"b.{n}"), ("a", "b")) for n in range(20)]
    if size == 1:
        assert (
            counted([MirroredSet((s.members[0],), s.labels) for s in sets[:1]]).outcome == "NOT RUN"
        )
        return
    found = counted(sets)
    # 20 of 40 questions have each key: of the others' 39 keys the question's own is the rarer one
    assert by_others(found) == 1.0
