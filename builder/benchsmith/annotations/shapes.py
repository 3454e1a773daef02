"""Boxes, polygons and run lengths of one picture, checked and put into layers."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite

import numpy as np
import numpy.typing as npt

from benchsmith.annotations.drawn_shapes import Ellipse
from benchsmith.annotations.mark_stack import MAX_PIXELS, MarkStack, check_count, mark_of_runs
from benchsmith.core.contracts import Annotations, DataFault, Fault, Request, Structure
from benchsmith.core.model import Box
from benchsmith.core.picture_marks import Mark
from benchsmith.imaging.polygons import Filled, crossings, fill_window, window_around

MAX_MARKS = 5_000
"""Boxes or polygons that one picture may have."""
MAX_POLYGONS = 10_000
"""Polygons of all marks of one picture: a mark may have several."""
MAX_CORNERS = 20_000
MAX_CROSSINGS = 1 << 28
"""Rows that the edges of all polygons of one picture may cross."""
MIN_INSIDE = 0.5
"""Smallest share of an ellipse's or a rotated box's extent inside its picture, and of what is smaller
than `BEYOND_PX`."""
BEYOND, BEYOND_PX = 0.02, 2.0
"""A box or polygon may leave its picture by this share of its side, or by these pixels if they are more:
tools round. What leaves it by more has other numbers, or is of another picture."""
MAX_AREA_ERROR = 0.05
"""Largest difference of a stated area from that of pixels, as a share of it."""
MAX_SHARE = 1.0
"""Coordinates in shares of the picture's sides are no larger; those in pixels nearly always are."""

ROTATIONS = ("rotation", "angle")
"""Names under which tools for annotation write by how much a box is turned."""


class PictureMarks:
    """Collects the marks of one picture; each invalid mark becomes a fault."""

    def __init__(self, request: Request) -> None:
        if request.image.voxels.shape[0] != 1:
            raise DataFault(
                "dimensions", request.path, "boxes and polygons need a picture, not a volume"
            )
        self._height, self._width = request.image.voxels.shape[1:3]
        self._stack = MarkStack(self._height, self._width)
        self._faults: list[Fault] = []
        self._count = self._rings = self._drawn = self._crossings = 0

    def fault(self, reason: str, at: str, detail: str, raw: str = "") -> None:
        """Record that a mark cannot be used; `raw` is its label, if known."""
        self._another(at)
        self._faults.append(Fault(reason, at, detail, raw))

    def box(self, raw: str, at: str, corners: Sequence[float]) -> None:
        """Add a box: x0, y0, x1, y1 in pixels, half open."""
        x0, y0, x1, y1 = corners
        area = (x1 - x0) * (y1 - y0)
        if not all(isfinite(c) for c in corners) or x1 <= x0 or y1 <= y0 or not area > 0:
            return self.fault("box-unsound", at, f"{raw}: {_listed(corners)}", raw)
        if self._in_shares(corners):
            what = (
                f"{raw}: {_listed(corners)} is less than a pixel; are these fractions instead "
                f"of pixels?"
            )
            return self.fault("box-unsound", at, what, raw)
        left, top = max(x0, 0.0), max(y0, 0.0)
        right, bottom = min(x1, float(self._width)), min(y1, float(self._height))
        kept = max(right - left, 0) * max(bottom - top, 0) / area
        if kept < MIN_INSIDE:
            what = f"{raw}: {_listed(corners)} in {self._width} x {self._height} pixels"
            return self.fault("box-unsound", at, what, raw)
        if leaves := self._leaves(corners):
            return self.fault("box-unsound", at, f"{raw}: {_listed(corners)} {leaves}", raw)
        rows = slice(floor(top + 0.5), max(floor(bottom + 0.5), floor(top + 0.5) + 1))
        columns = slice(floor(left + 0.5), max(floor(right + 0.5), floor(left + 0.5) + 1))
        x0, x1, _ = columns.indices(self._width)
        y0, y1, _ = rows.indices(self._height)
        if x0 >= x1 or y0 >= y1:
            return self.fault("box-unsound", at, f"{raw}: {_listed(corners)}", raw)
        mark = Mark(Box(x0=x0, y0=y0, x1=x1, y1=y1), self._width)
        return self._add(mark, Structure(raw, at, box=True))

    def polygons(
        self,
        raw: str,
        at: str,
        rings: Sequence[Sequence[float]],
        area: float = 0.0,
        *,
        box: bool = False,
    ) -> None:
        """Add one region of one or several polygons, each x, y, x, y, ... in pixels.

        They are united. If the union contradicts the stated `area` in pixels, but taking a polygon as a
        hole does not, the region is a fault; an area of 0 is not a statement. A `box` is rotated: its
        outline is not known.
        """
        self._rings += len(rings)
        check_count(self._rings, MAX_POLYGONS, "polygons", at)
        outlines: list[npt.NDArray[np.float64]] = []
        for ring in rings:
            if len(ring) < 6 or len(ring) % 2 or len(ring) > 2 * MAX_CORNERS:
                return self.fault("polygon-unsound", at, f"{raw}: {len(ring)} coordinates", raw)
            if not all(type(v) in (int, float) and isfinite(v) for v in ring):
                what = f"{raw}: a coordinate is not a number"
                return self.fault("polygon-unsound", at, what, raw)
            if self._in_shares(ring):
                what = f"{raw}: it is less than a pixel; are these fractions instead of pixels?"
                return self.fault("polygon-unsound", at, what, raw)
            points = np.asarray(ring, float).reshape(-1, 2)
            if np.linalg.matrix_rank(points - points[0]) < 2:
                what = f"{raw}: its corners are on one line"
                return self.fault("polygon-unsound", at, what, raw)
            low, high = points.min(axis=0), points.max(axis=0)
            span = np.maximum(high - low, 1e-9)
            seen = np.clip(
                np.minimum(high, (self._width, self._height)) - np.maximum(low, 0), 0, None
            )
            if float(np.prod(seen / span)) < MIN_INSIDE:
                return self.fault(
                    "polygon-unsound", at, f"{raw}: most of it lies outside the picture", raw
                )
            if not box and (leaves := self._leaves((*low.tolist(), *high.tolist()))):
                return self.fault("polygon-unsound", at, f"{raw}: it {leaves}", raw)
            outlines.append(points)
        united, holed = self._together(outlines, at)
        if area and len(outlines) > 1 and united is not None:
            there = holed.area_px if holed is not None else 0
            if abs(there - area) < min(abs(united.area_px - area), MAX_AREA_ERROR * area):
                what = f"{raw}: its area, {area:g}, shows that one of its polygons is a hole"
                return self.fault("polygon-unsound", at, f"{what}: write run lengths", raw)
        return self._add_some(united, Structure(raw, at, box=box))

    def _filled(self, points: npt.NDArray[np.float64], at: str) -> Filled:
        shape = (self._height, self._width)
        self._crossings += crossings(shape, points)
        check_count(self._crossings, MAX_CROSSINGS, "rows that polygon edges cross", at)
        low, high = points.min(axis=0), points.max(axis=0)
        sides = np.minimum(high, (self._width, self._height)) - np.maximum(low, 0)
        self._draw(int(np.prod(np.maximum(sides, 0) + 2)), at)
        return fill_window(shape, points)

    def _together(
        self, outlines: Sequence[npt.NDArray[np.float64]], at: str
    ) -> tuple[Mark | None, Mark | None]:
        """Return the marks of polygons, united and combined by exclusive or; None for one without a pixel.

        Polygons are drawn one by one, so that many large ones take the memory of two.
        """
        if not outlines:
            return None, None
        top, left, bottom, right = window_around(
            (self._height, self._width), np.concatenate(outlines)
        )
        self._draw(2 * (bottom - top) * (right - left), at)
        united, odd = np.zeros((2, bottom - top, right - left), bool)
        for points in outlines:
            inside, y, x = self._filled(points, at)
            rows, columns = inside.shape
            window = slice(y - top, y - top + rows), slice(x - left, x - left + columns)
            united[window] |= inside
            odd[window] ^= inside
        first, second = (
            Mark.of(region, top, left, self._width) if region.any() else None
            for region in (united, odd)
        )
        return first, second

    def _leaves(self, corners: Sequence[float]) -> str:
        """Return how far x0, y0, x1, y1 exceed the picture; empty if no more than by rounding."""
        x0, y0, x1, y1 = corners
        for low, high, end in ((x0, x1, self._width), (y0, y1, self._height)):
            beyond = max(-low, high - end)
            if beyond > max(BEYOND_PX, BEYOND * (high - low)):
                size = f"{self._width} x {self._height} pixels"
                return f"leaves the picture, {size}, by {beyond:g} pixels"
        return ""

    def _in_shares(self, coordinates: Sequence[float]) -> bool:
        """Return whether coordinates in pixels look like shares of the picture's sides."""
        small = min(coordinates) >= 0 and max(coordinates) <= MAX_SHARE
        return small and min(self._width, self._height) > 2

    def ellipse(self, raw: str, at: str, one: Ellipse) -> None:
        """Add the pixels whose centres lie in an ellipse."""
        if not one.sound:
            return self.fault("polygon-unsound", at, f"{raw}: {_listed(one)}", raw)
        x0, y0, x1, y1 = one.box()
        across = min(x1, self._width) - max(x0, 0.0)
        down = min(y1, self._height) - max(y0, 0.0)
        if max(across, 0.0) * max(down, 0.0) < MIN_INSIDE * (x1 - x0) * (y1 - y0):
            return self.fault(
                "polygon-unsound", at, f"{raw}: most of it lies outside the picture", raw
            )
        if self._in_shares((x0, y0, x1, y1)):
            what = f"{raw}: it is less than a pixel; are these fractions instead of pixels?"
            return self.fault("polygon-unsound", at, what, raw)
        return self.pixels(raw, at, *one.pixels(self._height, self._width))

    def pixels(self, raw: str, at: str, inside: npt.NDArray[np.bool_], top: int, left: int) -> None:
        """Add a region by its pixels, (rows, columns) of bool, from a row and a column on."""
        rows, columns = inside.shape
        self._draw(rows * columns, at)
        if min(top, left) < 0 or top + rows > self._height or left + columns > self._width:
            return self.fault("polygon-unsound", at, f"{raw}: it leaves the picture", raw)
        mark = Mark.of(inside, top, left, self._width) if inside.any() else None
        return self._add_some(mark, Structure(raw, at))

    def run_lengths(self, raw: str, at: str, counts: Sequence[int], size: Sequence[int]) -> None:
        """Add a region in COCO's run lengths: 0s, 1s, 0s ... down the columns of (rows, columns)."""
        if list(size) != [self._height, self._width]:
            what = f"{raw}: its size is {list(size)}, the picture's {[self._height, self._width]}"
            return self.fault("shape-mismatch", at, what, raw)
        if any(c < 0 for c in counts) or sum(counts) != self._height * self._width:
            what = f"{raw}: runs of {sum(counts)} pixels for {self._height * self._width}"
            return self.fault("run-lengths-unsound", at, what, raw)
        return self._runs(raw, at, counts, down_columns=True)

    def rows(self, raw: str, at: str, counts: Sequence[int]) -> None:
        """Add a region in run lengths along the rows: counts of 0s, 1s, 0s ..."""
        return self._runs(raw, at, counts, down_columns=False)

    def _runs(self, raw: str, at: str, counts: Sequence[int], *, down_columns: bool) -> None:
        edges = np.cumsum(np.asarray(counts, np.int64))
        stops = edges[1::2]
        starts = edges[::2][: len(stops)]
        side = self._height if down_columns else self._width
        if len(stops):
            self._draw(int(stops[-1] - starts[0]) + 2 * side, at)
        mark = mark_of_runs(starts, stops, (self._height, self._width), down_columns=down_columns)
        return self._add_some(mark, Structure(raw, at))

    def _add_some(self, mark: Mark | None, structure: Structure) -> None:
        if mark is None:
            what = f"{structure.raw}: it covers no pixel"
            return self.fault("polygon-unsound", structure.stated_at, what, structure.raw)
        return self._add(mark, structure)

    def _add(self, mark: Mark, structure: Structure) -> None:
        self._another(structure.stated_at)
        self._stack.add(mark, structure)

    def _another(self, at: str) -> None:
        """Count one more mark or fault. Raises DataFault (too-large)."""
        self._count += 1
        check_count(self._count, MAX_MARKS, "marks", at)

    def _draw(self, pixels: int, at: str) -> None:
        """Count pixels that are drawn to find a mark's runs. Raises DataFault (too-large)."""
        self._drawn += pixels
        check_count(self._drawn, MAX_PIXELS, "pixels in the boxes around polygons and runs", at)

    def all(self, looked_for: frozenset[str] | None = None) -> Annotations:
        """Return all marks and faults; `looked_for` are all labels that a mark could have."""
        return Annotations(layers=self._stack.layers(), faults=self._faults, looked_for=looked_for)


def _listed(corners: Sequence[float]) -> str:
    return ", ".join(f"{c:g}" for c in corners)
