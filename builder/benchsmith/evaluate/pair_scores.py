"""Scores over counterfactual pairs: a question and the same one about an altered picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchsmith.evaluate.scores import ALL, by_split
from benchsmith.statistics.cluster_arrays import codes
from benchsmith.statistics.clustered import share_interval

if TYPE_CHECKING:
    import pandas as pd


def pairs(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the scores of pairs by split and kind of alteration, all kinds first.

    `both` is the share of pairs in which both questions are right, with its interval clustered by group;
    `chance` is that of independent random guesses. `original` and `altered` are the shares of right
    answers to either. `steady` is the share of pairs with the same answer to both, among those whose
    right answer stays; `follows` is the share, among those whose right answer changes, in which the
    altered picture gets the answer that was right in the original one. A kind whose answers never stay,
    or never change, lacks the corresponding share. Pairs of which one question was not asked are left
    out.
    """
    plain = frame[frame["shift"] == 0]
    altered = plain[(plain["altered"] != "") & (plain["pair"] != "")]
    originals = plain[(plain["altered"] == "") & (plain["pair"] != "")]
    joined = altered.merge(originals, on="pair", suffixes=("", "_original"))
    rows = []
    for split, cases in by_split(joined):
        kinds = sorted(cases["altered"].unique())
        rows.append({"split": split, "kind": ALL, **_scores(cases)})
        if len(kinds) > 1:
            rows += [
                {"split": split, "kind": kind, **_scores(cases[cases["altered"] == kind])}
                for kind in kinds
            ]
    return rows


def _scores(cases: pd.DataFrame) -> dict[str, Any]:
    both = (cases["hit"] * cases["hit_original"]).to_numpy(np.float64)
    interval = share_interval(both, codes(cases["group"].to_numpy(object)))
    stays = (cases["right"] == cases["right_original"]).to_numpy(bool)
    alike = (cases["chosen"] == cases["chosen_original"]).to_numpy(np.float64)
    follows = (cases["chosen"] == cases["right_original"]).to_numpy(np.float64)
    return {
        "pairs": len(cases),
        "both": float(both.mean()),
        "low": interval.low,
        "high": interval.high,
        "chance": float((cases["chance"] * cases["chance_original"]).mean()),
        "original": float(cases["hit_original"].mean()),
        "altered": float(cases["hit"].mean()),
        "steady": float(alike[stays].mean()) if stays.any() else None,
        "follows": float(follows[~stays].mean()) if (~stays).any() else None,
        "changes": int((~stays).sum()),
    }
