"""Truth: as far as the source's annotation says, the key is right and every wrong option wrong."""

from __future__ import annotations

from benchsmith.audits.contract import check, none_of
from benchsmith.audits.exam import Exam, Row
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks

MARKED = ("box", "mask", "contour")


def _wrong(row: Row) -> list[str]:
    return [label for i, label in enumerate(row.labels) if i not in row.answers]


def _meets(exam: Exam, row: Row, true: str) -> str:
    """Return the wrong option that something true makes true as well, if there is one."""
    related = exam.words.related
    return next((w for w in _wrong(row) if w == true or related(w, true)), "")


@check(
    "D1",
    asks="Is no wrong option true of the whole picture?",
    formula="image questions with a wrong option that is, or is related to, something else that the source "
    "says of this picture or marks in it; or whose source did not look for everything",
    remedy="Leave the option out of this question's pool; say in the recipe whether the source is exhaustive.",
    hard=True,
    needs=("neighbours", "kind"),
)
def exclusive_labels(exam: Exam, marks: Marks) -> Found:
    """A picture may show several things; only what it does not show is a wrong option."""
    offenders, n = [], 0
    for row in exam.rows:
        if row.view != "image" or row.neighbours is None:
            continue
        n += 1
        if row.kind != "image" and not row.exhaustive:
            offenders.append(Offender(row.id, "the source did not look for everything"))
            continue
        for name, _, _ in row.neighbours:
            if met := _meets(exam, row, name):
                offenders.append(
                    Offender(row.id, f"{met} is offered as wrong and {name} is in the picture")
                )
                break
    return none_of(offenders, n, "wrong options that are true of the picture", of="image questions")


@check(
    "D2",
    asks="Is no wrong option true of what is marked?",
    formula="marked questions with a wrong option whose own region covers more than in_region of the marked "
    "region, or in the box view more than in_box of the box; and box questions that fill less than `fill` "
    "of their box while something else is marked in it",
    remedy="Leave the option or the box view out: see `truth` in the benchmark file.",
    hard=True,
    needs=("neighbours",),
)
def region_overlap(exam: Exam, marks: Marks) -> Found:
    """Two structures in one mark are two right answers."""
    offenders, n = [], 0
    for row in exam.rows:
        if row.view not in MARKED or row.neighbours is None:
            continue
        n += 1
        boxed = row.view == "box"
        for name, in_region, in_box in row.neighbours:
            inside = in_region > marks.in_region or (boxed and in_box > marks.in_box)
            if inside and (met := _meets(exam, row, name)):
                share = max(in_region, in_box if boxed else 0)
                why = f"{met} is offered as wrong and {name} covers {share:.0%} of what is marked"
                offenders.append(Offender(row.id, why))
                break
        else:
            if boxed and row.box and row.area_px is not None:
                x0, y0, x1, y1 = row.box
                fill = row.area_px / ((x1 - x0) * (y1 - y0))
                if fill < marks.fill and any(share > 0 for _, _, share in row.neighbours):
                    offenders.append(
                        Offender(row.id, f"it fills {fill:.0%} of its box, beside others")
                    )
    return none_of(offenders, n, "marks that hold another option", of="marked questions")


@check(
    "D3",
    asks="Is every marked region large enough to be recognised?",
    formula="marked regions with fewer than smallest_px pixels or less than smallest_share of the picture "
    "after resizing, a short side below smallest_side_px, or a box over largest_box of the picture",
    remedy="Raise `slices.min_share`, or leave the view out.",
    needs=("box", "plane", "area_px"),
)
def region_size(exam: Exam, marks: Marks) -> Found:
    """A region of a few pixels asks for luck."""
    offenders, n = [], 0
    for row in exam.rows:
        if row.view not in MARKED or not row.box or not row.plane or row.area_px is None:
            continue
        n += 1
        if why := _too_small(row, marks):
            offenders.append(Offender(row.id, why))
    return none_of(
        offenders, n, "regions that are too small, or all of the picture", of="marked questions"
    )


def _too_small(row: Row, marks: Marks) -> str:
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
    asks="Is everything that a question with several answers leaves unmarked really absent?",
    formula="questions with several answers whose source did not look for everything, or with a wrong "
    "option that is, or is related to, something the picture shows",
    remedy="Ask for several answers only where the source says what is absent.",
    hard=True,
    needs=("neighbours",),
)
def absent_options(exam: Exam, marks: Marks) -> Found:
    """With several right answers every other option must be known to be wrong."""
    offenders, n = [], 0
    for row in exam.rows:
        if not (row.several or len(row.answers) > 1) or row.neighbours is None:
            continue
        n += 1
        if row.kind != "image" and not row.exhaustive:
            offenders.append(Offender(row.id, "the source did not look for everything"))
        elif met := next(
            (m for name, _, _ in row.neighbours if (m := _meets(exam, row, name))), ""
        ):
            offenders.append(Offender(row.id, f"{met} is in the picture and no answer"))
    return none_of(
        offenders, n, "options that may be right too", of="questions with several answers"
    )
