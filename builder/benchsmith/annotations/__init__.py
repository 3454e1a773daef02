"""Readers of labels, one a kind. To add one: a module, an entry type in the recipe, a line here."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from benchsmith.core.contracts import Annotations, ReadAnnotations, Request

KINDS: dict[str, str] = {
    "volume": "label_volume:read",
    "masks": "masks:read",
    "colours": "colours:read",
    "instances": "instances:read",
    "count": "instances:read_count",
    "dicom-seg": "dicom_seg:read",
    "rtstruct": "rtstruct:read",
    "coco": "coco:read",
    "voc": "voc:read",
    "yolo": "yolo:read",
    "path": "sheet:read_path",
    "sheet": "sheet:read",
    "boxes": "table_shapes:read_boxes",
    "run-lengths": "table_shapes:read_run_lengths",
    "arrays": "sheet:read_arrays",
    "columns": "sheet:read_columns",
}
"""A recipe's `kind` to its reader."""


def read(labels: Any, request: Request) -> Annotations:
    """Read one labels entry for one image. Raises DataFault."""
    module, function = KINDS[labels.kind].split(":")
    return cast(
        ReadAnnotations, getattr(import_module(f"benchsmith.annotations.{module}"), function)
    )(labels, request)
