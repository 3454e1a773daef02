"""The connected parts of a mask."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array


def part_areas(mask: Array) -> npt.NDArray[np.int64]:
    """Return the area in pixels of each 8-connected part of a mask, bool or uint8 (rows, columns).

    >>> part_areas(np.array([[True, False, True], [True, False, False]])).tolist()
    [2, 1]
    """
    import cv2  # a build that has nothing to do imports this module too

    inside = np.ascontiguousarray(mask, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    areas: npt.NDArray[np.int64] = stats[1:, cv2.CC_STAT_AREA].astype(np.int64)
    return areas
