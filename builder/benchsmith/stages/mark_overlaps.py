"""How much of some regions of a picture the marks of each label cover, from runs of pixels only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.core.picture_marks import Mark, box_runs

Counts = npt.NDArray[np.int64]
BLOCK = 1 << 20
"""Pairs of boxes that are compared at a time."""


class Overlaps(NamedTuple):
    """Pixels that the marks of one label cover, summed over these marks, for each region."""

    in_region: Counts
    in_box: Counts


class _Runs(NamedTuple):
    """Runs of several regions, as indices into the flattened picture."""

    starts: Counts
    stops: Counts
    owner: Counts
    """Number of the region of each run."""


def overlaps(regions: Sequence[Mark], marks: Mapping[str, Sequence[Mark]]) -> dict[str, Overlaps]:
    """Return the overlaps of regions with the marks of each label, by label.

    Boxes are compared by their corners. Other marks are compared by their runs: the pixels that
    runs cover up to some place are a sum over the runs that start before it, less one over those
    that stop before it, and both sums are read off sorted lists.
    """
    ragged = [n for n, region in enumerate(regions) if not region.solid]
    own = _joined([regions[n].runs() for n in ragged], ragged)
    rows: _Runs | None = None
    found: dict[str, Overlaps] = {}
    for label, each in marks.items():
        in_box = _boxes_in_boxes(regions, [mark for mark in each if mark.solid])
        uneven = [mark for mark in each if not mark.solid]
        if uneven:
            if rows is None:
                listed = [box_runs(region.box, region.width) for region in regions]
                rows = _joined(listed, range(len(regions)))
            in_box += _covered(rows, uneven, len(regions))
        in_region = in_box.copy()
        if ragged:
            in_region[ragged] = _covered(own, each, len(regions))[ragged]
        found[label] = Overlaps(in_region, in_box)
    return found


def _boxes_in_boxes(regions: Sequence[Mark], marks: Sequence[Mark]) -> Counts:
    """Return for each region how many pixels of its box the boxes of marks cover, summed."""
    total = np.zeros(len(regions), np.int64)
    if not marks:
        return total
    ours, theirs = _corners(regions), _corners(marks)
    step = max(1, BLOCK // len(marks))
    for low in range(0, len(regions), step):
        x0, y0, x1, y1 = ours[:, low : low + step, None]
        width = np.minimum(x1, theirs[2]) - np.maximum(x0, theirs[0])
        height = np.minimum(y1, theirs[3]) - np.maximum(y0, theirs[1])
        area = np.maximum(width, 0) * np.maximum(height, 0)
        total[low : low + step] = area.sum(axis=1)
    return total


def _corners(marks: Sequence[Mark]) -> Counts:
    boxes = [(m.box.x0, m.box.y0, m.box.x1, m.box.y1) for m in marks]
    return np.array(boxes, np.int64).reshape(-1, 4).T


def _joined(runs: Sequence[tuple[Counts, Counts]], owners: Sequence[int]) -> _Runs:
    starts, stops = (
        np.concatenate([np.empty(0, np.int64), *(one[side] for one in runs)]) for side in (0, 1)
    )
    return _Runs(starts, stops, np.repeat(np.array(owners, np.int64), [len(a) for a, _ in runs]))


def _covered(runs: _Runs, marks: Sequence[Mark], regions: int) -> Counts:
    """Return for each region how many pixels of its runs marks cover, summed over the marks."""
    each = [mark.runs() for mark in marks]
    pixels = np.zeros(len(runs.starts), np.int64)
    for side, sign in ((0, 1), (1, -1)):
        places = np.sort(np.concatenate([one[side] for one in each]))
        sums = np.concatenate([[0], np.cumsum(places)])
        for ends, way in ((runs.stops, sign), (runs.starts, -sign)):
            before = np.searchsorted(places, ends)
            pixels += way * (ends * before - sums[before])
    # weights are floats, which are exact for counts of pixels
    return np.bincount(runs.owner, pixels, regions).astype(np.int64)
