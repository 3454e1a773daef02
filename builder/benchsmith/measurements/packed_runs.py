"""A structure's runs as a few bytes for a table, and back."""

from __future__ import annotations

import numpy as np

from benchsmith.imaging.label_runs import Ints


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
