"""The frame of a DICOM series: where the stored pixels of each file are in the image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom

from benchsmith.core.contracts import Array, DataFault, Image
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.dicom.files import understood
from benchsmith.imaging.file_signature import is_dicom
from benchsmith.imaging.geometry import Affine
from benchsmith.text.name_numbers import natural_key

TAGS = [
    "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SOPInstanceUID",
    "SeriesInstanceUID", "InstanceNumber", "Rows", "Columns",
]  # fmt: skip


def slices_of(series: Path) -> list[Path]:
    """Return a series' files in the order of the numbers in their names; empty for other images."""
    if not series.is_dir():
        return []
    files = [p for p in series.iterdir() if p.is_file() and not p.name.startswith(".")]
    ordered = sorted(files, key=lambda p: natural_key(p.stem))
    return [p for p in ordered if p.name.upper() != "DICOMDIR" and is_dicom(p)]


@dataclass(frozen=True, slots=True)
class SeriesFrame:
    """The slices of a series, from their headers."""

    files: tuple[Path, ...]
    """In the order of the numbers in their names."""
    order: npt.NDArray[np.int64]
    """Numbers of the files, sorted along the normal."""
    affine: Affine
    """4x4, stored column, row and slice to LPS millimetres."""
    instances: tuple[str, ...]
    """SOPInstanceUID of each file."""
    series: frozenset[str]
    shape: tuple[int, int, int]
    """Slices, rows, columns."""
    names_follow: bool
    """Whether the names' numbers follow the slices, in space or by their instance numbers."""

    def image(self, stored: Array) -> Image:
        """Return labels (slices in the order of `files`, rows, columns) in the image's frame."""
        return self.image_of_sorted(stored[self.order])

    def image_of_sorted(self, slices: Array) -> Image:
        """Return labels (slices sorted along the normal, rows, columns) in the image's frame."""
        moved = np.transpose(slices, (2, 1, 0))
        voxels, affine = place.turned(moved, self.affine, self.files[0].parent)
        return Image(voxels, affine, planar=False)


def frame_of(series: Path) -> SeriesFrame | None:
    """Return the frame of a series of two slices or more; None for other images. Raises DataFault."""
    files = slices_of(series)
    if len(files) < 2:
        return None
    with understood(series):
        headers = [
            pydicom.dcmread(p, stop_before_pixels=True, specific_tags=list(TAGS)) for p in files
        ]
        normal = place.normal(headers[0], files[0])
        places = [place.numbers(h.get("ImagePositionPatient")) for h in headers]
        if any(len(one) != 3 for one in places):
            raise DataFault("header", series, "a slice has no valid image position (0020,0032)")
        located = np.array(places)
        order = np.argsort(located @ normal, kind="stable")
        spacing = place.numbers(headers[0].get("PixelSpacing"))
        step = place.step(located[order], normal, spacing, series)
        return SeriesFrame(
            tuple(files),
            order,
            place.affine(headers[order[0]], files[order[0]], step),
            tuple(str(h.get("SOPInstanceUID") or "") for h in headers),
            frozenset(str(h.SeriesInstanceUID) for h in headers if h.get("SeriesInstanceUID")),
            (len(files), int(headers[0].Rows), int(headers[0].Columns)),
            _one_way(order) or _one_way(np.array([_number(h) for h in headers])),
        )


def _one_way(numbers: npt.NDArray[np.int64]) -> bool:
    """Return whether numbers only rise or only fall."""
    steps = np.diff(numbers)
    return bool((steps > 0).all() or (steps < 0).all())


def _number(header: pydicom.Dataset) -> int:
    stated = place.numbers(header.get("InstanceNumber"))
    return int(stated[0]) if stated else 0
