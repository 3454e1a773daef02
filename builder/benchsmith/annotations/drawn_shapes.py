"""Circles and ellipses to pixels, for annotation tools that draw them."""

from __future__ import annotations

from math import ceil, cos, floor, hypot, isfinite, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FAR_PX = 1e9
"""Coordinates beyond this are of no picture."""


class Ellipse(NamedTuple):
    """An ellipse in pixels; pixel (0, 0) covers 0 to 1 on both axes."""

    x: float
    y: float
    """Its centre."""
    across: float
    down: float
    """Its half axes, across and down before it is turned."""
    theta: float = 0.0
    """Angle in radians by which it is turned, from x towards y."""

    @property
    def sound(self) -> bool:
        """Whether all numbers are finite and of a picture's size, and both half axes longer than 0."""
        sized = all(isfinite(n) and abs(n) <= FAR_PX for n in self)
        return sized and min(self.across, self.down) > 0

    def box(self) -> tuple[float, float, float, float]:
        """Return x0, y0, x1, y1 of the smallest upright box around it."""
        c, s = cos(self.theta), sin(self.theta)
        half_x = hypot(self.across * c, self.down * s)
        half_y = hypot(self.across * s, self.down * c)
        return self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y

    def pixels(self, height: int, width: int) -> tuple[npt.NDArray[np.bool_], int, int]:
        """Return (rows, columns) of the pixels whose centres lie in it, and their top and left."""
        x0, y0, x1, y1 = self.box()
        left, right = (int(np.clip(v, 0, width)) for v in (floor(x0), ceil(x1)))
        top, bottom = (int(np.clip(v, 0, height)) for v in (floor(y0), ceil(y1)))
        y, x = np.mgrid[top:bottom, left:right] + 0.5
        c, s = cos(self.theta), sin(self.theta)
        along = (x - self.x) * c + (y - self.y) * s
        beside = (y - self.y) * c - (x - self.x) * s
        inside: npt.NDArray[np.bool_] = (along / self.across) ** 2 + (beside / self.down) ** 2 <= 1
        return inside, top, left
