"""Who of the short list was left out and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.tables.coded_columns import Codes


class Ledger:
    """Gathers reasons; of several for one candidate the first one counts."""

    def __init__(self, count: int) -> None:
        self.reasons = [""] * count
        """Of each candidate; empty for one that was not left out."""
        self.details = [""] * count

    def add(self, rows: Codes, reason: str, detail: str | Sequence[str]) -> None:
        """Leave out some candidates, each once; `detail` is of all of them or of each."""
        several = [detail] * len(rows) if isinstance(detail, str) else detail
        for row, words in zip(np.asarray(rows).tolist(), several, strict=True):
            if not self.reasons[row]:
                self.reasons[row], self.details[row] = reason, words
