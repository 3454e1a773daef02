"""Measurements of one picture: its structures, their relations, and the patient's sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchsmith.core.contracts import Shown
from benchsmith.core.model import Box, Choice
from benchsmith.skills.applied_rules import Applied
from benchsmith.skills.plane_facts import Apart, Flat
from benchsmith.skills.solids import Volume


@dataclass(frozen=True, slots=True)
class Side:
    """One of a left and a right structure, in the plane."""

    box: Box
    area: float
    """In :attr:`Scene.unit` squared."""
    whole: float
    """Share of its area in its largest 8-connected part, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One structure in a picture: all masks of one label together."""

    label: str
    shown: Choice
    """Its largest mask as a target, measured as ingest measures it."""
    box: Box
    """Around all of its masks, in pixels of the plane."""
    area: float
    """In :attr:`Scene.unit` squared."""
    share: float
    """Share of the picture that it covers, 0 to 1."""
    whole: float
    """Share of its area in its largest 8-connected part, 0 to 1."""
    contrast: float | None
    """With the ring around it, as :mod:`benchsmith.stages.visibility` measures it in the picture."""
    grey: float | None
    """Mean grey level in the picture as it is drawn, 0 to 255; None for colours."""
    stated_sides: frozenset[str] = frozenset()
    """``left``, ``right`` or empty: the sides that the source states of its masks."""
    flat: Flat | None = None
    """Lengths, values and parts in the plane."""
    instances: int = 1
    """How many structures of its label are marked in the plane, each on its own."""
    sides: Mapping[str, Side] = field(default_factory=dict)
    """Its left and its right structure, as the patient's; empty if a side is unknown."""
    around: Box | None = None
    """Around it in all planes of the picture's axis; None if its label has several structures."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation of one structure of a picture to another."""

    first: str
    second: str
    """Their labels."""
    distance: float
    """Between the centres of their nearest pixels, in :attr:`Scene.unit`; 0 where they overlap."""
    rim: float
    """Share of the first one's rim that the second one covers, 0 to 1; see :class:`Apart`."""


@dataclass(frozen=True, slots=True)
class Level:
    """One vertebra of a picture, by the level that its source names."""

    name: str
    """Such as ``L1``."""
    top: int
    bottom: int
    """Its first row, and one past its last one, in pixels of the plane."""

    def share(self, row: float) -> float:
        """Return the position of a row within the structure's height, 0 at the top and 1 at the bottom."""
        return (row - self.top) / (self.bottom - self.top)

    def holds(self, row: float, margin: float) -> bool:
        """Return whether a row is within the structure's height, and away from its ends by a share of it."""
        return margin <= self.share(row) <= 1 - margin


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of the benchmark, without a mark, and the structures in it that have a name."""

    anchor: Choice
    """The chosen target of the picture that its window and file are taken from."""
    size: tuple[int, int]
    """Rows and columns of the plane, in pixels."""
    pixel: tuple[float, float]
    """Height and width of a pixel in :attr:`unit`."""
    unit: str
    """``mm``, or ``px`` where the file states no spacing."""
    structures: tuple[Seen, ...]
    """Sorted by label."""
    minor: tuple[Seen, ...] = ()
    """Smaller ones, which can be asked about if they are outlined."""
    others: frozenset[str] = frozenset()
    """Further labels that are marked in the picture, or stated for it."""
    absent: frozenset[str] = frozenset()
    """Labels that other pictures of the source show, and that this one surely does not."""
    sided: tuple[Seen, ...] = ()
    """Structures of which the source states a side, each mask by itself; sorted by label and side."""
    levels: tuple[Level, ...] = ()
    """Its vertebrae whose level the source names."""
    relations: tuple[Relation, ...] = ()
    """Of each structure to each other one."""
    rules: tuple[Applied, ...] = ()
    """The published criteria that are about its structures."""
    left_is: str = ""
    """The patient's direction at the left of the picture, such as ``right``; empty if unknown."""
    top_is: str = ""
    """The same at its top, such as ``front`` or ``head``."""
    middle: float | None = None
    """Column of the middle of the body, in pixels from the left; None if unknown."""
    middle_row: float | None = None
    """Row of the middle of the body, in pixels from the top; None if unknown."""
    leans: tuple[float, float] = (0.0, 0.0)
    """As :func:`benchsmith.imaging.patient_directions.leans` has them."""
    alike: frozenset[int] = frozenset()
    """EXIF orientations in which the picture is the same one, as that of a symmetric template."""
    again: bool = False
    """Whether the picture is another scene too, in the window of its anchor."""
    shown: Shown | None = None
    """The values that are black and white in the picture; None if it is shown as stored."""
    values: str = ""
    """Unit of the image's values, such as ``HU``, as the file or the window states it; empty if it is
    unknown."""
    apart: Mapping[tuple[str, str], Apart] = field(default_factory=dict)
    """Each two structures, by their labels in alphabetical order; empty unless a skill needs them."""
    volume: Volume | None = None
    """The structures of the picture's image in three dimensions; None unless a skill of the benchmark
    needs them."""

    def across(self, box: Box) -> tuple[float, float]:
        """Return where a box begins and ends along the patient's axis at the left edge, in columns."""
        lean = self.leans[0] * self.pixel[0] / self.pixel[1]
        shifts = sorted((lean * box.y0, lean * box.y1))
        return box.x0 + shifts[0], box.x1 + shifts[1]

    def down(self, box: Box) -> tuple[float, float]:
        """Return where a box begins and ends along the patient's axis at the top, in rows."""
        lean = self.leans[1] * self.pixel[1] / self.pixel[0]
        shifts = sorted((lean * box.x0, lean * box.x1))
        return box.y0 + shifts[0], box.y1 + shifts[1]

    @property
    def id(self) -> str:
        """Name of the picture: that of its anchor."""
        return self.anchor.id

    @property
    def long_side(self) -> float:
        """The picture's long side in :attr:`unit`."""
        return max(self.size[0] * self.pixel[0], self.size[1] * self.pixel[1])
