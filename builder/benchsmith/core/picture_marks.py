"""Marks of one picture as boxes or runs of pixels, so that overlapping marks need no plane each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.core.model import Box

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """The pixels of one mark: its whole box, or runs of pixels inside it."""

    box: Box
    """The smallest box around its pixels."""
    width: int
    """Of the picture, in pixels."""
    ragged: tuple[Array, Array] | None = None
    """Starts and stops of its runs along the rows, sorted, as places in the flat picture; None for a
    mark that fills its box."""

    @classmethod
    def of(cls, part: Array, top: int, left: int, width: int) -> Mark:
        """Return the mark of a mask (rows, columns) of bool, not empty, that begins at (top, left)."""
        rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        y0, y1 = int(rows[0]), int(rows[-1]) + 1
        x0, x1 = int(columns[0]), int(columns[-1]) + 1
        inner = part[y0:y1, x0:x1]
        box = Box(x0=left + x0, y0=top + y0, x1=left + x1, y1=top + y1)
        if inner.all():
            return cls(box, width)
        edges = np.zeros((inner.shape[0], inner.shape[1] + 2), bool)
        edges[:, 1:-1] = inner
        row, column = np.nonzero(edges[:, 1:] != edges[:, :-1])
        places = (row + box.y0) * width + column + box.x0
        return cls(box, width, (places[::2], places[1::2]))

    @property
    def solid(self) -> bool:
        """Whether the mark fills its box."""
        return self.ragged is None

    @property
    def run_count(self) -> int:
        """Number of its runs along the rows."""
        return self.box.y1 - self.box.y0 if self.ragged is None else len(self.ragged[0])

    @property
    def area_px(self) -> int:
        """Number of its pixels."""
        return self.box.area if self.ragged is None else int(np.subtract(*self.ragged[::-1]).sum())

    def runs(self) -> tuple[Array, Array]:
        """Return the starts and stops of its runs along the rows, as indices into the flattened picture."""
        return box_runs(self.box, self.width) if self.ragged is None else self.ragged

    def mask(self, height: int) -> Array:
        """Return its pixels in the picture, (rows, columns) of bool."""
        mask = np.zeros((height, self.width), bool)
        rows, columns = slice(self.box.y0, self.box.y1), slice(self.box.x0, self.box.x1)
        if self.ragged is None:
            mask[rows, columns] = True
            return mask
        starts, stops = self.ragged
        offset = self.box.y0 * self.width
        steps = np.zeros((self.box.y1 - self.box.y0) * self.width + 1, np.int8)
        # runs that touch across the end of a row: one's stop is the other's start
        steps[starts - offset] += 1
        steps[stops - offset] -= 1
        inner = np.cumsum(steps[:-1], dtype=np.int8).view(bool)
        mask[rows] = inner.reshape(-1, self.width)
        return mask

    def meets(self, other: Mark) -> bool:
        """Return whether two marks of one picture have a pixel in common."""
        a, b = self.box, other.box
        if a.x0 >= b.x1 or b.x0 >= a.x1 or a.y0 >= b.y1 or b.y0 >= a.y1:
            return False
        if self.ragged is None and other.ragged is None:
            return True
        few, many = sorted((self, other), key=lambda mark: mark.run_count)
        if many.ragged is None:
            few, many = many, few
        starts, stops = few.runs()
        assert many.ragged is not None
        # most overlapping marks already overlap in the first run
        nearest = int(many.ragged[0].searchsorted(stops[0])) - 1
        if nearest >= 0 and many.ragged[1][nearest] > starts[0]:
            return True
        # of the runs that start before another's end, the last one reaches farthest
        before = np.searchsorted(many.ragged[0], stops, "left") - 1
        return bool(((before >= 0) & (many.ragged[1][before] > starts)).any())


def box_runs(box: Box, width: int) -> tuple[Array, Array]:
    """Return the starts and stops of a box's rows, as indices into the flattened picture of this width."""
    rows = np.arange(box.y0, box.y1, dtype=np.int64) * width
    return rows + box.x0, rows + box.x1
