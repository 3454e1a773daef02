"""Labels in masks of objects, one value each: the objects, and how many there are in each tile."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels.mark_keys import Marks
from benchsmith.documents.labels.mask_files import Part, Resize
from benchsmith.documents.labels.types import Background, Frame, PathPattern, Text

MAX_TILES = 100
"""Most rows and columns of tiles: each tile is judged separately."""
Pieces = Literal["one", "objects"] | None
"""What several pieces of one value are: one object, or each an object. If it is not stated, they are one object
where another one lies between them, and otherwise not understood."""
Tiles = Annotated[int, pydantic.Field(ge=1, le=MAX_TILES)]


class Instances(Marks):
    """One value per instance; all instances have one label."""

    kind: Literal["instances"]
    file: PathPattern
    label: Text
    part: Part | None = None
    variable: Text | None = None
    """The array of an .npz or MATLAB file."""
    resize: Resize | None = None
    frame: Frame | None = None
    background: Background = (0,)
    ignore: tuple[int, ...] = ()
    """Values of pixels in which nothing was looked for."""
    pieces: Pieces = None


class Count(yaml.Document):
    """The number of instances in each tile of a picture: image-level findings on crops."""

    kind: Literal["count"]
    file: PathPattern
    tiles: tuple[Tiles, Tiles]
    """Rows and columns."""
    frame: Frame | None = None
    smallest_px: Annotated[int, pydantic.Field(ge=1)] = 40
    clear_px: Annotated[int, pydantic.Field(ge=0, le=64)] = 0
    """No object outside a tile lies nearer to it than this many pixels: the width of the blur."""
    bright: bool = False
    """Whether objects are brighter than all else: what is as bright and not marked is a doubt."""
    most_contact: Annotated[float, pydantic.Field(gt=0)] | None = None
    """Longest line along which two objects may touch, in diameters of the smaller one."""
    least_solid: Annotated[float, pydantic.Field(ge=0, le=1)] = 0
    """Least share of its convex hull that an object fills: a dividing nucleus may be one or two."""
    shift: bool = False
    """Whether a tile moves, by up to half its sides, to where the count is clear."""
    part: Part | None = None
    variable: Text | None = None
    """The array of an .npz or MATLAB file."""
    resize: Resize | None = None
    background: Background = (0,)
    pieces: Pieces = None
    group: Text = "count"
