"""Folders of slices, with known values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image

from benchsmith.core.contracts import Reading

SHAPE = (12, 20, 24)
"""Slices, rows, columns."""


VOXELS = (np.arange(np.prod(SHAPE)).reshape(SHAPE) * 7 % 251).astype(np.uint8)
KNOWN = Reading(stack=True, spacing_mm=(3.0, 0.5, 0.4))


def folder(path: Path, voxels: np.ndarray, name: str = "s{}.png") -> Path:
    """Write each slice under its number, without leading zeros: s10.png sorts before s9.png."""
    path.mkdir(parents=True, exist_ok=True)
    for k, one in enumerate(voxels):
        PIL.Image.fromarray(one).save(path / name.format(k))
    return path


def label_stack() -> np.ndarray:
    labels = np.zeros(SHAPE, np.uint8)
    for k in range(2, 11):
        labels[k, 4:9, k : k + 6] = 63
    return labels
