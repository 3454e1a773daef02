"""Item parameters: recovered from made-up answers, the same in any order, and as others fit them."""

from __future__ import annotations

import girth
import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from benchsmith.statistics import item_likelihood
from benchsmith.statistics.item_likelihood import Block, Likelihood
from benchsmith.statistics.item_response import fit
from tests.made_answers import Array, made, uniform


@pytest.fixture
def no_prior(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit without a prior, as girth does."""
    monkeypatch.setattr(item_likelihood, "SD_LOCATION", 1e3)
    monkeypatch.setattr(item_likelihood, "SD_LOG_SLOPE", 1e3)


def test_two_parameters_are_those_of_girth(no_prior: None) -> None:
    """Girth has another grid."""
    own = made(10, 2000, 25)
    found, other = fit(own.right, own.c, common=False), girth.twopl_mml(own.right.T.astype(int))
    assert found.difficulty == pytest.approx(other["Difficulty"], abs=0.03)
    assert found.discrimination == pytest.approx(other["Discrimination"], abs=0.03)


def test_one_discrimination_is_that_of_girth(no_prior: None) -> None:
    own = made(20, 2000, 25, spread=0.0)
    found, other = fit(own.right, own.c, common=True), girth.onepl_mml(own.right.T.astype(int))
    assert found.difficulty == pytest.approx(other["Difficulty"], abs=0.02)
    assert found.discrimination == pytest.approx(np.full(25, other["Discrimination"]), abs=0.02)


def test_many_models_recover_parameters_within_their_errors() -> None:
    """On the scale of the made-up models, whose mean is 0 and spread 1 by definition."""
    z = []
    for seed in (100, 200, 300):
        own = made(seed, 500, 50, guess=0.25)
        found = fit(own.right, own.c, common=False)
        truth = (own.b - own.ability.mean()) / own.ability.std()
        z.append((found.difficulty - truth) / found.difficulty_se)
        true_a = own.a * own.ability.std()
        z.append((found.discrimination - true_a) / found.discrimination_se)
        assert np.corrcoef(found.difficulty, truth)[0, 1] > 0.95
        assert np.corrcoef(found.ability, own.ability)[0, 1] > 0.85
    assert 0.8 < np.sqrt(np.mean(np.square(z))) < 1.2, "standard errors tell the errors"


@pytest.mark.parametrize("models", [3, 5, 10, 25, 60])
def test_few_models_recover_difficulties_within_their_errors(models: int) -> None:
    """Parameters that follow each item's few answers would be 3.6 times too large with 10 models."""
    z, ratio, abilities = [], [], []
    for seed in range(100, 180, 10):
        own = made(seed, models, 200, guess=0.25, spread=0.0)
        found = fit(own.right, own.c, common=True)
        mean, spread = own.ability.mean(), own.ability.std()
        z.append((found.difficulty - (own.b - mean) / spread) / found.difficulty_se)
        ratio.append(found.discrimination[0] / spread)
        abilities.append((found.ability - (own.ability - mean) / spread) / found.ability_sd)
    assert 0.85 < np.sqrt(np.mean(np.square(z))) < 1.15
    assert 0.93 < np.mean(np.abs(z) < 1.96) < 0.975, "intervals of 95 %"
    assert 0.9 < np.median(ratio) < 1.15
    assert np.sqrt(np.mean(np.square(abilities))) < 1.1


@pytest.mark.parametrize(("models", "common"), [(5, True), (40, False), (60, True)])
def test_the_order_of_models_and_items_changes_nothing(models: int, common: bool) -> None:
    own = made(70, models, 50, guess=0.25)
    own.c[::3] = 0.5
    own.right[1:3, ::4] = np.nan
    found = fit(own.right, own.c, common=common)
    rows, columns = np.argsort(uniform(71, models)), np.argsort(uniform(72, 50))
    other = fit(own.right[rows][:, columns], own.c[columns], common=common)
    for name in ("difficulty", "difficulty_se", "discrimination", "discrimination_se"):
        assert getattr(other, name) == pytest.approx(getattr(found, name)[columns], abs=1e-6)
    for name in ("ability", "ability_sd"):
        assert getattr(other, name) == pytest.approx(getattr(found, name)[rows], abs=1e-6)


@pytest.mark.parametrize("common", [True, False])
def test_slope_and_curvature_are_differences_of_the_likelihood(common: bool) -> None:
    own = made(80, 8, 12)
    hit, missed = own.right, 1 - own.right
    blocks = [Block(hit[:3], missed[:3], own.c), Block(hit[3:], missed[3:], own.c + 0.25)]
    likelihood = Likelihood(blocks, common=common)
    count = 13 if common else 24
    at, small = np.linspace(-0.5, 0.6, count), 1e-5 * np.eye(count)
    ends = [(likelihood.negative(at + d), likelihood.negative(at - d)) for d in small]
    slopes = [(up[0] - down[0]) / 2e-5 for up, down in ends]
    assert likelihood.negative(at)[1] == pytest.approx(np.array(slopes), abs=1e-7)
    bends = np.array([(up[1] - down[1]) / 2e-5 for up, down in ends])
    assert likelihood.information(at) == pytest.approx(bends, abs=1e-7)


def test_few_models_have_the_largest_likelihood_of_another_integral() -> None:
    """Written in logits, with Gauss-Hermite nodes, and without a slope."""
    own = made(90, 4, 80, guess=0.25, spread=0.0)
    own.c[:30] = 0.0
    found = fit(own.right, own.c, common=True)
    nodes, weights = np.polynomial.hermite_e.hermegauss(81)

    def curves(at: Array) -> Array:
        """Return the probability of each item's answers at each difficulty, (items, nodes)."""
        p = expit(at[1:, None, None] - np.exp(at[0]) * nodes)  # (models, 1, nodes)
        p = own.c[:, None] + (1 - own.c[:, None]) * p
        return np.prod(np.where(own.right[:, :, None] > 0, p, 1 - p), axis=0)

    def negative(at: Array) -> float:
        prior = ((at[1:] / np.exp(at[0]) / 3) ** 2).sum() / 2 + at[0] ** 2 / 2
        return float(prior - np.log(curves(at) @ weights).sum())

    at = minimize(negative, np.zeros(5), options={"gtol": 1e-6}).x
    posterior = curves(at) * weights
    posterior /= posterior.sum(axis=1, keepdims=True)
    logits = np.exp(at[0]) * (posterior @ nodes)
    assert found.difficulty[0] * found.discrimination[0] - found.difficulty[
        1:
    ] * found.discrimination[0] == pytest.approx(logits[0] - logits[1:], abs=1e-4)
    spread = np.exp(at[0]) * np.sqrt(posterior @ nodes**2 - (posterior @ nodes) ** 2)
    assert found.difficulty_se * found.discrimination == pytest.approx(spread, abs=1e-4)


def test_models_that_are_alike_set_no_scale() -> None:
    right = np.tile(made(95, 1, 60).right, (4, 1))
    found = fit(right, np.zeros(60), common=True)
    assert found.discrimination[0] == pytest.approx(0.1)
    assert found.ability == pytest.approx(np.zeros(4), abs=1e-6)
    assert np.isfinite([found.difficulty, found.difficulty_se, found.discrimination_se]).all()


def test_missing_answers_are_no_wrong_ones() -> None:
    own = made(30, 800, 30)
    right = own.right.copy()
    right[:400, :10] = np.nan  # the first half of the models was never asked these
    found, whole = fit(right, own.c, common=False), fit(own.right, own.c, common=False)
    z = (found.difficulty - whole.difficulty)[:10] / found.difficulty_se[:10]
    assert np.sqrt(np.mean(z**2)) < 1.2
    wrong = fit(np.nan_to_num(right), own.c, common=False)
    z = (wrong.difficulty - whole.difficulty)[:10] / wrong.difficulty_se[:10]
    assert np.sqrt(np.mean(z**2)) > 3, "what was not asked would make questions hard"
    assert found.difficulty_se[:10].mean() > 1.2 * whole.difficulty_se[:10].mean()


def test_an_item_that_all_answer_has_finite_parameters() -> None:
    own = made(40, 30, 20)
    own.right[:, 0], own.right[:, 1], own.right[:, 2] = 1, 0, np.nan
    found = fit(own.right, own.c, common=False)
    assert np.isfinite([found.difficulty, found.difficulty_se, found.discrimination]).all()
    assert found.difficulty[0] == found.difficulty[:2].min() < 0 < found.difficulty[1]
    assert found.difficulty_se[2] > 2.9, "nobody was asked it: the prior's error"
