"""Scores against numbers worked out by hand, and against scikit-learn and scipy."""

from __future__ import annotations

import math
from hashlib import shake_256
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from benchsmith.core.random_order import RANK_SPAN, rank
from benchsmith.evaluate import baselines, comparisons, consistency, scores
from benchsmith.evaluate.answer_log import Kept, Run, Verdict, reply_digest
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.grades import frame, grade
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import LETTERS
from benchsmith.statistics import cluster_arrays, clustered, paired_tests, resampling

RUN = Run(model="m", kind="model")


def item(n: int, **more: object) -> Item:
    values: dict[str, object] = {
        "id": f"case{n}", "question": "Which?", "options": ("liver", "spleen", "kidney", "rib"),
        "key": (n % 4,), "several": False, "label": "x", "task": f"T{n % 3}", "department": "D",
        "modality": "CT", "granularity": "mask", "split": "test", "source": "s", "target": f"t{n}",
        "group": f"g{n // 2}", "mirror": "", "sex": "", "age_band": "", "content": f"c{n}",
    }  # fmt: skip
    return Item(**{**values, **more})  # type: ignore[arg-type]


def kept(said: dict[Item, str], *, shift: int = 0) -> Kept:
    found = Kept(RUN, {}, {}, 0)
    for i, text in said.items():
        found.answers[i.id, shift, i.content] = Answer(
            case=i.id, shift=shift, content=i.content, text=text
        )
    return found


def table_of(said: dict[Item, str]) -> pd.DataFrame:
    return frame(list(said), grade(list(said), kept(said)).grades)


def uniform(*names: str) -> float:
    return (rank(5, *names) + 0.5) / RANK_SPAN


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


# intervals


def test_the_clustered_error_is_the_plain_one_where_clusters_are_cases() -> None:
    values = np.array([1.0, 0, 1, 1, 0, 1, 0, 0, 1, 1])
    se = clustered.clustered_se(values, np.arange(10))
    assert se == pytest.approx(stats.sem(values))


def test_the_clustered_error_by_hand() -> None:
    """Two patients, all of one right and all of the other wrong: (0.5·2)² twice, times 2/1, over 4²."""
    se = clustered.clustered_se(np.array([1.0, 1, 0, 0]), np.array([0, 0, 1, 1]))
    assert se == pytest.approx(math.sqrt(2 * (1 + 1)) / 4)
    assert math.isnan(clustered.clustered_se(np.array([1.0, 0]), np.array([0, 0])))


def test_an_interval_is_wilson_s_where_clusters_are_many_single_cases() -> None:
    values = np.array([1.0] * 700 + [0.0] * 300)
    found = clustered.share_interval(values, np.arange(1000))
    theirs = stats.binomtest(700, 1000).proportion_ci(method="wilson")
    assert found[1:] == pytest.approx((theirs.low, theirs.high), abs=5e-4)


def test_all_right_is_not_certain() -> None:
    """Three patients, thirty right answers: the interval is that of three."""
    found = clustered.share_interval(np.ones(30), np.repeat(np.arange(3), 10))
    assert found.low < 0.3 and found.high == 1.0
    assert clustered.share_interval(np.ones(9), np.zeros(9, int))[1:] == (0.0, 1.0)


SIZES = {
    "even": [8] * 40,
    "few": [5] * 12,
    "uneven": [60, 30, 8, 8, *[3] * 14],
    "one": [90, *[4] * 14],
}


@pytest.mark.parametrize(("sizes", "rho"), [("even", 0.0), ("even", 0.4), ("few", 0.3), ("uneven", 0.3), ("one", 0.2)])  # fmt: skip
def test_intervals_hold_what_they_promise(sizes: str, rho: float) -> None:
    """Simulated patients, alike in themselves: the interval covers the truth in 95 of 100 worlds."""
    truth, covered, worlds = 0.6, 0, 200
    groups = np.repeat(np.arange(len(SIZES[sizes])), SIZES[sizes])
    for world in range(worlds):
        bits = shake_256(f"{sizes} {rho} {world}".encode()).digest(
            8 * (2 * len(groups) + groups.max() + 1)
        )
        u = np.frombuffer(bits, "<u8") / 2.0**64
        follows, own, whole = np.split(u, [len(groups), 2 * len(groups)])
        same = follows < math.sqrt(rho)
        hits = np.where(same, whole[groups] < truth, own < truth).astype(float)
        _, low, high = clustered.share_interval(hits, groups)
        covered += low <= truth <= high
    assert covered / worlds >= 0.915


def test_intervals_are_no_wider_than_they_must_be() -> None:
    """Of even clusters that say nothing of their cases the interval is that of single cases."""
    hits = np.array([float(uniform("wide", str(i)) < 0.6) for i in range(400)])
    _, low, high = clustered.share_interval(hits, np.repeat(np.arange(100), 4))
    plain = stats.binomtest(int(hits.sum()), 400).proportion_ci(method="wilson")
    assert (high - low) == pytest.approx(plain.high - plain.low, rel=0.25)


def test_a_bootstrap_has_the_mean_and_spread_of_its_theory() -> None:
    values = np.array([uniform("v", str(i)) for i in range(200)])
    sums = cluster_arrays.cluster_sums(np.arange(200), values, np.ones(200))
    drawn = resampling.resampled_sums(resampling.bootstrap_counts(200, 0, "t"), sums)
    means = np.divide(*drawn.T)
    assert means.mean() == pytest.approx(values.mean(), abs=0.003)
    assert means.std() == pytest.approx(values.std() / math.sqrt(200), rel=0.06)
    again, other = (resampling.bootstrap_counts(200, 0, name) for name in ("t", "u"))
    assert (drawn == resampling.resampled_sums(again, sums)).all()
    assert not (drawn == resampling.resampled_sums(other, sums)).all()


# comparisons


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=12))
def test_flipping_single_cases_is_mcnemar_s_exact_test(differences: list[float]) -> None:
    better, worse = differences.count(1.0), differences.count(-1.0)
    expected = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
    if len(differences) >= 5:
        found = paired_tests.paired(np.array(differences), np.arange(len(differences)))
        assert found.p == pytest.approx(expected)


def test_many_clusters_are_sampled_and_come_near_the_exact_p() -> None:
    sums = np.array([1.0] * 30 + [-1.0] * 14)
    assert paired_tests.paired(sums, np.arange(44)).p == pytest.approx(
        stats.binomtest(30, 44).pvalue, abs=0.006
    )


def test_one_patient_s_cases_count_once() -> None:
    """Twenty cases that all differ the same way are overwhelming, unless one patient has them."""
    differences = np.ones(20)
    assert paired_tests.paired(differences, np.arange(20)).p < 1e-4
    one = paired_tests.paired(differences, np.zeros(20, int))
    assert np.isnan([one.p, one.difference.low]).all() and one.difference.value == 1


def test_equal_models_differ_by_chance_alone() -> None:
    """Under no difference p is uniform: at most 5 in 100 are below 0.05."""
    below = 0
    for world in range(300):
        sums = np.array(
            [float(uniform("null", str(world), str(c)) < 0.5) * 2 - 1 for c in range(11)]
        )
        below += paired_tests.paired(sums, np.arange(11)).p <= 0.05
    assert below / 300 <= 0.08


@given(st.data())
def test_interval_and_p_tell_the_same(data: st.DataObject) -> None:
    """The interval leaves out a difference exactly where the test of it rejects; clusters vary in size."""
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=6, max_size=10))
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    hits = data.draw(
        st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=len(clusters), max_size=len(clusters))
    )
    differences = np.array(hits)
    found = paired_tests.paired(differences, clusters)
    if not paired_tests.enough(clusters):
        assert np.isnan(found.p)
        return
    low, high = found.difference[1:]
    assert low <= found.difference.value <= high
    assert (found.p <= 0.05) == (not low <= 0 <= high)
    for guess in (low - 1e-6, low + 1e-6, high - 1e-6, high + 1e-6):
        if -1 < guess < 1:  # by hand: every flip of the sums less the guess
            sums = np.bincount(clusters, weights=differences - guess)
            totals = [abs(np.dot(signs, sums)) for signs in product((1, -1), repeat=len(sums))]
            p = np.mean([t >= abs(sums.sum()) - 1e-9 for t in totals])
            assert (p > 0.05) == (low <= guess <= high)


@pytest.mark.parametrize("sizes", [[1] * 12, [1] * 30, [6, 1, 1, 4, 2, 2, 8, 1, 3, 3]])
def test_the_interval_of_a_difference_holds_the_truth(sizes: list[int]) -> None:
    """In 95 of 100 worlds, also with few clusters and clusters of many sizes."""
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    held = 0
    for world in range(200):
        shift = [0.3 * (2 * uniform("c", str(world), str(c)) - 1) for c in range(len(sizes))]
        values = np.array([
            0.2 + shift[c] + (uniform("v", str(world), str(n)) - 0.5) for n, c in enumerate(clusters)
        ])  # fmt: skip
        _, low, high = paired_tests.paired(values, clusters).difference
        held += low <= 0.2 <= high
    assert held / 200 >= 0.91


def test_ranks_tell_what_the_comparisons_tell() -> None:
    """The best of three is alone on its place exactly where it is better than both, by Holm."""
    seen = set()
    for world in range(12):
        clusters = np.arange(24)
        skill = (0.5, 0.5 + 0.04 * world, 0.3)
        scores = np.array([[uniform("r", str(world), str(m), str(n)) < p for m, p in enumerate(skill)]
                           for n in clusters], float)  # fmt: skip
        places = paired_tests.ranks(scores, clusters)
        best = int(scores.sum(axis=0).argmax())
        ps = [
            paired_tests.paired(scores[:, best] - scores[:, m], clusters).p
            for m in range(3)
            if m != best
        ]
        alone = all(p <= 0.05 for p in paired_tests.holm(ps))
        assert (places[best].high == 1) == alone and places[best].value == 1
        seen.add(alone)
    assert seen == {True, False}


def test_under_five_effective_patients_nothing_is_compared() -> None:
    items = [item(n, group=f"g{n % 4}") for n in range(40)]
    good = table_of({i: LETTERS[i.key[0]] for i in items})
    bad = table_of({i: LETTERS[(i.key[0] + 1) % 4] for i in items})
    rows = comparisons.models(good, bad, names=("good", "bad"))
    assert {r["note"] for r in rows} == {"too few people to compare"}
    assert all(np.isnan([r["low"], r["high"], r["p"], r["p_holm"]]).all() for r in rows)
    assert comparisons.ranks({"good": good, "bad": bad}) == {}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_between_the_raw_and_bonferroni_s_and_keeps_the_order(ps: list[float]) -> None:
    adjusted = paired_tests.holm(ps)
    for raw, p in zip(ps, adjusted, strict=True):
        assert raw <= p <= 1 and p <= max(len(ps) * raw, *ps)
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    assert all(adjusted[a] <= adjusted[b] for a, b in pairwise(order))


def test_models_are_compared_on_the_cases_of_both() -> None:
    items = [item(n, group=f"g{n}") for n in range(12)]
    good = table_of({i: LETTERS[i.key[0]] for i in items})
    bad = table_of({i: LETTERS[(i.key[0] + 1) % 4] for i in items[:9]})
    rows = comparisons.models(good, bad, names=("good", "bad"))
    assert rows[0]["task"] == "overall" and rows[0]["n"] == 9
    assert rows[0]["mean"] == 1.0 and rows[0]["p"] == pytest.approx(2 / 2**9)
    assert [r["task"] for r in rows[1:]] == ["T0", "T1", "T2"]
    assert all(r["note"] == "too few people to compare" for r in rows[1:])  # three of each task


def test_granularities_are_compared_on_the_same_targets() -> None:
    """Box is asked of easier targets too; on the same ones it is worse."""

    def seen(n: int, target: int, view: str) -> Item:
        return item(n, target=f"t{target}", group=f"g{target}", granularity=view)

    rows = [(seen(n, n, "mask"), True) for n in range(10)]
    rows += [(seen(100 + n, n, "box"), n < 5) for n in range(10)]
    rows += [(seen(n, n, "box"), True) for n in range(200, 230)]
    said = {i: LETTERS[i.key[0]] if right else LETTERS[(i.key[0] + 1) % 4] for i, right in rows}
    (row,) = comparisons.views(table_of(said))
    assert (row["first"], row["second"], row["n"]) == ("box", "mask", 10)
    assert (row["first_micro"], row["second_micro"], row["mean"]) == (0.5, 1.0, -0.5)
    assert row["p"] == pytest.approx(2 / 2**5)


def test_ranks_are_intervals_where_models_are_alike() -> None:
    items = [item(n, group=f"g{n}") for n in range(80)]
    right = {i: LETTERS[i.key[0]] for i in items}
    wrong = {i: LETTERS[(i.key[0] + 1) % 4] for i in items}
    frames = {
        "best": table_of(right),
        "even": table_of({i: (right if n % 2 else wrong)[i] for n, i in enumerate(items)}),
        "odd": table_of({i: (wrong if n % 2 else right)[i] for n, i in enumerate(items)}),
    }
    found = comparisons.ranks(frames)
    assert found["best"] == (1, 1.0, 1.0)
    assert found["even"].value == found["odd"].value == 2
    assert found["even"][1:] == (2.0, 3.0)


# guessing


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
