"""Masks of many objects: whether the objects are drawn outlines, piece by piece."""

from __future__ import annotations

import numpy as np

from benchsmith.annotations import outlines
from benchsmith.annotations.outlines import Mask

MIN_OUTLINE_PX = 20
"""No line of fewer pixels encloses an area as large as its own."""
MAX_PIECES = 5_000
"""More pieces than this are not examined: no picture may have so many objects."""
MOST = 0.5
"""Share of the pieces from which on the objects are outlines: single ones may have holes."""


def inside(mask: Mask, free: Mask) -> Mask | None:
    """Return a mask with its outlined pieces filled; None unless most of its pieces are outlines.

    `mask` and `free` (pixels without any label) are (rows, columns).
    """
    from scipy import ndimage  # few masks get here, and each worker would wait for it

    numbered, count = ndimage.label(mask, np.ones((3, 3), bool))
    sizes = np.bincount(numbered.ravel(), minlength=count + 1)
    large = [n for n in range(1, count + 1) if sizes[n] >= MIN_OUTLINE_PX]
    if not large or len(large) > MAX_PIECES:
        return None
    found = mask.copy()
    places = ndimage.find_objects(numbered)
    outlined = 0
    for number in large:
        # one pixel more on each side, but not beyond the picture: a line may be cut off there
        part = tuple(
            slice(max(0, side.start - 1), min(size, side.stop + 1))
            for side, size in zip(places[number - 1], mask.shape, strict=True)
        )
        region = outlines.inside(numbered[part] == number, free[part])
        if region is not None:
            outlined += 1
            found[part] |= region
    return found if outlined > MOST * len(large) else None
