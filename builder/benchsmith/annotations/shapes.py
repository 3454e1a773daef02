"""Boxes, polygons and run lengths of one picture, checked and put into layers."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite

import numpy as np

from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.core.contracts import Annotations, Array, DataFault, Fault, Request, Structure
from benchsmith.imaging.geometry import fill_polygon

MAX_MARKS = 5_000
"""Boxes or polygons that one picture may have."""
MAX_CORNERS = 20_000
MIN_INSIDE = 0.5
"""Smallest share of a box or polygon's extent inside its picture."""
MAX_SHARE = 1.0
"""Coordinates in shares of the picture's sides are no larger; those in pixels nearly always are."""


class PictureMarks:
    """Collects the marks of one picture; each unsound mark becomes a fault."""

    def __init__(self, request: Request) -> None:
        if request.image.voxels.shape[0] != 1:
            raise DataFault(
                "dimensions", request.path, "boxes and polygons need a picture, not a volume"
            )
        self._height, self._width = request.image.voxels.shape[1:3]
        self._stack = LayerStack(request.image.voxels.shape)
        self._faults: list[Fault] = []
        self._count = 0

    def fault(self, reason: str, at: str, detail: str, raw: str = "") -> None:
        """Note that a mark cannot be used; `raw` is its label, if it is known."""
        self._count += 1
        self._faults.append(Fault(reason, at, detail, raw))

    def box(self, raw: str, at: str, corners: Sequence[float]) -> None:
        """Add a box: x0, y0, x1, y1 in pixels, half open."""
        x0, y0, x1, y1 = corners
        area = (x1 - x0) * (y1 - y0)
        if not all(isfinite(c) for c in corners) or x1 <= x0 or y1 <= y0 or not area > 0:
            return self.fault("box-unsound", at, f"{raw}: {_listed(corners)}", raw)
        if self._in_shares(corners):
            what = (
                f"{raw}: {_listed(corners)} is less than a pixel; are these shares and no pixels?"
            )
            return self.fault("box-unsound", at, what, raw)
        left, top = max(x0, 0.0), max(y0, 0.0)
        right, bottom = min(x1, float(self._width)), min(y1, float(self._height))
        kept = max(right - left, 0) * max(bottom - top, 0) / area
        if kept < MIN_INSIDE:
            what = f"{raw}: {_listed(corners)} in {self._width} x {self._height} pixels"
            return self.fault("box-unsound", at, what, raw)
        rows = slice(floor(top + 0.5), max(floor(bottom + 0.5), floor(top + 0.5) + 1))
        columns = slice(floor(left + 0.5), max(floor(right + 0.5), floor(left + 0.5) + 1))
        where = (slice(0, 1), rows, columns)
        mask = np.broadcast_to(np.True_, (1, self._height, self._width))[where]
        if not mask.size:
            return self.fault("box-unsound", at, f"{raw}: {_listed(corners)}", raw)
        return self._add(mask, where, Structure(raw, at, box=True))

    def polygons(self, raw: str, at: str, rings: Sequence[Sequence[float]]) -> None:
        """Add one region of one or several polygons, each x, y, x, y, ... in pixels."""
        region = np.zeros((self._height, self._width), bool)
        for ring in rings:
            if len(ring) < 6 or len(ring) % 2 or len(ring) > 2 * MAX_CORNERS:
                return self.fault("polygon-unsound", at, f"{raw}: {len(ring)} coordinates", raw)
            if not all(type(v) in (int, float) and isfinite(v) for v in ring):
                what = f"{raw}: a coordinate is no number"
                return self.fault("polygon-unsound", at, what, raw)
            if self._in_shares(ring):
                what = f"{raw}: it is less than a pixel; are these shares and no pixels?"
                return self.fault("polygon-unsound", at, what, raw)
            points = np.asarray(ring, float).reshape(-1, 2)
            low, high = points.min(axis=0), points.max(axis=0)
            span = np.maximum(high - low, 1e-9)
            seen = np.clip(
                np.minimum(high, (self._width, self._height)) - np.maximum(low, 0), 0, None
            )
            if float(np.prod(seen / span)) < MIN_INSIDE:
                return self.fault("polygon-unsound", at, f"{raw}: most of it is outside", raw)
            region |= fill_polygon(region.shape, points)
        return self.mask(raw, at, region)

    def _in_shares(self, coordinates: Sequence[float]) -> bool:
        """Return whether coordinates in pixels look like shares of the picture's sides."""
        small = min(coordinates) >= 0 and max(coordinates) <= MAX_SHARE
        return small and min(self._width, self._height) > 2

    def run_lengths(self, raw: str, at: str, counts: Sequence[int], size: Sequence[int]) -> None:
        """Add a region in COCO's run lengths: 0s, 1s, 0s ... down the columns of (rows, columns)."""
        if list(size) != [self._height, self._width]:
            what = f"{raw}: its size is {list(size)}, the picture's {[self._height, self._width]}"
            return self.fault("shape-mismatch", at, what, raw)
        if any(c < 0 for c in counts) or sum(counts) != self._height * self._width:
            what = f"{raw}: runs of {sum(counts)} pixels for {self._height * self._width}"
            return self.fault("run-lengths-unsound", at, what, raw)
        return self.mask(raw, at, _flat(counts).reshape(self._width, self._height).T)

    def rows(self, raw: str, at: str, counts: Sequence[int]) -> None:
        """Add a region in run lengths along the rows: counts of 0s, 1s, 0s ..."""
        return self.mask(raw, at, _flat(counts).reshape(self._height, self._width))

    def mask(self, raw: str, at: str, region: Array) -> None:
        """Add a region, (rows, columns) of bool."""
        if not region.any():
            return self.fault("polygon-unsound", at, f"{raw}: it covers no pixel", raw)
        rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
        part = (
            slice(int(rows[0]), int(rows[-1]) + 1),
            slice(int(columns[0]), int(columns[-1]) + 1),
        )
        return self._add(region[part][None], (slice(0, 1), *part), Structure(raw, at))

    def _add(self, mask: Array, where: tuple[slice, ...], structure: Structure) -> None:
        self._count += 1
        if self._count > MAX_MARKS:
            what = f"has more than {MAX_MARKS} marks"
            raise DataFault("too-large", structure.stated_at, what)
        self._stack.add_part(mask, where, structure)

    def all(self, looked_for: frozenset[str] | None = None) -> Annotations:
        """Return all marks and faults; `looked_for` are all labels that a mark could have."""
        return Annotations(layers=self._stack.layers(), faults=self._faults, looked_for=looked_for)


def _flat(counts: Sequence[int]) -> Array:
    """Return pixels from alternating run lengths, 1D bool."""
    found: Array = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return found


def kaggle_runs(text: str, total: int) -> list[int] | None:
    """Return alternating counts of 0s and 1s from `start length start length ...`, from 1.

    None where the runs are no numbers, overlap, or leave the picture of `total` pixels.
    """
    try:
        numbers = [int(n) for n in text.split()]
    except ValueError:
        return None
    counts: list[int] = []
    place = 0
    for start, length in zip(numbers[::2], numbers[1::2], strict=False):
        if start - 1 < place or length < 1 or start - 1 + length > total:
            return None
        counts += [start - 1 - place, length]
        place = start - 1 + length
    return None if len(numbers) % 2 else [*counts, total - place]


def coco_runs(text: str) -> list[int] | None:
    """Return the counts of COCO's compressed run lengths; None where they are unsound.

    Each count is written in groups of 5 bits, lowest first, 48 added to each; from the fourth on,
    a count is the difference from the one before the last (pycocotools, `rleFrString`).
    """
    counts: list[int] = []
    value = shift = 0
    for character in text:
        code = ord(character) - 48
        if not 0 <= code < 64 or shift > 30:
            return None
        value |= (code & 31) << shift
        shift += 5
        if not code & 32:
            if code & 16:
                value |= -1 << shift
            counts.append(value + (counts[-2] if len(counts) > 2 else 0))
            value = shift = 0
    return None if shift else counts


def _listed(corners: Sequence[float]) -> str:
    return ", ".join(f"{c:g}" for c in corners)
