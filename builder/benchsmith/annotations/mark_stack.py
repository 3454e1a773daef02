"""Put the marks of one picture into layers in which none overlap, within limits on their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from benchsmith.core.contracts import Array, DataFault, MarkLayer, Structure
from benchsmith.core.picture_marks import Mark

MAX_PIXELS = 1 << 30
"""Pixels of the boxes around all marks of a picture: each is looked at a few times."""
MAX_RUNS = 1 << 23
"""Runs of pixels of all marks of a picture: each takes 16 bytes."""
MAX_COMPARED = 1 << 27
"""Runs that may be compared to find out which marks overlap."""
PAIR_COST = 256
"""What comparing two marks costs beside their runs, in runs."""
MAX_NEIGHBOURS = 1_000_000
"""Marks of a picture times their labels: each mark is measured against each label."""
MAX_VALUES = int(np.iinfo(np.uint16).max)


class MarkStack:
    """Each mark goes into the first layer in which it overlaps no other.

    The cost depends on the runs of pixels, not on how often marks overlap. Raises DataFault
    (too-large) if a count exceeds its limit.
    """

    def __init__(self, height: int, width: int) -> None:
        self._height, self._width = height, width
        self._marks: list[Mark] = []
        self._boxes = np.zeros((64, 4), np.int64)
        """x0, y0, x1, y1 of each mark; grown in powers of two."""
        self._solid = np.zeros(64, bool)
        self._layer_of = np.zeros(64, np.int64)
        self._layers: list[dict[int, int]] = []
        """Of each layer, the number of the mark with each value."""
        self._full: list[int] = []
        """Layers without a free value."""
        self._structures: list[Structure] = []
        self._labels: set[str] = set()
        self._pixels = self._runs = self._compared = 0

    def add(self, mark: Mark, structure: Structure) -> None:
        """Add one mark. Raises DataFault (too-large)."""
        self._labels.add(structure.raw)
        self._pixels += mark.box.area
        self._runs += 0 if mark.solid else mark.run_count
        number = len(self._marks)
        products = (number + 1) * len(self._labels)
        for count, most, what in (
            (self._pixels, MAX_PIXELS, "pixels in the boxes around the marks"),
            (self._runs, MAX_RUNS, "runs of pixels"),
            (products, MAX_NEIGHBOURS, "pairs of a mark and a label"),
        ):
            check_count(count, most, what, structure.stated_at)
        layer = self._first_free(mark, structure)
        if layer == len(self._layers):
            self._layers.append({})
        self._layers[layer][len(self._layers[layer]) + 1] = number
        if len(self._layers[layer]) == MAX_VALUES:
            self._full.append(layer)
        self._note(number, mark, layer)
        self._structures.append(structure)

    def _note(self, number: int, mark: Mark, layer: int) -> None:
        if number == len(self._boxes):
            self._boxes = np.concatenate([self._boxes, np.zeros_like(self._boxes)])
            self._solid = np.concatenate([self._solid, np.zeros_like(self._solid)])
            self._layer_of = np.concatenate([self._layer_of, np.zeros_like(self._layer_of)])
        box = mark.box
        self._boxes[number] = box.x0, box.y0, box.x1, box.y1
        self._solid[number], self._layer_of[number] = mark.solid, layer
        self._marks.append(mark)

    def _first_free(self, mark: Mark, structure: Structure) -> int:
        """Return the first layer in which a mark overlaps no other; a new one if it overlaps in all of them."""
        count = len(self._marks)
        x0, y0, x1, y1 = self._boxes[:count].T
        box = mark.box
        near = (x0 < box.x1) & (x1 > box.x0) & (y0 < box.y1) & (y1 > box.y0)
        certain = near & self._solid[:count] & mark.solid
        taken = np.zeros(len(self._layers), bool)
        taken[self._full] = True
        taken[self._layer_of[:count][certain]] = True
        unsure: dict[int, list[int]] = {}
        for number in np.flatnonzero(near & ~certain).tolist():
            unsure.setdefault(int(self._layer_of[number]), []).append(number)
        for layer in np.flatnonzero(~taken).tolist():
            if not self._meets_any(mark, unsure.get(layer, ()), structure):
                return layer
        return len(self._layers)

    def _meets_any(self, mark: Mark, numbers: Iterable[int], structure: Structure) -> bool:
        for number in numbers:
            other = self._marks[number]
            self._compared += PAIR_COST + min(mark.run_count, other.run_count)
            check_count(self._compared, MAX_COMPARED, "runs of adjacent marks", structure.stated_at)
            if mark.meets(other):
                return True
        return False

    def layers(self) -> list[MarkLayer]:
        """Return the layers."""
        return [
            MarkLayer(
                self._height,
                self._width,
                {value: self._marks[number] for value, number in layer.items()},
                {value: self._structures[number] for value, number in layer.items()},
            )
            for layer in self._layers
        ]


def check_count(count: int, most: int, what: str, at: str) -> None:
    """Raise DataFault (too-large) if a count exceeds its limit."""
    if count > most:
        raise DataFault("too-large", at, f"has {count} {what}, more than {most}")


def mark_of_runs(
    starts: Array, stops: Array, shape: Sequence[int], *, down_columns: bool
) -> Mark | None:
    """Return the mark of runs in a picture of (rows, columns); None if it has no pixel.

    Starts and stops are indices into the flattened picture, one row after the other or one column after the
    other. Only the rows or columns that the runs reach are drawn.
    """
    side = shape[0] if down_columns else shape[1]
    some = stops > starts
    starts, stops = starts[some], stops[some]
    if not len(starts):
        return None
    first, last = int(starts[0]) // side, (int(stops[-1]) - 1) // side
    steps = np.zeros((last + 1 - first) * side + 1, np.int8)
    # a run may begin where another stops
    steps[starts - first * side] += 1
    steps[stops - first * side] -= 1
    inner = np.cumsum(steps[:-1], dtype=np.int8).view(bool).reshape(-1, side)
    if down_columns:
        return Mark.of(inner.T, 0, first, shape[1])
    return Mark.of(inner, first, 0, shape[1])
