"""The pixels of a polygon are those whose centres are inside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.core.contracts import DataFault
from benchsmith.imaging import byte_stream
from benchsmith.imaging.polygons import fill_polygon


@given(
    corners=st.lists(
        st.tuples(st.floats(-5, 25), st.floats(-5, 25)), min_size=3, max_size=12, unique=True
    )
)
def test_a_polygon_has_the_pixels_whose_centres_it_holds(
    corners: list[tuple[float, float]],
) -> None:
    """By the even-odd rule, point by point: a ray to the right crosses an odd number of edges."""
    filled = fill_polygon((20, 20), corners)
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    for row in range(20):
        y = row + 0.5
        crossings = sorted(
            xa + (y - ya) * (xb - xa) / (yb - ya)
            for (xa, ya), (xb, yb) in edges
            if min(ya, yb) <= y < max(ya, yb)
        )
        for column in range(20):
            x = column + 0.5
            if min((abs(c - x) for c in crossings), default=1) < 1e-6:
                continue  # on an edge, to rounding
            assert filled[row, column] == (sum(c > x for c in crossings) % 2 == 1)


def test_shapes_that_nobody_can_hold_are_refused() -> None:
    with pytest.raises(DataFault, match="promises"):
        byte_stream.check_shape((40_000, 40_000, 40), 2, Path("x"))
