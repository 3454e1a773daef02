"""Intensity windows: from stored values to 8 bits."""

from __future__ import annotations

import numpy as np

from benchsmith.core.contracts import Array, Image, Shown
from benchsmith.documents.lexicon import Window
from benchsmith.imaging.percentiles import foreground_percentiles

OUTLIER_RANGES = 3.0
"""Quartile ranges above the upper quartile of the foreground beyond which values are outliers (Tukey's
outer fence): one bright object, of up to 2 % of a
volume, must not dim the rest."""

LEAST_RANGE = 100.0
"""Smallest difference of the largest and the smallest value of a CT image in Hounsfield units: fat and
muscle are as far apart."""
LEAST_STORED, AIR_AT_MOST = -8192.0, -500.0
"""Smallest value of a picture of CT in Hounsfield units with air in it: of padding, and of air beside the body."""
CENTRED = (-128.0, 127.0)
"""Black and white of grey levels of 8 bits with 128 taken away."""
STANDARD_MEAN = 0.01
"""Largest mean, as a share of the deviation, of values that were standardised to mean 0, whatever their scale."""

MIN_MAX = Window("sa-med2d", "min-max", 0, 0, 0, 0, ("*",), ("*",))
"""The whole range of a volume, as in SA-Med2D-20M (arXiv 2311.11969): for comparison only, since a
piece of metal or padding takes the contrast of everything else."""


def choose(image: Image, window: Window | None, region: Array | None = None) -> Shown | None:
    """Return the intensity range of an image; None if its pixels are shown unchanged.

    Pictures stored with 8 bits are already windowed. A range does not depend on a slice's content,
    except that a window with limits is replaced by its `otherwise` where they are broken: `region`
    has the stored values (n,) of the structure that is asked about, if there is one. CT whose
    values are not Hounsfield units is shown between percentiles (see :func:`_may_be_hounsfield`).
    """
    if image.voxels.ndim == 4 or (image.planar and image.voxels.dtype == np.uint8):
        return None
    if window is not None and window.kind == "hu" and not _may_be_hounsfield(image):
        window = None
    if window is not None and window.otherwise and not _suits(image, window, region):
        return Shown(
            window.else_level - window.else_width / 2,
            window.else_level + window.else_width / 2,
            f"{window.otherwise}: level {window.else_level:g} width {window.else_width:g} HU",
        )
    if window is not None and window.kind == "hu":
        return Shown(
            window.level - window.width / 2,
            window.level + window.width / 2,
            f"{window.id}: level {window.level:g} width {window.width:g} HU",
        )
    if window is not None and window.kind == MIN_MAX.kind:
        least, most = float(image.voxels.min()), float(image.voxels.max())
        return Shown(least, most, f"smallest to largest value: {least:g} to {most:g}")
    low, high = (window.low, window.high) if window else (0.5, 99.5)
    quartiles = () if image.planar else (25, 75)
    bottom, top, *quarters = foreground_percentiles(image.voxels, (low, high, *quartiles))
    if quarters:
        lower, upper = quarters
        top = min(top, max(upper + OUTLIER_RANGES * (upper - lower), bottom + 1e-9))
    root = window is not None and window.kind == "root"
    words = f"percentiles {low:g} to {high:g} of the foreground: {bottom:g} to {top:g}"
    return Shown(bottom, top, f"{words}, square root" if root else words, root)


def _may_be_hounsfield(image: Image) -> bool:
    """Return whether the values of a CT image may be Hounsfield units.

    What its file states decides, or else its values. Air is at -1000 and fat at -100, so values without
    negative ones are not, whatever type stores them: they are grey levels, or CT that was shifted up. Nor are
    signed values of 8 bits, or values that were scaled for a network, to a range that shows no anatomy or to
    mean 0. A picture whose file states no place and no unit is one of a general format (PNM, TIFF, an array): its
    values must reach air, and not leave what scanners store.
    """
    voxels = image.voxels
    if image.unit or image.not_hounsfield or voxels.dtype.kind == "u":
        return image.unit == "HU" and voxels.dtype.kind != "u"
    if image.planar and image.located is None:
        return LEAST_STORED <= float(voxels.min()) <= AIR_AT_MOST
    # what one plane has, the volume has
    if float(voxels[len(voxels) // 2].min()) <= AIR_AT_MOST:
        return True
    low, high = float(voxels.min()), float(voxels.max())
    if low <= AIR_AT_MOST:
        return True
    fractions = voxels.dtype.kind == "f"
    if low >= 0 or (fractions and high - low < LEAST_RANGE) or voxels.dtype.itemsize == 1:
        return False
    if low == CENTRED[0] and high <= CENTRED[1]:
        return False
    mean, deviation = float(voxels.mean(dtype=np.float64)), float(voxels.std(dtype=np.float64))
    return abs(mean) > STANDARD_MEAN * deviation


def _suits(image: Image, window: Window, region: Array | None) -> bool:
    """Return whether an image is within the limits of a window; an unknown value breaks no limit."""
    sides = image.spacing_mm[1:] if image.planar else image.spacing_mm
    if image.place is not None:
        sides = *sides, float(np.linalg.norm(image.place[:3, 2]))
    if window.most_mm is not None and max(sides, default=0.0) > window.most_mm:
        return False
    if window.least_median is None or region is None or not region.size:
        return True
    return float(np.median(region)) >= window.least_median


def apply(plane: Array, shown: Shown | None) -> Array:
    """Return a plane as uint8: `low` and less is 0, `high` and more is 255, linear between.

    Where `shown` says so, the square root of the linear value, both from 0 to 1, is taken instead:
    it keeps faint objects distinct from black beside objects ten times as bright, which stay below
    white.

    The bounds are the window's own and not the clipped data's, so equal values look equal in
    every picture (DICOM PS3.3 C.11.2.1.3.2, linear exact).

    >>> apply(np.array([[-200.0, 40.0, 300.0]]), Shown(-160.0, 240.0, ""))
    array([[  0, 128, 255]], dtype=uint8)
    """
    if shown is None:
        return plane
    width = max(shown.high - shown.low, 1e-9)
    # in place: allocating a new array of a plane's size costs more than the arithmetic
    scaled: Array = plane.astype(np.float32)
    scaled -= np.float32(shown.low)
    scaled *= np.float32(255.0 / width)
    np.clip(scaled, 0, 255, out=scaled)
    if shown.root:
        scaled *= np.float32(255)
        np.sqrt(scaled, out=scaled)
    levels: Array = np.rint(scaled, out=scaled).astype(np.uint8)
    return levels
