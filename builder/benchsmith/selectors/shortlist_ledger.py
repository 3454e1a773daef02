"""Why candidates of the shortlist were left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.tables.coded_columns import Codes


class Ledger:
    """Collects a reason and a detail per candidate; the first reason given is kept."""

    def __init__(self, count: int) -> None:
        self.reasons = [""] * count
        """By candidate; empty for one that was not left out."""
        self.details = [""] * count

    def add(self, rows: Codes, reason: str, detail: str | Sequence[str]) -> None:
        """Leave out the candidates `rows`; `detail` is one text for all, or one for each."""
        details = [detail] * len(rows) if isinstance(detail, str) else detail
        for row, text in zip(np.asarray(rows).tolist(), details, strict=True):
            if not self.reasons[row]:
                self.reasons[row], self.details[row] = reason, text

    def absorb(self, other: Ledger) -> None:
        """Add the reasons of another ledger of the same candidates."""
        for row, (reason, detail) in enumerate(zip(other.reasons, other.details, strict=True)):
            if reason and not self.reasons[row]:
                self.reasons[row], self.details[row] = reason, detail
