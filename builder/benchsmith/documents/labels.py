"""The kinds of `labels` that a recipe knows, one model a kind: where labels are, in which form."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.text import path_patterns


def _pattern(text: str) -> str:
    root, _, path = text.rpartition(":")
    if fault := path_patterns.problem(path):
        raise ValueError(f"{text!r} {fault}")
    if root and not root.isidentifier():
        raise ValueError(f"{text!r} has no root before the colon")
    return text


PathPattern = Annotated[str, pydantic.AfterValidator(_pattern)]
Text = Annotated[str, pydantic.Field(min_length=1)]
Colour = Annotated[str, pydantic.Field(pattern="^#[0-9a-f]{6}$")]
Grid = Literal["same", "resample"]


def _with_zero(background: tuple[int, ...]) -> tuple[int, ...]:
    if 0 not in background:
        raise ValueError("0 must be background: label volumes are zero where nothing is marked")
    return background


Background = Annotated[tuple[int, ...], pydantic.AfterValidator(_with_zero)]


class Volume(yaml.Document):
    """A label volume or an indexed mask: one file, one value a structure.

    `names_file` is a text file of `value<tab>name` lines, or a `dataset.json` of nnU-Net v2 or of
    the Medical Segmentation Decathlon.
    """

    kind: Literal["volume"]
    file: PathPattern
    names: dict[int, Text] | None = None
    names_file: PathPattern | None = None
    background: Background = (0,)
    part: int | None = None
    """Component of a 4D label volume."""
    grid: Grid = "same"
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _named(self) -> Volume:
        if (self.names is None) == (self.names_file is None):
            raise ValueError("give `names` or `names_file`, one of them")
        return self


class Masks(yaml.Document):
    """One mask file a structure; its name, or a part of it, is the label.

    `only` lists the names that are wanted. A mask may be grey at its edges (JPEG, antialiased):
    `threshold` is the smallest value that is inside.
    """

    kind: Literal["masks"]
    file: PathPattern
    only: tuple[Text, ...] | None = None
    label: Text | None = None
    """One label for every file, where the files' names do not tell it."""
    threshold: Annotated[int, pydantic.Field(ge=1)] | None = None
    grid: Grid = "same"
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _has_label(self) -> Masks:
        if ("label" in path_patterns.placeholders(self.file)) == (self.label is not None):
            raise ValueError(f"{self.file!r} needs a {{label}}, or the entry a `label`")
        return self


class Colours(yaml.Document):
    """A mask in colours: `names` says what each `#rrggbb` stands for."""

    kind: Literal["colours"]
    file: PathPattern
    names: Annotated[dict[Colour, Text], pydantic.Field(min_length=1)]
    background: tuple[Colour, ...] = ("#000000",)
    exhaustive: bool = False


class Instances(yaml.Document):
    """One value an instance, all instances with one label."""

    kind: Literal["instances"]
    file: PathPattern
    label: Text
    background: Background = (0,)
    exhaustive: bool = False


class Count(yaml.Document):
    """How many instances each tile of a picture shows: image-level findings on crops."""

    kind: Literal["count"]
    file: PathPattern
    tiles: tuple[int, int]
    smallest_px: Annotated[int, pydantic.Field(ge=1)] = 40
    background: Background = (0,)
    group: Text = "count"


class DicomSeg(yaml.Document):
    """A DICOM Segmentation object; segments are named by their `SegmentLabel`."""

    kind: Literal["dicom-seg"]
    file: PathPattern
    exhaustive: bool = False


class RtStruct(yaml.Document):
    """A DICOM RT Structure Set; structures are named by their `ROIName`."""

    kind: Literal["rtstruct"]
    file: PathPattern
    exhaustive: bool = False


class Coco(yaml.Document):
    """COCO JSON: polygons, run lengths or boxes; labels are the categories' names.

    An image is found by its `file_name`, whole or its last part. `use` says what a region is:
    its `segmentation` or its `bbox`; `auto` takes the segmentation where there is one.
    """

    kind: Literal["coco"]
    file: PathPattern
    use: Literal["auto", "segmentation", "bbox"] = "auto"
    exhaustive: bool = False


class Voc(yaml.Document):
    """Pascal VOC XML, one file a picture: boxes with names."""

    kind: Literal["voc"]
    file: PathPattern
    exhaustive: bool = False


class Yolo(yaml.Document):
    """YOLO text, one file a picture: `class x y w h`, or `class x1 y1 x2 y2 ...`, in shares."""

    kind: Literal["yolo"]
    file: PathPattern
    names: dict[int, Text] | None = None
    names_file: PathPattern | None = None
    """A YOLO `data.yaml` with `names`, or a text file with one name a line."""
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _named(self) -> Yolo:
        if (self.names is None) == (self.names_file is None):
            raise ValueError("give `names` or `names_file`, one of them")
        return self


class Path(yaml.Document):
    """A label in the picture's own path: `images: train/{label}/{key}.jpg`.

    `field` names the placeholder; `names` says what each of its values stands for, and which
    values there are.
    """

    kind: Literal["path"]
    field: Text = "label"
    names: dict[str, Text] | None = None
    group: Text | None = None


class Table(yaml.Document):
    """Where a table is, and how its rows are paired with pictures; what all sheets share.

    CSV, TSV, Excel (.xlsx, first sheet) or JSON (a list of flat objects). The cells of column
    `key` are compared with the picture's key: as they are, or without folder and ending (`stem`);
    or with the picture's path below the data folder, without ending (`path`).
    """

    file: PathPattern
    key: Text
    key_is: Literal["as-is", "stem", "path"] = "as-is"
    columns: tuple[Text, ...] | None = None
    """Names of the columns of a file without a header line."""
    separator: Annotated[str, pydantic.Field(min_length=1, max_length=1)] | None = None
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"


class Sheet(Table):
    """A table with one row a picture: labels in columns, one-hot columns, or grades.

    `labels` are columns whose cells are labels, several of them where `delimiter` parts them;
    `one_hot` are columns named for a label, with 1 (or true, yes) where it holds. `values` says
    what a cell of `labels` stands for, and which cells there are; `silent` cells say nothing.
    """

    kind: Literal["sheet"]
    labels: tuple[Text, ...] = ()
    one_hot: tuple[Text, ...] = ()
    group: Text = "finding"
    """The name of the list that the `one_hot` columns are."""
    delimiter: Annotated[str, pydantic.Field(min_length=1)] | None = None
    values: dict[str, Text] | None = None
    silent: tuple[str, ...] = ("",)

    @pydantic.model_validator(mode="after")
    def _says_something(self) -> Sheet:
        if not self.labels and not self.one_hot:
            raise ValueError("give `labels` or `one_hot`")
        return self


class Boxes(Table):
    """A table with one row a box: its corners in columns, its label in a column or the same."""

    kind: Literal["boxes"]
    box: tuple[Text, Text, Text, Text]
    """Columns of x0, y0, x1, y1, or of what `form` says."""
    form: Literal["xyxy", "xywh", "cxcywh"] = "xyxy"
    unit: Literal["px", "share"] = "px"
    label: Text | None = None
    """One label for every box."""
    label_column: Text | None = None
    silent: tuple[str, ...] = ("",)
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _labelled(self) -> Boxes:
        if (self.label is None) == (self.label_column is None):
            raise ValueError("give `label` or `label_column`, one of them")
        return self


class RunLengths(Table):
    """A table with one run-length mask a row, `start length start length ...`, counted from 1."""

    kind: Literal["run-lengths"]
    mask: Text
    """Column of the run lengths."""
    label: Text | None = None
    label_column: Text | None = None
    order: Literal["columns", "rows"] = "columns"
    """Whether pixels are counted down the columns (Kaggle's way) or along the rows."""
    silent: tuple[str, ...] = ("", "-1")
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _labelled(self) -> RunLengths:
        if (self.label is None) == (self.label_column is None):
            raise ValueError("give `label` or `label_column`, one of them")
        return self


class Arrays(yaml.Document):
    """Labels in the picture's own .npz file, in MedMNIST's layout: `train_labels` and so on."""

    kind: Literal["arrays"]
    names: Annotated[dict[int, Text], pydantic.Field(min_length=1)]
    """What a class number stands for; of a multi-label set, the column's number."""
    group: Text = "class"


class Columns(yaml.Document):
    """Labels beside the pictures of a Parquet file of the Hugging Face Hub, in columns.

    Class numbers are told by the names that the file has for them. `values` says what a cell
    stands for, and which cells there are; `silent` cells say nothing.
    """

    kind: Literal["columns"]
    labels: Annotated[tuple[Text, ...], pydantic.Field(min_length=1)]
    values: dict[str, Text] | None = None
    silent: tuple[str, ...] = ("",)


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
    | Path
    | Sheet
    | Boxes
    | RunLengths
    | Arrays
    | Columns,
    pydantic.Field(discriminator="kind"),
]


def files(labels: Any) -> tuple[str, ...]:
    """Return the path patterns that a labels entry speaks of."""
    found = (getattr(labels, "file", None), getattr(labels, "names_file", None))
    return tuple(f for f in found if f is not None)
