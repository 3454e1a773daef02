"""Labels that contradict physics or anatomy: suspects for a person to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import log

import numpy as np

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of, not_run
from benchsmith.audits.hounsfield_ranges import HOUNSFIELD
from benchsmith.core.verdicts import FAIL, WARN, Found, Offender, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats
from benchsmith.statistics.intervals import wilson

EIGHT_BITS = (0, 255)
"""Values of a CT volume that was reduced to grey levels."""
MIN_PATIENTS = 8
"""Patients with a label on an axis that are needed to compare the next one with them."""
MAX_DEVIATIONS = 5.0
"""Largest distance from the median, in robust standard deviations."""
LEAST_DEVIATION = (0.03, 0.03, 0.35)
"""Smallest standard deviation that is assumed, of place (share of the picture) and of log area."""
FROM_NORMAL = 1.4826
"""Standard deviations in a median absolute deviation of a normal distribution."""
MIDDLE = 0.03
"""Half width of the middle of a picture, as a share of its width, in which no side is assigned."""
SIDED_AXES = ("axial", "coronal")
MIN_RELATIVES = 3


def _targets(table: AuditTable) -> list[AuditRow]:
    """Return one row of each target, a marked one if it has one."""
    found: dict[str, AuditRow] = {}
    for row in table.rows:
        if row.target not in found or found[row.target].view == "image":
            found[row.target] = row
    return [found[t] for t in sorted(found)]


def _judged(
    suspects: Sequence[Offender],
    n: int,
    marks: Marks,
    what: str,
    *,
    needs: str = "",
    surely: bool = False,
    excused: int = 0,
) -> Found:
    """Return a warning that lists suspects, or a failure if too many are not excused.

    `needs` names what at least one label must have so that the check can judge. With `surely` the
    whole 95 % interval of the suspects' share must lie above the limit.
    """
    if not n:
        return not_run(f"needs {needs}, and no label here has that")
    counted = len(suspects) - excused
    share = wilson(counted, n).low if surely else counted / n
    outcome = FAIL if share > marks.suspect_share else WARN
    limit = shown(marks.suspect_share, "%")
    found = none_of(suspects, n, f"{what} (limit {limit})", outcome=outcome, of="targets")
    return replace(found, suspects=[one.id for one in suspects])


@check(
    "D7",
    asks="Do the values inside the regions fit their labels?",
    formula="targets in CT volumes whose region has a median outside the range of Hounsfield "
    "units of its label "
    "or of its nearest ancestor that has one; sources with 8-bit values are left out; more than suspect_share fail",
    remedy="Look at the pictures: the mask may be of another image, or the values may not be "
    "Hounsfield units.",
    hard=True,
    needs=("level",),
    altered=False,
    labels=True,
)
def label_values(table: AuditTable, marks: Marks) -> Found:
    """Lung is dark in CT and bone is bright: a shifted or swapped mask is neither."""
    rows = [
        row for row in _targets(table)
        if row.level is not None and row.modality.casefold() == "ct" and row.axis
    ]  # fmt: skip
    grey = {row.source for row in rows} - {
        row.source for row in rows if not EIGHT_BITS[0] <= (row.level or 0) <= EIGHT_BITS[1]
    }
    suspects, n = [], 0
    for row in rows:
        span = next(
            (HOUNSFIELD[a] for a in table.knowledge.lineage(row.label) if a in HOUNSFIELD), None
        )
        if span is None or row.level is None or row.source in grey:
            continue
        n += 1
        if not span[0] <= row.level <= span[1]:
            why = f"{row.label} has a median of {row.level:.0f} HU, expected {span[0]} to {span[1]}"
            suspects.append(Offender(row.id, why))
    return _judged(
        suspects,
        n,
        marks,
        "regions with values that do not fit their label",
        needs="a CT volume and a label with a known range of values",
    )


@check(
    "D7",
    asks="Are the regions of a label where and as large as those of other patients?",
    formula="targets whose centre or area (logarithm) is more than 5 robust standard deviations from the median of "
    "the other patients' with the same label, side, modality and axis, of 8 or more; and all targets of a source "
    "whose own median is, compared with 8 or more patients of other sources; more than suspect_share fail",
    remedy="Look at the pictures: the mask may be shifted, or the label may have another "
    "meaning in another source.",
    hard=True,
    needs=("box", "plane"),
    altered=False,
)
def label_places(table: AuditTable, marks: Marks) -> Found:
    """A mask that was shifted or scaled lies elsewhere than those of other patients."""
    groups: dict[tuple[str, ...], list[AuditRow]] = {}
    for row in _targets(table):
        if row.box and row.plane and row.axis:
            key = (row.label, row.laterality or "", row.modality, row.axis)
            groups.setdefault(key, []).append(row)
    suspects, n = [], 0
    for _, rows in sorted(groups.items()):
        places = np.array([_place(row) for row in rows])
        whose = np.array([row.group or row.patient or row.target for row in rows])
        sources = np.array([row.source for row in rows])
        known = len({*whose.tolist()})
        of_source = {}
        for source in set(sources.tolist()):
            own = sources == source
            if len(set(whose[~own])) >= MIN_PATIENTS:
                of_source[source] = _deviations(_median(places[own]), places[~own])
        for i, row in enumerate(rows):
            if known - 1 < MIN_PATIENTS:
                continue
            others = whose != whose[i]
            n += 1
            off, whole = _deviations(places[i], places[others]), of_source.get(row.source, 0.0)
            if max(off, whole) > MAX_DEVIATIONS:
                than = "other patients'" if off >= whole else "other sources'"
                why = f"{row.label} is {max(off, whole):.0f} deviations from the {than}"
                suspects.append(Offender(row.id, why))
    return _judged(
        suspects,
        n,
        marks,
        "regions in an unusual place or of an unusual size",
        needs=f"regions of one label in pictures of {MIN_PATIENTS + 1} patients",
    )


def _place(row: AuditRow) -> tuple[float, float, float]:
    """Return the centre as shares of the plane, and the logarithm of the area's share."""
    assert row.box is not None
    assert row.plane is not None
    height, width = row.plane[:2]
    x0, y0, x1, y1 = row.box
    left, top = row.crop[:2] if row.crop else (0, 0)
    area = row.area_px or (x1 - x0) * (y1 - y0)
    return (
        ((x0 + x1) / 2 - left) / width, ((y0 + y1) / 2 - top) / height,
        log(max(area, 1) / (height * width)),
    )  # fmt: skip


def _deviations(one: Floats, others: Floats) -> float:
    """Return how many robust standard deviations a place (3,) is from the others' (n, 3), the most."""
    middle = _median(others)
    spread = FROM_NORMAL * _median(np.abs(others - middle))
    return float((np.abs(one - middle) / np.maximum(spread, LEAST_DEVIATION)).max())


def _median(values: Floats) -> Floats:
    """Return the median of each column of finite numbers (n, m), n > 0: (m,).

    `np.median` looks for NaN and takes five times as long on few rows.
    """
    low, high = (len(values) - 1) // 2, len(values) // 2
    parted = np.partition(values, (low, high), axis=0)
    middle: Floats = (parted[low] + parted[high]) / 2
    return middle


@check(
    "D7",
    asks="Are regions on the side that their label states?",
    formula="targets whose region is in the half of an axial or coronal picture in which most regions of the other "
    "side are, by more than 3 % of the width; of 8 or more targets with a side; more than suspect_share fail",
    remedy="Look at the pictures: the image may be mirrored, or left and right exchanged in the mapping.",
    hard=True,
    needs=("box", "plane", "laterality"),
    altered=False,
)
def label_sides(table: AuditTable, marks: Marks) -> Found:
    """Left and right lie in different halves of a picture, in all sources alike."""
    sided = [
        (row, _place(row)[0] - 0.5) for row in _targets(table)
        if row.laterality in ("left", "right") and row.box and row.plane and row.axis in SIDED_AXES
    ]  # fmt: skip
    told = [(row, x) for row, x in sided if abs(x) > MIDDLE]
    if len(told) < MIN_PATIENTS:
        return not_run(f"needs {MIN_PATIENTS} regions with a side and has {len(told)}", len(told))
    votes = sum((x > 0) == (row.laterality == "left") for row, x in told)
    left_is_right = votes * 2 >= len(told)
    suspects = [
        Offender(
            row.id, f"{row.label} is stated to be {row.laterality}, but lies in the other half"
        )
        for row, x in told
        if ((x > 0) == (row.laterality == "left")) != left_is_right
    ]
    return _judged(suspects, len(told), marks, "regions on the other side")


@check(
    "D7",
    asks="Do labels belong to the department that they are placed in?",
    formula="targets in a department in which the lexicon places neither the label's parent, nor its children, nor "
    "any other child of its parent, where it places three or more of these; clearly more than "
    "suspect_share fail; if the lexicon itself places only one or two labels in this way, they "
    "are not counted",
    remedy="Correct the row in lexicon/placements.tsv, or the label's parent in lexicon/tree/label.tsv.",
    hard=True,
    needs=("department",),
    altered=False,
    labels=True,
)
def label_departments(table: AuditTable, marks: Marks) -> Found:
    """Relatives in the tree are seen by related departments."""
    traits = table.knowledge.traits or {}
    parent, department = traits.get("parent", {}), traits.get("departments", {})
    children: dict[str, list[str]] = {}
    for label, above in parent.items():
        children.setdefault(above, []).append(label)
    suspects, n = [], 0
    alone: dict[str, int] = {}
    for row in _targets(table):
        above = parent.get(row.label, "")
        near = [above, *children.get(row.label, ()), *(children.get(above, ()) if above else ())]
        placed = [d for one in near if one != row.label and (d := department.get(one))]
        if len(placed) < MIN_RELATIVES or row.department is None:
            continue
        n += 1
        if not _among(row.department, placed):
            usual = max(sorted(set(placed)), key=placed.count).replace(" ", ", ")
            why = f"{row.label} is placed in {row.department}, most of its relatives in {usual}"
            suspects.append(Offender(row.id, why))
            if _among(row.department, [department.get(row.label, "")]):
                alone[row.label] = alone.get(row.label, 0) + 1
    # an organ with a department of its own differs rightly from its neighbours, such as a kidney in the
    # abdomen: one or two of them stop nothing, however many of the targets they are
    excused = sum(alone.values()) if len(alone) < MIN_RELATIVES else 0
    what = "labels in a department of none of their relatives"
    needs = f"{MIN_RELATIVES} relatives of one label that the lexicon places"
    return _judged(suspects, n, marks, what, needs=needs, surely=True, excused=excused)


def _among(department: str, placed: Iterable[str]) -> bool:
    """Return whether a department is among lists of departments, each separated by spaces."""
    own = department.casefold().replace(" ", "-")
    return any(own in departments.split(" ") for departments in placed)
