"""Put the items of two editions on one scale, by the items that both have.

Each edition was fitted on a scale of its own models, so abilities differ by t1 = A t2 + B, difficulties by
the same, and discriminations by 1 / A. A and B minimise the squared differences of the common items'
characteristic curves, averaged over abilities and both directions (T. Haebara, Japanese Psychological
Research 22 (1980) 144-149; M. J. Kolen and R. L. Brennan, Test Equating, Scaling, and Linking, 2014).
Their errors are from the jackknife over all items: both editions are fitted again without each group,
since errors of abilities move the scale too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.item_likelihood import probability
from benchsmith.statistics.item_response import Fitted, fit

ABILITIES = np.linspace(-4.0, 4.0, 33)
WEIGHTS = np.exp(-(ABILITIES**2) / 2) / np.exp(-(ABILITIES**2) / 2).sum()
LEAST_COMMON = 5
"""Common items that are needed for a scale."""
JACKKNIFE_GROUPS = 10
"""Groups of items that are left out one by one."""
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Link:
    """The line from the scale of one edition to that of another: A t + B."""

    slope: float
    shift: float
    slope_se: float
    shift_se: float
    covariance: float
    """Of slope and shift."""
    common: int
    """Common items."""

    def moved(self, value: Floats, error: Floats) -> tuple[Floats, Floats]:
        """Return difficulties or abilities and their standard errors on the other scale.

        The error has two parts, that of the value and that of the line at the value.
        """
        line = value**2 * self.slope_se**2 + 2 * value * self.covariance + self.shift_se**2
        total = (self.slope * error) ** 2 + np.maximum(line, 0)
        return self.slope * value + self.shift, np.sqrt(total)

    def moved_discrimination(self, value: Floats, error: Floats) -> tuple[Floats, Floats]:
        """Return discriminations and their standard errors on the other scale."""
        found = value / self.slope
        relative = (error / value) ** 2 + (self.slope_se / self.slope) ** 2
        return found, found * np.sqrt(relative)


SAME = Link(1.0, 0.0, 0.0, 0.0, 0.0, 0)
"""The link of an edition to itself."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The answers to an edition, and what was fitted to them."""

    right: Floats
    """(p, n): 1 right, 0 wrong, NaN not asked."""
    fitted: Fitted


def link(onto: Edition, own: Edition, places: tuple[Ints, Ints], *, common: bool) -> Link:
    """Return the link from the scale of `own` to that of `onto`.

    `places` are the numbers of the common items in `onto` and in `own`, (m,) each; `common` is that of
    :func:`~benchsmith.statistics.item_response.fit`. Raises ValueError for fewer than `LEAST_COMMON` items.
    """
    count = len(places[0])
    if count < LEAST_COMMON:
        raise ValueError(f"needs {LEAST_COMMON} common items and has {count}")
    whole = _line(onto.fitted, own.fitted, places, None)
    groups = min(count, JACKKNIFE_GROUPS)
    left = []
    for group in range(groups):
        kept = [
            _kept(edition, of, group, groups)
            for edition, of in zip((onto, own), places, strict=True)
        ]
        refitted = [_refitted(e, k, common=common) for e, k in zip((onto, own), kept, strict=True)]
        some = np.arange(count) % groups != group
        at = [np.cumsum(k)[of[some]] - 1 for k, of in zip(kept, places, strict=True)]
        left.append(_line(refitted[0], refitted[1], (at[0], at[1]), whole))
    lines = np.array(left)
    lines[:, 0] = np.exp(lines[:, 0])
    deviations = lines - lines.mean(axis=0)
    covariance = (groups - 1) / groups * deviations.T @ deviations
    return Link(
        slope=float(np.exp(whole[0])),
        shift=float(whole[1]),
        slope_se=float(np.sqrt(covariance[0, 0])),
        shift_se=float(np.sqrt(covariance[1, 1])),
        covariance=float(covariance[0, 1]),
        common=count,
    )


def _kept(edition: Edition, places: Ints, group: int, groups: int) -> Bools:
    """Return which items of an edition remain when a group of common items and of its own items is left out."""
    number = np.zeros(edition.right.shape[1], np.int64)
    number[places] = np.arange(len(places))
    rest = np.setdiff1d(np.arange(len(number)), places)
    number[rest] = np.arange(len(rest))
    return np.asarray(number % groups != group)


def _refitted(edition: Edition, kept: Bools, *, common: bool) -> Fitted:
    of = edition.fitted
    return fit(edition.right[:, kept], of.guessing[kept], common=common)


def _line(onto: Fitted, own: Fitted, places: tuple[Ints, Ints], start: Floats | None) -> Floats:
    """Return (log A, B) of Haebara's criterion."""
    from scipy.optimize import least_squares

    a1, b1 = onto.discrimination[places[0]], onto.difficulty[places[0]]
    a2, b2 = own.discrimination[places[1]], own.difficulty[places[1]]
    c = own.guessing[places[1]]
    if start is None:
        slope = float(np.mean(np.log(a2)) - np.mean(np.log(a1)))
        start = np.array([slope, float(np.mean(b1 - np.exp(slope) * b2))])
    there, here = probability(ABILITIES, a1, b1, c), probability(ABILITIES, a2, b2, c)
    root = np.sqrt(WEIGHTS)[:, None]

    def differences(line: Floats) -> Floats:
        slope, shift = np.exp(line[0]), line[1]
        onto_there = probability(ABILITIES, a2 / slope, slope * b2 + shift, c) - there
        back = probability(ABILITIES, a1 * slope, (b1 - shift) / slope, c) - here
        return np.asarray(np.concatenate([root * onto_there, root * back]).ravel())

    return np.asarray(least_squares(differences, start, x_scale=[0.1, 0.1]).x)
