"""The marginal likelihood of items' parameters: its value, gradient and curvature, and where it is largest.

Rows answer columns. A row of ability t answers a column of slope a and location b with 1 with the probability

    P = c + (1 - c) / (1 + exp(-a (t - b)))

and abilities are standard normal and integrated out on a grid. The gradient is the expected score given the
answers, and the curvature what complete data would have minus the variance of that score (T. A. Louis,
JRSS B 44 (1982) 226-233), so both are exact for the grid. Newton steps within a trust region
(scipy's `trust-krylov`) lead to the maximum, whatever the order of rows and columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats

LARGEST_ABILITY = 6.0
"""Largest ability, either way, at which the integral over abilities is computed."""
WIDEST_STEP = 0.2
"""Between two abilities of the grid; less for more than 25 columns, since 1 / sqrt(n) is about the error of
an ability."""
SD_LOCATION = 3.0
"""Prior standard deviation of b, in standard deviations of ability."""
SD_LOG_SLOPE = 0.5
"""Prior standard deviation of log a, around the columns' mean, so that it does not pull on the scale."""
SD_COMMON = 1.0
"""Prior standard deviation of the common log a, or of the columns' mean, around 0: it only matters where rows
answer so regularly that a would grow without end."""
LARGEST_GRADIENT = 1e-6
"""Length of the gradient at which the maximum is reached."""
MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that share the scores of guessing."""

    hit: Floats
    """(rows, columns): 1 for a right answer."""
    missed: Floats
    """(rows, columns): 1 for a wrong answer."""
    guessing: Floats
    """Score of a random guess at each column, (columns,); below 1."""


@dataclass(frozen=True, slots=True)
class Local:
    """A block's contribution at one set of parameters; g abilities, n columns."""

    value: float
    """Log of the marginal likelihood."""
    weights: Floats
    """Posterior of each row over the grid, (rows, g)."""
    score: tuple[Floats, Floats]
    """Derivative of log P and log(1 - P) by a (t - b), (g, n)."""
    bend: tuple[Floats, Floats]
    """Second derivatives of the same, (g, n)."""
    counts: tuple[Floats, Floats]
    """Expected right and wrong answers at each ability, (g, n)."""

    @property
    def slope(self) -> Floats:
        """Return the derivative of the likelihood by a (t - b), expected over the grid, (g, n)."""
        return self.counts[0] * self.score[0] + self.counts[1] * self.score[1]


def probability(ability: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """Return the probability of a right answer, (abilities, columns)."""
    from scipy.special import expit

    return np.asarray(c + (1 - c) * expit(a * (ability[:, None] - b)))


def grid_of(columns: int) -> Floats:
    """Return the abilities of the integral, (g,)."""
    step = min(WIDEST_STEP, 1 / np.sqrt(max(columns, 1)))
    count = 2 * int(np.ceil(LARGEST_ABILITY / step)) + 1
    return np.linspace(-LARGEST_ABILITY, LARGEST_ABILITY, count)


class Likelihood:
    """The marginal likelihood times the priors, of parameters in one row: log a, then b.

    With `common` there is one log a for all columns, otherwise n of them.
    """

    def __init__(self, blocks: Sequence[Block], *, common: bool) -> None:
        self.blocks = blocks
        self.common = common
        self.columns = blocks[0].hit.shape[1]
        self.grid = grid_of(self.columns)
        self._last: tuple[Floats, list[Local]] | None = None

    def parts(self, at: Floats) -> tuple[Floats, Floats]:
        """Return log a and b of parameters, or what belongs to them in a direction, (n,) each."""
        if self.common:
            return np.full(self.columns, at[0]), at[1:]
        return at[: self.columns], at[self.columns :]

    def joined(self, by_a: Floats, by_b: Floats) -> Floats:
        """Return derivatives by the parameters in one row."""
        return np.concatenate([[by_a.sum()] if self.common else by_a, by_b])

    def largest(self, start: Floats) -> Floats:
        """Return the parameters that maximise the likelihood, from a starting point."""
        from scipy.optimize import minimize

        found = minimize(
            self.negative,
            start,
            jac=True,
            hessp=self.curvature,
            method="trust-krylov",
            options={"gtol": LARGEST_GRADIENT, "maxiter": MOST_STEPS},
        )
        return np.asarray(found.x)

    def negative(self, at: Floats) -> tuple[float, Floats]:
        """Return the negative logarithm and its gradient."""
        log_a, b = self.parts(at)
        locals_ = self.locals(at)
        a = np.exp(log_a)
        x = a * (self.grid[:, None] - b)
        slope = np.sum([one.slope for one in locals_], axis=0)
        off = self._off(log_a)
        by_a = (slope * x).sum(axis=0)
        by_b = -a * slope.sum(axis=0) - b / SD_LOCATION**2
        gradient = self.joined(by_a, by_b)
        gradient[: -self.columns] -= off
        value = sum(one.value for one in locals_) - (b**2).sum() / SD_LOCATION**2 / 2
        prior = (at[: -self.columns] * off).sum() / 2
        return float(prior - value), -gradient

    def curvature(self, at: Floats, way: Floats) -> Floats:
        """Return the Hessian of the negative logarithm times a direction."""
        log_a, b = self.parts(at)
        by_a, by_b = self.parts(way)
        a = np.exp(log_a)
        x = a * (self.grid[:, None] - b)
        change = x * by_a - a * by_b
        bent, slope = np.zeros_like(x), np.zeros_like(x)
        for block, one in zip(self.blocks, self.locals(at), strict=True):
            right, wrong = one.score
            score = block.hit @ (right * change).T + block.missed @ (wrong * change).T
            mean = (one.weights * score).sum(axis=1, keepdims=True)
            moved = (one.weights * (score - mean)).T
            bent += (moved @ block.hit) * right + (moved @ block.missed) * wrong
            bent += (one.counts[0] * one.bend[0] + one.counts[1] * one.bend[1]) * change
            slope += one.slope
        found = self.joined(
            (bent * x + slope * change).sum(axis=0),
            -a * (bent + by_a * slope).sum(axis=0) - by_b / SD_LOCATION**2,
        )
        found[: -self.columns] -= self._off(by_a)
        return -found

    def information(self, at: Floats) -> Floats:
        """Return the whole Hessian of the negative logarithm, (parameters, parameters)."""
        return np.array([self.curvature(at, way) for way in np.eye(len(at))])

    def locals(self, at: Floats) -> list[Local]:
        """Return each block's contribution at these parameters; the last result is cached."""
        if self._last is None or not np.array_equal(self._last[0], at):
            log_a, b = self.parts(at)
            x = np.exp(log_a) * (self.grid[:, None] - b)
            self._last = at.copy(), [_local(block, self.grid, x) for block in self.blocks]
        return self._last[1]

    def _off(self, log_a: Floats) -> Floats:
        """Return the derivative of the prior of log a: linear, so also that of a direction."""
        if self.common:
            return np.asarray(log_a[:1] / SD_COMMON**2)
        # the columns' mean, at its best value
        middle = log_a.sum() / (self.columns + SD_LOG_SLOPE**2 / SD_COMMON**2)
        return np.asarray((log_a - middle) / SD_LOG_SLOPE**2)


def _local(block: Block, grid: Floats, x: Floats) -> Local:
    from scipy.special import log_expit, logsumexp

    with np.errstate(divide="ignore"):
        log_guess = np.log(block.guessing)  # that of 0 is minus infinity
    rest = np.log1p(-block.guessing)
    log_one, log_zero = log_expit(x), log_expit(-x)
    log_right = np.logaddexp(log_guess, rest + log_one)
    log_weight = block.hit @ log_right.T + block.missed @ (rest + log_zero).T - grid**2 / 2
    total = logsumexp(log_weight, axis=1)
    weights = np.exp(log_weight - total[:, None])
    right, share = np.exp(rest + log_one + log_zero - log_right), np.exp(log_one)
    return Local(
        value=float(total.sum()),
        weights=weights,
        score=(right, -share),
        bend=(right * (1 - 2 * share - right), -share * (1 - share)),
        counts=(weights.T @ block.hit, weights.T @ block.missed),
    )
