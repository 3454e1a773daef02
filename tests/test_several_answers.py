"""Options of questions with several answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.core.model import Choice, Neighbour, Question, Rejection
from benchsmith.core.random_order import rank
from benchsmith.documents.benchmark import Benchmark, Several
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.plugins import EXPORTS
from benchsmith.stages.several_answers import Scene, several
from tests import world
from tests.option_pools import asked, small
from tests.rows import choices

__all__ = ["small"]


def scene(lexicon: object, n: int, shown: set[str], share: float = 0.05) -> list[Choice]:
    """Targets of one picture that shows some labels."""
    found = []
    for label in sorted(shown):
        (c,) = choices(lexicon, {label: 1})  # type: ignore[arg-type]
        others = tuple(
            Neighbour(name=o, in_region=0.0, in_box=0.0, share=share)
            for o in sorted(shown - {label})
        )
        found.append(
            replace(c, id=f"abdomen/{n}#{label}", sample=f"abdomen/{n}", neighbours=others)
        )
    return found


def pictures(lexicon: object, count: int) -> tuple[list[Choice], dict[str, set[str]]]:
    """Pictures of two or three organs; a liver is in most of them, a gallbladder in few."""
    chosen: list[Choice] = []
    shown: dict[str, set[str]] = {}
    often = {"liver": 80, "spleen": 60, "kidney": 50, "gallbladder": 25}
    for n in range(count):
        there = {o for o, p in often.items() if rank(5, str(n), o) % 100 < p}
        chosen += scene(lexicon, n, there)
        shown[f"abdomen/{n}"] = there
    return chosen, shown


ANSWERS: dict[str, object] = {"answers": ("one", "several")}
BOTH = {"answers": ("one", "several"), "views": ("image",)}


def test_a_picture_of_several_things_is_asked_about_once_with_a_true_key(
    small: tuple[Benchmark, Library],
) -> None:
    chosen, shown = pictures(small[1].lexicon, 60)
    rows = asked(small, chosen, **BOTH, several=Several(per_task=1000))
    found = [q for q in rows if isinstance(q, Question) and q.several]
    # what nearly every picture shows is offered only as often as it can be wrong too
    assert len({q.sample for q in found}) == len(found) > 5
    for q in found:
        there = shown[q.sample]
        assert {q.option_labels[a] for a in q.answers} == set(q.option_labels) & there
        assert 2 <= len(q.answers) < len(q.options) <= 6
        assert q.answers == tuple(sorted(q.answers))
        assert "several" not in {p.view for p in found}
    assert {len(q.answers) for q in found} == {2, 3}
    assert not any(
        q.several for q in asked(small, chosen, views=("image",)) if isinstance(q, Question)
    )


def test_a_common_label_gives_nothing_away(small: tuple[Benchmark, Library]) -> None:
    """Of a label offered, how often it is right does not depend on how common it is."""
    home = Path(__file__).resolve().parents[1]
    benchmark, library = read_benchmark(home, "demo", frozenset(EXPORTS))
    often = {
        "liver": 75, "spleen": 60, "kidney": 55, "pancreas": 50, "stomach": 50, "gallbladder": 30,
        "duodenum": 40, "small-intestine": 45, "urinary-bladder": 25, "adrenal-gland": 35,
    }  # fmt: skip
    (any_choice,) = choices(small[1].lexicon, {"liver": 1})
    found = []
    for n in range(1500):
        there = {o for o, p in often.items() if rank(5, str(n), o) % 100 < p}
        choice = replace(any_choice, id=f"abdomen/{n}")
        found.append(Scene(choice, "pool", frozenset(there), frozenset()))
    rules = Several(per_task=10_000)
    drawn = [
        d
        for _, d in several(found, benchmark.model_copy(update={"several": rules}), library.lexicon)
        if not isinstance(d, tuple)
    ]
    assert len(drawn) > 1000
    offered = Counter(o for d in drawn for o in d.offered)
    right = Counter(o for d in drawn for o in d.true)
    shares = [right[o] / offered[o] for o in often]
    assert max(shares) - min(shares) < 0.05, dict(zip(often, shares, strict=True))


def test_what_is_small_or_uncertain_is_no_option(small: tuple[Benchmark, Library]) -> None:
    chosen, _ = pictures(small[1].lexicon, 40)
    speck = Neighbour(name="gallbladder", in_region=0.0, in_box=0.0, share=0.0001)
    extra = [c for n in range(900, 920) for c in scene(small[1].lexicon, n, {"kidney", "spleen"})]
    extra = [replace(c, neighbours=(*c.neighbours, speck)) for c in extra]
    rows = asked(small, chosen + extra, **BOTH, several=Several(per_task=1000, fewest_options=3))
    those = {c.sample for c in extra}
    found = [q for q in rows if isinstance(q, Question) and q.several and q.sample in those]
    assert found
    for q in found:
        assert "gallbladder" not in q.option_labels
        assert {q.option_labels[a] for a in q.answers} == {"kidney", "spleen"}


def test_pictures_over_the_quota_are_reported(small: tuple[Benchmark, Library]) -> None:
    chosen, _ = pictures(small[1].lexicon, 60)
    rows = asked(small, chosen, **BOTH, several=Several(per_task=12))
    found = [q for q in rows if isinstance(q, Question) and q.several]
    assert len(found) == 8, "12 shared 1 : 2 between the splits"
    over = [r for r in rows if isinstance(r, Rejection) and r.reason == "over-quota"]
    assert over
    assert all(r.subject.endswith(":several") for r in over)


@pytest.fixture(scope="module")
def twelve(small: tuple[Benchmark, Library]) -> tuple[list[Choice], dict[str, Question]]:
    """Return the targets of twelve pictures, and what is asked about them in this order."""
    chosen, _ = pictures(small[1].lexicon, 12)
    return chosen, {q.id: q for q in asked(small, chosen, **ANSWERS) if isinstance(q, Question)}


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_questions_do_not_depend_on_the_order_of_targets(
    small: tuple[Benchmark, Library],
    twelve: tuple[list[Choice], dict[str, Question]],
    data: st.DataObject,
) -> None:
    chosen, first = twelve
    mixed = data.draw(st.permutations(chosen))
    assert {q.id: q for q in asked(small, mixed, **ANSWERS) if isinstance(q, Question)} == first


def test_the_written_rules_of_several_answers_are_checked(tmp_path: Path) -> None:
    from benchsmith.documents.problems import DocumentError

    folder = world.write(tmp_path / "project")
    file = folder / "benchmarks/small.yaml"
    text = file.read_text()
    for block, what in (
        ("several: {fewest_options: 7}", "`fewest_options` is above `most_options`"),
        ("several: {fewest_true: 4}", "leaves no wrong option"),
    ):
        file.write_text(f"{text}\n{block}\n")
        with pytest.raises(DocumentError, match=what):
            read_benchmark(folder, "small", frozenset(EXPORTS))
