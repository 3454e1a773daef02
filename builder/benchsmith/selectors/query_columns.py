"""Which candidates a query accepts, and the columns it reads for that."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from benchsmith.documents.axes import DIMENSION, OF_TARGETS, value
from benchsmith.documents.query import Query
from benchsmith.selectors.candidate_columns import CandidateColumns


def columns_of(query: Query | None) -> set[str]:
    """Return the columns of Target that a query reads."""
    terms = query.terms if query else ()
    return {_column(term.axis) for term in terms if term.axis in OF_TARGETS}


def accepted(candidates: CandidateColumns, query: Query | None) -> npt.NDArray[np.bool_]:
    """Return which candidates a query accepts, (n,); each distinct name is tested once."""
    found = np.ones(len(candidates), bool)
    for term in query.terms if query is not None else ():
        if term.axis in OF_TARGETS:
            field = _column(term.axis)
            column = candidates.named(field)
            rows = [SimpleNamespace(**{field: name}) for name in column.names]
            holds = [term.accepts(value(row, term.axis)) for row in rows]
            found &= np.array(holds, dtype=bool)[column.codes]
    return found


def _column(axis: str) -> str:
    """Return the column that holds an axis of a query."""
    return "axis" if axis == DIMENSION else axis
