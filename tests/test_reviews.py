"""Reviews: the table, what select leaves out, people's accuracy, agreement and weights."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.documents import reviews
from benchsmith.documents.benchmark import Quota
from benchsmith.documents.problems import Problems
from benchsmith.documents.reviews import COLUMNS, Review, dropped
from benchsmith.stages.select import select
from benchsmith.statistics import review_results
from benchsmith.statistics.rater_weights import fit_raters
from benchsmith.statistics.review_results import ALL_TASKS, Place
from tests.conftest import Project
from tests.made_targets import BENCHMARK, from_rows, target

WHEN = "2026-01-31T09:00:00Z"
KEPT = Review("s/a#liver", "s/a#liver:box", "keep", "", "right", "ann", WHEN, "f" * 24, "")


def drop(who: str, reason: str = "wrong-key", view: str = "box") -> Review:
    return replace(KEPT, decision="drop", reason=reason, who=who, question=f"s/a#liver:{view}")


@given(st.lists(st.builds(
    Review, target=st.just("t"), question=st.sampled_from(["t:box", "t:mask", "t:image"]),
    decision=st.just("keep"), reason=st.just(""), answered=st.sampled_from(["", *reviews.ANSWERED]),
    who=st.sampled_from(["ann", "bob"]), time=st.just(WHEN), seen=st.just("f"),
    note=st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"])),
), unique_by=lambda r: r.key))  # fmt: skip
def test_what_is_written_is_read(rows: list[Review]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, problems = Path(folder) / "reviews/b.tsv", Problems(Path(folder))
        reviews.write(path, rows)
        assert reviews.collect(path, {"ann", "bob"}, problems) == sorted(rows, key=lambda r: r.key)
        assert not problems.found


def test_every_mistake_in_the_table_is_reported_at_once(project: Project) -> None:
    path = reviews.path_of(project.folder, "small")
    path.parent.mkdir()
    good = ["s/a#l", "s/a#l:box", "drop", "wrong-key", "right", "me", WHEN, "f", ""]
    wrong = {
        1: "s/b#l:box",
        2: "dropp",
        3: "wrongkey",
        4: "rihgt",
        5: "you",
        6: "2026-02-31T09:00:00Z",
    }
    rows = [good, *([*good[:at], value, *good[at + 1 :]] for at, value in wrong.items()), good,
            [*good[:2], "drop", "other", *good[4:]], [*good[:2], "keep", *good[3:]]]  # fmt: skip
    path.write_text("\n".join("\t".join(cells) for cells in [list(COLUMNS), *rows]) + "\n")
    said = project.run("check", "small", code=2)
    for line, what in ((3, "is not a question of the target"), (4, "unknown decision 'dropp'"),
                       (5, "did you mean wrong-key?"), (6, "unknown answer 'rihgt'"),
                       (7, "unknown curator 'you'"), (8, "is not a time"), (9, "already decides on"),
                       (10, "has no note"), (11, "has decision 'keep' and the reason")):  # fmt: skip
        assert re.search(rf"^reviews/small.tsv:{line}: .*{re.escape(what)}", said, re.MULTILINE), (
            what
        )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([KEPT], {}),
        ([drop("bob")], {"s/a#liver": "dropped by 1 of 1: 1 wrong-key"}),
        ([KEPT, drop("bob")], {"s/a#liver": "dropped by 1 of 2: 1 wrong-key"}),
        ([KEPT, replace(KEPT, who="eve"), drop("bob")], {}),
        ([KEPT, drop("eve", "poor-picture"), drop("bob")],
         {"s/a#liver": "dropped by 2 of 3: 1 poor-picture, 1 wrong-key"}),
        # one person, one vote: who drops one view of three drops the target
        ([KEPT, drop("ann", view="mask"), replace(KEPT, question="s/a#liver:image")],
         {"s/a#liver": "dropped by 1 of 1: 1 wrong-key"}),
    ],
)  # fmt: skip
def test_a_target_goes_that_as_many_drop_as_keep(
    rows: list[Review], expected: dict[str, str]
) -> None:
    assert dropped(rows) == dropped(rows[::-1]) == expected


def test_select_puts_the_next_in_a_dropped_target_s_place() -> None:
    targets = [target(None, patient=f"p{n}") for n in range(30)]
    limits = {"quota": Quota(per_answer=12)}

    def chosen(gone: dict[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        found = select(from_rows(targets, ()), BENCHMARK.model_copy(update=limits), dropped=gone)
        rejected = pa.concat_tables(found.rejected).to_pylist()
        left = {r["subject"]: (r["reason"], r["detail"]) for r in rejected}
        own = len(set(gone) & {t.id for t in targets})
        assert found.notes["review"] == {"dropped": len(gone), "left_out": own, "missed": own, "filled": own}  # fmt: skip
        return {c["id"]: c["split"] for c in found.chosen.to_pylist()}, left

    before, left = chosen({})
    first = min(before)
    assert all(reason == "over-quota" for reason, _ in left.values())
    after, left = chosen({first: "dropped by 1 of 1: 1 other", "s/not-there": "gone"})
    assert left[first] == ("review-dropped", "dropped by 1 of 1: 1 other")
    assert len(after) == len(before) and first not in after
    (new,) = after.keys() - before.keys()
    assert after[new] == before[first], "the replacement is on the same side"
    assert all(after[id_] == side for id_, side in before.items() if id_ in after)
    assert chosen({first: "dropped by 1 of 1: 1 other", "s/not-there": "gone"}) == (after, left)


def test_people_s_accuracy_is_counted_by_hand() -> None:
    """Ten answers of ten patients, seven right: Wilson's interval with Student's t of nine."""
    rows = [
        replace(KEPT, target=f"t{n}", question=f"t{n}:box", who="ann" if n < 5 else "bob",
                answered="right" if n < 7 else "wrong" if n < 9 else "unsure")
        for n in range(10)
    ]  # fmt: skip
    where = {
        f"t{n}:box": Place("Bone" if n % 2 else "Muscle", f"p{n}", KEPT.seen) for n in range(10)
    }
    found = {a.name: a for a in review_results.accuracies(rows, where)}
    assert list(found) == [ALL_TASKS, "Bone", "Muscle", "ann", "bob"]
    assert [(a.answers, a.unsure, a.right) for a in found.values()] == [
        (10, 1, 0.7), (5, 1, 0.6), (5, 0, 0.8), (5, 0, 1.0), (5, 1, 0.4)]  # fmt: skip
    # n is what the clustered error allows: p q / SE^2 = 0.21 / (0.21 * 10/9 / 10) = 9, t(9) = 2.262
    z, n, p = 2.2621571627, 9.0, 0.7
    centre, spread = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = ((centre + s * spread) / (1 + z * z / n) for s in (-1, 1))
    assert (found[ALL_TASKS].low, found[ALL_TASKS].high) == pytest.approx((low, high), abs=2e-3)
    assert (found[ALL_TASKS].cases, found[ALL_TASKS].patients, found["Bone"].patients) == (
        10,
        10,
        5,
    )
    one = [replace(r, target="t", question="t:box", who=f"p{n}") for n, r in enumerate(rows)]
    (all_, *_) = review_results.accuracies(one, {"t:box": Place("Bone", "p", KEPT.seen)})
    assert (all_.low, all_.high) == (0.0, 1.0), "one patient tells nothing of others"


def test_an_answer_counts_for_the_question_that_was_seen() -> None:
    """Other options make another question; a question that is gone does not count."""
    rows = [replace(KEPT, who=who, answered="right") for who in ("ann", "bob", "eve")]
    rows[1] = replace(rows[1], seen="e" * 24)
    rows.append(replace(KEPT, target="s/b#liver", question="s/b#liver:box"))
    where = {KEPT.question: Place("Bone", "p", KEPT.seen)}
    assert [(a.name, a.answers) for a in review_results.accuracies(rows, where)] == [
        (ALL_TASKS, 2), ("Bone", 2), ("ann", 1), ("eve", 1)]  # fmt: skip
    said = "\n".join(review_results.lines(rows, where))
    assert "not counted, because the question was removed or changed: 2" in said


def test_what_nobody_can_stand_in_for_is_reported() -> None:
    """Of two answers, one has spare targets and one has none: of three drops one is replaced."""
    spare = [target(None, patient=f"p{n}") for n in range(30)]
    bare = [target(None, patient=f"q{n}", label="spleen") for n in range(8)]
    assert len({t.label for t in (*spare, *bare)}) == 2
    limits = BENCHMARK.model_copy(update={"quota": Quota(per_answer=12)})
    targets = from_rows([*spare, *bare], ())
    chosen = select(targets, limits).chosen.to_pylist()
    ids = {
        label: sorted(c["id"] for c in chosen if c["label"] == label)
        for label in ("liver", "spleen")
    }
    never = min({t.id for t in spare} - set(ids["liver"]))
    gone = dict.fromkeys([ids["liver"][0], *ids["spleen"][:2], never], "dropped")
    notes = select(targets, limits, dropped=gone).notes["review"]
    assert notes == {"dropped": 4, "left_out": 4, "missed": 3, "filled": 1}


def test_agreement_and_weights_are_reported() -> None:
    rows = [replace(KEPT, target=f"t{n}", question=f"t{n}:box", who=who,
                    decision="drop" if (n < 3) != (who == "eve" and n % 2 == 0) else "keep",
                    reason="two-true" if (n < 3) != (who == "eve" and n % 2 == 0) else "")
            for n in range(10) for who in ("ann", "bob", "eve")]  # fmt: skip
    said = "\n".join(review_results.lines(rows, {}))
    assert "30 decisions by 3 people on 10 targets" in said
    assert "keep or drop: 10 cases by two people or more" in said
    weights = dict(re.findall(r"(ann|bob|eve) (\d\.\d+)", said.rpartition("Dawid and Skene")[2]))
    assert weights["ann"] == weights["bob"] == "1.000" and float(weights["eve"]) == pytest.approx(0.5, abs=0.01)  # fmt: skip


ANAESTHETISTS = """111 1 1 1 1|333 4 3 3 4|112 2 1 2 2|222 3 1 2 1|222 3 2 2 2|222 3 3 2 2|122 2 1 1 1|333 3 4 3 3|
222 2 2 2 3|232 2 2 2 3|444 4 4 4 4|222 3 3 4 3|111 1 1 1 1|222 3 2 1 2|121 1 1 1 1|111 2 1 1 1|111 1 1 1 1|
111 1 1 1 1|222 2 2 2 1|222 1 3 2 2|222 2 2 2 2|222 2 2 2 1|222 3 2 2 2|221 2 2 2 2|111 1 1 1 1|111 1 1 1 1|
232 2 2 2 2|111 1 1 1 1|111 1 1 1 1|112 1 1 2 1|111 1 1 1 1|333 3 2 3 3|111 1 1 1 1|222 2 2 2 2|222 3 2 3 2|
433 4 3 4 3|221 2 2 3 2|232 3 2 3 3|333 3 4 3 2|111 1 1 1 1|111 1 1 1 1|121 2 1 1 1|232 2 2 2 2|121 1 1 1 1|
222 2 2 2 2"""
"""Dawid and Skene 1979, table 1: 45 patients, five observers, the first of them three times."""


def test_weights_are_those_of_dawid_and_skene() -> None:
    said = [
        (f"{patient:02}", f"observer {who}", choice)
        for patient, row in enumerate(ANAESTHETISTS.replace("\n", "").split("|"), start=1)
        for who, choices in enumerate(row.split(), start=1)
        for choice in choices
    ]
    assert len(said) == 45 * 7
    found = fit_raters(said)
    # tables 2 and 3 of the paper, to its two digits
    assert found.prevalence == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=0.006)
    assert found.confusion[0] == pytest.approx(np.array([[0.89, 0.11, 0, 0], [0.07, 0.88, 0.05, 0],
                                                      [0, 0.34, 0.66, 0], [0, 0, 0.56, 0.44]]), abs=0.006)  # fmt: skip
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(45))
    assert (found.confusion.sum(axis=2) == pytest.approx(np.ones((5, 4)))) and len(
        found.weights
    ) == 5
    assert fit_raters(said[::-1]).weights == pytest.approx(found.weights)
