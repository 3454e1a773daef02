"""Labels in annotation files of object detection: COCO, Pascal VOC, YOLO."""

from __future__ import annotations

from typing import Literal

import pydantic

from benchsmith.documents.labels.mark_keys import Marks
from benchsmith.documents.labels.types import Frame, PathPattern, Text, exactly_one


class Coco(Marks):
    """COCO JSON: polygons, run lengths or boxes; labels are the categories' names.

    An image is matched by its `file_name`, the whole or the last part of it. `use` selects a
    region's `segmentation` or `bbox`; `auto` prefers the segmentation.
    """

    kind: Literal["coco"]
    file: PathPattern
    use: Literal["auto", "segmentation", "bbox"] = "auto"
    frame: Frame | None = None


class Voc(Marks):
    """Pascal VOC XML, one file per picture: boxes with names."""

    kind: Literal["voc"]
    file: PathPattern
    frame: Frame | None = None


class Yolo(Marks):
    """YOLO text, one file per picture, one object per line, as shares of width and height.

    `form` names the numbers after the class: a box (`x y w h`, the centre first), the corners of a
    polygon, a box and keypoints (`pose`), or four corners of an oriented box (`obb`). `auto` reads
    boxes, and polygons that cannot be mistaken for another form.
    """

    kind: Literal["yolo"]
    file: PathPattern
    names: dict[int, Text] | None = None
    names_file: PathPattern | None = None
    """A YOLO `data.yaml` with `names`, or a text file with one name per line."""
    form: Literal["auto", "box", "polygon", "pose", "obb"] = "auto"
    confidence: bool = False
    """Whether each line ends with the confidence of a model."""
    without_file: Literal["unknown", "nothing"] = "unknown"
    """What a picture without a file shows: unknown, or none of the names, as YOLO allows."""
    frame: Frame | None = None

    @pydantic.model_validator(mode="after")
    def _named(self) -> Yolo:
        exactly_one(self.names, self.names_file, "`names` and `names_file`")
        return self
