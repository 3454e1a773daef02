"""Difficulty and discrimination of questions, from which models answered them right.

The probability of a right answer to item i by a model of ability t is

    P = c + (1 - c) / (1 + exp(-a (t - b)))

with difficulty b, discrimination a, and c the score of guessing, which is known (3PL with fixed c; 2PL
where c is 0). With `common` all items have one a (Rasch's model, with the spread of abilities in a).
Abilities are standard normal; that sets the scale. Parameters maximise the marginal likelihood, by EM
over a grid of abilities (R. D. Bock and M. Aitkin, Psychometrika 46 (1981) 443-459), times a weak prior,
without which an item that all or none answer right has no finite difficulty. Standard errors are from
the item's own block of the observed information (T. A. Louis, JRSS B 44 (1982) 226-233).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats

LARGEST_ABILITY = 6.0
"""Largest ability, either way, at which the integral over abilities is computed."""
WIDEST_STEP = 0.2
"""Between two abilities of the grid; less for more than 25 items, since 1 / sqrt(n) is about the error of
an ability."""
NO_WEIGHT = 1e-9
"""Models at an ability of the grid below which it is left out."""
SD_DIFFICULTY = 3.0
"""Prior standard deviation of b, in standard deviations of ability."""
SD_LOG_DISCRIMINATION = 0.5
"""Prior standard deviation of log a, around the items' mean, so that it does not pull on the scale."""
SD_COMMON = 1.0
"""Prior standard deviation of the common log a, or of the items' mean, around 0: it only matters where models
answer so regularly that a would grow without end."""
MAX_ROUNDS = 200
"""Each is three rounds of EM."""
LONGEST_JUMP = 16.0
TOLERANCE = 1e-5
"""EM ends when no b and no log a changes by more in a round."""
COARSE_TOLERANCE = 1e-4
HALVINGS = 8
TINY = 1e-12
MAX_STEP = 1.0
"""Largest change of b or log a in a step."""


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


def probability(ability: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """Return the probability of a right answer, (abilities, items)."""
    from scipy.special import expit

    return np.asarray(c + (1 - c) * expit(a * (ability[:, None] - b)))


def fit(
    right: Floats, guessing: Floats, *, common: bool, start: tuple[Floats, Floats] | None = None
) -> Fitted:
    """Fit items to answers (p, n): 1 right, 0 wrong, NaN not asked; `guessing` is (n,), below 1.

    With `common` all discriminations are equal. Items that nobody answered keep the prior's values. With
    `start`, discriminations and difficulties of a similar fit, a coarser tolerance ends it sooner.
    """
    asked = (~np.isnan(right)).astype(np.float64)
    hit = np.where(asked > 0, right, 0.0)
    grid, tolerance = _grid(right.shape[1]), TOLERANCE
    values = np.stack([np.zeros(right.shape[1]), _first_difficulties(hit, asked, guessing)])
    if start is not None:
        values, tolerance = np.stack([np.log(start[0]), start[1]]), COARSE_TOLERANCE

    def em(at: Floats) -> Floats:
        return _em_round(grid, hit, asked, at, guessing, common=common)

    for _ in range(MAX_ROUNDS):
        one = em(values)
        two = em(one)
        if np.abs(two - one).max() < tolerance:
            values = two
            break
        values = _ahead(values, one, two, em)
    log_a, b = values
    weights = _posterior(grid, hit, asked, log_a, b, guessing)
    held = weights.sum(axis=0) > NO_WEIGHT
    error_a, error_b = _errors(
        grid[held], hit, asked, weights[:, held], log_a, b, guessing, common=common
    )
    ability = weights @ grid
    return Fitted(
        discrimination=np.exp(log_a),
        difficulty=b,
        discrimination_se=np.exp(log_a) * error_a,
        difficulty_se=error_b,
        guessing=guessing,
        ability=ability,
        ability_sd=np.sqrt(np.maximum(weights @ grid**2 - ability**2, 0)),
    )


def _em_round(
    grid: Floats, hit: Floats, asked: Floats, at: Floats, c: Floats, *, common: bool
) -> Floats:
    """Return log a and b, (2, n), after a round of EM.

    It is expanded by mean and variance of abilities (C. Liu, D. B. Rubin and Y. N. Wu, Biometrika 85 (1998)
    755-770): with many items, EM alone would hardly move the scale.
    """
    log_a, b = at
    weights = _posterior(grid, hit, asked, log_a, b, c)
    held = weights.sum(axis=0) > NO_WEIGHT
    count, correct = weights[:, held].T @ asked, weights[:, held].T @ hit
    log_a, b = _step(grid[held], count, correct, log_a, b, c, common=common)
    mean = float((weights @ grid).mean())
    spread = float(np.sqrt((weights @ grid**2).mean() - mean**2))
    return np.stack([log_a + np.log(spread), (b - mean) / spread])


def _ahead(zero: Floats, one: Floats, two: Floats, em: Callable[[Floats], Floats]) -> Floats:
    """Return where three values of EM point to, or the last one if that leads astray.

    SQUAREM: R. Varadhan and C. Roland, Scandinavian Journal of Statistics 35 (2008) 335-353.
    """
    step, bend = one - zero, two - 2 * one + zero
    length = float(np.sqrt((step**2).sum() / max(float((bend**2).sum()), TINY)))
    length = min(max(length, 1.0), LONGEST_JUMP)
    jumped = zero + 2 * length * step + length**2 * bend
    settled = em(jumped)
    off = float(np.abs(settled - jumped).max())
    return settled if off <= 2 * float(np.abs(two - one).max()) else two


def _grid(items: int) -> Floats:
    """Return the abilities of the integral, (grid,)."""
    step = min(WIDEST_STEP, 1 / np.sqrt(max(items, 1)))
    return np.linspace(
        -LARGEST_ABILITY, LARGEST_ABILITY, 2 * int(np.ceil(LARGEST_ABILITY / step)) + 1
    )


def _first_difficulties(hit: Floats, asked: Floats, guessing: Floats) -> Floats:
    from scipy.special import logit

    share = (hit.sum(axis=0) + 0.5) / (asked.sum(axis=0) + 1)
    known = np.clip((share - guessing) / (1 - guessing), 0.05, 0.95)
    return np.asarray(-logit(known))


def _posterior(
    grid: Floats, hit: Floats, asked: Floats, log_a: Floats, b: Floats, c: Floats
) -> Floats:
    """Return the weight of each ability of the grid for each model, (p, grid)."""
    p = np.clip(probability(grid, np.exp(log_a), b, c), TINY, 1 - TINY)
    log_weight = hit @ np.log(p).T + (asked - hit) @ np.log1p(-p).T - grid**2 / 2
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _step(
    grid: Floats,
    count: Floats,
    correct: Floats,
    log_a: Floats,
    b: Floats,
    c: Floats,
    *,
    common: bool,
) -> tuple[Floats, Floats]:
    """Return log a and b after a step of Fisher scoring; `count` and `correct` are (grid, n).

    A step that makes what it maximises less is halved until it does not.
    """
    a = np.exp(log_a)
    p = np.clip(probability(grid, a, b, c), TINY, 1 - TINY)
    slope = _slope(p, c)
    residual = (correct - count * p) * slope / (p * (1 - p))
    weight = count * slope**2 / (p * (1 - p))
    by_a, by_b = a * (grid[:, None] - b), -a
    score_b = (residual * by_b).sum(axis=0) - b / SD_DIFFICULTY**2
    info_b = (weight * by_b**2).sum(axis=0) + 1 / SD_DIFFICULTY**2
    score_a = (residual * by_a).sum(axis=0)
    info_a = (weight * by_a**2).sum(axis=0)
    info_ab = (weight * by_a * by_b).sum(axis=0)
    if common:
        # the common a with the difficulties that belong to it
        score = (score_a - info_ab / info_b * score_b).sum() - log_a[0] / SD_COMMON**2
        info = (info_a - info_ab**2 / info_b).sum() + 1 / SD_COMMON**2
        change_a = np.full(len(b), score / info)
        change_b = (score_b - info_ab * change_a) / info_b
    else:
        middle = log_a.mean() / (1 + SD_LOG_DISCRIMINATION**2 / len(b) / SD_COMMON**2)
        score_a = score_a - (log_a - middle) / SD_LOG_DISCRIMINATION**2
        info_a = info_a + 1 / SD_LOG_DISCRIMINATION**2
        determinant = info_a * info_b - info_ab**2
        change_a = (info_b * score_a - info_ab * score_b) / determinant
        change_b = (info_a * score_b - info_ab * score_a) / determinant
    change_a, change_b = (np.clip(x, -MAX_STEP, MAX_STEP) for x in (change_a, change_b))
    before = _expected(grid, count, correct, log_a, b, c)
    share = np.ones(len(b))
    for _ in range(HALVINGS):
        after = _expected(grid, count, correct, log_a + share * change_a, b + share * change_b, c)
        worse = after < before
        if common:
            worse = np.full(len(b), after.sum() < before.sum())
        if not worse.any():
            break
        share = np.where(worse, share / 2, share)
    return log_a + share * change_a, b + share * change_b


def _expected(
    grid: Floats, count: Floats, correct: Floats, log_a: Floats, b: Floats, c: Floats
) -> Floats:
    """Return the expected logarithm of the likelihood with the prior of b, (n,)."""
    p = np.clip(probability(grid, np.exp(log_a), b, c), TINY, 1 - TINY)
    found = (correct * np.log(p) + (count - correct) * np.log1p(-p)).sum(axis=0)
    return np.asarray(found - (b / SD_DIFFICULTY) ** 2 / 2)


def _slope(p: Floats, c: Floats) -> Floats:
    """Return the derivative of P by a (t - b)."""
    return np.asarray((p - c) * (1 - p) / (1 - c))


def _errors(
    grid: Floats,
    hit: Floats,
    asked: Floats,
    weights: Floats,
    log_a: Floats,
    b: Floats,
    c: Floats,
    *,
    common: bool,
) -> tuple[Floats, Floats]:
    """Return the standard errors of log a and b, (n,).

    Observed information is what complete data would have, minus the variance of its score given the data.
    """
    a = np.exp(log_a)
    p = np.clip(probability(grid, a, b, c), TINY, 1 - TINY)
    slope = _slope(p, c)
    by = np.stack([a * (grid[:, None] - b), np.broadcast_to(-a, p.shape)])
    count = weights.T @ asked
    complete = np.einsum("gn,xgn,ygn->xyn", count * slope**2 / (p * (1 - p)), by, by)
    # the score of an answer at an ability: for a right one, and for a wrong one
    scores = slope / p * by, -slope / (1 - p) * by
    answers = hit, asked - hit
    missing = np.zeros_like(complete)
    for score, answer in zip(scores, answers, strict=True):
        mean = np.einsum("pg,xgn->xpn", weights, score)
        square = np.einsum("gn,xgn,ygn->xyn", weights.T @ answer, score, score)
        missing += square - np.einsum("pn,xpn,ypn->xyn", answer, mean, mean)
    info = complete - missing
    info[1, 1] += 1 / SD_DIFFICULTY**2
    if common:
        shared = max(float(info[0, 0].sum()), 1e-9)
        spread = np.full(len(b), 1 / np.sqrt(shared))
        return spread, np.sqrt(1 / np.maximum(info[1, 1], 1e-9))
    info[0, 0] += 1 / SD_LOG_DISCRIMINATION**2
    determinant = np.maximum(info[0, 0] * info[1, 1] - info[0, 1] ** 2, 1e-9)
    return np.sqrt(info[1, 1] / determinant), np.sqrt(info[0, 0] / determinant)
