"""Boxes and run lengths that stand in a table, one a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchsmith.annotations.shapes import Marked, kaggle_runs
from benchsmith.annotations.text_tables import cells
from benchsmith.core.contracts import Annotations, Request
from benchsmith.documents.labels import Boxes, RunLengths

LARGEST_SHARE = 1.01
"""Shares of a picture's sides are no larger, but for rounding."""


def read_boxes(labels: Boxes, request: Request) -> Annotations:
    """Read the boxes of one picture; a row with a silent cell says that there is none."""
    height, width = request.image.voxels.shape[1:3]
    marked = Marked(request)
    for at, raw, stated in _stated(labels, labels.box, request):
        if raw in labels.silent or any(c in labels.silent for c in stated):
            continue
        try:
            a, b, c, d = (float(cell) for cell in stated)
        except ValueError:
            marked.fault("box-unsound", at, f"{raw}: {stated} are not numbers", raw)
            continue
        if labels.unit == "share":
            if max(a, b, c, d) > LARGEST_SHARE:
                what = f"{raw}: {max(a, b, c, d):g} is no share of the picture, 0 to 1"
                marked.fault("box-unsound", at, what, raw)
                continue
            a, b, c, d = a * width, b * height, c * width, d * height
        if labels.form == "xywh":
            c, d = a + c, b + d
        elif labels.form == "cxcywh":
            a, b, c, d = a - c / 2, b - d / 2, a + c / 2, b + d / 2
        marked.box(raw, at, (a, b, c, d))
    return marked.all()


def read_run_lengths(labels: RunLengths, request: Request) -> Annotations:
    """Read the run-length masks of one picture."""
    height, width = request.image.voxels.shape[1:3]
    marked = Marked(request)
    for at, raw, (text,) in _stated(labels, [labels.mask], request):
        if text in labels.silent:
            continue
        counts = kaggle_runs(text, height * width)
        if counts is None:
            what = f"{raw}: they overlap or leave the picture"
            marked.fault("run-lengths-unsound", at, what, raw)
        elif labels.order == "columns":
            marked.run_lengths(raw, at, counts, (height, width))
        else:
            marked.rows(raw, at, counts)
    return marked.all()


def _stated(
    labels: Boxes | RunLengths, columns: Sequence[str], request: Request
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield place, label and some cells of each of a picture's rows."""
    for row in request.rows.get(labels.file, ()):
        raw = str(labels.label)
        if labels.label_column is not None:
            (raw,) = cells(row, [labels.label_column], labels.file)
        yield f"{labels.file}:{row.line}", raw, cells(row, columns, labels.file)
