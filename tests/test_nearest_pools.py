"""Options from the nearest pool, stems that fit them all, and targets that take others' places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchsmith.core.model import Question, Rejection
from benchsmith.documents import shipped
from benchsmith.documents.benchmark import Benchmark, Options
from benchsmith.documents.lexicon import task_kinds
from benchsmith.documents.lexicon.placements import Placement
from benchsmith.documents.lexicon.row_checks import RowChecks
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.documents.pools import Stem
from benchsmith.documents.problems import Problems
from benchsmith.documents.tree import Axis
from benchsmith.plugins import EXPORTS
from benchsmith.selectors.quotas import Filled
from benchsmith.selectors.refilling import fill_until_asked
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.stages import refill
from benchsmith.stages.ask import ask
from benchsmith.stages.fitting_stems import fitting
from benchsmith.stages.unrelated_options import draw_unrelated, most_unrelated
from tests import world
from tests.rows import choices

BONE, ORGAN = "bone", "organ-recognition-abdomen"
FOUR = ["kidney", "liver", "rib", "vertebra"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Benchmark, Library]:
    folder = world.write(tmp_path_factory.mktemp("nearest") / "project")
    return read_benchmark(folder, "small", frozenset(EXPORTS))


def asked(
    small: tuple[Benchmark, Library], kinds: task_kinds.TaskKinds, department: str = ""
) -> list[Question | Rejection]:
    """Ask about two organs and two bones with three wrong options or not at all."""
    benchmark = small[0].model_copy(update={"options": Options(), "views": ("mask",)})
    lexicon = replace(small[1].lexicon, task_kinds=kinds)
    chosen = choices(lexicon, dict.fromkeys(FOUR, 4))
    if department:
        chosen = [replace(c, department=department) for c in chosen]
    return list(ask(chosen, benchmark, lexicon, small[1].pools))


ALIKE = {(BONE, "*"): ("skeletal",), (ORGAN, "*"): ("abdominal",), (BONE, ""): (), (ORGAN, ""): ()}


@pytest.mark.parametrize("department", ["", "pathology"])
def test_pools_that_are_too_small_are_joined_as_a_whole(
    small: tuple[Benchmark, Library], department: str
) -> None:
    rows = asked(small, ALIKE, department)
    found = [q for q in rows if isinstance(q, Question)]
    assert len(found) == len(rows) == 16
    assert {q.pool for q in found} == {f"region/test/ct/{BONE}+{ORGAN}"}
    assert {frozenset(q.option_labels) for q in found} == {frozenset(FOUR)}
    assert {q.task for q in found} == {BONE, ORGAN}
    assert {q.stem_at.partition(":")[0] for q in found} == {f"question_pools/tasks/{BONE}.yaml"}


@pytest.mark.parametrize(
    "kinds",
    [{}, {(BONE, "*"): ()}, {**ALIKE, (BONE, "*"): ("bone",)}],
    ids=["no kinds", "one task alone", "no stem that fits"],
)
def test_pools_are_not_joined_where_their_stems_do_not_fit(
    small: tuple[Benchmark, Library], kinds: task_kinds.TaskKinds
) -> None:
    rows = asked(small, kinds)
    assert {r.reason for r in rows if isinstance(r, Rejection)} == {"pool-too-small"}
    assert {r.detail.partition(" in ")[0] for r in rows if isinstance(r, Rejection)} == {
        "1 of 3 admissible"
    }
    assert len(rows) == 16


def test_a_kind_that_is_binary_by_nature_declares_it(small: tuple[Benchmark, Library]) -> None:
    benchmark = small[0].model_copy(update={"options": Options(), "views": ("mask",)})
    lexicon = small[1].lexicon
    chosen = choices(lexicon, dict.fromkeys(FOUR, 4))
    terms = {
        id_: replace(term, kind="attribute") if id_ in ("rib", "vertebra") else term
        for id_, term in lexicon.labels.terms.items()
    }
    lexicon = replace(lexicon, labels=Axis(terms))
    rows = list(ask(chosen, benchmark, lexicon, small[1].pools))
    assert {(q.task, len(q.options)) for q in rows if isinstance(q, Question)} == {(BONE, 2)}


def test_a_stem_fits_if_none_of_its_words_is_false_of_an_option(
    small: tuple[Benchmark, Library],
) -> None:
    stems = [Stem(text, "") for text in ("Which Bone is it?", "Which structure is it?")]
    kinds = {(BONE, ""): (), (BONE, "*"): ("bone",)}
    lexicon = replace(small[1].lexicon, task_kinds=kinds)
    assert fitting(stems, BONE, ["rib", "vertebra"], "ct", lexicon) == stems
    assert fitting(stems, BONE, ["rib", "liver"], "ct", lexicon) == stems[1:]


def test_a_label_of_a_kind_that_its_task_does_not_ask_for_is_reported(
    small: tuple[Benchmark, Library], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "root", lambda: None)  # the table stands alone
    folder = tmp_path / "lexicon"
    world.table(
        folder / "task_kinds.tsv",
        "task;kind;unsaid;reviewed_by;note",
        ["bone;bone;;me;", "bone;bones;;me;", "bone;bone;;me;", "bony;joint;;me;"],
    )
    lexicon = small[1].lexicon
    labels = lexicon.labels
    for id_, kind in (("rib", "bone"), ("vertebra", "vessel")):
        labels.terms[id_] = replace(labels.terms[id_], kind=kind)
    problems = Problems(tmp_path)
    check = RowChecks(lexicon.axes, problems, frozenset({"me"}))
    places = {(n, "*"): Placement(BONE, "", f"lexicon/placements.tsv:{i}")
              for i, n in enumerate(("rib", "vertebra"), 2)}  # fmt: skip
    task_kinds.collect(folder, check, labels, places)
    for id_ in ("rib", "vertebra"):
        labels.terms[id_] = replace(labels.terms[id_], kind="")
    said = [str(p) for p in problems.found]
    assert len(said) == 4
    assert "unknown kind 'bones'" in said[0]
    assert "bone and bone have a row already" in said[1]
    assert "unknown task 'bony'" in said[2]
    assert "placements.tsv:3" in said[3]
    assert "'vertebra' is of the kind 'vessel', which bone does not ask for" in said[3]


def test_related_options_are_drawn_around_one_another() -> None:
    """Of a parent and its four children, a draw of three never has the parent."""
    family = {frozenset(("p", child)) for child in "abcd"}

    def apart(a: str, b: str) -> bool:
        return frozenset((a, b)) in family

    weights = dict.fromkeys("abcd", 1.0) | {"p": 1000.0}
    drawn = [draw_unrelated(weights, 3, apart, seed, "x") for seed in range(50)]
    assert all(len(one) == 3 and "p" not in one for one in drawn)
    assert len({frozenset(one) for one in drawn}) == 4
    assert most_unrelated("pabcd", apart) == 4
    assert most_unrelated("pa", apart) == 1
    assert draw_unrelated(weights, 1, apart, 1, "x") == ["p"]


class FirstOfEach:
    """Takes the first two wanted places of each answer, and calls the others too many."""

    def __init__(self, answer: Sequence[int]) -> None:
        self.answer = answer

    def fill(self, wanted: Any, ledger: Ledger) -> Filled:
        """Fill as :meth:`benchsmith.selectors.quotas.Quotas.fill` does."""
        taken: list[int] = []
        for place in wanted.tolist():
            if sum(self.answer[t] == self.answer[place] for t in taken) < 2:
                taken.append(place)
            else:
                ledger.add(np.array([place]), "over-quota", "at most 2")
        return Filled(taken, [])


def test_the_next_candidates_take_the_places_of_what_has_no_question() -> None:
    """Answer 0 has places 0 to 3, of which 0 and 2 have no question; answer 1 has 4 to 6, all without."""
    answer = [0, 0, 0, 0, 1, 1, 1]
    short: Any = SimpleNamespace(answer=np.array(answer), rows=np.arange(7), candidates=range(7))
    ledger = Ledger(7)
    rounds: list[list[int]] = []

    def unasked(chosen: Sequence[int]) -> Mapping[int, tuple[str, str]]:
        rounds.append(sorted(chosen))
        return {p: ("pool-too-small", f"at {p}") for p in chosen if p in (0, 2, 4, 5, 6)}

    quotas: Any = FirstOfEach(answer)
    wanted = np.ones(7, bool)
    found = fill_until_asked(
        quotas, short, np.zeros(7, np.int8), wanted, lambda some, notes: some, unasked, ledger
    )
    assert rounds == [[0, 1, 4, 5], [1, 2, 6], [1, 3]]
    assert found.chosen == [1, 3]
    assert found.unasked == 5
    assert [ledger.reasons[p] for p in range(7)] == [
        "pool-too-small", "", "pool-too-small", "", *["pool-too-small"] * 3
    ]  # fmt: skip
    assert ledger.details[6] == "at 6"


def test_a_target_with_one_question_is_not_replaced(small: tuple[Benchmark, Library]) -> None:
    """Ribs and vertebrae are too few for options; of the organs, the image view alone is left out."""
    benchmark = small[0].model_copy(update={"options": Options()})
    organs = ["gallbladder", "kidney", "liver", "spleen"]
    chosen = choices(small[1].lexicon, dict.fromkeys([*organs, "rib", "vertebra"], 4))
    chosen = [replace(c, share=0.001) if c.label == "liver" else c for c in chosen]
    unasked = refill.finder(benchmark, small[1].lexicon, small[1].pools, None)
    lost = unasked(chosen)
    assert {id_.partition("#")[2] for id_ in lost} == {"rib", "vertebra"}
    assert {why.reason for why in lost.values()} == {"pool-too-small"}
    assert unasked(chosen) == lost
    assert {*unasked([c for c in chosen if c.label != "spleen"])} == {c.id for c in chosen} - {
        c.id for c in chosen if c.label == "spleen"
    }
