"""The kinds of `labels` in a recipe, one model each: where labels are, and in which format."""

from typing import Annotated, Any

import pydantic

from benchsmith.documents.labels.annotation_files import Coco, LabelMe, Lidc, Via, Voc, Yolo
from benchsmith.documents.labels.mark_keys import Made, Marks, Objects
from benchsmith.documents.labels.mask_files import Colours, DicomSeg, Masks, RtStruct, Volume
from benchsmith.documents.labels.merged import READER, Merge
from benchsmith.documents.labels.object_files import Count, Instances
from benchsmith.documents.labels.tables import (
    Boxes,
    MaskFiles,
    RunLengths,
    Sheet,
    Table,
    cells,
)
from benchsmith.documents.labels.types import PathPattern, Text
from benchsmith.documents.labels.with_pictures import Arrays, Columns, Constant, Path

__all__ = [
    "READER",
    "Arrays",
    "Boxes",
    "Coco",
    "Colours",
    "Columns",
    "Constant",
    "Count",
    "DicomSeg",
    "Instances",
    "LabelMe",
    "Labels",
    "Lidc",
    "Made",
    "Marks",
    "MaskFiles",
    "Masks",
    "Merge",
    "Objects",
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
    "cells",
    "files",
    "one",
    "words",
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
    | Columns
    | Constant
    | Merge,
    pydantic.Field(discriminator="kind"),
]
"""One entry of `labels` in a recipe; its `kind` selects the model."""


def one(labels: Any) -> Any:
    """Return the entry that says what is labelled; with several readers, the entry of one of them."""
    return labels.of if isinstance(labels, Merge) else labels


def files(labels: Any) -> tuple[str, ...]:
    """Return the path patterns in a labels entry."""
    labels = one(labels)
    found = (getattr(labels, "file", None), getattr(labels, "names_file", None))
    return tuple(f for f in found if f is not None)


def words(labels: Any) -> frozenset[str]:
    """Return the labels that a labels entry names; empty if only its files do."""
    labels = one(labels)
    found = set(getattr(labels, "made", ()))
    for key in ("names", "values"):
        found |= set((getattr(labels, key, None) or {}).values())
    for key in ("only", "one_hot"):
        found |= set(getattr(labels, key, None) or ())
    for key in ("label", "nothing"):
        found |= {getattr(labels, key, None)} - {None}
    return frozenset(found)
