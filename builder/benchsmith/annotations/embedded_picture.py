"""Compares the picture inside a LabelMe file with the one beside it."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from pathlib import Path

import numpy as np
import PIL.Image

from benchsmith.core.contracts import Array, DataFault, Request
from benchsmith.imaging.file_signature import lossy_kind
from benchsmith.imaging.picture_turns import TURNS, turn

MAX_BYTES = 256 << 20
BLOCK = 8
"""Side in pixels of the blocks that JPEG stores, whose mean values are nearly kept."""
MAX_CHANGE = 8.0
"""Largest change of a block's mean grey level by JPEG: that of its lowest qualities is about 5."""
MODES = frozenset({"1", "L", "P", "RGB"})
"""PIL's modes of pictures with up to 8 bits a channel and no transparency."""
MEND = "pair the file with its own picture, or set its `imageData` to null if the marks belong to this one"


def check(data: object, path: Path, request: Request) -> str:
    """Refuse a file whose embedded picture is another one; return a note if they were not compared.

    `data` is the `imageData` of the file `path`, base64 of a PNG or JPEG, or nothing. LabelMe turns a
    picture by its EXIF orientation and recompresses a JPEG. So any turn counts as the same
    picture, and for a JPEG the means of blocks are compared. Raises DataFault.
    """
    if not data:
        return ""
    try:
        if not isinstance(data, str) or len(data) > MAX_BYTES:
            raise ValueError
        stored = base64.b64decode(data, validate=True)
        found = PIL.Image.open(BytesIO(stored), formats=("PNG", "JPEG"))
        size = found.size[::-1]
        shape = request.image.voxels.shape[1:3]
        if sorted(size) != sorted(shape):
            what = (
                f"it holds a picture of {size[1]} x {size[0]} pixels, not {shape[1]} x {shape[0]}"
            )
            raise DataFault("shape-mismatch", path, f"{what}: {MEND}")
        if found.mode not in MODES or request.image.voxels.dtype != np.uint8:
            return ""
        embedded = np.asarray(found.convert("RGB"))
    except (binascii.Error, ValueError, OSError, SyntaxError, PIL.Image.DecompressionBombError):
        return "the picture in its `imageData` is no PNG or JPEG that can be read, and was not compared"
    lossy = found.format == "JPEG" or bool(lossy_kind(request.path))
    if not any(_same(embedded, one, lossy) for one in _turns(request.image.voxels)):
        raise DataFault("header", path, f"its `imageData` is a different picture: {MEND}")
    return ""


def _turns(voxels: Array) -> list[Array]:
    """Return a picture (1, rows, columns, ...) as RGB in every turn, the shown one first."""
    coloured = voxels if voxels.ndim == 4 else np.repeat(voxels[..., None], 3, axis=3)
    return [turn(coloured, code)[0] for code in TURNS]


def _same(one: Array, other: Array, lossy: bool) -> bool:
    if one.shape != other.shape:
        return False
    if not lossy:
        return bool(np.array_equal(one, other))
    return bool(np.abs(_means(one) - _means(other)).max() <= MAX_CHANGE)


def _means(picture: Array) -> Array:
    """Return the mean grey level of each block of a picture (rows, columns, 3), those at its ends smaller."""
    grey = picture.astype(np.float64) @ (0.299, 0.587, 0.114)
    rows, columns = (np.arange(0, n, BLOCK) for n in grey.shape)
    sums = np.add.reduceat(np.add.reduceat(grey, rows, axis=0), columns, axis=1)
    sizes = np.diff([*rows, grey.shape[0]])[:, None] * np.diff([*columns, grey.shape[1]])
    found: Array = sums / sizes
    return found
