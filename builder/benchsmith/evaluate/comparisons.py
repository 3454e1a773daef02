"""Comparisons on the same cases: of two models, of several models' ranks, of two granularities."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from benchsmith.core.model import VIEWS
from benchsmith.statistics import paired_tests
from benchsmith.statistics.cluster_arrays import codes
from benchsmith.statistics.intervals import Interval
from benchsmith.statistics.paired_tests import TOO_FEW, PairedDifference, holm, paired

if TYPE_CHECKING:
    import pandas as pd


def models(
    first: pd.DataFrame, second: pd.DataFrame, *, names: tuple[str, str]
) -> list[dict[str, Any]]:
    """Compare two models on the cases that both were asked: overall, then in each task.

    Holm's correction is over the tasks; the caller corrects the first row, overall.
    """
    both = _plain(first).merge(_plain(second)[["id", "hit"]], on="id", suffixes=("", "_2"))
    if both.empty:
        return []
    rows: list[dict[str, Any]] = []
    for branch, cases in [("", both), *sorted(both.groupby("task"))]:
        found = paired(
            (cases["hit"] - cases["hit_2"]).to_numpy(np.float64),
            codes(cases["group"].to_numpy(object)),
        )
        rows.append(
            {
                "first": names[0],
                "second": names[1],
                "task": str(branch) or "overall",
                "n": len(cases),
                "first_micro": float(cases["hit"].mean()),
                "second_micro": float(cases["hit_2"].mean()),
                **_columns(found),
            }
        )
    adjusted = [rows[0]["p"], *holm([row["p"] for row in rows[1:]])]
    return [{**row, "p_holm": p} for row, p in zip(rows, adjusted, strict=True)]


def views(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Compare each pair of granularities on the targets that were asked at both.

    Overall scores at two granularities come from different targets, so they are not comparable.
    """
    plain = _plain(frame)
    rows: list[dict[str, Any]] = []
    for one, other in combinations(VIEWS, 2):
        left, right = (plain[plain["granularity"] == v] for v in (one, other))
        both = left.merge(right[["target", "hit", "k"]], on="target", suffixes=("", "_2"))
        if both.empty:
            continue
        # more options are harder, so the score of a random guess is subtracted from each
        above_chance = (both["hit"] - 1 / both["k"]) - (both["hit_2"] - 1 / both["k_2"])
        found = paired(
            above_chance.to_numpy(np.float64),
            codes(both["group"].to_numpy(object)),
        )
        rows.append(
            {
                "first": one,
                "second": other,
                "n": len(both),
                "first_micro": float(both["hit"].mean()),
                "second_micro": float(both["hit_2"].mean()),
                **_columns(found),
            }
        )
    adjusted = holm([row["p"] for row in rows])
    return [{**row, "p_holm": p} for row, p in zip(rows, adjusted, strict=True)]


def ranks(frames: Mapping[str, pd.DataFrame]) -> dict[str, Interval]:
    """Return each model's rank on the cases that all were asked, with its interval.

    Bounds are whole ranks, by the same sign flips of the groups as the comparisons. Empty if there
    are too few groups to compare.
    """
    plain = {name: _plain(frame).set_index("id") for name, frame in frames.items()}
    if not plain:
        return {}
    common = sorted(set.intersection(*(set(frame.index) for frame in plain.values())))
    if not common:
        return {}
    groups = codes(next(iter(plain.values())).loc[common, "group"].to_numpy(object))
    hits = [frame.loc[common, "hit"].to_numpy(np.float64) for frame in plain.values()]
    return dict(zip(plain, paired_tests.ranks(np.stack(hits, axis=1), groups), strict=False))


def _columns(found: PairedDifference) -> dict[str, Any]:
    mean, low, high = found.difference
    note = TOO_FEW if isnan(found.p) else ""
    return {"mean": mean, "low": low, "high": high, "p": found.p, "note": note}


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the answers to single-choice questions in their published order of options."""
    return frame[(frame["shift"] == 0) & ~frame["several"].astype(bool)]
