"""Agreement beyond chance, against the figures that were published with the formulas."""

from __future__ import annotations

from collections import Counter

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchsmith.statistics.agreement import agreement, alpha, kappa, vote_counts

OBSERVERS = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]
"""Krippendorff 2011, section C: four observers, twelve units, a dot where nobody said anything."""
PSYCHIATRISTS = np.array(
    [
        [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
        [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
        [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
        [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
        [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
        [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
    ]
)  # fmt: skip
"""Fleiss 1971, table 1: thirty patients, six psychiatrists each, five diagnoses."""
FOURTEEN = np.array(
    [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]
)  # fmt: skip
"""The worked example that the encyclopaedias have: ten subjects, fourteen raters."""


def test_krippendorff_s_own_example() -> None:
    """Nominal alpha 0.743; what one observer alone said does not count."""
    units = zip(*(row.split() for row in OBSERVERS), strict=True)
    counts = vote_counts([Counter(v for v in unit if v != ".") for unit in units])
    found = agreement(counts)
    assert (found.items, found.votes) == (11, 40)
    assert round(found.alpha.value, 3) == 0.743
    assert found.alpha.low < 0.743 < found.alpha.high <= 1


@pytest.mark.parametrize(("counts", "value"), [(PSYCHIATRISTS, 0.430), (FOURTEEN, 0.210)])
def test_fleiss_own_example(counts: np.ndarray, value: float) -> None:
    found = agreement(counts)
    assert round(found.kappa.value, 3) == value
    assert found.kappa.low < value < found.kappa.high


@pytest.mark.parametrize(("counts", "error"), [(PSYCHIATRISTS, 0.0542), (FOURTEEN, 0.0924)])
def test_the_interval_is_that_of_the_standard_error(counts: np.ndarray, error: float) -> None:
    """Gwet's linearised standard error over subjects (2014, chapter 5), worked out by hand."""
    found = agreement(counts).kappa
    assert found.low == pytest.approx(found.value - 1.96 * error, abs=0.02)
    assert found.high == pytest.approx(found.value + 1.96 * error, abs=0.02)


VOTES = st.lists(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(Counter), min_size=1, max_size=20
)


@settings(deadline=None)
@given(VOTES)
def test_alpha_of_a_sample_is_the_library_s(votes: list[Counter[str]]) -> None:
    """The formula that resamples are measured by is the one the figure comes from."""
    counts = vote_counts(votes)
    assume(len(counts) and counts.shape[1] > 1)
    ours = alpha(np.ones((1, len(counts))), counts)[0]
    theirs = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert ours == pytest.approx(theirs)


@settings(deadline=None)
@given(VOTES, st.data())
def test_weights_are_repetitions(votes: list[Counter[str]], data: st.DataObject) -> None:
    counts = vote_counts(votes)
    assume(len(counts))
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(counts), max_size=len(counts)))
    assume(sum(times))
    repeated = np.repeat(counts, times, axis=0)
    for coefficient in (kappa, alpha):
        weighed = coefficient(np.array([times], float), counts)[0]
        assert weighed == pytest.approx(
            coefficient(np.ones((1, len(repeated))), repeated)[0], nan_ok=True
        )


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(2, 5)), min_size=2, max_size=20))
def test_full_agreement_is_one(votes: list[tuple[str, int]]) -> None:
    assume(len({choice for choice, _ in votes}) > 1)
    found = agreement(vote_counts([{choice: n} for choice, n in votes]))
    assert found.raw == 1
    for figure in (found.kappa, found.alpha):
        assert figure.value == pytest.approx(1)
        assert figure.low == pytest.approx(1) and figure.high == pytest.approx(1)


@pytest.mark.parametrize("votes", [[], [{"a": 1}], [{"a": 3}, {"a": 3}]])
def test_without_a_second_choice_nothing_is_beyond_chance(votes: list[dict[str, int]]) -> None:
    found = agreement(vote_counts(votes))
    assert str(found.kappa) == str(found.alpha) == "not defined"


def test_the_same_votes_give_the_same_interval() -> None:
    assert agreement(PSYCHIATRISTS, "r", "task") == agreement(PSYCHIATRISTS, "r", "task")
    assert agreement(PSYCHIATRISTS, "r", "task").kappa.low == pytest.approx(
        agreement(PSYCHIATRISTS, "other").kappa.low, abs=0.02
    )
