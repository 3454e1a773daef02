"""The region that is painted out of a picture, and the pixels that may be copied over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.alteration import Place
from benchsmith.core.contracts import Array
from benchsmith.imaging.geometry import plane
from benchsmith.stages.label_layers import SourceLayer, mask_of

RIM_PX = 5
"""Pixels around a region in which its surroundings are looked for."""


def hole_of(
    layers: Sequence[SourceLayer], painted: Sequence[Place], axis: str, index: int
) -> Array:
    """Return the pixels of some structures in a plane, (rows, columns) of bool."""
    masks = [mask_of(layers[p.layer].layer, p.value, axis, index) for p in painted]
    together: Array = np.logical_or.reduce(masks)
    return together


def rim_of(hole: Array) -> Array:
    """Return the pixels within `RIM_PX` of a region and outside it, (rows, columns) of bool."""
    import cv2  # a build that has nothing to do imports this module too

    width = 2 * RIM_PX + 1
    around: Array = cv2.dilate(hole.astype(np.uint8), np.ones((width, width), np.uint8)) > 0
    return around & ~hole


def source_of(
    layers: Sequence[SourceLayer], hole: Array, copied: Place | None, axis: str, index: int
) -> Array:
    """Return the pixels that may be copied over a hole, (rows, columns) of bool.

    They are those of the structure `copied`. Without one they are the surroundings of the hole:
    unmarked pixels, and those of the structures at its rim.
    """
    if copied is not None:
        return mask_of(layers[copied.layer].layer, copied.value, axis, index) & ~hole
    rim, source = rim_of(hole), ~hole
    for layer, _ in layers:
        labels = plane(layer.voxels, axis, index)
        source &= np.isin(labels, np.append(np.unique(labels[rim]), 0))
    return source
