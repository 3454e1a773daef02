"""Scores of answers: by hand, as the paper and scikit-learn compute them, and never of the wrong questions."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from benchsmith.core.random_order import rank
from benchsmith.evaluate import consistency, scores
from benchsmith.evaluate.answer_log import reply_digest
from benchsmith.evaluate.grades import frame, grade
from benchsmith.evaluate.log_lines import Verdict
from benchsmith.release.columns import LETTERS
from tests.score_tables import item, kept, table_of


def test_scores_of_one_answer_by_hand() -> None:
    """Six cases: three right, one wrong, one abstained, one unclear; two options in one of them."""
    two = item(4, options=("liver", "spleen"), key=(0,))
    items = [item(0), item(1), item(2), item(3), two, item(5)]
    said = dict(
        zip(
            items,
            ["A", "The answer is spleen.", "C. kidney", "A", "A or B", "I cannot tell."],
            strict=True,
        )
    )
    (row,) = [r for r in scores.table(table_of(said)) if r["axis"] == "overall"]
    assert (row["n"], row["groups"]) == (6, 3)
    assert (row["right"], row["wrong"], row["unclear"], row["abstained"]) == (3, 1, 1, 1)
    assert row["micro"] == 0.5 and row["answered"] == 0.75
    worth = (5 / 4 + 1 / 2) / 6
    assert row["chance"] == pytest.approx(worth)
    assert row["corrected"] == pytest.approx((3 - 6 * worth) / (6 - 6 * worth))
    # tasks: T0 = cases 0 and 3, T1 = 1 and 4, T2 = 2 and 5, each half right
    assert row["macro"] == 0.5
    tasks = {r["branch"]: r["micro"] for r in scores.table(table_of(said)) if r["axis"] == "task"}
    assert tasks == {"T0": 0.5, "T1": 0.5, "T2": 0.5}


def test_macro_is_not_micro() -> None:
    items = [item(0), item(3), item(6), item(9), item(1)]  # four of T0, one of T1
    said = dict.fromkeys(items[:4], "D") | {items[4]: "B"}
    row = scores.table(table_of(said))[0]
    # keys: 0 -> A, 3 -> D, 6 -> C, 9 -> B: one of four is D
    assert row["micro"] == pytest.approx(2 / 5)
    assert row["macro"] == pytest.approx((1 / 4 + 1) / 2)


def test_scores_of_several_answers_are_the_paper_s_and_scikit_learn_s() -> None:
    keys = [(0, 2), (1,), (0, 1, 3), (2, 3)]
    picks = ["A,B", "B", "A,B,C,D", ""]
    items = [item(n, key=k, several=True) for n, k in enumerate(keys)]
    row = scores.table(table_of(dict(zip(items, picks, strict=True))))[0]
    assert row["answers"] == "several"
    assert row["acc"] == pytest.approx((1 / 2 + 1 + 3 / 4 + 0) / 4)
    assert row["recall"] == pytest.approx((1 / 2 + 1 + 1 + 0) / 4)
    assert row["micro"] == pytest.approx(1 / 4)
    truth = np.array([[i in k for i in range(4)] for k in keys])
    told = np.array([[LETTERS[i] in p for i in range(4)] for p in picks])
    for name, theirs in (
        ("acc", metrics.precision_score),
        ("recall", metrics.recall_score),
        ("f1", metrics.f1_score),
    ):
        assert row[name] == pytest.approx(theirs(truth, told, average="samples", zero_division=0))
    assert row["micro"] == metrics.accuracy_score(truth, told)


def test_several_and_one_are_never_mixed() -> None:
    items = [item(0), item(1, key=(0, 1), several=True)]
    rows = [
        r for r in scores.table(table_of({items[0]: "A", items[1]: "A"})) if r["axis"] == "overall"
    ]
    assert {(r["answers"], r["n"], r["micro"]) for r in rows} == {
        ("one", 1, 1.0),
        ("several", 1, 0.0),
    }


def test_the_macro_and_micro_of_scikit_learn() -> None:
    items = [item(n, group=f"g{n}") for n in range(60)]
    said = {i: LETTERS[rank(1, i.id) % 4] for i in items}
    row = scores.table(table_of(said))[0]
    truth = [i.key[0] for i in items]
    told = [LETTERS.index(said[i]) for i in items]
    assert row["micro"] == metrics.accuracy_score(truth, told)
    by_task = [
        metrics.accuracy_score([t for t, i in zip(truth, items, strict=True) if i.task == task],
                               [p for p, i in zip(told, items, strict=True) if i.task == task])
        for task in ("T0", "T1", "T2")
    ]  # fmt: skip
    assert row["macro"] == pytest.approx(np.mean(by_task))


def test_an_answer_to_a_question_that_has_changed_does_not_count() -> None:
    old, new = item(0), item(0, content="other")
    found = grade([new], kept({old: "A"}))
    assert not found.grades and found.stale == 1


def test_a_turned_question_is_scored_by_what_was_shown() -> None:
    """The key of case 1 is B, spleen; turned by one it is shown first."""
    i = item(1)
    for shift, letter in enumerate("BADC"):
        (g,) = grade([i], kept({i: letter}, shift=shift)).grades
        assert (g.outcome, g.picked) == ("right", (1,))
    (g,) = grade([i], kept({i: "spleen"}, shift=2)).grades
    assert g.picked == (1,)


def test_circular_is_right_only_if_right_each_time() -> None:
    steady, swayed = item(0), item(1)
    grades = []
    for shift in range(4):
        right = LETTERS[(0 - shift) % 4]
        grades += grade([steady, swayed], kept({steady: right, swayed: "A"}, shift=shift)).grades
    (row,) = consistency.circular(frame([steady, swayed], grades))
    assert (row["n"], row["circular"], row["plain"], row["steady"]) == (2, 0.5, 0.5, 0.5)
    assert row["chance"] == pytest.approx(1 / 4**4)


def test_a_case_that_lacks_a_turn_is_not_scored_as_circular() -> None:
    i = item(0)
    assert not consistency.circular(frame([i], grade([i], kept({i: "A"})).grades))


def test_a_mirrored_set_is_right_as_a_whole() -> None:
    organs = ("liver", "spleen", "kidney", "rib")
    items = [
        item(
            n,
            mirror="m" if n < 4 else "o",
            options=(*organs[n % 3 :], *organs[: n % 3]),
            key=((n - n % 3) % 4,),
        )
        for n in range(8)
    ]
    blind = dict.fromkeys(items, "liver")
    (row,) = consistency.mirrored(table_of(blind))
    assert (row["sets"], row["n"], row["whole"], row["alike"]) == (2, 8, 0.0, 1.0)
    seeing = {i: LETTERS[i.key[0]] if i.mirror == "m" else "liver" for i in items}
    (row,) = consistency.mirrored(table_of(seeing))
    assert row["whole"] == 0.5 and row["chance"] == pytest.approx(1 / 256)


def test_a_judge_counts_only_where_the_rules_are_at_a_loss() -> None:
    i = item(1)
    told = kept({i: "Probably what filters the blood."})
    assert grade([i], told).grades[0].outcome == "unclear"
    told.verdicts[i.id, 0, reply_digest("Probably what filters the blood.")] = Verdict(
        i.id, 0, "", "j", "B"
    )
    assert grade([i], told).grades[0].outcome == "right"
    told.verdicts[i.id, 0, reply_digest("Probably what filters the blood.")] = Verdict(
        i.id, 0, "", "j", "NONE"
    )
    assert grade([i], told).grades[0].outcome == "unclear"
    plain = kept({i: "A"})
    plain.verdicts[i.id, 0, reply_digest("A")] = Verdict(i.id, 0, "", "j", "B")
    assert grade([i], plain).grades[0].outcome == "wrong"
