"""Folders as public sets without a recipe have them, with what each picture shows, written first.

Each writer returns the truth: of every picture its words, and for marks of planar pictures their box.
A word with a question mark is stated by no file; the same one means the same.
"""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image

Box = tuple[int, int, int, int]
Truth = set[tuple[str, str, Box | None]]
SIZE = 96


def photo(path: Path, seed: int, *, colour: bool = False) -> None:
    """Write a picture with many values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    y, x = np.indices((SIZE, SIZE))
    grey = ((x * 7 + y * 13 + seed * 29 + (x * y) % 37) % 251).astype(np.uint8)
    PIL.Image.fromarray(np.stack([grey, grey[::-1], grey[:, ::-1]], 2) if colour else grey).save(
        path
    )


def mask(path: Path, *blocks: tuple[int, int], value: int = 255) -> list[Box]:
    """Write a mask with blocks of 20 by 10 pixels at (x, y); return their boxes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((SIZE, SIZE), np.uint8)
    for x, y in blocks:
        pixels[y : y + 10, x : x + 20] = value
    PIL.Image.fromarray(pixels).save(path)
    return [(x, y, x + 20, y + 10) for x, y in blocks]


def volume(path: Path, seed: int, values: tuple[int, ...] = ()) -> None:
    """Write a volume, or with values a label volume with a cube of each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    x, y, z = np.indices((18, 18, 18))
    voxels = (x * 9 + y * 5 + z * seed) % 97 + 3
    if values:
        voxels = np.zeros((18, 18, 18), int)
        for n, value in enumerate(values):
            voxels[2 + 5 * n : 6 + 5 * n, 4:12, 4:12] = value
    nib.save(nib.Nifti1Image(voxels.astype(np.int16), np.diag([-1.0, -1, 1, 1])), path)
