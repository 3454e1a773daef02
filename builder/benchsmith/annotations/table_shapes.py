"""Boxes and run lengths in a table, one per row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchsmith.annotations.run_lengths import kaggle_runs
from benchsmith.annotations.shapes import PictureMarks
from benchsmith.annotations.text_tables import cells
from benchsmith.core.contracts import Annotations, Request
from benchsmith.documents.labels import Boxes, RunLengths

MAX_SHARE = 1.01
"""Shares of a picture's sides are no larger, but for rounding."""


def read_boxes(labels: Boxes, request: Request) -> Annotations:
    """Read the boxes of one picture; a row with a `silent` cell has none."""
    height, width = request.image.voxels.shape[1:3]
    marks = PictureMarks(request)
    for at, raw, stated in _stated(labels, labels.box, request):
        if raw in labels.silent or any(c in labels.silent for c in stated):
            continue
        try:
            a, b, c, d = (float(cell) for cell in stated)
        except ValueError:
            marks.fault("box-unsound", at, f"{raw}: {stated} are not numbers", raw)
            continue
        if labels.unit == "share":
            if max(a, b, c, d) > MAX_SHARE:
                what = f"{raw}: {max(a, b, c, d):g} is no share of the picture, 0 to 1"
                marks.fault("box-unsound", at, what, raw)
                continue
            a, b, c, d = a * width, b * height, c * width, d * height
        if labels.form == "xywh":
            c, d = a + c, b + d
        elif labels.form == "cxcywh":
            a, b, c, d = a - c / 2, b - d / 2, a + c / 2, b + d / 2
        marks.box(raw, at, (a, b, c, d))
    return marks.all()


def read_run_lengths(labels: RunLengths, request: Request) -> Annotations:
    """Read the run-length masks of one picture."""
    height, width = request.image.voxels.shape[1:3]
    marks = PictureMarks(request)
    for at, raw, (text,) in _stated(labels, [labels.mask], request):
        if text in labels.silent:
            continue
        counts = kaggle_runs(text, height * width)
        if counts is None:
            what = f"{raw}: they overlap or leave the picture"
            marks.fault("run-lengths-unsound", at, what, raw)
        elif labels.order == "columns":
            marks.run_lengths(raw, at, counts, (height, width))
        else:
            marks.rows(raw, at, counts)
    return marks.all()


def _stated(
    labels: Boxes | RunLengths, columns: Sequence[str], request: Request
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield location, label and selected cells of each of a picture's rows."""
    for row in request.rows.get(labels.file, ()):
        raw = str(labels.label)
        if labels.label_column is not None:
            (raw,) = cells(row, [labels.label_column], labels.file)
        yield f"{labels.file}:{row.line}", raw, cells(row, columns, labels.file)
