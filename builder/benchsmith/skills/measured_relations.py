"""Measure how structures of one picture lie to each other: how far apart, and how far around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import cv2
import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.skills.contract import Relation
from benchsmith.skills.plane_facts import Apart

CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
"""The four neighbours of a pixel."""


def relations(
    masks: Mapping[str, Array], apart: Mapping[tuple[str, str], Apart]
) -> Iterator[Relation]:
    """Yield the relation of each structure to each other one, sorted by their labels.

    `masks` are (rows, columns) of bool by label, none empty; `apart` has what was measured of each two.
    """
    for first in sorted(masks):
        rim = _rim(masks[first])
        size = int(np.count_nonzero(rim))
        for second in sorted(masks):
            if second == first:
                continue
            distance = apart[min(first, second), max(first, second)].distance
            covered = int(np.count_nonzero(rim & masks[second]))
            yield Relation(first, second, distance, covered / size if size else 0.0)


def _rim(mask: Array) -> Array:
    """Return the pixels that share a side with a mask and do not belong to it."""
    wide: Array = cv2.dilate(mask.astype(np.uint8), CROSS).view(bool) & ~mask
    return wide
