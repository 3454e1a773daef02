"""Truth: according to the source's annotation, the key is right and every other option is wrong."""

from __future__ import annotations

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of
from benchsmith.core.absent_labels import Searched
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks

MARKED_VIEWS = ("box", "mask", "contour")


def _wrong(row: AuditRow) -> list[str]:
    return [label for i, label in enumerate(row.labels) if i not in row.answers]


def _also_true(table: AuditTable, row: AuditRow, true: str) -> str:
    """Return the wrong option that is true because `true` is true; empty if none is."""
    related = table.knowledge.related
    return next((w for w in _wrong(row) if w == true or related(w, true)), "")


def _not_absent(table: AuditTable, row: AuditRow) -> str:
    """Return a wrong option that was not looked for, or is unknown in the picture; empty if none."""
    searched, related = row.searched or Searched(), table.knowledge.related
    return next((w for w in _wrong(row) if not searched.is_absent(w, related)), "")


@check(
    "D1",
    asks="Are all wrong options false for the whole picture?",
    formula="image questions with a wrong option that equals, or is related to, something else that the source "
    "states about this picture or marks in it; or with one that was not looked for, or is unknown there",
    remedy="Remove the option from this question's pool; declare in the recipe whether the source is exhaustive.",
    hard=True,
    needs=("neighbours", "kind"),
    labels=True,
)
def exclusive_labels(table: AuditTable, marks: Marks) -> Found:
    """A picture may show several things; a wrong option must be something it does not show."""
    offenders, n = [], 0
    for row in table.rows:
        if row.view != "image" or row.neighbours is None:
            continue
        n += 1
        if unsure := _not_absent(table, row):
            offenders.append(Offender(row.id, f"{unsure} is not known to be absent"))
            continue
        for name, _, _ in row.neighbours:
            if met := _also_true(table, row, name):
                offenders.append(
                    Offender(row.id, f"{met} is offered as wrong, but {name} is in the picture")
                )
                break
    return none_of(offenders, n, "wrong options that are true of the picture", of="image questions")


@check(
    "D2",
    asks="Are all wrong options false for the marked region?",
    formula="marked questions with a wrong option whose own region covers more than in_region of the marked "
    "region, or in the box view more than in_box of the box; and box questions whose region fills less than "
    "`fill` of its box while the source marks something else in it",
    remedy="Leave out the option or the box view: see `truth` in the benchmark file.",
    hard=True,
    needs=("neighbours",),
)
def region_overlap(table: AuditTable, marks: Marks) -> Found:
    """Two structures in one mark are two right answers."""
    offenders, n = [], 0
    for row in table.rows:
        if row.view not in MARKED_VIEWS or row.neighbours is None:
            continue
        n += 1
        boxed = row.view == "box"
        for name, in_region, in_box in row.neighbours:
            inside = in_region > marks.in_region or (boxed and in_box > marks.in_box)
            if inside and (met := _also_true(table, row, name)):
                share = max(in_region, in_box if boxed else 0)
                why = (
                    f"{met} is offered as wrong, but {name} covers {share:.0%} of the marked region"
                )
                offenders.append(Offender(row.id, why))
                break
        else:
            if boxed and row.box and row.area_px is not None:
                x0, y0, x1, y1 = row.box
                fill = row.area_px / ((x1 - x0) * (y1 - y0))
                if fill < marks.fill and any(share > 0 for _, _, share in row.neighbours):
                    offenders.append(
                        Offender(row.id, f"the region fills {fill:.0%} of its box, beside others")
                    )
    return none_of(offenders, n, "marks that contain another option", of="marked questions")


@check(
    "D3",
    asks="Is every marked region large enough to be recognised?",
    formula="marked regions with fewer than smallest_px pixels or less than smallest_share of the picture "
    "after resizing, a short side below smallest_side_px, or a box over largest_box of the picture",
    remedy="Raise `slices.min_share`, or leave out the view.",
    needs=("box", "plane", "area_px"),
)
def region_size(table: AuditTable, marks: Marks) -> Found:
    """A region of a few pixels cannot be recognised."""
    offenders, n = [], 0
    for row in table.rows:
        if row.view not in MARKED_VIEWS or not row.box or not row.plane or row.area_px is None:
            continue
        n += 1
        if why := _too_small(row, marks):
            offenders.append(Offender(row.id, why))
    return none_of(
        offenders, n, "regions that are too small, or fill the picture", of="marked questions"
    )


def _too_small(row: AuditRow, marks: Marks) -> str:
    """Return why a marked region is too small or too large; empty if its size is fine."""
    assert row.box is not None
    assert row.plane is not None
    assert row.area_px is not None
    height, width = row.plane[:2]
    x0, y0, x1, y1 = row.box
    down = (row.height or height) / height
    across = (row.width or width) / width
    pixels = row.area_px * down * across
    share = row.area_px / (height * width)
    side = min((x1 - x0) * across, (y1 - y0) * down)
    box = (x1 - x0) * (y1 - y0) / (height * width)
    if pixels < marks.smallest_px:
        return f"{pixels:.0f} pixels as shown"
    if share < marks.smallest_share:
        return f"{share:.2%} of the picture"
    if side < marks.smallest_side_px:
        return f"{side:.1f} pixels on its short side"
    return f"its box is {box:.0%} of the picture" if box > marks.largest_box else ""


@check(
    "D6",
    asks="Are all wrong options of multi-answer questions absent from the picture?",
    formula="questions with several answers with a wrong option that was not looked for or is unknown in "
    "the picture, or that equals, or is related to, something the picture shows",
    remedy="Ask for several answers only if the source states what is absent.",
    hard=True,
    needs=("neighbours",),
)
def absent_options(table: AuditTable, marks: Marks) -> Found:
    """If several answers are right, every other option must be known to be wrong."""
    offenders, n = [], 0
    for row in table.rows:
        if not (row.several or len(row.answers) > 1) or row.neighbours is None:
            continue
        n += 1
        if unsure := _not_absent(table, row):
            offenders.append(Offender(row.id, f"{unsure} is not known to be absent"))
        elif met := next(
            (m for name, _, _ in row.neighbours if (m := _also_true(table, row, name))), ""
        ):
            offenders.append(Offender(row.id, f"{met} is in the picture but is not an answer"))
    return none_of(
        offenders, n, "options that may also be right", of="questions with several answers"
    )
