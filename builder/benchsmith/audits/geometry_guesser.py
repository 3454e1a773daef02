"""A guesser that knows where a marked region lies and what shape it has, but not what it shows."""

from __future__ import annotations

import numpy as np

from benchsmith.audits.audit_table import AuditTable, encode
from benchsmith.audits.contract import at_most, check, not_run
from benchsmith.audits.nearest_votes import nearest_votes
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.verdicts import Found, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats

MIN_REGIONS = 200


@check(
    "E2",
    asks="What accuracy do the position and shape of the marked region alone give?",
    formula="accuracy of voting by the 25 nearest regions of other folds in area, position, aspect ratio, "
    "components and axis, within task and modality, minus chance; threshold geometry_points, "
    "because organs have fixed positions",
    remedy="Nothing to do for anatomy; otherwise check whether regions of one label are always drawn alike.",
    needs=("box", "plane"),
    least=MIN_REGIONS,
    only_warns=True,
)
def geometry_attack(table: AuditTable, marks: Marks) -> Found:
    """Accuracy that needs no picture content, as a baseline to compare models with."""
    measured = np.array([row.box is not None and row.plane is not None for row in table.rows], bool)
    n = int(measured.sum())
    if n < MIN_REGIONS:
        return not_run(f"needs {MIN_REGIONS} regions with a box and has {n}", n)
    hits = nearest_votes(table, _geometry(table), measured)
    found = rate(table, hits - table.chance, measured)
    reached = shown(float(hits[measured].mean()), "%")
    return at_most(
        found,
        marks.geometry_points / 100,
        n,
        what=f"position and shape reach {reached}; gain over chance ",
        over=table.sample_size(measured),
    )


def _geometry(table: AuditTable) -> Floats:
    """Return features of each region, (n, 7) float64.

    Log share of the plane, centre x and y as a share of the plane times 3, log aspect ratio, log of
    box area over region area, components (at most 5) over 5, and the axis code times 3. The factors
    weight the features before they are scaled to unit deviation.
    """
    axes = encode([row.axis or "" for row in table.rows])[0]
    rows = []
    for row, axis in zip(table.rows, axes.tolist(), strict=True):
        height, width = (row.plane or (1, 1))[:2]
        x0, y0, x1, y1 = row.box or (0, 0, 1, 1)
        area = row.area_px or (x1 - x0) * (y1 - y0)
        rows.append(
            [
                np.log(max(area, 1) / (height * width)),
                (x0 + x1) / 2 / width * 3,
                (y0 + y1) / 2 / height * 3,
                np.log((x1 - x0) / max(y1 - y0, 1)),
                np.log((x1 - x0) * (y1 - y0) / max(area, 1)),
                min(row.components or 1, 5) / 5,
                3.0 * axis,
            ]
        )
    return np.array(rows, float)
