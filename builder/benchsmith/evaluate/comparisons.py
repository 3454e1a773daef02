"""Comparisons on the same cases: two models, several models' ranks, two granularities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import shake_256
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchsmith.core.chance import rank
from benchsmith.core.model import VIEWS
from benchsmith.statistics.score_intervals import (
    Floats,
    Interval,
    Ints,
    by_cluster,
    codes,
    mean,
    resampled,
)

if TYPE_CHECKING:
    import pandas as pd

FLIPS = 10_000
BLOCK = 200
"""Flips that are tried at a time, to bound memory."""
EXACT = 13
"""Up to so many clusters that differ, all ways to flip their signs are tried."""


class Difference(NamedTuple):
    """A mean difference between paired cases."""

    mean: float
    low: float
    high: float
    p: float
    """Two-sided, of the test that flips the signs of whole clusters."""


def paired(differences: Floats, groups: Ints, *names: str) -> Difference:
    """Compare paired cases whose clusters are independent.

    Were there no difference, a cluster's sum would be as likely to be negative. The p is the share
    of sign flips whose sum is as far from 0; with clusters of one case it is McNemar's exact test.
    The interval is Student's t on the clustered error: few patients make it wide, where those of
    a bootstrap are too narrow.
    """
    spread = mean(differences, groups)
    sums = by_cluster(groups, differences)[:, 0]
    return Difference(float(differences.mean()), spread.low, spread.high, flips(sums, *names))


def flips(sums: Floats, *names: str) -> float:
    """Return the two-sided p of a sign-flip test on clusters' sums."""
    moved = sums[np.abs(sums) > 1e-12]
    if not len(moved):
        return 1.0
    seen = abs(moved.sum()) - 1e-9
    if len(moved) <= EXACT:
        bits = np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1
        ways = 1.0 - 2.0 * bits.astype(np.float64)
        return float((np.abs(ways @ moved) >= seen).mean())
    width = -(-len(moved) // 8)
    beyond = 0
    for block in range(0, FLIPS, BLOCK):
        seed = rank(0, "flips", *names, str(len(moved)), str(block)).to_bytes(8, "big")
        drawn = np.frombuffer(shake_256(seed).digest(BLOCK * width), np.uint8)
        signs = 1.0 - 2.0 * np.unpackbits(drawn.reshape(BLOCK, width), axis=1)[:, : len(moved)]
        beyond += int((np.abs(signs @ moved) >= seen).sum())
    return (beyond + 1) / (FLIPS + 1)


def holm(ps: Sequence[float]) -> list[float]:
    """Return p-values adjusted for being many, by Holm (1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for place, i in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        highest = max(highest, min(1.0, (len(ps) - place) * ps[i]))
        adjusted[i] = highest
    return adjusted


def models(
    first: pd.DataFrame, second: pd.DataFrame, *, names: tuple[str, str]
) -> list[dict[str, Any]]:
    """Compare two models on the cases that both were asked, in all and in each task.

    Holm's correction is over the tasks; the first row, overall, is for the caller to correct.
    """
    both = _plain(first).merge(_plain(second)[["id", "hit"]], on="id", suffixes=("", "_2"))
    if both.empty:
        return []
    rows = []
    for branch, cases in [("", both), *sorted(both.groupby("task"))]:
        found = paired(
            (cases["hit"] - cases["hit_2"]).to_numpy(np.float64),
            codes(cases["group"].to_numpy(object)),
            *names,
            str(branch),
        )
        rows.append(
            {
                "first": names[0],
                "second": names[1],
                "task": str(branch) or "overall",
                "n": len(cases),
                "first_micro": float(cases["hit"].mean()),
                "second_micro": float(cases["hit_2"].mean()),
                **found._asdict(),
            }
        )
    adjusted = [rows[0]["p"], *holm([row["p"] for row in rows[1:]])]
    return [{**row, "p_holm": p} for row, p in zip(rows, adjusted, strict=True)]


def views(frame: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    """Compare each two granularities on the targets that were asked at both.

    Scores of all cases at two granularities are of other targets; these are of the same ones.
    """
    plain = _plain(frame)
    rows = []
    for one, other in combinations(VIEWS, 2):
        left, right = (plain[plain["granularity"] == v] for v in (one, other))
        both = left.merge(right[["target", "hit", "k"]], on="target", suffixes=("", "_2"))
        if both.empty:
            continue
        # more options are harder: what guessing is worth is taken off each
        fair = (both["hit"] - 1 / both["k"]) - (both["hit_2"] - 1 / both["k_2"])
        found = paired(
            fair.to_numpy(np.float64), codes(both["group"].to_numpy(object)), name, one, other
        )
        rows.append(
            {
                "first": one,
                "second": other,
                "n": len(both),
                "first_micro": float(both["hit"].mean()),
                "second_micro": float(both["hit_2"].mean()),
                **found._asdict(),
            }
        )
    adjusted = holm([row["p"] for row in rows])
    return [{**row, "p_holm": p} for row, p in zip(rows, adjusted, strict=True)]


def ranks(frames: Mapping[str, pd.DataFrame]) -> dict[str, tuple[int, Interval]]:
    """Return each model's rank on the cases that all were asked, and where it may as well be.

    The models are ranked anew in each bootstrap sample of the groups, the same for all.
    """
    plain = {name: _plain(frame).set_index("id") for name, frame in frames.items()}
    if not plain:
        return {}
    common = sorted(set.intersection(*(set(frame.index) for frame in plain.values())))
    if not common:
        return {}
    groups = codes(next(iter(plain.values())).loc[common, "group"].to_numpy(object))
    hits = [frame.loc[common, "hit"].to_numpy(np.float64) for frame in plain.values()]
    sums = by_cluster(groups, *hits)
    places = _placed(resampled(sums, "ranks"))
    own = _placed(sums.sum(axis=0)[None])[0]
    low, high = np.quantile(places, [0.025, 0.975], axis=0, method="nearest")
    return {
        name: (int(own[i]), Interval(float(low[i]), float(high[i]))) for i, name in enumerate(plain)
    }


def _placed(sums: Floats) -> Any:
    """Return the rank of each column in each row: 1 for the highest; equal ones share the best."""
    return 1 + (sums[:, None, :] > sums[:, :, None] + 1e-9).sum(axis=2)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the single-choice cases as published."""
    return frame[(frame["shift"] == 0) & ~frame["several"].astype(bool)]
