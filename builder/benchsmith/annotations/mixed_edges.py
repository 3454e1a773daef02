"""Colour masks that were smoothed, resized or saved as JPEG: the intended colour of each pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from benchsmith.core.contracts import Array

EXACT = 8
"""Largest difference of a channel of a pixel that is not a mixture."""
REACH = 2
"""Pixels from a mixed pixel to the colours that it is mixed of."""
WIDEST = 12
"""Pixels of the widest edge; a mixture in a wider one is the label that its colour is nearest to."""
OFF_LINE = 12.0
"""Largest distance of a mixture from the line between its two colours, in RGB: colours are rounded."""
SURROUNDINGS = np.ones((2 * REACH + 1,) * 2, bool)
Mask = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.int64]


def meant(codes: Array, known: Sequence[int], tolerance: int) -> tuple[Array, frozenset[int]]:
    """Return the intended colour of each pixel; its own colour if that is none of the known ones.

    Also return the colours that lost pixels to an edge wider than `REACH`: such pixels may be a
    small structure, so it is unknown whether the colour is drawn.

    `codes` is (1, rows, columns) of 0xRRGGBB. A pixel means the nearest known colour (the smallest
    Euclidean distance in RGB), if no channel differs by more than `tolerance`. But such a pixel is a
    mixture if no region of its colour is near, and it is between two other colours of its
    surroundings, in the picture and in RGB. It gets the nearer of the two: the edge of a red
    region on black is not a dark red region.
    """
    picture = codes[0]
    colours = _channels(np.array(known))
    present, index = np.unique(picture, return_inverse=True)
    near, distance = _nearest(present, colours, tolerance)
    owner, away = near[index.reshape(picture.shape)], distance[index.reshape(picture.shape)]
    pixels = _channels(picture)
    exact = (owner >= 0) & (np.abs(pixels - colours[owner]).max(axis=-1) <= EXACT)
    inner = {n: _eroded(exact & (owner == n)) for n in np.unique(owner[exact]).tolist()}
    far = np.ones(owner.shape, bool)
    for number, inside in inner.items():
        far &= ~(ndimage.binary_dilation(inside, SURROUNDINGS) & (owner == number))
    # half red on black may be exactly the colour of a third label, which is not present
    doubtful = far & (owner >= 0)
    _settle(owner, np.full(away.shape, np.inf), pixels, colours, doubtful, inner)
    unsure = _settle_wide(owner, pixels, colours, exact, inner)
    exact &= owner == near[index.reshape(picture.shape)]
    sure = {n: exact & (owner == n) for n in np.unique(owner[exact]).tolist()}
    _settle(owner, away, pixels, colours, doubtful & ~exact, sure)
    _settle_corners(owner, pixels, colours, doubtful & ~exact, sure)
    found = np.where(owner >= 0, np.array(known)[owner], picture)
    return found[None].astype(codes.dtype), frozenset(known[n] for n in unsure)


def _nearest(
    present: Array, colours: _Numbers, tolerance: int
) -> tuple[_Numbers, npt.NDArray[np.float64]]:
    """Return the number and distance of the nearest colour of each code; -1 if none is near enough."""
    apart = _channels(present)[:, None] - colours[None]
    allowed = np.abs(apart).max(axis=2) <= tolerance
    squares = np.where(allowed, (apart**2).sum(axis=2), np.iinfo(np.int64).max)
    best = squares.argmin(axis=1)
    some = allowed.any(axis=1)
    least = np.where(some, squares.min(axis=1), 0)
    return np.where(some, best, -1), np.where(some, np.sqrt(least), np.inf)


def _eroded(mask: Mask) -> Mask:
    """Return the pixels of a mask whose neighbours are all in it; beyond the picture all are."""
    found: Mask = ndimage.binary_erosion(mask, np.ones((3, 3), bool), border_value=1)
    return found


def _settle(
    owner: _Numbers,
    away: npt.NDArray[np.float64],
    pixels: _Numbers,
    colours: _Numbers,
    doubtful: Mask,
    sure: Mapping[int, Mask],
    reach: int = REACH,
) -> None:
    """Give doubtful pixels to one of the two colours that they are mixed of, in place.

    `sure` are the pixels that certainly have a colour; a mixture has pixels of both colours beside it,
    and is nearer to the line between them than `away`.
    """
    rows, columns = np.nonzero(doubtful)
    if not len(rows):
        return
    beside = {n: _within(m, reach)[rows, columns] for n, m in sure.items()}
    own, best = owner[rows, columns], away[rows, columns].copy()
    settled = own.copy()
    values = pixels[rows, columns].astype(float)
    for a, b in combinations(beside, 2):
        between = beside[a] & beside[b]
        if not between.any():
            continue
        line = (colours[b] - colours[a]).astype(float)
        part = np.clip((values - colours[a]) @ line / (line @ line), 0, 1)
        off = np.linalg.norm(values - (colours[a] + part[:, None] * line), axis=1)
        wins = between & (off <= OFF_LINE) & (off < best) & (own != a) & (own != b)
        settled[wins] = np.where(part < 1 / 2, a, b)[wins]
        best[wins] = off[wins]
    owner[rows, columns] = settled


def _settle_wide(
    owner: _Numbers,
    pixels: _Numbers,
    colours: _Numbers,
    exact: Mask,
    inner: Mapping[int, Mask],
) -> set[int]:
    """Give mixtures in edges wider than `REACH` to one of their two colours, in place.

    The width is that of the mask's own edges: twice the way from their middle to a compact region. A
    colour with a compact region within half of it keeps its pixels. Returns the colours that lost some.
    """
    if not any(inside.any() for inside in inner.values()):
        return set()
    compact = np.logical_or.reduce(list(inner.values()))
    way = ndimage.distance_transform_cdt(~compact, "chessboard")
    # a region's outermost row is not in its compact part
    half = min(int(way[~exact & (owner >= 0)].max(initial=0)) - 1, WIDEST // 2)
    if 2 * half <= REACH:
        return set()
    doubtful = owner >= 0
    for number, inside in inner.items():
        doubtful &= ~(_within(inside, max(half, REACH)) & (owner == number))
    before = owner.copy()
    # a small blurred region may have no pixel of its pure colour, and is still an end of a mixture
    ends = {n: _eroded(owner == n) for n in np.unique(owner[owner >= 0]).tolist()}
    _settle(owner, np.full(owner.shape, np.inf), pixels, colours, doubtful, ends, 2 * half + 1)
    lost = set(np.unique(before[before != owner]).tolist())
    edges = {n for n in lost if not (n in inner and inner[n].any())}
    # where three colours meet, a mixture is on no line; a colour that is only an edge is not present
    corner = np.isin(owner, list(edges))
    left = {n: mask for n, mask in ends.items() if n not in edges}
    _settle_corners(owner, pixels, colours, corner, left, 2 * half + 1)
    return lost


def _within(mask: Mask, reach: int) -> Mask:
    """Return the pixels that are at most `reach` rows and columns from one of a mask."""
    found: Mask = ndimage.maximum_filter(mask.view(np.uint8), 2 * reach + 1, mode="constant") > 0
    return found


def _settle_corners(
    owner: _Numbers,
    pixels: _Numbers,
    colours: _Numbers,
    doubtful: Mask,
    sure: Mapping[int, Mask],
    reach: int = REACH,
) -> None:
    """Give pixels that are mixed of three colours to the nearest colour beside them, in place.

    These are doubtful pixels whose own colour no pixel around them certainly has.
    """
    rows, columns = np.nonzero(doubtful)
    if not len(rows) or not sure:
        return
    numbers = np.array(list(sure))
    beside = np.stack([_within(m, reach)[rows, columns] for m in sure.values()], axis=1)
    own = owner[rows, columns]
    alone = ~(beside & (numbers[None] == own[:, None])).any(axis=1) & beside.any(axis=1)
    squares = ((pixels[rows, columns][:, None] - colours[numbers][None]) ** 2).sum(axis=2)
    nearest = numbers[np.where(beside, squares, np.iinfo(np.int64).max).argmin(axis=1)]
    owner[rows, columns] = np.where(alone, nearest, own)


def _channels(codes: Array) -> _Numbers:
    """Return red, green and blue along a new last axis."""
    wide = codes.astype(np.int64)
    return np.stack([wide >> 16, (wide >> 8) & 255, wide & 255], axis=-1)
