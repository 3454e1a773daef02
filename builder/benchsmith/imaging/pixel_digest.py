"""A digest of what an image shows, alike for files of other formats with the same pixels."""

from __future__ import annotations

import hashlib

import numpy as np

from benchsmith.core.contracts import Array

BYTES = 16


def pixel_digest(voxels: Array) -> str:
    """Return a BLAKE2b digest of the values and the shape of an image, as hex.

    `voxels` are (z, y, x), or (z, y, x, 3) of colours. Whole numbers have the same digest in any type, and
    a grey picture has that of its three equal channels.

    >>> grey = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    >>> pixel_digest(grey) == pixel_digest(grey.astype(np.int16)) == pixel_digest(np.stack([grey] * 3, axis=3))
    True
    >>> pixel_digest(grey) == pixel_digest(grey.reshape(1, 3, 2))
    False
    """
    if voxels.ndim == 4 and all(np.array_equal(voxels[..., 0], voxels[..., c]) for c in (1, 2)):
        voxels = voxels[..., 0]
    if voxels.dtype.kind in "iu" and voxels.size:
        ends = np.result_type(np.min_scalar_type(voxels.min()), np.min_scalar_type(voxels.max()))
        voxels = voxels.astype(ends, copy=False)
    found = hashlib.blake2b(repr((voxels.shape, voxels.dtype.str)).encode(), digest_size=BYTES)
    found.update(np.ascontiguousarray(voxels).data)
    return found.hexdigest()
