"""Items of two editions on one scale."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from benchsmith.statistics.item_linking import LEAST_COMMON, Edition, Link, link
from benchsmith.statistics.item_response import fit
from tests.made_answers import Array, made, uniform


def two_editions(seed: int, models: int, *, common: bool) -> tuple[Edition, Edition, Array, Link, tuple[float, float]]:  # fmt: skip
    """Return two editions with 30 common items, the true difficulties of the second, the link and the true one."""
    own = made(seed, 2 * models, 90, guess=0.25, spread=0.0 if common else 0.3)
    second = 0.8 + 1.3 * own.ability[models:]  # the later models are better, and differ more
    p = own.c + (1 - own.c) * expit(own.a * (second[:, None] - own.b))
    right = (uniform(seed + 5, models, 90) < p).astype(float)
    both = np.arange(30)
    here, there = np.r_[0:60], np.r_[0:30, 60:90]
    one = Edition(own.right[:models][:, here], fit(own.right[:models][:, here], own.c[here], common=common))  # fmt: skip
    other = Edition(right[:, there], fit(right[:, there], own.c[there], common=common))
    found = link(one, other, (both, both), common=common)
    mean, spread = own.ability[:models].mean(), own.ability[:models].std()
    truth = (own.b[there] - mean) / spread
    return one, other, truth, found, (second.std() / spread, (second.mean() - mean) / spread)


@pytest.mark.parametrize(("models", "common"), [(200, False), (25, True)])
def test_two_editions_are_put_on_one_scale(models: int, common: bool) -> None:
    z, moved, gain = [], [], []
    for seed in (1000, 4000):
        _, other, truth, found, (slope, shift) = two_editions(seed, models, common=common)
        z += [(found.slope - slope) / found.slope_se, (found.shift - shift) / found.shift_se]
        difficulty, error = found.moved(other.fitted.difficulty, other.fitted.difficulty_se)
        moved.append((difficulty - truth) / error)
        off = [abs((b - truth).mean()) for b in (difficulty, other.fitted.difficulty)]
        gain.append(off[0] / off[1])
        assert (error > other.fitted.difficulty_se * found.slope).all(), "the link adds its error"
    assert np.mean(gain) < 0.5, "without the link they are off by more"
    assert np.sqrt(np.mean(np.square(z))) < 1.8, z
    assert np.sqrt(np.mean(np.square(moved))) < 1.4


def test_the_same_edition_is_on_its_own_scale() -> None:
    own = made(50, 60, 30)
    one = Edition(own.right, fit(own.right, own.c, common=False))
    places = np.arange(30), np.arange(30)
    found = link(one, one, places, common=False)
    assert (found.slope, found.shift) == (pytest.approx(1, abs=1e-6), pytest.approx(0, abs=1e-6))
    few = np.arange(LEAST_COMMON - 1)
    with pytest.raises(ValueError, match="needs 5 common items"):
        link(one, one, (few, few), common=False)
