"""Difficulty and discrimination of questions, from which models answered them right.

The probability of a right answer to item i by a model of ability t is

    P = c + (1 - c) / (1 + exp(-a (t - b)))

with difficulty b, discrimination a, and c the score of guessing, which is known (3PL with fixed c; 2PL
where c is 0). With `common` all items have one a (Rasch's model, with the spread of abilities in a).
Abilities have mean 0 and standard deviation 1; that sets the scale.

With a discrimination for each item, or more models than items, abilities are integrated out and the items'
parameters maximise the marginal likelihood (R. D. Bock and M. Aitkin, Psychometrika 46 (1981) 443-459) times
a weak prior, without which an item that all or none answer right has no finite difficulty. Standard errors
are from the item's own block of the observed information.

Fewer models give each item few answers: parameters of each item would follow them all, and a would be too
large (J. Neyman and E. L. Scott, Econometrica 16 (1948) 1-32). For one a the roles are exchanged: difficulties are
a sample of a normal distribution and integrated out, and the abilities of the models maximise the marginal
likelihood (random items: P. De Boeck, Psychometrika 73 (2008) 533-559). Each model has many answers. A
difficulty is then the mean of its posterior distribution, and its standard error that distribution's
standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats
from benchsmith.statistics.item_likelihood import (
    SD_COMMON,
    SD_LOCATION,
    SD_LOG_SLOPE,
    Block,
    Likelihood,
    Local,
)

LEAST_DISCRIMINATION = 0.1
"""Smallest common discrimination of few models: they are alike, and then nothing sets the scale."""
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Fitted:
    """Parameters of n items, and abilities of p models."""

    discrimination: Floats
    """(n,)."""
    difficulty: Floats
    """(n,), on the scale of abilities."""
    discrimination_se: Floats
    difficulty_se: Floats
    guessing: Floats
    """(n,), as given."""
    ability: Floats
    """(p,): posterior means."""
    ability_sd: Floats
    """(p,): posterior standard deviations."""

    @property
    def reliability(self) -> float:
        """Marginal reliability: the share of the variance of abilities that is not error, 0 to 1."""
        error = float((self.ability_sd**2).mean())
        spread = float(self.ability.var())
        return spread / (spread + error) if spread + error > 0 else 0.0


def fit(right: Floats, guessing: Floats, *, common: bool) -> Fitted:
    """Fit items to answers (p, n): 1 right, 0 wrong, NaN not asked; `guessing` is (n,), below 1.

    With `common` all discriminations are equal. Items that nobody answered keep the prior's values.
    """
    from threadpoolctl import threadpool_limits

    asked = (~np.isnan(right)).astype(np.float64)
    hit = np.where(asked > 0, right, 0.0)
    models, items = right.shape
    with threadpool_limits(
        1
    ):  # products of small arrays: further threads would wait for each other
        if common and models < items:
            return _few_models(hit, asked - hit, guessing)
        return _many_models(Block(hit, asked - hit, guessing), common=common)


def _many_models(block: Block, *, common: bool) -> Fitted:
    """Return the items at the largest marginal likelihood over abilities."""
    own = Likelihood([block], common=common)
    share = (block.hit.sum(axis=0) + 0.5) / ((block.hit + block.missed).sum(axis=0) + 1)
    found = own.largest(_start(own, (share - block.guessing) / (1 - block.guessing)))
    log_a, b = own.parts(found)
    [local] = own.locals(found)
    error_a, error_b = _errors(own, block, local, log_a, b)
    ability, ability_sd = _moments(local.weights, own.grid)
    return Fitted(
        discrimination=np.exp(log_a),
        difficulty=b,
        discrimination_se=np.exp(log_a) * error_a,
        difficulty_se=error_b,
        guessing=block.guessing,
        ability=ability,
        ability_sd=ability_sd,
    )


def _few_models(hit: Floats, missed: Floats, guessing: Floats) -> Fitted:
    """Return the items by their posteriors, at the largest marginal likelihood over difficulties.

    The likelihood is that of the exchanged table: an item of easiness u is a row, and a model a column.
    P's exponent is s (u - d), with s the standard deviation of difficulties and -s d the model's ability.
    """
    models, items = hit.shape
    levels = [guessing == one for one in np.unique(guessing)]
    blocks = [
        Block(hit[:, at].T, missed[:, at].T, np.full(models, guessing[at][0])) for at in levels
    ]
    own = Likelihood(blocks, common=True)
    count = np.maximum((hit + missed).sum(axis=1), 1)
    chance = ((hit + missed) @ guessing) / count
    found = own.largest(_start(own, (hit.sum(axis=1) / count - chance) / (1 - chance)))
    spread, at = np.exp(found[0]), -np.exp(found[0]) * found[1:]
    easy, easy_sd = np.zeros(items), np.zeros(items)
    for level, local in zip(levels, own.locals(found), strict=True):
        easy[level], easy_sd[level] = _moments(local.weights, own.grid)
    # abilities in logits: by log s and d
    by = np.column_stack([at, -spread * np.eye(models)])
    covariance = by @ np.linalg.inv(own.information(found)) @ by.T
    error = np.diag(covariance)
    mean, a, weight = _spread(at, error)
    off = weight * (at - mean)
    by_a = off / max(a * float((off**2).sum()), TINY)
    kept = a**2 * weight
    return Fitted(
        discrimination=np.full(items, a),
        difficulty=(-spread * easy - mean) / a,
        discrimination_se=np.full(items, float(np.sqrt(by_a @ covariance @ by_a))),
        difficulty_se=spread * easy_sd / a,
        guessing=guessing,
        ability=kept * (at - mean) / a,
        ability_sd=np.sqrt(1 - kept),
    )


def _spread(value: Floats, error: Floats) -> tuple[float, float, Floats]:
    """Return mean and standard deviation of what values with errors (variances) estimate, and their weights.

    Squared distances from the mean, each over its variance, add up to the number of values (R. C. Paule and
    J. Mandel, J. Res. Natl. Bur. Stand. 87 (1982) 377-385): a model whose ability is hardly known says
    little about the scale.
    """
    from scipy.optimize import brentq

    def weighed(variance: float) -> tuple[float, Floats]:
        weight = 1 / (variance + error)
        return float(weight @ value / weight.sum()), weight

    def excess(variance: float) -> float:
        mean, weight = weighed(variance)
        return float(weight @ (value - mean) ** 2) - len(value)

    low, high = LEAST_DISCRIMINATION**2, float(np.ptp(value) ** 2) + 1
    variance = brentq(excess, low, high, xtol=TINY) if excess(low) > 0 else low
    mean, weight = weighed(variance)
    return mean, float(np.sqrt(variance)), weight


def _start(own: Likelihood, known: Floats) -> Floats:
    """Return starting parameters, from the share of rows that know each column without guessing."""
    from scipy.special import logit

    b = -logit(np.clip(known, 0.05, 0.95))
    return np.concatenate([np.zeros(1 if own.common else len(b)), b])


def _moments(weights: Floats, grid: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each row of weights, (rows, g)."""
    mean = weights @ grid
    return mean, np.sqrt(np.maximum(weights @ grid**2 - mean**2, 0))


def _errors(
    own: Likelihood, block: Block, local: Local, log_a: Floats, b: Floats
) -> tuple[Floats, Floats]:
    """Return the standard errors of log a and b, (n,), from each item's own block of the information."""
    a = np.exp(log_a)
    x = a * (own.grid[:, None] - b)
    by = np.stack([x, np.broadcast_to(-a, x.shape)])
    right, wrong = local.score
    # what is expected of an answer at an ability: P right ** 2 + (1 - P) wrong ** 2
    complete = -(local.counts[0] + local.counts[1]) * right * wrong
    info = np.einsum("gn,xgn,ygn->xyn", complete, by, by)
    for score, answer in ((right * by, block.hit), (wrong * by, block.missed)):
        mean = np.einsum("pg,xgn->xpn", local.weights, score)
        square = np.einsum("gn,xgn,ygn->xyn", local.weights.T @ answer, score, score)
        info -= square - np.einsum("pn,xpn,ypn->xyn", answer, mean, mean)
    info[1, 1] += 1 / SD_LOCATION**2
    if own.common:
        shared = float(info[0, 0].sum()) + 1 / SD_COMMON**2
        return np.full(len(b), shared**-0.5), np.maximum(info[1, 1], TINY) ** -0.5
    info[0, 0] += 1 / SD_LOG_SLOPE**2
    determinant = np.maximum(info[0, 0] * info[1, 1] - info[0, 1] ** 2, TINY)
    return np.sqrt(info[1, 1] / determinant), np.sqrt(info[0, 0] / determinant)
