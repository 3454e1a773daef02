"""The audits' arithmetic, against other libraries and by hand."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.balance import gini
from benchsmith.audits.option_style import pairwise_wins
from benchsmith.audits.power import smallest_difference
from benchsmith.statistics import association, clustered, intervals, resampling


@given(st.lists(st.integers(1, 60), min_size=2, max_size=6))
def test_chi_square_is_scipy_s(counts: list[int]) -> None:
    seen = np.array(counts, float)
    ours = association.chi_square(seen, np.full(len(seen), seen.mean()))
    theirs = scipy.stats.chisquare(seen)
    assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue))


@given(st.lists(st.lists(st.integers(1, 40), min_size=3, max_size=3), min_size=2, max_size=5))
def test_independence_is_scipy_s(rows: list[list[int]]) -> None:
    counts = np.array(rows, float)
    ours = association.independence(counts)
    theirs = scipy.stats.chi2_contingency(counts, correction=False)
    assert (ours.statistic, ours.freedom, ours.p) == pytest.approx(
        (theirs.statistic, theirs.dof, theirs.pvalue)
    )
    low, high = association.noncentral(ours)
    cdf = scipy.stats.ncx2.cdf
    assert low == 0 or cdf(ours.statistic, ours.freedom, low) == pytest.approx(0.975)
    assert high == 0 or cdf(ours.statistic, ours.freedom, high) == pytest.approx(0.025)


def test_bits_of_a_telling_column_by_hand() -> None:
    """A column that names one of two equally frequent answers holds one bit; a constant one none."""
    answers = np.array([0, 1] * 200)
    strata = np.zeros(400, np.int64)
    told, tested = association.bits(answers, answers, strata)
    assert told.value == pytest.approx(1.0, abs=0.01) and told.low < 1 < told.high + 0.2
    theirs = scipy.stats.chi2_contingency(
        association.contingency(answers, answers), correction=False, lambda_="log-likelihood"
    )
    assert tested.statistic == pytest.approx(theirs.statistic)
    assert association.bits(strata, answers, strata)[0].value == 0


def test_runs_by_hand() -> None:
    assert association.runs(np.array([0, 1] * 50)) < 1e-6
    assert association.runs(np.repeat([0, 1], 50)) < 1e-6
    # AABBA: 3 runs; all ten orders have a mean of 1 + 2 * 2 * 3 / 5 = 3.4 runs
    assert association.runs(np.array([0, 0, 1, 1, 0])) > 0.5


def test_wilson_is_scipy_s() -> None:
    for hits, n in ((0, 10), (3, 10), (50, 60), (999, 1000)):
        theirs = scipy.stats.binomtest(hits, n).proportion_ci(method="wilson")
        assert intervals.wilson(hits, n)[1:] == pytest.approx((theirs.low, theirs.high))


def test_clustered_error_by_hand() -> None:
    """Three patients with 2, 1 and 1 questions; mean 1/2, sums of deviations 1, -1/2, -1/2."""
    scores, patients = np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 2])
    left_out = (1.0 / (1 - 2 / 4), 0.5 / (1 - 1 / 4), 0.5 / (1 - 1 / 4))
    by_hand = sqrt(2 / 3 * sum(e**2 for e in left_out)) / 4
    assert clustered.clustered_se(scores, patients) == pytest.approx(by_hand)
    alone = clustered.clustered_se(scores, np.arange(4))
    assert alone == pytest.approx(scores.std(ddof=1) / sqrt(4))


def test_the_bootstrap_is_as_wide_as_the_clustered_error() -> None:
    of = np.repeat(np.arange(200), 5)
    per_patient = resampling.random_numbers(200, 1, "hits") % np.uint64(2)
    scores = per_patient[of].astype(float)
    found = clustered.bootstrapped(of, "patients", 1).interval(scores)
    error = clustered.clustered_se(scores, of)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.1)
    single = clustered.bootstrapped(np.arange(1000), "questions", 1).interval(scores)
    assert single.high - single.low < (found.high - found.low) / 1.8


def test_bulk_numbers_are_even_and_pinned() -> None:
    assert resampling.random_numbers(2, 7, "a", "b").tolist() == PINNED
    parts = np.bincount((resampling.random_numbers(80_000, 1, "even") % np.uint64(8)).astype(int))
    assert scipy.stats.chisquare(parts).pvalue > 0.001


PINNED = [7946588491584082148, 4729393845295260462]


@pytest.mark.parametrize(
    ("n", "points"), [(30, 28.0), (200, 10.8), (1_000, 4.8), (4_550, 2.3), (21_281, 1.1)]
)
def test_power_is_as_published(n: int, points: float) -> None:
    assert 100 * smallest_difference(np.ones(n)) == pytest.approx(points, abs=0.1)


def test_questions_of_one_patient_count_for_less() -> None:
    """Ten questions of each patient: a design effect of 1 + 9 x 0.2 = 2.8."""
    alone, together = smallest_difference(np.ones(1_000)), smallest_difference(np.full(100, 10.0))
    assert together / alone == pytest.approx(sqrt(2.8))


def test_pairs_won_by_hand() -> None:
    row = AuditRow(id="a", split="test", stem="s", question="?", options=("x", "yy", "yy", "z"),
              labels=("x", "y", "w", "z"), answers=(1,), pool="p", task="t", modality="m", view="image",
              label="y", source="s", target="t")  # fmt: skip
    one = AuditTable([row], 1)
    won, pairs = pairwise_wins(one, np.array([1.0, 2.0, 2.0, 1.0]))
    assert (won.tolist(), pairs.tolist()) == ([2.5], [3.0])
    assert one.expected_hits(np.array([1.0, 2.0, 2.0, 1.0])).tolist() == [0.5]
    assert one.chance.tolist() == [0.25]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_gini_is_the_mean_difference(counts: list[int]) -> None:
    values = np.array(counts, float)
    difference = np.abs(values[:, None] - values[None]).mean()
    expected = difference / (2 * values.mean()) if values.sum() else 0
    assert gini(values) == pytest.approx(expected)


@given(st.permutations(list(range(6))), st.integers(0, 5))
def test_chance_is_what_guessing_at_random_scores(order: list[int], answers: int) -> None:
    row = AuditRow(id="a", split="test", stem="s", question="?", options=tuple("abcdef"),
              labels=tuple("abcdef"), answers=tuple(order[: answers + 1]), pool="p", task="t",
              modality="m", view="image", label="a", source="s", target="t")  # fmt: skip
    one = AuditTable([row], 1)
    assert one.expected_hits(np.zeros(6)).tolist() == pytest.approx(one.chance.tolist())
    assert one.chance.tolist() == pytest.approx([(answers + 1) / 6])
