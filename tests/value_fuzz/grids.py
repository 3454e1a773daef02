"""Small volumes in space, with axes that run anyhow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.value_fuzz.chance import Chance

SCALARS = ("u1", "i1", "i2", "u2", "i4", "f4", "f8")


@dataclass
class Grid:
    """A volume that is to be written."""

    voxels: Any
    """Indexed (x, y, z)."""
    directions: Any
    """3x3, a column for each axis, in LPS."""
    spacing: Any
    origin: Any

    @property
    def affine(self) -> Any:
        """4x4, index to LPS millimetres."""
        found = np.eye(4)
        found[:3, :3] = self.directions * self.spacing
        found[:3, 3] = self.origin
        return found


def directions(chance: Chance, *, right_handed: bool = False) -> Any:
    """Return axes along those of the body in any order and sense, half of them leaning a little."""
    order = chance.shuffled(range(3))
    found = np.eye(3)[order].T * [chance.pick((-1, 1)) for _ in range(3)]
    if chance.yes():
        a, b, c = (chance.real(-0.3, 0.3) for _ in range(3))
        turn_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        turn_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        turn_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        found = turn_x @ turn_y @ turn_z @ found
    if right_handed and np.linalg.det(found) < 0:
        found[:, 2] *= -1
    return found


def shape(chance: Chance) -> tuple[int, int, int]:
    """Return three sides of two to seven voxels."""
    return chance.whole(2, 7), chance.whole(2, 7), chance.whole(2, 7)


def voxels(chance: Chance, size: tuple[int, ...], dtype: str) -> Any:
    """Return values that use most of a type's range."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return (chance.array(size, -(1 << 20), 1 << 20) / 64).astype(kind)
    bits = min(kind.itemsize * 8, 24)
    low, high = (
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if kind.kind == "i" else (0, (1 << bits) - 1)
    )
    return chance.array(size, low, high, kind)


def grid(chance: Chance, dtype: str = "") -> Grid:
    """Return a volume with any axes, spacing and origin."""
    return Grid(
        voxels(chance, shape(chance), dtype or chance.pick(SCALARS)),
        directions(chance),
        np.array([chance.real(0.3, 5) for _ in range(3)]),
        np.array([chance.real(-200, 200) for _ in range(3)]),
    )


def labels(chance: Chance) -> Grid:
    """Return a volume of the labels 0 to 3."""
    found = grid(chance, chance.pick(("u1", "i2", "u2", "f4")))
    drawn = chance.array(found.voxels.shape, 0, 3)
    found.voxels = np.where(chance.array(found.voxels.shape, 0, 1), drawn, 0).astype(
        found.voxels.dtype
    )
    return found
