"""A CT-like volume with 25 labels, and a folder of pictures: synthetic, the same every time."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import nibabel as nib
import numpy as np
import PIL.Image

SHAPE = (512, 512, 200)
LABELS = 25
AFFINE = np.diag([-0.75, -0.75, 2.0, 1.0])


def noise(name: str, count: int) -> np.ndarray:
    """Return uniform bytes that depend on the name alone."""
    return np.frombuffer(hashlib.shake_128(name.encode()).digest(count), np.uint8)


def ct(folder: Path) -> tuple[Path, Path]:
    """Write a volume (int16) and its labels (uint8), gzip level 6, and return their paths."""
    image, labels = folder / "ct.nii.gz", folder / "labels.nii.gz"
    if image.exists() and labels.exists():
        return image, labels
    folder.mkdir(parents=True, exist_ok=True)
    x, y, z = (np.linspace(-1, 1, n, dtype=np.float32) for n in SHAPE)
    marks = np.zeros(SHAPE, np.uint8)
    values = np.full(SHAPE, -1000, np.int16)
    body = (x[:, None, None] / 0.85) ** 2 + (y[None, :, None] / 0.6) ** 2 < 1
    values[np.broadcast_to(body, SHAPE)] = 20
    for k in range(LABELS):
        a, b, c, d, e = noise(f"organ {k}", 5) / 255
        centre = (1.1 * a - 0.55, 0.7 * b - 0.35, 1.6 * c - 0.8)
        radius = (0.05 + 0.12 * d, 0.05 + 0.1 * e, 0.1 + 0.15 * a)
        inside = sum(
            ((axis - m) / r).reshape([-1 if i == j else 1 for j in range(3)]) ** 2
            for i, (axis, m, r) in enumerate(zip((x, y, z), centre, radius, strict=True))
        )
        region = inside < 1
        marks[region] = k + 1
        values[region] = 30 + 12 * k
    for k in range(SHAPE[2]):
        grain = noise(f"slice {k}", SHAPE[0] * SHAPE[1]).reshape(SHAPE[:2]).astype(np.int16)
        values[:, :, k] += (cv2.blur(grain, (3, 3)) - 128) // 3
    nib.save(nib.Nifti1Image(values, AFFINE), image)
    nib.save(nib.Nifti1Image(marks, AFFINE), labels)
    return image, labels


def pictures(folder: Path, count: int = 2000) -> Path:
    """Write a folder of JPEG pictures in four classes and return it."""
    if not folder.exists():
        for k in range(count):
            place = folder / f"class{k % 4}" / f"p{k:04d}.jpg"
            place.parent.mkdir(parents=True, exist_ok=True)
            grain = noise(f"picture {k}", 64 * 64 * 3).reshape(64, 64, 3)
            PIL.Image.fromarray(cv2.resize(grain, (512, 512))).save(place, quality=90)
    return folder
