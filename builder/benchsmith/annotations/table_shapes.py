"""Boxes and run lengths in a table, one per row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from benchsmith.annotations import mark_doubts, model_confidence
from benchsmith.annotations.run_lengths import kaggle_runs, relative_runs
from benchsmith.annotations.shapes import PictureMarks
from benchsmith.annotations.stated_size import check_size
from benchsmith.annotations.table_columns import cells
from benchsmith.core.contracts import Annotations, Request
from benchsmith.documents.labels import Boxes, RunLengths
from benchsmith.text import path_patterns
from benchsmith.text.plain_numbers import plain_number

MAX_SHARE = 1.01
"""Shares of a picture's sides are no larger, but for rounding."""


def read_boxes(labels: Boxes, request: Request) -> Annotations:
    """Read the boxes of one picture.

    A row has no box if its label is `silent`, or if all of its numbers are and no column names its
    label. A row without a label, or with a label but with missing numbers, states a box that is
    not understood. Raises DataFault if a row states another size of the picture.
    """
    height, width = request.image.voxels.shape[1:3]
    marks = PictureMarks(request)
    shape = request.image.voxels.shape
    for at, raw, stated, row in _stated(labels, labels.box, request):
        silent = [cell in labels.silent for cell in stated]
        named = labels.label_column is not None and raw not in ("", *labels.silent)
        if (all(silent) and not named) or (raw and raw in labels.silent):
            continue
        if all(silent):
            what = f"{raw} has no numbers; add it to `silent` if it marks nothing"
            marks.fault("box-unsound", at, what, raw)
            continue
        if not raw or any(silent):
            what = f"{stated} has no label" if not raw else f"{raw}: {stated} are not four numbers"
            marks.fault("box-unsound" if raw else "class-unknown", at, what, raw)
            continue
        try:
            a, b, c, d = (plain_number(cell.strip()) for cell in stated)
        except ValueError:
            what = f"{raw}: {stated} are not numbers"
            if all(re.fullmatch(r"-?\d+(?:[.,]\d+)*", cell.strip()) for cell in stated):
                what += "; write them without separators of thousands, and with a decimal point"
            marks.fault("box-unsound", at, what, raw)
            continue
        if labels.unit == "share":
            if max(a, b, c, d) > MAX_SHARE:
                what = f"{raw}: {max(a, b, c, d):g} is not a share of the picture, 0 to 1"
                marks.fault("box-unsound", at, what, raw)
                continue
            a, b, c, d = a * width, b * height, c * width, d * height
        if labels.form == "xywh":
            c, d = a + c, b + d
        elif labels.form == "cxcywh":
            a, b, c, d = a - c / 2, b - d / 2, a + c / 2, b + d / 2
        if against := _against(labels, labels.box, raw, row):
            marks.fault(against[0], at, against[1], raw)
            continue
        sides = abs(c - a), abs(d - b)
        check_size(labels, row, at, shape, own=labels.box, box=sides)
        marks.box(raw, at, (a, b, c, d))
    return marks.all()


def read_run_lengths(labels: RunLengths, request: Request) -> Annotations:
    """Read the run-length masks of one picture. Raises DataFault if a row states another size of it."""
    height, width = request.image.voxels.shape[1:3]
    marks = PictureMarks(request)
    for at, raw, (text,), row in _stated(labels, [labels.mask], request):
        if text in labels.silent:
            continue
        check_size(labels, row, at, request.image.voxels.shape)
        if not raw:
            marks.fault("class-unknown", at, "its mask has no label")
            continue
        if against := _against(labels, [labels.mask], raw, row):
            marks.fault(against[0], at, against[1], raw)
            continue
        runs = kaggle_runs if labels.starts == "absolute" else relative_runs
        counts = runs(text, height * width)
        if counts is None:
            what = (
                f"{raw}: they are not pairs of numbers, are not in "
                "order, or extend beyond the picture"
            )
            marks.fault("run-lengths-unsound", at, what, raw)
        elif labels.order == "columns":
            marks.run_lengths(raw, at, counts, (height, width))
        else:
            marks.rows(raw, at, counts)
    return marks.all()


def _against(
    labels: Boxes | RunLengths, columns: Sequence[str], raw: str, row: Mapping[str, str]
) -> tuple[str, str] | None:
    """Return reason and detail if a row says that its mark is a model's, or no sure one.

    Nothing follows from columns that the recipe reads.
    """
    used = (*columns, labels.label_column, labels.key, *labels.where)
    if not labels.confidence and (sure := model_confidence.stated(row, used)):
        return model_confidence.REASON, model_confidence.why(raw, sure)
    if not labels.doubted and (said := mark_doubts.stated(row, used)):
        return mark_doubts.REASON, mark_doubts.why(raw, said)
    return None


def _stated(
    labels: Boxes | RunLengths, columns: Sequence[str], request: Request
) -> Iterator[tuple[str, str, list[str], Mapping[str, str]]]:
    """Yield location, label, selected cells and all cells of each of a picture's rows."""
    file = path_patterns.fill(labels.file, request.fields)
    for row in request.rows.get(labels.rows_id, ()):
        raw = str(labels.label)
        if labels.label_column is not None:
            (raw,) = cells(row, [labels.label_column], file)
        yield f"{file}:{row.line}", raw, cells(row, columns, file), row.cells
