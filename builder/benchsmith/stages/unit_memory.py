"""Estimate the memory that a unit needs from the sizes of its files, without reading them."""

from __future__ import annotations

import os
import stat
from array import array

import numpy as np
import pyarrow as pa

from benchsmith.documents.labels import Merge
from benchsmith.documents.recipe import Samples
from benchsmith.stages.unit_list import Units
from benchsmith.tables import compute as pc

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
MOST_UNITS = 4096
"""Units whose keys are held as objects at once."""
UNCOMPRESSED_SUFFIXES = (".nii", ".hdr", ".npy", ".nrrd", ".mha")
"""Suffixes of files that are usually not compressed."""


def largest_first(units: Units) -> tuple[Units, int]:
    """Return the units, largest first, and the bytes that a worker needs for the largest one.

    Starting with the largest keeps a single worker from finishing long after the others.
    """
    factors = {n: _readers_factor(e.samples) for n, e in units.pictures.entries.items()}
    sizes = array("q")
    for run, _ in units.runs(MOST_UNITS):
        factor, top = factors[run.entry.number], run.entry.walk.top
        sizes.extend(_image_bytes(top + place) * factor for place in run.places)
    keys = pa.chunked_array(
        [
            pa.array(
                [units.key(n) for n in range(at, min(at + MOST_UNITS, len(units)))], pa.string()
            )
            for at in range(0, len(units), MOST_UNITS)
        ],
        pa.string(),
    )
    by = pa.table({"size": pa.array(np.frombuffer(sizes, np.int64), pa.int64()), "key": keys})
    order = pc.sort_indices(by, sort_keys=[("size", "descending"), ("key", "ascending")])
    return units.take(np.asarray(order)), WORKER_BYTES + PEAK_FACTOR * max(sizes, default=0)


def _readers_factor(samples: Samples) -> int:
    return READERS_FACTOR if any(isinstance(e, Merge) for e in samples.labels) else 1


def _image_bytes(name: str) -> int:
    """Return the approximate size of an image in memory, in bytes; 0 if the file is missing."""
    try:
        found = os.stat(name)  # noqa: PTH116 - a path object for each look takes longer than the look
        if stat.S_ISDIR(found.st_mode):
            with os.scandir(name) as entries:
                return sum(entry.stat().st_size for entry in entries)
        lower, size = name.lower(), found.st_size
        if lower.endswith(".gz"):
            return _uncompressed_bytes(name, size)
    except OSError:
        return 0
    return size * (1 if lower.endswith(UNCOMPRESSED_SUFFIXES) else COMPRESSION_FACTOR)


def _uncompressed_bytes(name: str, size: int) -> int:
    """Return the uncompressed size that the last four bytes of a gzip file state (RFC 1952, 2.3.1)."""
    with open(name, "rb") as file:  # noqa: PTH123 - see above
        file.seek(max(0, size - 4))
        stated = int.from_bytes(file.read(4), "little")
    # the size is stated modulo 2^32
    return max(stated, size)
