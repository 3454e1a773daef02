"""The pictures of a folder, or the pages of a file, as the slices of one volume.

Pictures state neither a voxel size nor a direction. The recipe gives the size; the slices are shown
as they are stored, and no other planes are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.formats import raster
from benchsmith.formats.folder_files import PICTURE_ENDINGS
from benchsmith.imaging import byte_stream
from benchsmith.imaging.picture_turns import STORED
from benchsmith.text.name_numbers import natural_key, steps_of, without_numbers

MAX_SLICES = 20_000
NOTE = "the pictures state no orientation: slices are shown as stored"


def in_order(files: Sequence[Path], folder: Path) -> list[Path]:
    """Return the slices in the order of the numbers in their names.

    Names must differ only in their numbers: other differences mean other things. Raises DataFault.
    """
    odd = next((p.name for p in files if not p.name.lower().endswith(PICTURE_ENDINGS)), "")
    if odd:
        raise DataFault("series-gap", folder, f"{odd!r} among its slices is not a picture")
    kinds = sorted({without_numbers(p.stem) for p in files})
    if len(kinds) > 1:
        what = f"its names are of several kinds, such as {kinds[0]!r} and {kinds[1]!r}: which are slices?"
        raise DataFault("series-gap", folder, what)
    ordered = sorted(files, key=lambda p: natural_key(p.stem))
    keys = [natural_key(p.stem) for p in ordered]
    for one, two, key, other in zip(ordered, ordered[1:], keys, keys[1:], strict=False):
        if key == other:
            what = f"{one.name!r} and {two.name!r} have the same number"
            raise DataFault("series-gap", folder, what)
    return ordered


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the texts in the metadata of all slices, each with the name of its field. Raises DataFault."""
    found: dict[str, str] = {}
    for path in files:
        found |= raster.identifiers([path])
    return found


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read a folder of pictures, (z, y, x) or (z, y, x, 3), in the order of their names' numbers.

    Raises DataFault for a folder that the recipe does not declare to be a volume, for names of
    several kinds, and for pictures of several sizes or types.
    """
    folder = files[0].parent
    if not how.stack:
        what = (
            "is a folder of pictures; they are slices of a volume if the recipe gives `spacing_mm`"
        )
        raise DataFault("spacing", folder, what)
    if how.part:
        raise DataFault("dimensions", folder, "the slices of a volume are no parts")
    slices = in_order(files, folder)
    if not (how.labels or how.mask):
        _check_gaps(slices, folder)
    alone = replace(how, part="", stack=False)
    stack = _Stack(folder)
    for number, path in enumerate(slices):
        stack.take(number, len(slices), raster.read([path], alone), path.name)
    return stack.image(how)


def _check_gaps(slices: Sequence[Path], folder: Path) -> None:
    """Refuse slices whose numbers do not rise by one step: some are missing. Raises DataFault."""
    steps = steps_of(slices)
    if steps is None or len(set(steps.tolist())) < 2:
        return
    wide = int(np.argmax(steps > steps.min()))
    what = (
        f"the numbers of its slices rise by {steps.min()}, but by {steps[wide]} between "
        f"{slices[wide].name!r} and {slices[wide + 1].name!r}: slices are missing"
    )
    raise DataFault("series-gap", folder, what)


def read_pages(path: Path, how: Reading) -> Image:
    """Read the pages of one file as the slices of a volume, in their order. Raises DataFault."""
    stack = _Stack(path)
    raster.each_page(path, replace(how, stack=False), stack.take)
    return stack.image(how)


class _Stack:
    """Slices that agree in size and type, collected in one array."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._voxels: Array | None = None

    def take(self, number: int, count: int, picture: Image, name: str = "") -> None:
        """Add slice `number` of `count`. Raises DataFault."""
        name = name or f"page {number}"
        if picture.exif_orientation != STORED:
            what = f"{name} is turned by its header (EXIF orientation)"
            raise DataFault("series-gap", self._path, what)
        one = picture.voxels[0]
        if self._voxels is None:
            if count > MAX_SLICES:
                raise DataFault("too-large", self._path, f"holds {count} slices")
            byte_stream.check_shape((count, *one.shape), one.dtype.itemsize, self._path)
            self._voxels = np.empty((count, *one.shape), one.dtype)
        first = self._voxels[0]
        if one.shape != first.shape or one.dtype != first.dtype:
            what = f"{name} has {_size(one)} of {one.dtype}, the first slice {_size(first)} of {first.dtype}"
            raise DataFault("series-gap", self._path, what)
        self._voxels[number] = one

    def image(self, how: Reading) -> Image:
        """Return the volume. Raises DataFault if there is no slice."""
        if self._voxels is None:
            raise DataFault("file-missing", self._path, "has no slices")
        affine = np.diag([*how.spacing_mm[::-1], 1.0]) if how.spacing_mm else None
        return Image(self._voxels, affine, planar=False, note=NOTE, oriented=False)


def _size(one: Array) -> str:
    return " x ".join(str(n) for n in one.shape)


__all__ = ["in_order", "read", "read_pages"]
