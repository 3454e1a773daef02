"""Measure how structures of one picture lie to each other: how far apart, and how far around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import cv2
import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.skills.contract import Relation

CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
"""The four neighbours of a pixel."""


def relations(masks: Mapping[str, Array], mm: tuple[float, float]) -> Iterator[Relation]:
    """Yield the relation of each structure to each other one, sorted by their labels.

    `masks` are (rows, columns) of bool by label, none empty; `mm` is the height and width of a pixel.
    """
    outlines = {label: _outline(mask, mm) for label, mask in masks.items()}
    rims = {label: _rim(mask) for label, mask in masks.items()}
    apart: dict[tuple[str, str], float] = {}
    for first in sorted(masks):
        rim = rims[first]
        size = int(np.count_nonzero(rim))
        for second in sorted(masks):
            if second == first:
                continue
            if (second, first) in apart:
                distance = apart[second, first]
            else:
                overlap = bool((masks[first] & masks[second]).any())
                distance = 0.0 if overlap else _distance(outlines[first], outlines[second])
                apart[first, second] = distance
            covered = int(np.count_nonzero(rim & masks[second]))
            yield Relation(first, second, distance, covered / size if size else 0.0)


def _outline(mask: Array, mm: tuple[float, float]) -> Array:
    """Return the places (n, 2) of a mask's outermost pixels, in the unit of `mm`."""
    own = mask.astype(np.uint8)
    inner = cv2.erode(own, CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    found: Array = np.argwhere(own > inner) * np.array(mm)
    return found


def _rim(mask: Array) -> Array:
    """Return the pixels that share a side with a mask and do not belong to it."""
    wide: Array = cv2.dilate(mask.astype(np.uint8), CROSS).view(bool) & ~mask
    return wide


def _distance(a: Array, b: Array) -> float:
    """Return the shortest distance between two sets of places."""
    from scipy.spatial import cKDTree  # takes a while to load, and most builds need it not

    few, many = sorted((a, b), key=len)
    return float(cKDTree(many).query(few)[0].min())
