"""What a plug-in must be, and the values that pass between plug-ins and stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture or a volume in memory.

    **The one convention of orientation**: a volume is indexed (z, y, x) in DICOM's LPS patient
    frame (PS3.3 C.7.6.2.1.1): x grows to the patient's left, y to the back, z to the head, so
    that ``voxels[k]`` is an axial slice as a radiologist sees it. A planar picture has z = 1 and
    is as its file shows it. Higher values are brighter.
    """

    voxels: Array
    """(z, y, x) of any real dtype, or (z, y, x, 3) uint8 for RGB."""
    affine: npt.NDArray[np.float64] | None
    """4x4, voxel (x, y, z, 1) to LPS millimetres; None for a picture without a place in space."""
    planar: bool
    unit: str = ""
    """``HU`` where the numbers are Hounsfield units, else empty."""

    @property
    def spacing_mm(self) -> tuple[float, ...]:
        """Voxel size as (z, y, x) in millimetres; empty where it is not known."""
        if self.affine is None:
            return ()
        sides = np.linalg.norm(self.affine[:3, :3], axis=0)
        return tuple(float(s) for s in sides[::-1])


@dataclass(frozen=True, slots=True)
class Structure:
    """What one value of a label layer stands for."""

    raw: str
    stated_at: str


@dataclass(frozen=True, slots=True)
class Layer:
    """Structures that do not overlap, as one label volume on its image's grid."""

    voxels: Array
    """(z, y, x) of an unsigned integer dtype; 0 is no label."""
    structures: Mapping[int, Structure]


@dataclass(frozen=True, slots=True)
class Stated:
    """A label that is said of a whole picture, or of a part of it."""

    raw: str
    group: str
    stated_at: str
    crop: tuple[int, int, int, int] | None = None
    """x0, y0, x1, y1 of the part that the label is said of; None for the whole picture."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about one file or label that keeps it out; becomes a Rejection."""

    reason: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Annotations:
    """All that one recipe entry says of one image."""

    layers: Sequence[Layer] = ()
    stated: Sequence[Stated] = ()
    faults: Sequence[Fault] = ()
    note: str = ""
    """What was done to the labels on the way, such as a resampling."""


class DataFault(Exception):
    """The data cannot be used. Readers raise it; ingest turns it into a Rejection.

    `reason` is a code of :mod:`builder.reasons`; `detail` says what was met, with numbers.
    """

    def __init__(self, reason: str, path: Path | str, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.reason = reason
        self.path = path
        self.detail = detail


class SheetRow(NamedTuple):
    """One row of a table, and the line it stands on."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """What an annotation reader is given: one image, and where its labels are."""

    image: Image
    fields: Mapping[str, str]
    """Values of the pattern's placeholders for this image, `key` among them."""
    find: Callable[[str], Sequence[tuple[Path, Mapping[str, str]]]]
    """Fill a path pattern with `fields` and find its files, with what is left of placeholders."""
    show: Callable[[Path], str]
    """A file's name as a reader of the report should see it: relative to its source."""
    read_labels: Callable[[Path], Image]
    """Read a file whose numbers are labels. Raises DataFault."""
    rows: Mapping[str, SheetRow]
    """This image's row in each sheet of the entry, by the sheet's file as the recipe spells it."""


class ReadImage(Protocol):
    """A format: one function from files to an Image. Raises DataFault, and nothing else."""

    def __call__(self, files: Sequence[Path], /) -> Image:
        """Read the files of one image, given in byte order of their names."""


class ReadAnnotations(Protocol):
    """An annotation kind: one function from a recipe's labels entry to what it says of an image.

    Raises DataFault when nothing of the entry can be used; single structures that cannot are
    given back as faults.
    """

    def __call__(self, labels: Any, request: Request, /) -> Annotations:
        """Read what `labels` (an entry of the recipe, of this kind's own type) says."""


class Shown(NamedTuple):
    """The values that become black and white, and how they were chosen, in words."""

    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class Plugins:
    """The readers that stages are handed; module-level functions, so that workers can have them."""

    read_image: Callable[[Path], Image]
    read_labels: Callable[[Path], Image]
    read_annotations: Callable[[Any, Request], Annotations]
    read_sheet: Callable[[Path, str], Mapping[str, SheetRow]]
    """Rows of a table by one of its columns. Raises DataFault."""
    members: Callable[[Path], Sequence[Path]]
    """The files that make up one image."""
    stem: Callable[[Path], str]
    """A file's name without its ending."""


class Export(Protocol):
    """An export: one function that writes its files into a folder, from one release."""

    def __call__(self, release: Any, folder: Path, /) -> None:
        """Write; the same release gives the same bytes."""


class Progress(Protocol):
    """Where a stage says how far it is."""

    def track(self, title: str, total: int, work: Iterator[Any], /) -> Iterator[Any]:
        """Pass `work` through, showing `title` and how many of `total` are done."""

    def say(self, line: str, /) -> None:
        """Print a line."""
