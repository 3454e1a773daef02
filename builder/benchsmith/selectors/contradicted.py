"""Apply the labels of copies: leave out labels that one copy denies, and record which others are unknown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.selectors.contradicting_looks import Compared
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc
from benchsmith.tables.coded_columns import Codes

REASON = "copies-contradict"


def leave_out_contradicted(
    short: Shortlist, wanted: npt.NDArray[np.bool_], compared: Compared, ledger: Ledger
) -> Codes:
    """Return the places of wanted candidates whose label a copy of their picture denies."""
    if not compared.gone:
        return np.zeros(0, np.int64)
    places = np.flatnonzero(wanted)
    ids = short.ids(places)
    gone = np.array(
        [place for place, id_ in zip(places.tolist(), ids, strict=True) if id_ in compared.gone],
        np.int64,
    )
    ledger.add(short.rows[gone], REASON, [compared.gone[id_] for id_ in short.ids(gone)])
    return gone


def unknown_of(short: Shortlist, compared: Compared) -> dict[str, frozenset[str]]:
    """Return by target the labels that are unknown in its picture because of the picture's copies."""
    places = np.flatnonzero(np.isin(short.picture, np.array(sorted(compared.unknown), np.int64)))
    numbers = short.picture[places].tolist()
    return {id_: compared.unknown[n] for id_, n in zip(short.ids(places), numbers, strict=True)}


def with_unknown(table: pa.Table, unknown: Mapping[str, frozenset[str]]) -> pa.Table:
    """Return rows of targets in which further labels are unknown, by the id of the target."""
    ids = pa.array(sorted(unknown), pa.string())
    here = np.asarray(pc.is_in(coded_columns.as_array(table["id"]), value_set=ids))
    if not here.any():
        return table
    column = coded_columns.as_array(table["searched"])
    searched = column.to_pylist()
    for row in np.flatnonzero(here).tolist():
        more = unknown[table["id"][row].as_py()] - {table["label"][row].as_py()}
        searched[row]["unknown"] = sorted({*searched[row]["unknown"], *more})
    return coded_columns.replace_column(table, "searched", pa.array(searched, column.type))
