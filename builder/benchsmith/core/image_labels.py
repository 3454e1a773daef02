"""What one entry of a recipe states about one image: layers, statements and faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.core.absent_labels import ANY_LABEL, DeniedLabels
from benchsmith.core.image import Array
from benchsmith.core.picture_marks import Mark

Ints = npt.NDArray[np.int64]
NOT_UNKNOWN = frozenset({"empty-structure", "object-small", "tile-ambiguous"})
"""Reasons of faults that make no label unknown: it was looked for and is absent, or the fault is
about one tile of a picture, or some pieces of a label that has others."""


@dataclass(frozen=True, slots=True)
class Structure:
    """The structure that one value of a label layer marks."""

    raw: str
    """The label as the source spells it."""
    stated_at: str
    """Where the source states it: ``labels.csv:12`` or ``seg.nii.gz value 3``."""
    box: bool = False
    """Whether only a bounding box is known; the layer holds the filled box."""
    partial: tuple[str, ...] = ()
    """Axes across which its planes are not known whole, sorted: some planes across another axis could
    not be read, or were not drawn. Not empty, its extent and volume are not known either."""

    def is_outlined(self, axis: str) -> bool:
        """Return whether all of its pixels in planes across an axis are known."""
        return not self.box and axis not in self.partial

    @property
    def kind(self) -> str:
        """How much of it is known, as :attr:`benchsmith.core.structures.StructureFacts.kind`."""
        return "box" if self.box else "partial" if self.partial else "region"


class LabelRuns(NamedTuple):
    """Runs in the order of the flat volume (z, y, x); no run goes on in the next row."""

    start: Ints
    """First voxel of each run, as a place in the flat volume."""
    stop: Ints
    """One past its last voxel."""
    value: Ints
    """Its label, which is not 0."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Structures that do not overlap, as one label volume on the grid of its image."""

    voxels: Array
    """(z, y, x) of an unsigned integer dtype; 0 is background."""
    structures: Mapping[int, Structure]
    runs: LabelRuns | None = field(default=None, compare=False, repr=False)
    """The runs of `voxels`, where the reader has found them anyway."""


@dataclass(frozen=True, slots=True)
class MarkLayer:
    """Marks of one picture that do not overlap, as boxes and runs instead of pixels."""

    height: int
    width: int
    marks: Mapping[int, Mark]
    structures: Mapping[int, Structure]

    @property
    def voxels(self) -> Array:
        """The layer drawn, (1, rows, columns): each mark's pixels have its value, others are 0."""
        kind = np.min_scalar_type(max(self.marks, default=0))
        drawn = np.zeros((1, self.height, self.width), kind)
        for value, mark in self.marks.items():
            drawn[0][mark.mask(self.height)] = value
        return drawn


@dataclass(frozen=True, slots=True)
class Stated:
    """A label of a whole picture, or of a rectangle of it."""

    raw: str
    group: str
    stated_at: str
    crop: tuple[int, int, int, int] | None = None
    """x0, y0, x1, y1 in pixels, half open, of the labelled rectangle; None for the whole picture."""
    perhaps: tuple[str, ...] = ()
    """Labels of the same list that may also be true; they are never offered as wrong answers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one file or label cannot be used; becomes a Rejection."""

    reason: str
    subject: str
    detail: str
    raw: str = ""
    """The label that the fault is about; empty if the reader does not know which one."""
    group: str = ""
    """The list of labels of a whole picture that the fault is about; empty for all of the entry."""
    labels: tuple[str, ...] = ()
    """The labels that it is about, where they are several and `raw` is empty."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """Everything that one recipe entry states about one image.

    A label of the entry is *present* if a layer or `stated` has it, *unknown* if `is_unknown`, and
    *absent* otherwise, provided that the entry is exhaustive.
    """

    layers: Sequence[Layer | MarkLayer] = ()
    stated: Sequence[Stated] = ()
    faults: Sequence[Fault] = ()
    note: str = ""
    """What was done to the labels while they were read, such as a resampling."""
    not_looked_for: frozenset[str] = frozenset()
    """Labels that were not looked for in all of this image, such as on slices without contours."""
    looked_for: frozenset[str] | None = None
    """The only labels that were looked for in this image; None if the files do not list them."""
    denied: Sequence[DeniedLabels] = ()
    """The lists of labels of the whole picture of which the entry says that none is true."""

    @property
    def unknown(self) -> frozenset[str]:
        """Raw labels whose presence is unknown, because the reader did not understand them.

        Holds `ANY_LABEL` if a fault names no label.
        """
        return self.not_looked_for | _named(self.faults)

    def unknown_in(self, group: str) -> frozenset[str]:
        """Return the raw labels that are unknown in one list of labels of the whole picture."""
        return self.not_looked_for | _named(f for f in self.faults if f.group in ("", group))

    def is_unknown(self, raw: str) -> bool:
        """Return whether the presence of a label in the image is unknown."""
        unknown = self.unknown
        outside = self.looked_for is not None and raw not in self.looked_for
        return outside or raw in unknown or ANY_LABEL in unknown


def _named(faults: Iterable[Fault]) -> frozenset[str]:
    return frozenset(
        name
        for f in faults
        if f.reason not in NOT_UNKNOWN
        for name in f.labels or (f.raw or ANY_LABEL,)
    )
