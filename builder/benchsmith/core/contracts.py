"""The protocols of plug-ins, and the values that pass between plug-ins and stages.

The picture in memory and the statements about it are defined in their own files, and re-exported
here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from benchsmith.core.image import Array, Image
from benchsmith.core.image_labels import (
    NOT_UNKNOWN,
    Annotations,
    Fault,
    Layer,
    MarkLayer,
    Stated,
    Structure,
)

__all__ = [
    "NOT_UNKNOWN",
    "Annotations",
    "Array",
    "DataFault",
    "Export",
    "Fault",
    "Image",
    "Layer",
    "MarkLayer",
    "Plugins",
    "Progress",
    "ReadAnnotations",
    "ReadImage",
    "Reading",
    "Request",
    "SheetRow",
    "Shown",
    "Stated",
    "Structure",
]


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
    unclear: tuple[str, ...] = ()
    """One-hot columns whose coding in the whole table is not understood, sorted."""


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
    missed: Callable[[str], Sequence[tuple[str, str]]] = lambda pattern: ()
    """Return what a path pattern misses for this image, such as its name in another case: reason, detail."""


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
    family: str = ""
    """Kind of image that the recipe states, such as ``ct``, one of `FAMILIES` of the room `imaging`: a DICOM
    file of another one is refused. Empty for any."""
    nifti_transform: str = ""
    """``sform`` or ``qform``: the one to use if a NIfTI file has two that differ. ``las`` or ``lps``:
    the frame of a file that has none. Empty: differing transforms are refused, and a file without
    one is read as ``las``."""
    length_unit: str = ""
    """Unit of length of volumes whose header states another one: ``m``, ``cm``, ``mm`` or ``um``. Empty: as the
    header says, within sizes that images of the `family` have."""
    stack: bool = False
    """Whether the pictures of a folder, or the pages of a file, are the slices of one volume."""
    spacing_mm: tuple[float, ...] = ()
    """Voxel size (z, y, x) of a stack in millimetres; empty if it is unknown."""
    variable: str = ""
    """The array of an .npz or MATLAB file, its fields after dots; empty for a MATLAB file's only one."""


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

    @property
    def unit(self) -> str:
        """The unit in which the window that was chosen is stated; empty for one of percentiles."""
        return "HU" if self.words.endswith(" HU") else ""


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
    is_alone: Callable[[str], bool]
    """Return whether a regular file of some name is the only file of its image."""
    parts: Callable[[Path], Sequence[str]]
    """Return the names of the pictures in a file. Raises DataFault."""
    variables: Callable[[Path], Sequence[str]]
    """Return the names of the arrays in a file; none for formats without names. Raises DataFault."""
    identifiers: Callable[[Path], Mapping[str, str]]
    """Return what a file's header may tell of a person, each value with its field. Raises DataFault."""
    own_labels: Callable[[Path, str], Any]
    """Read the labels of one picture from its own file. Raises DataFault."""
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
