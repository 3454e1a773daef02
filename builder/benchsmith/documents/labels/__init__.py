"""The kinds of `labels` in a recipe, one model each: where labels are, and in which format."""

from typing import Annotated, Any

import pydantic

from benchsmith.documents.labels.annotation_files import Coco, LabelMe, Lidc, Via, Voc, Yolo
from benchsmith.documents.labels.mask_files import (
    Colours,
    Count,
    DicomSeg,
    Instances,
    Masks,
    RtStruct,
    Volume,
)
from benchsmith.documents.labels.tables import Boxes, MaskFiles, RunLengths, Sheet, Table
from benchsmith.documents.labels.types import PathPattern, Text
from benchsmith.documents.labels.with_pictures import Arrays, Columns, Path

__all__ = [
    "Arrays",
    "Boxes",
    "Coco",
    "Colours",
    "Columns",
    "Count",
    "DicomSeg",
    "Instances",
    "LabelMe",
    "Labels",
    "Lidc",
    "MaskFiles",
    "Masks",
    "Path",
    "PathPattern",
    "RtStruct",
    "RunLengths",
    "Sheet",
    "Table",
    "Text",
    "Via",
    "Voc",
    "Volume",
    "Yolo",
    "files",
]

Labels = Annotated[
    Volume
    | Masks
    | Colours
    | Instances
    | Count
    | DicomSeg
    | RtStruct
    | Coco
    | Voc
    | Yolo
    | LabelMe
    | Via
    | Lidc
    | Path
    | Sheet
    | Boxes
    | RunLengths
    | MaskFiles
    | Arrays
    | Columns,
    pydantic.Field(discriminator="kind"),
]
"""One entry of `labels` in a recipe; its `kind` selects the model."""


def files(labels: Any) -> tuple[str, ...]:
    """Return the path patterns in a labels entry."""
    found = (getattr(labels, "file", None), getattr(labels, "names_file", None))
    return tuple(f for f in found if f is not None)
