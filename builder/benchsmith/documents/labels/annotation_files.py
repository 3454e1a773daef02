"""Labels in annotation files: COCO, Pascal VOC, YOLO, LabelMe, VIA, and LIDC-IDRI's XML."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents.labels.mark_keys import Doubted, Marks, OfNamedPicture, Scored
from benchsmith.documents.labels.types import Frame, PathPattern, Text, exactly_one


class Coco(Scored, Marks):
    """COCO JSON: polygons, run lengths or boxes; labels are the categories' names.

    An image is matched by its `file_name`, the whole or the last part of it. `use` selects a
    region's `segmentation` or `bbox`; `auto` prefers the segmentation.
    """

    kind: Literal["coco"]
    file: PathPattern
    use: Literal["auto", "segmentation", "bbox"] = "auto"
    frame: Frame | None = None


class Voc(OfNamedPicture, Scored, Marks):
    """Pascal VOC XML, one file per picture: boxes with names."""

    kind: Literal["voc"]
    file: PathPattern
    counted_from: Literal[0, 1] = 1
    """The number of the first pixel of a side."""
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


class LabelMe(OfNamedPicture, Scored, Marks):
    """LabelMe JSON, one file per picture: polygons, boxes, circles and masks with labels.

    Shapes with one label and one `group_id` are one object. Labels in `silent` mark nothing.
    """

    kind: Literal["labelme"]
    file: PathPattern
    silent: tuple[str, ...] = ()
    frame: Frame | None = None


class Via(Doubted, Marks):
    """A file of the VGG Image Annotator 1 or 2: a project, or its JSON or CSV of annotations.

    An image is matched by its `filename`. The label is the region's `attribute`, or `label` for all.
    """

    kind: Literal["via"]
    file: PathPattern
    attribute: Text | None = None
    label: Text | None = None
    silent: tuple[str, ...] = ()
    """Values of the attribute that mark nothing."""
    frame: Frame | None = None

    @pydantic.model_validator(mode="after")
    def _labelled(self) -> Via:
        exactly_one(self.attribute, self.label, "`attribute` and `label`")
        return self


class Lidc(Marks):
    """The XML file of a series of LIDC-IDRI: the nodules that up to four readers outlined.

    `label` names what at least `agree` of them outline. With `by` it is the median of the readers'
    ratings: ``malignancy 4``.
    """

    kind: Literal["lidc"]
    file: PathPattern
    label: Text = "nodule"
    agree: Annotated[int, pydantic.Field(ge=1, le=4)] = 2
    by: (
        Literal[
            "subtlety",
            "internalStructure",
            "calcification",
            "sphericity",
            "margin",
            "lobulation",
            "spiculation",
            "texture",
            "malignancy",
        ]
        | None
    ) = None
    identity: Literal["check", "ignore"] = "check"
    """Whether the file must be of the image's series."""
