"""A structure's runs as a few bytes for a table, and back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchsmith.core.structures import StructureShape
from benchsmith.imaging.label_runs import Array, Ints


class Voxels(NamedTuple):
    """A structure cut out of its volume."""

    mask: Array
    """(z, y, x) of bool: the smallest box around the structure."""
    low: tuple[int, int, int]
    """The voxel (z, y, x) of the volume at which the box begins."""


def pack(start: Ints, length: Ints) -> bytes:
    """Return runs, ascending by place in the flat volume, as bytes.

    Each run is two little-endian numbers of 32 bits: the voxels from the end of the run before, or
    from the first voxel of the volume, and its length. Raises ValueError for a gap of 2**31 voxels.
    """
    gap = start - np.concatenate([[0], (start + length)[:-1]])
    pairs = np.stack([gap, length], axis=1)
    if pairs.size and pairs.max() >= 1 << 31:
        raise ValueError("the runs of a structure are 2**31 voxels apart")
    return pairs.astype("<i4").tobytes()


def unpack(packed: bytes) -> tuple[Ints, Ints]:
    """Return starts and lengths of the runs that `pack` packed."""
    gap, length = np.frombuffer(packed, "<i4").astype(np.int64).reshape(-1, 2).T
    ends = np.cumsum(gap + length)
    return ends - length, length


def voxels_of(shape: StructureShape) -> Voxels:
    """Return the voxels of a structure, which has at least one."""
    start, length = unpack(shape.runs)
    _, height, width = shape.grid
    row = start // width
    z, y, x = row // height, row % height, start - row * width
    low = int(z.min()), int(y.min()), int(x.min())
    size = int(z.max()) + 1 - low[0], int(y.max()) + 1 - low[1], int((x + length).max()) - low[2]
    # a run begins with a step up and ends with a step down; each row has one more cell for the latter
    steps = np.zeros((size[0], size[1], size[2] + 1), np.int8)
    np.add.at(steps, (z - low[0], y - low[1], x - low[2]), 1)
    np.add.at(steps, (z - low[0], y - low[1], x + length - low[2]), -1)
    return Voxels(np.cumsum(steps, axis=2, dtype=np.int8)[:, :, :-1].view(bool), low)
