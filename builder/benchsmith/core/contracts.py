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
    """``HU`` where the numbers are Hounsfield units, ``SUV`` for uptake values, else empty."""
    note: str = ""
    """What a user of the picture must know, such as an orientation that the file does not say."""

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
    box: bool = False
    """Only a box around it is known; the layer holds the filled box."""


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
    perhaps: tuple[str, ...] = ()
    """Labels of the same list that may hold too: never a wrong answer beside this one."""


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

    `reason` is a code of :mod:`benchsmith.core.reasons`; `detail` says what was met, with numbers.
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
    read_labels: Callable[[Path, Reading], Image]
    """Read a file whose numbers are labels. Raises DataFault."""
    read_image: Callable[[Path, Reading], Image]
    """Read any picture, for masks in colours. Raises DataFault."""
    path: Path
    """The image's own file."""
    part: str
    """Which picture of that file it is; empty for the only one."""
    own_labels: Callable[[], Any]
    """Read the labels that stand beside the image in its own file. Raises DataFault."""
    rows: Mapping[str, Sequence[SheetRow]]
    """This image's rows in each table of the entry, by the table's file as the recipe spells it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read."""

    part: str = ""
    """Which picture of a file that holds several, as its format's `parts` spells it."""
    labels: bool = False
    """The numbers are labels: no palette is applied, no colour made."""
    burned_in: bool = False
    """Pictures whose header says that text is burned into them are accepted."""


class ReadImage(Protocol):
    """A format: one function from files to an Image. Raises DataFault, and nothing else."""

    def __call__(self, files: Sequence[Path], how: Reading, /) -> Image:
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

    read_image: Callable[[Path, Reading], Image]
    read_labels: Callable[[Path, Reading], Image]
    read_annotations: Callable[[Any, Request], Annotations]
    read_table: Callable[[Path, Any], Mapping[str, Sequence[SheetRow]]]
    """Rows of a table by its key, as the recipe's entry says. Raises DataFault."""
    members: Callable[[Path], Sequence[Path]]
    """The files that make up one image."""
    parts: Callable[[Path], Sequence[str]]
    """The pictures that a file holds. Raises DataFault."""
    identifiers: Callable[[Path], Mapping[str, str]]
    """What a file's header says that may tell of a person: value to field."""
    own_labels: Callable[[Path, str], Any]
    """The labels that stand beside a part in its own file. Raises DataFault."""
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
