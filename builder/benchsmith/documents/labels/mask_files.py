"""Labels in mask files: label volumes, one mask per structure, colours, DICOM objects."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels.mark_keys import (
    Made,
    MadeOfNames,
    Marks,
    Objects,
    check_apart,
    check_parts,
)
from benchsmith.documents.labels.types import Background, Frame, PathPattern, Text, exactly_one
from benchsmith.text import path_patterns
from benchsmith.text.background_words import is_background

COLOUR = "^#[0-9a-f]{6}$"
Colour = Annotated[str, pydantic.Field(pattern=COLOUR)]
Grid = Literal["same", "resample"]
Resize = Literal["nearest", "stretch"]
"""How a mask that differs in size from its picture is scaled, by nearest neighbour: `nearest` scales
both sides equally, `stretch` each side separately."""
Part = Literal["same"]
"""`same`: the page or region with the number that the picture has in its own file."""
Identity = Literal["check", "ignore"]
"""Whether a DICOM object must refer to its image's patient, frame of reference and series."""


class _Fitted(yaml.Document):
    """How a mask is laid over its picture, and what a line in it means."""

    resize: Resize | None = None
    frame: Frame | None = None
    fill: bool | None = None
    """What a mask that is a thin closed outline means: its inside (true), or the line (false)."""


class Volume(_Fitted, Marks, Made, Objects):
    """A label volume or an indexed mask: one file, one value per structure.

    `names_file` is a text file of `value<tab>name` lines, or a `dataset.json` of nnU-Net v2 or of
    the Medical Segmentation Decathlon. Regions of nnU-Net (lists of values) are read as `union`, and
    its label `ignore` as `ignore`.
    """

    kind: Literal["volume"]
    file: PathPattern
    names: dict[int, Text] | None = None
    names_file: PathPattern | None = None
    background: Background = (0,)
    ignore: tuple[int, ...] = ()
    """Values of pixels in which nothing was looked for."""
    part: int | Part | None = None
    """Component of a 4D label volume, or `same`."""
    segment_names: Literal["check", "ignore"] = "check"
    """Whether the names in a `.seg.nrrd` must be those of the recipe."""
    variable: Text | None = None
    """The array of an .npz or MATLAB file."""
    grid: Grid = "same"

    @pydantic.model_validator(mode="after")
    def _named(self) -> Volume:
        if self.names is not None or self.names_file is not None or not self.made:
            exactly_one(self.names, self.names_file, "`names` and `names_file`")
        _parts_apart(self)
        if self.names_file is None:
            check_parts(self.made, (self.names or {}).values())
        return self


class Masks(_Fitted, Marks, MadeOfNames, Objects):
    """One mask file per structure; the label is the file's name or a part of it.

    `only` lists the wanted names. A mask may be grey at its edges (JPEG, antialiased): `threshold`
    is the smallest value inside the structure. Where the names hold codes, `names` or the JSON
    `names_file` says what they mean; `names_at` is the part of that file that holds for the picture.
    """

    kind: Literal["masks"]
    file: PathPattern
    only: tuple[Text, ...] | None = None
    label: Text | None = None
    """One label for all files, where their names do not contain it."""
    names: dict[str, Text] | None = None
    """Labels of codes, where the names contain codes."""
    names_file: PathPattern | None = None
    names_at: Text | None = None
    """The object in `names_file`, made of placeholders."""
    threshold: Annotated[int, pydantic.Field(ge=1)] | None = None
    ignore: tuple[Annotated[int, pydantic.Field(ge=1)], ...] = ()
    """Values of pixels in which nothing was looked for."""
    part: Part | None = None
    variable: Text | None = None
    """The array of an .npz or MATLAB file."""
    grid: Grid = "same"

    @pydantic.model_validator(mode="after")
    def _has_label(self) -> Masks:
        if ("label" in path_patterns.placeholders(self.file)) == (self.label is not None):
            raise ValueError(f"{self.file!r} needs a {{label}}, or the entry a `label`")
        named = [self.names, self.names_file, self.label]
        if sum(n is not None for n in named) > 1:
            raise ValueError("give one of `label`, `names` and `names_file`")
        if self.only is not None and self.label is not None:
            raise ValueError(
                "`only` selects by {label} in the path, but `label` gives all files the same label"
            )
        if self.names_at is not None and self.names_file is None:
            raise ValueError("`names_at` needs a `names_file`")
        if self.ignore and self.threshold is not None:
            raise ValueError(
                "`ignore` and `threshold` exclude each other: grey values are not labels"
            )
        if self.only is not None or self.label is not None:
            check_parts(self.made, self.only or [self.label])
        elif self.names is not None:
            check_parts(self.made, self.names.values())
        return self


class Colours(_Fitted, Marks, MadeOfNames, Objects):
    """A coloured mask: `names` maps each `#rrggbb` to its label.

    A part of a made label may be a colour. `names_file` is a JSON list of objects with `name` and
    `color`, as EndoVis 2018 has it.
    """

    kind: Literal["colours"]
    file: PathPattern
    names: dict[Colour, Text] = pydantic.Field(default_factory=dict)
    names_file: PathPattern | None = None
    background: tuple[Colour, ...] = ("#000000",)
    ignore: tuple[Colour, ...] = ()
    """Colours of pixels in which nothing was looked for."""
    tolerance: Annotated[int, pydantic.Field(ge=0, le=255)] = 0
    """Largest difference of a channel from the nearest colour: JPEG masks, antialiased edges."""
    part: Part | None = None

    @pydantic.model_validator(mode="after")
    def _named(self) -> Colours:
        if self.names_file is None and not self.names and not self.made:
            raise ValueError("give `names` or `names_file`")
        if self.names_file is not None and self.names:
            raise ValueError("give one of `names` and `names_file`")
        parts = _parts_apart(self)
        colours = [p for p in parts if re.fullmatch(COLOUR, str(p))]
        if self.names_file is None:
            check_parts(self.made, [*self.names.values(), *colours])
        return self


class DicomSeg(Marks, MadeOfNames):
    """A DICOM Segmentation object; segments are named by their `SegmentLabel`."""

    kind: Literal["dicom-seg"]
    file: PathPattern
    identity: Identity = "check"


class RtStruct(Marks, MadeOfNames):
    """A DICOM RT Structure Set; structures are named by their `ROIName`."""

    kind: Literal["rtstruct"]
    file: PathPattern
    identity: Identity = "check"


def _parts_apart(labels: Volume | Colours) -> list[str | int]:
    """Return the parts of made labels; ValueError if what is ignored or background is a label, too."""
    parts = [part for each in labels.made.values() for part in each]
    check_apart(labels.ignore, labels.names or (), "`ignore` and in `names`")
    check_apart(labels.ignore, labels.background, "`ignore` and in `background`")
    check_apart(labels.ignore, parts, "`ignore` and in a made label")
    check_apart(labels.background, parts, "`background` and in a made label")
    for value, name in (labels.names or {}).items():
        if value in labels.background and not is_background(name):
            what = (
                f"`names` has {name!r} for {value}, which is in "
                "`background`: it counts as background"
            )
            raise ValueError(f"{what}, so it would be lost")
    return parts
