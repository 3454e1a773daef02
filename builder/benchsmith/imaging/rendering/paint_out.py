"""Paint a region out: copy a piece of its surroundings over it, and match the edges.

The piece has the region's shape, shifted to where it lies inside an area that may be copied and
its rim is most like the region's own. What differs along the rim is spread smoothly over the
inside (the membrane of Pérez, Gangnet and Blake, Poisson Image Editing, 2003). So the texture is
real, no edge remains, and everything drawn occurs elsewhere in the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.imaging.geometry import box_of
from benchsmith.imaging.mask_fit import Shift, fits

GROWN_PX = 2
"""By how much a region is grown before it is painted out: pixels at its edge show some of it."""
MOST_UNEVEN = 10.0
"""Largest unevenness of what is painted in: the standard deviation of what differs along the rim, in
grey levels, times the square root of the region's share of the picture. In CT and MR, small vessels and
glands have 1 to 6, kidneys 8 to 11; a heart has 23 and looks like smoke."""
STEPS = 16
"""Steps of a grey level to which the smooth correction is rounded, so that it is the same everywhere."""


def grown(hole: Array) -> Array:
    """Return a boolean mask grown by `GROWN_PX` pixels, which is what is painted over."""
    width = 2 * GROWN_PX + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    larger: Array = cv2.dilate(hole.astype(np.uint8), disc) > 0
    return larger


def fault(picture: Array, hole: Array, source: Array) -> str | None:
    """Return why a region cannot be painted out credibly; None if it can.

    Arguments are those of :func:`paint_out`.
    """
    whole = grown(hole)
    area = source & ~whole
    values = _channels(picture)
    for part in _parts(whole):
        if not fits(part, area).any():
            return "no piece of the surroundings is large enough"
        rim = grown(part) & ~whole
        shift = _most_alike(values, part, rim, area)
        gaps = [_gap(values[:, :, c], whole, shift)[rim] for c in range(values.shape[2])]
        uneven = max(float(np.nanstd(gap)) if np.isfinite(gap).any() else 0.0 for gap in gaps)
        if uneven * float(np.sqrt(part.mean())) > MOST_UNEVEN:
            return f"no piece of the surroundings is like it: the rims differ by {uneven:.0f} grey levels"
    return None


def _channels(picture: Array) -> Array:
    """Return a picture as (rows, columns, channels) of float64."""
    values: Array = (picture[:, :, None] if picture.ndim == 2 else picture).astype(np.float64)
    return values


def paint_out(picture: Array, hole: Array, source: Array) -> Array:
    """Return an 8-bit picture (rows, columns) or (rows, columns, 3) without a region.

    `hole` and `source` are boolean (rows, columns): the region, and the area that may be copied.
    Raises ValueError if a part of the region fits nowhere into that area.
    """
    whole = grown(hole)
    area = source & ~whole
    values = _channels(picture)
    out = values.copy()
    for part in _parts(whole):
        rim = grown(part) & ~whole
        shift = _most_alike(values, part, rim, area)
        rows, columns = np.nonzero(part)
        copied = values[rows + shift.dy, columns + shift.dx]
        for channel in range(values.shape[2]):
            gap = _gap(values[:, :, channel], whole, shift)
            smooth = np.rint(_membrane(part, gap) * STEPS) / STEPS
            out[rows, columns, channel] = copied[:, channel] + smooth
    painted: Array = np.clip(np.rint(out), 0, 255).astype(np.uint8)
    return painted if picture.ndim == 3 else painted[:, :, 0]


def _parts(mask: Array) -> list[Array]:
    """Return the 8-connected parts of a boolean mask."""
    count, numbers = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return [numbers == n for n in range(1, count)]


def _most_alike(values: Array, part: Array, rim: Array, area: Array) -> Shift:
    """Return the shift to a piece of the area whose rim differs least (sum of squares) from the part's."""
    places = fits(part, area)
    if not places.any():
        raise ValueError("no piece of the surroundings is large enough")
    box = box_of(part)
    unlike = np.zeros(area.shape)
    weight = np.conj(np.fft.rfft2(rim.astype(np.float64)))
    for channel in range(values.shape[2]):
        there = values[:, :, channel]
        own = np.conj(np.fft.rfft2(np.where(rim, there, 0.0)))
        unlike += np.fft.irfft2(np.fft.rfft2(there * there) * weight, area.shape)
        unlike -= 2 * np.fft.irfft2(np.fft.rfft2(there) * own, area.shape)
    y, x = np.nonzero(places)
    cost = np.rint(unlike[(y - box.y0) % area.shape[0], (x - box.x0) % area.shape[1]])
    best = int(cost.argmin())
    return Shift(int(x[best]) - box.x0, int(y[best]) - box.y0)


def _gap(values: Array, whole: Array, shift: Shift) -> Array:
    """Return picture minus shifted picture, (rows, columns); NaN inside the hole and beyond borders."""
    rows, columns = values.shape
    moved = np.full(values.shape, np.nan)
    y0, y1 = max(-shift.dy, 0), min(rows, rows - shift.dy)
    x0, x1 = max(-shift.dx, 0), min(columns, columns - shift.dx)
    moved[y0:y1, x0:x1] = values[y0 + shift.dy : y1 + shift.dy, x0 + shift.dx : x1 + shift.dx]
    gap: Array = np.where(whole, np.nan, values - moved)
    return gap


def _membrane(part: Array, gap: Array) -> Array:
    """Return the harmonic function inside a part, (pixels,), with the values of `gap` around it.

    Each pixel is the mean of those of its four neighbours that are in the part or have a gap.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import spsolve

    rows, columns = np.nonzero(part)
    number = np.full(part.shape, -1, np.int64)
    number[rows, columns] = np.arange(len(rows))
    degree, right = np.zeros(len(rows)), np.zeros(len(rows))
    entries: list[tuple[Array, Array]] = []
    for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        y, x = rows + dy, columns + dx
        there = (y >= 0) & (y < part.shape[0]) & (x >= 0) & (x < part.shape[1])
        here = np.flatnonzero(there)
        to, known = number[y[here], x[here]], gap[y[here], x[here]]
        inside, beside = to >= 0, np.isfinite(known) & (to < 0)
        degree[here[inside | beside]] += 1
        right[here[beside]] += known[beside]
        entries.append((here[inside], to[inside]))
    if not right.any():
        return np.zeros(len(rows))
    own = np.concatenate([e[0] for e in entries])
    other = np.concatenate([e[1] for e in entries])
    middle = np.arange(len(rows))
    matrix = coo_matrix(
        (
            np.concatenate([degree, np.full(len(own), -1.0)]),
            (np.concatenate([middle, own]), np.concatenate([middle, other])),
        ),
        shape=(len(rows), len(rows)),
    )
    solved: Array = spsolve(matrix.tocsc(), right)
    return solved
