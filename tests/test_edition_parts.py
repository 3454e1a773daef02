"""The part of the hidden candidates that an edition draws from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from benchsmith.core.model import Choice, Rejection, Target
from benchsmith.documents.benchmark import Benchmark, Draw, Editions, Quota, Split
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.stages.select import select
from benchsmith.tables import record_tables
from tests.pictures import target

BENCHMARK = Benchmark(title="t", description="d", seed=7, sources=("abdomen",), hidden=("test",),
                      split=Split(val=1, test=3), quota=Quota(per_answer=24))  # fmt: skip


TARGETS = [
    replace(target(None, patient=f"p{n}", label=label), id=f"abdomen/p{n}#{label}")
    for n in range(60)
    for label in ("liver", "spleen")
]


def drawn(part: int, of: int = 3, seed: int | None = None, **more: Any) -> dict[str, Choice]:
    apart = more.pop("apart", "patient")
    editions = Editions(of=of, apart=apart, draws=(Draw(name="a", part=part, seed=seed),))
    settings = more.pop("settings", {})
    found = select(
        from_rows(TARGETS, ()), BENCHMARK.model_copy(update={"editions": editions, **settings}), **more
    )  # fmt: skip
    return {c.id: c for c in record_tables.from_table(found.chosen, Choice)}


def hidden(own: dict[str, Choice]) -> set[str]:
    return {id_ for id_, c in own.items() if c.split == "test"}


def test_each_hidden_target_is_in_one_part_and_patients_are_apart() -> None:
    whole = {c.id for c in record_tables.from_table(select(from_rows(TARGETS, ()), BENCHMARK).chosen, Choice)}  # fmt: skip
    parts = [drawn(part) for part in (1, 2, 3)]
    people: dict[str, set[int]] = defaultdict(set)
    for n, own in enumerate(parts):
        assert hidden(own)
        for id_ in hidden(own):
            people[own[id_].patient].add(n)
    assert all(len(of) == 1 for of in people.values())
    assert len({frozenset(own.keys() - hidden(own)) for own in parts}) == 1, "open splits agree"
    assert whole
    loose = [drawn(part, apart="structure") for part in (1, 2)]
    assert not hidden(loose[0]) & hidden(loose[1])
    shared = {c.patient for c in loose[0].values() if c.split == "test"} & {
        c.patient for c in loose[1].values() if c.split == "test"
    }
    assert shared, "structures of one patient may be in two editions"


def test_the_seed_draws_another_choice_of_the_same_part() -> None:
    small = {"quota": Quota(per_answer=8)}
    one, two = (drawn(1, of=2, seed=seed, settings=small) for seed in (1, 2))
    assert hidden(one) != hidden(two)
    assert one.keys() - hidden(one) == two.keys() - hidden(two)
    every = hidden(drawn(1, of=2))
    assert hidden(one) | hidden(two) <= every | hidden(drawn(1, of=2, seed=3))


def test_the_total_of_a_source_leaves_the_open_split_alone() -> None:
    limited = {"quota": Quota(per_answer=24, source_total=16)}
    one, two = (drawn(part, settings=limited) for part in (1, 2))
    assert len(one) <= 16 and len(one.keys() - hidden(one)) == 4
    assert one.keys() - hidden(one) == two.keys() - hidden(two)


def test_a_retired_target_is_replaced_from_the_same_part() -> None:
    small = {"quota": Quota(per_answer=8)}
    before = drawn(1, of=2, settings=small)
    gone = min(hidden(before))
    editions = Editions(of=2, draws=(Draw(name="a", part=1),))
    benchmark = BENCHMARK.model_copy(update={"editions": editions, **small})
    found = select(from_rows(TARGETS, ()), benchmark, retired={gone: ("retired", "exposed")})
    after = {c.id: c for c in record_tables.from_table(found.chosen, Choice)}
    left = {r.subject: r for t in found.rejected for r in record_tables.from_table(t, Rejection)}
    assert (left[gone].reason, left[gone].detail) == ("retired", "exposed")
    assert gone not in after and len(after) == len(before)
    (new,) = after.keys() - before.keys()
    assert after[new].split == "test" and new not in hidden(drawn(2, of=2, settings=small))
    others = {r.subject: r.detail for r in left.values() if r.reason == "other-edition"}
    assert others and set(others.values()) == {"in part 2 of 2"}
    assert not set(others) & set(after)


def test_more_data_move_no_target_to_another_part() -> None:
    def parts(targets: list[Target]) -> dict[str, str]:
        editions = Editions(of=3, draws=(Draw(name="a", part=1),))
        found = select(from_rows(targets, ()), BENCHMARK.model_copy(update={"editions": editions}))
        left = [r for t in found.rejected for r in record_tables.from_table(t, Rejection)]
        return {r.subject: r.detail for r in left if r.reason == "other-edition"}

    few, more = parts(TARGETS[:80]), parts(TARGETS)
    both = few.keys() & more.keys()
    assert both and all(few[id_] == more[id_] for id_ in both)
