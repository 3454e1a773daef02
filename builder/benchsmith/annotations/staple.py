"""STAPLE: the truth that the masks of several readers most likely come from.

S. K. Warfield, K. H. Zou, W. M. Wells, Simultaneous truth and performance level estimation (STAPLE):
an algorithm for the validation of image segmentation, IEEE Transactions on Medical Imaging 23 (2004)
903-921, as SimpleITK implements it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.contracts import Array

MAX_ITERATIONS = 500
LIKELY = 0.5
"""Smallest probability of a pixel that belongs to the truth."""


def staple(masks: Sequence[Array]) -> Array:
    """Return the likely truth behind masks of one shape, (z, y, x) of bool.

    The prior is the share of marked pixels in all masks, so the result depends on the size of the
    image. A single mask is its own truth; empty masks have an empty one.
    """
    if len(masks) == 1 or not any(mask.any() for mask in masks):
        return masks[0]
    import SimpleITK as sitk

    finder = sitk.STAPLEImageFilter()
    finder.SetNumberOfThreads(1)  # sums in one order
    finder.SetForegroundValue(1.0)
    finder.SetMaximumIterations(MAX_ITERATIONS)
    images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
    likely: Array = sitk.GetArrayFromImage(finder.Execute(images)) >= LIKELY
    return likely
