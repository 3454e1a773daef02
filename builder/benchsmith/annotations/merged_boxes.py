"""Boxes of several readers: which of them mark the same thing, and its merged box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import DataFault
from benchsmith.core.model import Box

MIN_OVERLAP = 0.5
"""Least overlap (intersection over union) of two boxes of one thing."""
MAX_BOXES = 2_000
"""Boxes of one label that all readers of an image may have drawn."""


class BoxOf(NamedTuple):
    """A reader's box of one label."""

    reader: int
    box: Box


def merged_boxes(boxes: Sequence[BoxOf], how: str, readers: int) -> tuple[list[Box], bool]:
    """Return one box for each thing that a rule accepts, and whether a thing was not accepted.

    Boxes of two readers that overlap enough mark the same thing. Its box contains all of them
    (`union`), is their common part (`intersection`), or has the median corners (`majority`).
    """
    if how == "first":
        own = [one.box for one in boxes if one.reader == 0]
        others = [one.box for one in boxes if one.reader]
        shares = _overlaps([*own, *others])[len(own) :, : len(own)]
        return own, bool((shares < MIN_OVERLAP).all(axis=1).any())
    least = {"union": 1, "intersection": readers, "majority": readers // 2 + 1}.get(how, 1)
    things = _things(boxes)
    true = [thing for thing in things if len(thing) >= least]
    return [_box(thing, how) for thing in true], len(true) < len(things)


def _things(boxes: Sequence[BoxOf]) -> list[list[Box]]:
    """Return the boxes of each thing, at most one of each reader; the best overlaps are matched first.

    Any two boxes of a thing overlap enough. Among equal overlaps, earlier boxes come first.
    """
    if len(boxes) > MAX_BOXES:
        what = f"has {len(boxes)} boxes of one label from all readers, more than {MAX_BOXES}"
        raise DataFault("too-large", "boxes", what)
    shares = _overlaps([one.box for one in boxes])
    things = {n: [n] for n in range(len(boxes))}
    owner = list(range(len(boxes)))
    first, second = np.nonzero(np.triu(shares >= MIN_OVERLAP, 1))
    for n in np.argsort(-shares[first, second], kind="stable").tolist():
        a, b = owner[first[n]], owner[second[n]]
        if a == b or {boxes[i].reader for i in things[a]} & {boxes[i].reader for i in things[b]}:
            continue
        if (shares[np.ix_(things[a], things[b])] >= MIN_OVERLAP).all():
            things[a] += things.pop(b)
            for i in things[a]:
                owner[i] = a
    return [[boxes[i].box for i in thing] for thing in things.values()]


def _overlaps(boxes: Sequence[Box]) -> npt.NDArray[np.float64]:
    """Return the intersection over union of every two boxes, (boxes, boxes)."""
    x0, y0, x1, y1 = np.array([(b.x0, b.y0, b.x1, b.y1) for b in boxes], np.int64).reshape(-1, 4).T
    width = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    height = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    both = np.maximum(width, 0) * np.maximum(height, 0)
    area = (x1 - x0) * (y1 - y0)
    shares: npt.NDArray[np.float64] = both / (area[:, None] + area - both)
    return shares


def _box(thing: Sequence[Box], how: str) -> Box:
    corners = np.array([(b.x0, b.y0, b.x1, b.y1) for b in thing])
    low, high = corners.min(axis=0), corners.max(axis=0)
    if how == "union":
        x0, y0, x1, y1 = low[0], low[1], high[2], high[3]
    elif how == "intersection":
        x0, y0, x1, y1 = high[0], high[1], low[2], low[3]
    else:
        x0, y0, x1, y1 = np.floor(np.median(corners, axis=0) + 0.5).astype(int)
    return Box(x0=int(x0), y0=int(y0), x1=int(x1), y1=int(y1))
