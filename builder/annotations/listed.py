"""Boxes and run lengths that stand in a table, one a row."""

from __future__ import annotations

from builder.annotations.marked import Marked, kaggle_runs
from builder.annotations.tables import cells
from builder.documents.labels import Boxes, RunLengths
from builder.ports import Annotations, Request, SheetRow


def read_boxes(labels: Boxes, request: Request) -> Annotations:
    """Read the boxes of one picture; a row with a silent cell says that there is none."""
    height, width = request.image.voxels.shape[1:3]
    marked = Marked(request)
    for row in request.rows.get(labels.file, ()):
        at = f"{labels.file}:{row.line}"
        raw = _label(labels, row)
        said = cells(row, labels.box, labels.file)
        if raw in labels.silent or any(c in labels.silent for c in said):
            continue
        try:
            a, b, c, d = (float(cell) for cell in said)
        except ValueError:
            marked.fault("box-unsound", at, f"{raw}: {said} are not numbers")
            continue
        if labels.unit == "share":
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
    for row in request.rows.get(labels.file, ()):
        at = f"{labels.file}:{row.line}"
        raw = _label(labels, row)
        (text,) = cells(row, [labels.mask], labels.file)
        if text in labels.silent:
            continue
        counts = kaggle_runs(text, height * width)
        if counts is None:
            marked.fault("run-lengths-unsound", at, f"{raw}: they overlap or leave the picture")
        elif labels.order == "columns":
            marked.run_lengths(raw, at, counts, (height, width))
        else:
            marked.rows(raw, at, counts)
    return marked.all()


def _label(labels: Boxes | RunLengths, row: SheetRow) -> str:
    if labels.label_column is None:
        return str(labels.label)
    return cells(row, [labels.label_column], labels.file)[0]
