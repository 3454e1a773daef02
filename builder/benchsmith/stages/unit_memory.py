"""Estimate the memory that a unit needs from the sizes of its files, without reading them."""

from __future__ import annotations

from array import array
from pathlib import Path

from benchsmith.documents.labels import Merge
from benchsmith.documents.recipe import Samples
from benchsmith.stages.unit_list import Units

WORKER_BYTES = 150 << 20
"""Memory of a worker with its libraries, before it reads anything."""
PEAK_FACTOR = 4
"""Peak memory as a multiple of the image: the image, its labels and what is measured of both.
Twice the image was measured for 16-bit volumes; floats and several layers of labels take more."""
READERS_FACTOR = 4
"""What labels of several readers take beside those of one: three readers' masks, merged by STAPLE, took
3.6 times the memory."""
COMPRESSION_FACTOR = 8
"""Assumed size of an image as a multiple of its file, if the file does not state it."""
UNCOMPRESSED_SUFFIXES = (".nii", ".hdr", ".npy", ".nrrd", ".mha")
"""Suffixes of files that are usually not compressed."""


def largest_first(units: Units) -> tuple[Units, int]:
    """Return the units, largest first, and the bytes that a worker needs for the largest one.

    Starting with the largest keeps a single worker from finishing long after the others.
    """
    factors = {n: _readers_factor(e.samples) for n, e in units.pictures.entries.items()}
    sizes = array("q")
    for place in range(len(units)):
        sizes.append(_image_bytes(units.path(place)) * factors[units.entry(place).number])
    order = sorted(range(len(units)), key=lambda place: (-sizes[place], units.key(place)))
    largest = sizes[order[0]] if order else 0
    return units.take(order), WORKER_BYTES + PEAK_FACTOR * largest


def _readers_factor(samples: Samples) -> int:
    return READERS_FACTOR if any(isinstance(e, Merge) for e in samples.labels) else 1


def _image_bytes(path: Path) -> int:
    """Return the approximate size of an image in memory, in bytes; 0 if the file is missing."""
    try:
        if path.is_dir():
            return sum(entry.stat().st_size for entry in path.iterdir())
        if path.name.lower().endswith(".gz"):
            return _uncompressed_bytes(path)
        size = path.stat().st_size
    except OSError:
        return 0
    return size * (1 if path.name.lower().endswith(UNCOMPRESSED_SUFFIXES) else COMPRESSION_FACTOR)


def _uncompressed_bytes(path: Path) -> int:
    """Return the uncompressed size that the last four bytes of a gzip file state (RFC 1952, 2.3.1)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 4))
        stated = int.from_bytes(file.read(4), "little")
    # the size is stated modulo 2^32
    return max(stated, size)
