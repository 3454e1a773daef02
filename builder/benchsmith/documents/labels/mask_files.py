"""Labels in mask files: label volumes, one mask per structure, colours, instances, DICOM objects."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels.types import Background, Frame, PathPattern, Text, exactly_one
from benchsmith.text import path_patterns

Colour = Annotated[str, pydantic.Field(pattern="^#[0-9a-f]{6}$")]
Grid = Literal["same", "resample"]
Resize = Literal["nearest", "stretch"]
"""How a mask of another size than its picture is scaled, by nearest neighbour: `nearest` both sides
alike, `stretch` each side by itself."""
Part = Literal["same"]
"""`same`: the page or region of the file that the picture is of its own."""
Identity = Literal["check", "ignore"]
"""Whether a DICOM object must refer to its image's patient, frame of reference and series."""


class Volume(yaml.Document):
    """A label volume or an indexed mask: one file, one value per structure.

    `names_file` is a text file of `value<tab>name` lines, or a `dataset.json` of nnU-Net v2 or of
    the Medical Segmentation Decathlon.
    """

    kind: Literal["volume"]
    file: PathPattern
    names: dict[int, Text] | None = None
    names_file: PathPattern | None = None
    background: Background = (0,)
    part: int | Part | None = None
    """Component of a 4D label volume, or `same`."""
    variable: Text | None = None
    """The array of a MATLAB file."""
    grid: Grid = "same"
    resize: Resize | None = None
    frame: Frame | None = None
    fill: bool | None = None
    """What a mask that is a thin closed outline means: its inside (true), or the line (false)."""
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _named(self) -> Volume:
        exactly_one(self.names, self.names_file, "`names` and `names_file`")
        return self


class Masks(yaml.Document):
    """One mask file per structure; the label is the file's name or a part of it.

    `only` lists the wanted names. A mask may be grey at its edges (JPEG, antialiased): `threshold`
    is the smallest value inside the structure.
    """

    kind: Literal["masks"]
    file: PathPattern
    only: tuple[Text, ...] | None = None
    label: Text | None = None
    """One label for all files, where their names do not contain it."""
    threshold: Annotated[int, pydantic.Field(ge=1)] | None = None
    part: Part | None = None
    variable: Text | None = None
    """The array of a MATLAB file."""
    grid: Grid = "same"
    resize: Resize | None = None
    frame: Frame | None = None
    fill: bool | None = None
    """What a mask that is a thin closed outline means: its inside (true), or the line (false)."""
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _has_label(self) -> Masks:
        if ("label" in path_patterns.placeholders(self.file)) == (self.label is not None):
            raise ValueError(f"{self.file!r} needs a {{label}}, or the entry a `label`")
        return self


class Colours(yaml.Document):
    """A coloured mask: `names` maps each `#rrggbb` to its label.

    `names_file` is a JSON list of objects with `name` and `color`, as EndoVis 2018 has it.
    """

    kind: Literal["colours"]
    file: PathPattern
    names: Annotated[dict[Colour, Text], pydantic.Field(min_length=1)] | None = None
    names_file: PathPattern | None = None
    background: tuple[Colour, ...] = ("#000000",)
    tolerance: Annotated[int, pydantic.Field(ge=0, le=255)] = 0
    """Largest difference of a channel from the nearest colour: JPEG masks, antialiased edges."""
    part: Part | None = None
    resize: Resize | None = None
    frame: Frame | None = None
    fill: bool | None = None
    """What a mask that is a thin closed outline means: its inside (true), or the line (false)."""
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _named(self) -> Colours:
        exactly_one(self.names, self.names_file, "`names` and `names_file`")
        return self


class Instances(yaml.Document):
    """One value per instance; all instances have one label."""

    kind: Literal["instances"]
    file: PathPattern
    label: Text
    part: Part | None = None
    variable: Text | None = None
    """The array of a MATLAB file."""
    resize: Resize | None = None
    frame: Frame | None = None
    background: Background = (0,)
    exhaustive: bool = False


class Count(yaml.Document):
    """The number of instances in each tile of a picture: image-level findings on crops."""

    kind: Literal["count"]
    file: PathPattern
    tiles: tuple[int, int]
    frame: Frame | None = None
    smallest_px: Annotated[int, pydantic.Field(ge=1)] = 40
    part: Part | None = None
    variable: Text | None = None
    """The array of a MATLAB file."""
    resize: Resize | None = None
    background: Background = (0,)
    group: Text = "count"


class DicomSeg(yaml.Document):
    """A DICOM Segmentation object; segments are named by their `SegmentLabel`."""

    kind: Literal["dicom-seg"]
    file: PathPattern
    identity: Identity = "check"
    exhaustive: bool = False


class RtStruct(yaml.Document):
    """A DICOM RT Structure Set; structures are named by their `ROIName`."""

    kind: Literal["rtstruct"]
    file: PathPattern
    identity: Identity = "check"
    exhaustive: bool = False
