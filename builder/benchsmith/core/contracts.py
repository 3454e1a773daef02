"""The protocols of plug-ins, and the values that pass between plug-ins and stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from benchsmith.core.picture_marks import Mark
from benchsmith.core.searched import ANY_LABEL

Array = npt.NDArray[Any]
NOT_UNKNOWN = frozenset({"empty-structure", "object-small", "tile-ambiguous"})
"""Reasons of faults that make no label unknown: it was looked for and is absent, or the fault is
about one tile of a picture, or some pieces of a label that has others."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture or a volume in memory.

    **The one convention of orientation**: a volume is indexed (z, y, x) in DICOM's LPS patient
    frame (PS3.3 C.7.6.2.1.1): x grows to the patient's left, y to the back, z to the head, so
    that ``voxels[k]`` is an axial slice as a radiologist sees it. A planar picture has z = 1 and
    the orientation of its file. Higher values are brighter.
    """

    voxels: Array
    """(z, y, x) of any real dtype, or (z, y, x, 3) uint8 for RGB."""
    affine: npt.NDArray[np.float64] | None
    """4x4, voxel (x, y, z, 1) to LPS millimetres; None if the file states no position."""
    planar: bool
    unit: str = ""
    """``HU`` for Hounsfield units, ``SUV`` for standardised uptake values, else empty."""
    note: str = ""
    """A caveat for users of the picture, such as an orientation that was assumed."""
    exif_orientation: int = 1
    """EXIF orientation (1 to 8) by which a picture, or a volume of one axial slice, was turned; 1 if
    it is as stored."""
    place: npt.NDArray[np.float64] | None = None
    """4x4, voxel (x, y, z, 1) of a planar picture to LPS millimetres, where its header states it;
    the third column is the slice's normal times its thickness. `located` has that of any image."""
    other_affine: npt.NDArray[np.float64] | None = None
    """Where another common reader places the same voxels, if the header leaves it open."""
    aspect: float = 1.0
    """Height of a pixel over its width, of a planar picture whose header states only the ratio."""
    oriented: bool = True
    """False for a volume whose axes have no known directions: it is shown by its slices as stored."""
    level_size: tuple[int, int] | None = None
    """Of a region of a slide: rows and columns of the whole level that it is cut from."""

    @property
    def located(self) -> npt.NDArray[np.float64] | None:
        """4x4, voxel (x, y, z, 1) to LPS millimetres; None if the file states no place."""
        return self.place if self.planar else self.affine

    @property
    def sides(self) -> tuple[float, ...]:
        """Voxel size as (z, y, x) in millimetres, or in pixel widths if only the ratio is known.

        Empty if neither is.
        """
        if self.affine is None and self.aspect != 1.0:
            return (1.0, self.aspect, 1.0)
        return self.spacing_mm

    @property
    def spacing_mm(self) -> tuple[float, ...]:
        """Voxel size as (z, y, x) in millimetres; empty if unknown."""
        if self.affine is None:
            return ()
        sides = np.linalg.norm(self.affine[:3, :3], axis=0)
        return tuple(float(s) for s in sides[::-1])


@dataclass(frozen=True, slots=True)
class Structure:
    """The structure that one value of a label layer marks."""

    raw: str
    """The label as the source spells it."""
    stated_at: str
    """Where the source states it: ``labels.csv:12`` or ``seg.nii.gz value 3``."""
    box: bool = False
    """Whether only a bounding box is known; the layer holds the filled box."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Structures that do not overlap, as one label volume on the grid of its image."""

    voxels: Array
    """(z, y, x) of an unsigned integer dtype; 0 is background."""
    structures: Mapping[int, Structure]


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
    """The label that the fault is about; empty if the reader cannot tell which one."""
    group: str = ""
    """The list of labels of a whole picture that the fault is about; empty for all of the entry."""


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
    """The only labels that were looked for in this image; None where the files do not list them."""

    @property
    def unknown(self) -> frozenset[str]:
        """Raw labels that may be in the image or not: what a reader does not understand is unknown.

        Holds `ANY_LABEL` if a fault names no label.
        """
        return self.not_looked_for | _named(self.faults)

    def unknown_in(self, group: str) -> frozenset[str]:
        """Return the raw labels that are unknown in one list of labels of the whole picture."""
        return self.not_looked_for | _named(f for f in self.faults if f.group in ("", group))

    def is_unknown(self, raw: str) -> bool:
        """Return whether it is unknown if the image shows a label."""
        unknown = self.unknown
        outside = self.looked_for is not None and raw not in self.looked_for
        return outside or raw in unknown or ANY_LABEL in unknown


def _named(faults: Iterable[Fault]) -> frozenset[str]:
    return frozenset(f.raw or ANY_LABEL for f in faults if f.reason not in NOT_UNKNOWN)


class DataFault(Exception):
    """The data cannot be used. Readers raise it; ingest turns it into a Rejection.

    `reason` is a code of :mod:`benchsmith.core.reasons`; `detail` describes the fault, with numbers.
    """

    def __init__(self, reason: str, path: Path | str, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.reason = reason
        self.path = path
        self.detail = detail


class SheetRow(NamedTuple):
    """One row of a table, and its line number."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """The input of an annotation reader: one image, and where its labels are."""

    image: Image
    fields: Mapping[str, str]
    """This image's values of the placeholders in path patterns, including `key`."""
    find: Callable[[str], Sequence[tuple[Path, Mapping[str, str]]]]
    """Fill `fields` into a path pattern, and return its files with the remaining placeholders' values."""
    show: Callable[[Path], str]
    """Return a file's name for reports: relative to its source."""
    read_labels: Callable[[Path, Reading], Image]
    """Read a file whose values are labels. Raises DataFault."""
    read_image: Callable[[Path, Reading], Image]
    """Read any picture, such as a mask in colours. Raises DataFault."""
    path: Path
    """The image's own file."""
    part: str
    """Which picture of that file it is; empty if the file holds one."""
    own_labels: Callable[[], Any]
    """Read the labels in the image's own file. Raises DataFault."""
    rows: Mapping[str, Sequence[SheetRow]]
    """This image's rows of each table, by the entry's `rows_id`."""
    dicom_modality: str = ""
    """Modality of the image's slices, where its folder holds others; empty for any."""
    parts: Callable[[Path], Sequence[str]] | None = None
    """Return the names of the pictures in a file. Raises DataFault. None if nothing is compared."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file."""

    part: str = ""
    """Which picture of a file that holds several, as named by its format's `parts`."""
    labels: bool = False
    """Whether the values are labels: then palettes are not applied."""
    mask: bool = False
    """Whether the picture is a mask in grey or colours: then its alpha channel may hold the mask."""
    burned_in: bool = False
    """Whether to accept pictures whose header declares burned-in text."""
    dicom_modality: str = ""
    """Modality (0008,0060) of the DICOM files that are read; empty for every modality of images."""
    nifti_transform: str = ""
    """``sform`` or ``qform``: the one to use if a NIfTI file has two that differ. ``las`` or ``lps``:
    the frame of a file that has none. Empty: differing transforms are refused, and a file without
    one is read as ``las``."""
    stack: bool = False
    """Whether the pictures of a folder, or the pages of a file, are the slices of one volume."""
    spacing_mm: tuple[float, ...] = ()
    """Voxel size (z, y, x) of a stack in millimetres; empty if it is unknown."""
    variable: str = ""
    """The array of a MATLAB file, its fields after dots; empty for the only one."""


class ReadImage(Protocol):
    """The reader of one format: a function from files to an Image. Raises DataFault only."""

    def __call__(self, files: Sequence[Path], how: Reading, /) -> Image:
        """Read the files of one image; they are sorted by the bytes of their names."""


class ReadAnnotations(Protocol):
    """The reader of one kind of annotation: from a recipe's entry and an image to Annotations.

    Raises DataFault if nothing of the entry can be used. Single structures that cannot be used are
    returned as faults.
    """

    def __call__(self, labels: Any, request: Request, /) -> Annotations:
        """Read the annotations of one image; `labels` is a recipe entry of this kind's type."""


class Shown(NamedTuple):
    """The values that are shown as black and white, and a description of how they were chosen."""

    low: float
    high: float
    words: str
    root: bool = False
    """Whether grey follows the square root of the values between the two; otherwise it is linear."""


@dataclass(frozen=True, slots=True)
class Plugins:
    """The readers that stages are given. All are module-level functions, so that they can be pickled."""

    read_image: Callable[[Path, Reading], Image]
    read_labels: Callable[[Path, Reading], Image]
    read_annotations: Callable[[Any, Request], Annotations]
    named_pictures: Callable[[Any, Path], Sequence[str]]
    """Return the names of the pictures that a label file of a recipe entry is about; none if it names
    none. Raises DataFault."""
    read_table: Callable[[Path, Any], Mapping[str, Sequence[SheetRow]]]
    """Read a table; return its rows by key, as the recipe entry defines it. Raises DataFault."""
    members: Callable[[Path], Sequence[Path]]
    """Return the files of one image, such as the slices of a series."""
    parts: Callable[[Path], Sequence[str]]
    """Return the names of the pictures in a file. Raises DataFault."""
    identifiers: Callable[[Path], Mapping[str, str]]
    """Return the identifiers in a file's header, each value with its field."""
    own_labels: Callable[[Path, str], Any]
    """Read the labels of one picture from its own file. Raises DataFault."""
    stem: Callable[[Path], str]
    """Return a file's name without its ending, such as ``.nii.gz``."""
    read_text: Callable[[Array], Sequence[str]] | None
    """Return the lines of text in the pixels of a picture, (rows, columns) of any real dtype or RGB
    uint8; None if no OCR is installed."""


class Export(Protocol):
    """An export: a function that writes the files of one format into a folder."""

    def __call__(self, release: Any, folder: Path, /) -> None:
        """Write the files; the same release gives the same bytes."""


class Progress(Protocol):
    """Where a stage reports its progress."""

    def track(self, title: str, total: int, work: Iterator[Any], /) -> Iterator[Any]:
        """Yield from `work`, showing `title` and how many of `total` items are done."""

    def say(self, line: str, /) -> None:
        """Print a line."""
