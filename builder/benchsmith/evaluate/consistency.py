"""Scores over several questions: other orders of options, mirrored sets, and bias to a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchsmith.evaluate.scores import by_split
from benchsmith.release.columns import LETTERS
from benchsmith.statistics.cluster_arrays import codes
from benchsmith.statistics.clustered import share_interval

if TYPE_CHECKING:
    import pandas as pd


def circular(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return circular scores by split: a case is right only if it is right in all rotations.

    `plain` is the score of the same cases in their published order; `steady` is the share of cases
    with the same answer in all rotations. Cases without all rotations are left out.
    """
    one = frame[~frame["several"].astype(bool)]
    rotations = one.groupby("id")["shift"].nunique()
    whole = one[one["id"].map(rotations) == one["k"]]
    rows = []
    for split, cases in by_split(whole):
        by_case = cases.groupby("id", sort=True)
        first = cases[cases["shift"] == 0].set_index("id").sort_index()
        groups = codes(first["group"].to_numpy(object))
        every = by_case["hit"].min().to_numpy(np.float64)
        interval = share_interval(every, groups)
        expected = (1.0 / first["k"].to_numpy(np.float64)) ** first["k"].to_numpy(np.float64)
        rows.append(
            {
                "split": split,
                "n": len(first),
                "circular": float(every.mean()),
                "low": interval.low,
                "high": interval.high,
                "chance": float(expected.mean()),
                "plain": float(first["hit"].mean()),
                "steady": float((by_case["picked"].nunique() < 2).mean()),
            }
        )
    return rows


def mirrored(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return scores of mirrored sets (same stem and options, different keys), by split.

    `whole` is the share of sets in which every question is right, `alike` the share in which all
    answers are equal. A model that uses only the text gives equal answers, and gets no set right
    whose keys all differ.
    """
    plain = frame[(frame["shift"] == 0) & (frame["mirror"] != "")]
    rows = []
    for split, cases in by_split(plain):
        by_set = cases.groupby("mirror", sort=True)
        size = by_set["id"].count()
        sets = size[size > 1].index
        if not len(sets):
            continue
        right = by_set["hit"].min()[sets].to_numpy(np.float64)
        alike = (by_set["chosen"].nunique()[sets] < 2).to_numpy(np.float64)
        expected = by_set["chance"].prod()[sets]
        rows.append(
            {
                "split": split,
                "sets": len(sets),
                "n": int(size[sets].sum()),
                "whole": float(right.mean()),
                "chance": float(expected.mean()),
                "alike": float(alike.mean()),
            }
        )
    return rows


def positions(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how often each position is the key, and how often it is picked."""
    plain = frame[(frame["shift"] == 0) & ~frame["several"].astype(bool)]
    keys = [k[0] for k in plain["key"]]
    picks = [p[0] for p in plain["picked"] if p]
    count = max([*keys, *picks], default=-1) + 1
    return [
        {"letter": LETTERS[i], "key": keys.count(i), "picked": picks.count(i)} for i in range(count)
    ]
