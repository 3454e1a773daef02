"""Intervals, comparisons and ranks of scores: checked by hand, by theory and by simulation."""

from __future__ import annotations

import math
from hashlib import shake_256
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchsmith.core.random_order import RANK_SPAN, rank
from benchsmith.evaluate import comparisons
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import LETTERS
from benchsmith.statistics import cluster_arrays, clustered, paired_tests, resampling
from tests.score_tables import item, table_of


def uniform(*names: str) -> float:
    return (rank(5, *names) + 0.5) / RANK_SPAN


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
