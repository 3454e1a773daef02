"""Wrong options: closed sets that give nothing away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.core.model import Neighbour, Question, Rejection
from benchsmith.core.random_order import rank
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.library import Library
from benchsmith.stages.mirrored_sets import Item, mirrored_sets
from benchsmith.stages.nearness import no_preference
from benchsmith.stages.trim_sets import trimmed
from tests.option_pools import asked, small
from tests.rows import ORGANS, choices, few

__all__ = ["small"]

FREE = ["gallbladder", "kidney", "liver", "spleen"]
"""Organs of which each may stand beside each other."""


def questions(rows: list[Question | Rejection], view: str = "mask") -> list[Question]:
    return [q for q in rows if isinstance(q, Question) and q.view == view]


LABELS = "abcdefg"


@st.composite
def pools(draw: st.DrawFn) -> list[Item]:
    """A pool with labels of any frequency, some of which are never offered together."""
    counts = draw(st.dictionaries(st.sampled_from(LABELS), st.integers(1, 9), min_size=2))
    pairs = [(a, b) for a in counts for b in counts if a < b]
    apart = {frozenset(p) for p in draw(st.lists(st.sampled_from(pairs), max_size=5))}
    total = sum(counts.values())
    seen_by_item = iter(
        draw(st.binary(min_size=total, max_size=total))
    )  # a set an item is slow to draw
    found = []
    for label, n in counts.items():
        wrong = frozenset(o for o in counts if o != label and frozenset((o, label)) not in apart)
        for i in range(n):
            pair = divmod(next(seen_by_item), 16)
            seen = {LABELS[k] for k in pair if k < len(LABELS)}  # two labels, one or none
            found.append(Item(f"{label}{i}", label, wrong - seen, (2, 3), 2))
    while found != (able := [_within(found, i) for i in found if _within(found, i).wrong]):
        found = able
    return found


def _within(pool: list[Item], item: Item) -> Item:
    """Only a label that is a key in the pool is offered."""
    wrong = item.wrong & {i.label for i in pool}
    counts = tuple(sorted({min(n, len(wrong)) for n in item.counts}))
    return replace(item, wrong=wrong, counts=counts, fewest=min(2, len(wrong)))


def together(a: str, b: str) -> bool:
    """No two labels are apart."""
    return False


@settings(max_examples=200, deadline=None)
@given(items=pools(), data=st.data())
def test_every_item_is_in_one_set_and_no_option_of_it_is_true(
    items: list[Item], data: st.DataObject
) -> None:
    by_id = {i.id: i for i in items}
    found = mirrored_sets(items, 7, "pool", no_preference, together)
    assert sorted(m for one in found for m in one.members) == sorted(by_id)
    for one in found:
        keys = [by_id[m].label for m in one.members]
        assert len(set(keys)) == len(keys)
        assert set(keys) <= set(one.labels)
        lead = by_id[one.members[0]]
        assert len(set(one.labels)) == len(one.labels)
        assert lead.fewest <= len(one.labels) - 1 <= lead.counts[-1]
        assert one.closed or len(one.labels) - 1 in lead.counts
        for member in one.members:
            assert set(one.labels) - {by_id[member].label} <= by_id[member].wrong
        assert one.closed == (set(keys) == set(one.labels))
    assert (
        mirrored_sets(data.draw(st.permutations(items)), 7, "pool", no_preference, together)
        == found
    )


@settings(max_examples=200, deadline=None)
@given(items=pools())
def test_a_fair_pool_has_no_label_that_is_right_too_often(items: list[Item]) -> None:
    by_id = {i.id: i for i in items}
    made = mirrored_sets(items, 7, "pool", no_preference, together)
    kept = trimmed(made, {i.id: i.label for i in items})
    assert {o for o in made if o.closed} <= set(kept)
    excess, offers = Counter[str](), Counter[str]()
    opened = set()
    for one in kept:
        for member in one.members:
            excess[by_id[member].label] += 1
            offers.update(one.labels)
            excess.update({n: -1 / len(one.labels) for n in one.labels})  # type: ignore[dict-item]
            if not one.closed:
                opened.add(by_id[member].label)
    for label in opened:
        assert excess[label] <= max(1, 0.02 * offers[label]) + 1e-9


def test_equal_labels_that_may_all_stand_together_close_completely() -> None:
    items = [
        Item(f"{label}{i}", label, frozenset("abcdef") - {label}, (3,), 3)
        for label in "abcdef"
        for i in range(20)
    ]
    found = mirrored_sets(items, 3, "pool", no_preference, together)
    assert all(one.closed for one in found)
    assert len(found) == 30
    assert len({one.labels for one in found}) > 8, "not always the same options"


def test_a_guesser_without_the_picture_is_right_once_in_a_closed_set(
    small: tuple[Benchmark, Library],
) -> None:
    """Whatever a guesser makes of stem and options, a closed set gives 1 / k."""
    chosen = choices(small[1].lexicon, dict.fromkeys(FREE, 12))
    rows = asked(small, chosen, options=few(draw="mirrored"))
    for view in ("image", "box", "mask", "contour"):
        sets: dict[str, list[Question]] = defaultdict(list)
        for q in questions(rows, view):
            sets[q.mirror].append(q)
        assert len(sets) == 12
        guessers: list[Callable[[Question], str]] = [
            lambda q, n=n: min(q.option_labels, key=lambda o: rank(n, q.question, o))  # type: ignore[misc]
            for n in range(20)
        ]
        for of in sets.values():
            assert len({q.question for q in of}) == 1
            assert len({frozenset(q.option_labels) for q in of}) == 1
            assert {q.label for q in of} == set(of[0].option_labels)
            assert sorted(q.answers[0] for q in of) == list(range(len(of)))
            for guess in guessers:
                assert sum(guess(q) == q.label for q in of) == 1


def attack(rows: list[Question]) -> float:
    """Return what a guesser gains who knows how often each label is right when it is shown."""
    shown = Counter(o for q in rows for o in q.option_labels)
    right = Counter(q.label for q in rows)
    hits = sum(
        max(q.option_labels, key=lambda o: (right[o] / shown[o], o)) == q.label for q in rows
    )
    return hits / len(rows) - sum(1 / len(q.options) for q in rows) / len(rows)


def test_mirrored_gives_a_guesser_less_than_matched_and_matched_less_than_uniform(
    small: tuple[Benchmark, Library],
) -> None:
    counts = {"gallbladder": 60, "kidney": 55, "liver": 60, "spleen": 50, "rib": 0, "stomach": 10}
    chosen = choices(small[1].lexicon, {n: c for n, c in counts.items() if c})
    gain = {
        draw: attack(questions(asked(small, chosen, options=few(draw=draw))))
        for draw in ("mirrored", "mirrored-open", "matched", "uniform")
    }
    assert gain["mirrored"] < 0.03
    assert gain["mirrored-open"] < 0.03
    assert gain["mirrored"] <= gain["matched"] < gain["uniform"]


def test_what_no_closed_set_takes_can_be_left_out(small: tuple[Benchmark, Library]) -> None:
    chosen = choices(small[1].lexicon, {"gallbladder": 5, "kidney": 5, "liver": 5, "spleen": 25})
    kept = asked(small, chosen, views=("mask",), options=few(unmirrored="keep"))
    strict = asked(small, chosen, views=("mask",), options=few(unmirrored="drop"))
    assert len(questions(kept)) == 40
    left = questions(strict)
    assert Counter(q.label for q in left) == dict.fromkeys(FREE, 5)
    assert {r.reason for r in strict if isinstance(r, Rejection)} == {"no-mirror"}
    assert attack(left) == 0
    assert len(strict) == 40
    trimmed = questions(asked(small, chosen, views=("mask",)))
    assert 20 <= len(trimmed) <= 24
    assert attack(trimmed) < attack(questions(kept)) / 2


def test_a_fixed_number_of_options_is_kept_or_there_is_no_question(
    small: tuple[Benchmark, Library],
) -> None:
    chosen = choices(small[1].lexicon, dict.fromkeys(ORGANS, 4))
    rows = asked(small, chosen, options=few(rule="fixed", count=2), views=("mask",))
    assert {len(q.options) for q in questions(rows)} == {3}
    rows = asked(small, chosen, options=few(rule="fixed", count=5), views=("mask",))
    assert {r.reason for r in rows if isinstance(r, Rejection)} == {"pool-too-small"}
    assert len(rows) == 20


def test_a_label_that_is_never_the_key_is_never_an_option(
    small: tuple[Benchmark, Library],
) -> None:
    """Every box of the spleen is mostly kidney: it is not asked, and so it is not offered."""
    chosen = choices(small[1].lexicon, dict.fromkeys(FREE, 6))
    crowd = (Neighbour(name="kidney", in_region=0.0, in_box=0.7, share=0.1),)
    from benchsmith.core.model import Box

    box = Box(x0=0, y0=0, x1=30, y1=30)
    chosen = [replace(c, neighbours=crowd, box=box) if c.label == "spleen" else c for c in chosen]
    rows = asked(small, chosen)
    assert not any(q.label == "spleen" for q in questions(rows, "box"))
    marked = questions(asked(small, chosen, views=("box",)), "box")
    assert {o for q in marked for o in q.option_labels} == set(FREE) - {"spleen"}


def test_views_can_all_have_the_same_options(small: tuple[Benchmark, Library]) -> None:
    chosen = choices(small[1].lexicon, dict.fromkeys(FREE, 6))

    def offered(rows: list[Question | Rejection]) -> Mapping[str, set[frozenset[str]]]:
        found: dict[str, set[frozenset[str]]] = defaultdict(set)
        for q in rows:
            if isinstance(q, Question):
                found[q.target].add(frozenset(q.option_labels))
        return found

    seen = (Neighbour(name="spleen", in_region=0.0, in_box=0.0, share=0.1),)
    chosen = [replace(c, neighbours=seen) if c.label == "liver" else c for c in chosen]
    marked = asked(small, chosen)
    assert any(len(sets) > 1 for sets in offered(marked).values())
    every = asked(small, chosen, options=few(same="all"))
    assert all(len(sets) == 1 for sets in offered(every).values())
    for q in every:
        if isinstance(q, Question) and q.label == "liver":
            assert "spleen" not in q.option_labels, "it is in the picture"


def test_a_region_s_pool_can_be_its_own_source_s(small: tuple[Benchmark, Library]) -> None:
    here = choices(small[1].lexicon, {"liver": 3, "spleen": 3})
    there = [replace(c, source="skin") for c in choices(small[1].lexicon, {"kidney": 3})]
    there = [replace(c, id=c.id.replace("abdomen", "skin")) for c in there]
    there += [
        replace(c, source="skin", id=c.id.replace("abdomen", "skin"))
        for c in choices(small[1].lexicon, {"gallbladder": 3})
    ]
    shared = questions(asked(small, here + there))
    assert any({"kidney", "liver"} <= set(q.option_labels) for q in shared)
    own = questions(asked(small, here + there, options=few(regions="same-source")))
    assert own
    for q in own:
        assert set(q.option_labels) in ({"liver", "spleen"}, {"kidney", "gallbladder"})


def test_near_labels_are_preferred_and_a_pair_meets_as_often_either_way(
    small: tuple[Benchmark, Library],
) -> None:
    """A liver seen beside gallbladders is a harder wrong option for them than the others."""
    chosen = choices(small[1].lexicon, dict.fromkeys(ORGANS, 60))
    beside = (Neighbour(name="liver", in_region=0.0, in_box=0.0, share=0.2),)
    chosen = [replace(c, neighbours=beside) if c.label == "gallbladder" else c for c in chosen]

    def met(prefer: str) -> Counter[tuple[str, str]]:
        rules = few(rule="fixed", count=1, prefer=prefer, draw="matched")
        rows = questions(asked(small, chosen, options=rules, views=("mask",)))
        return Counter((q.label, o) for q in rows for o in q.option_labels if o != q.label)

    near, any_ = met("near"), met("any")
    assert near["gallbladder", "liver"] > 1.5 * any_["gallbladder", "liver"]
    assert near["liver", "gallbladder"] > 1.5 * any_["liver", "gallbladder"]
