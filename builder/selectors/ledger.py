"""Who was left out and why, as columns: a million rows are listed and counted like ten."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from builder import tables
from builder.model import Rejection
from builder.selectors.index import Codes, Index


class Ledger:
    """Gathers reasons; of several for one candidate the first one counts."""

    def __init__(self, index: Index, stage: str) -> None:
        self._index, self._stage = index, stage
        self._free = np.ones(len(index), bool)
        self._found: list[tuple[Codes, str, pa.Array]] = []

    def add(self, rows: Codes, reason: str, detail: str | Sequence[str]) -> None:
        """Leave out some candidates, each once; `detail` is of all of them or of each."""
        free = self._free[rows]
        several = pa.array([detail] * len(rows) if isinstance(detail, str) else detail, pa.string())
        self._found.append((rows[free], reason, several.filter(pa.array(free))))
        self._free[rows] = False

    def table(self) -> pa.Table:
        """Return the rows of Rejection, in the order they were added."""
        rows = np.concatenate([np.zeros(0, np.int64), *(r for r, _, _ in self._found)])
        reasons = [pa.repeat(reason, len(r)) for r, reason, _ in self._found]
        held = self._index.rows.select(["source", "id"]).take(pa.array(rows))
        empty = pa.array([], pa.string())
        columns = {
            "stage": pa.repeat(self._stage, len(rows)),
            "source": held["source"],
            "subject": held["id"],
            "reason": pa.concat_arrays([empty, *reasons]),
            "detail": pa.concat_arrays([empty, *(d for _, _, d in self._found)]),
        }
        return pa.table(columns).cast(tables.schema(Rejection))
