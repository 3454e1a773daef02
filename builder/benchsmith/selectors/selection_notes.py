"""Figures about a selection for the build's manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.leak_groups import LeakGroups
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.split_sides import SPLITS
from benchsmith.tables.coded_columns import Codes


def group_counts(groups: LeakGroups, names: Sequence[str]) -> dict[str, Any]:
    """Count the leak groups and name the largest."""
    sizes = np.bincount(groups.group, minlength=1)
    return {
        "count": len(names),
        "joined_by_likeness": groups.merged,
        "chains_taken_apart": groups.chains,
        "largest": {
            "candidates": int(sizes.max()),
            "cluster": names[int(sizes.argmax())] if names else "",
        },
    }


def answer_counts(short: Shortlist, chosen: Codes, side: npt.NDArray[np.int8]) -> dict[str, int]:
    """Count the answers that were chosen on both sides, and on only one; `chosen` are places."""
    on: dict[int, set[int]] = {}
    for answer, s in zip(short.answer[chosen].tolist(), side[chosen].tolist(), strict=True):
        on.setdefault(answer, set()).add(s)
    counts = Counter("both" if len(s) > 1 else SPLITS[min(s)] for s in on.values())
    return {"both": counts["both"], "test_only": counts["test"], "val_only": counts["val"]}
