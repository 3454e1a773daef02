"""The careful peer: what a good engineer writes in an afternoon with the fastest libraries.

libdeflate inflates whole files, SciPy's `find_objects` gives the box of each label, areas are counted
inside of boxes, planes are slices of the arrays as they lie in memory, OpenCV resizes, outlines and
packs. It takes for each label and axis the plane with the most of it, as ours does with
`per_label: 1`, and draws it in the same size with a contour. It imports nothing of the project's
program. What it leaves out: checksums of what was read, checks of headers and grids, qualities,
hashes and neighbours of a candidate, and reasons for what is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import deflate
import nibabel as nib
import numpy as np
import pydicom
from scipy import ndimage

from performance.layouts import LAYOUTS, Layout

MIN_SHARE = 0.00153
"""Smallest region as a share of its plane, SA-Med2D-20M's 100 / 256**2."""
LEVEL, WIDTH, LONG_SIDE = 40, 400, 512
PNG_LEVEL = 1
"""OpenCV's fastest that still packs."""


class Region(NamedTuple):
    """One label inside of its box."""

    name: str
    low: tuple[int, int, int]
    """Where the box begins in the volume, (z, y, x)."""
    mask: np.ndarray
    """(z, y, x) of bool."""


class Candidate(NamedTuple):
    """The plane of an axis with the most of a label."""

    region: Region
    axis: int
    index: int


def nifti(path: Path) -> tuple[np.ndarray, tuple[float, ...]]:
    """Return voxels (z, y, x) as they lie in the file, and the voxel's sides in that order."""
    raw = path.read_bytes()
    data = deflate.gzip_decompress(raw, int.from_bytes(raw[-4:], "little"))
    head = nib.Nifti1Header(bytes(data[:348]), check=False)
    shape, offset = head.get_data_shape()[::-1], int(head["vox_offset"])
    voxels = np.frombuffer(data, head.get_data_dtype(), int(np.prod(shape)), offset)
    return voxels.reshape(shape), tuple(float(s) for s in head.get_zooms()[::-1])


def series(folder: Path) -> tuple[np.ndarray, tuple[float, ...]]:
    """Return a series of uncompressed DICOM files as one volume (z, y, x), sorted by position.

    Its pixels are stored values and get slope and intercept in place.
    """
    slices = [pydicom.dcmread(p) for p in folder.iterdir()]
    slices.sort(key=lambda one: float(one.ImagePositionPatient[2]))
    first = slices[0]
    voxels = np.empty((len(slices), first.Rows, first.Columns), np.int16)
    for k, one in enumerate(slices):
        voxels[k] = np.frombuffer(one.PixelData, "<i2").reshape(voxels.shape[1:])
    voxels *= np.int16(first.RescaleSlope)
    voxels += np.int16(first.RescaleIntercept)
    step = slices[1].ImagePositionPatient[2] - first.ImagePositionPatient[2]
    return voxels, (float(step), *(float(s) for s in first.PixelSpacing))


def labelled(marks: np.ndarray) -> list[Region]:
    """Return every label of a label volume."""
    return [
        Region(str(k), tuple(s.start for s in box), marks[box] == k)
        for k, box in enumerate(ndimage.find_objects(marks), 1)
        if box is not None
    ]


def regions(layout: Layout, folder: Path) -> list[Region]:
    """Return every label that is there, cut out of its volume."""
    if "{label}" not in layout.labels:
        return labelled(nifti(folder / layout.labels)[0])
    found = []
    for path in sorted(folder.glob(layout.labels.replace("{label}", "*"))):
        marks, _ = nifti(path)
        # rows of eight voxels at a time: almost all of a mask file is zero
        there = marks.view(np.uint64) != 0 if marks.shape[2] % 8 == 0 else marks != 0
        if not there.any():
            continue
        rows = there.any(axis=2)
        z, y = (np.flatnonzero(rows.any(axis=a)) for a in (1, 0))
        box = marks[z[0] : z[-1] + 1, y[0] : y[-1] + 1]
        x = np.flatnonzero(box.any(axis=(0, 1)))
        low = (int(z[0]), int(y[0]), int(x[0]))
        found.append(Region(path.name, low, box[:, :, x[0] : x[-1] + 1] != 0))
    return found


def candidates(found: Sequence[Region], shape: tuple[int, ...]) -> list[Candidate]:
    """Return the best plane of every label on each axis where it is large enough."""
    chosen = []
    for one in found:
        rows = one.mask.sum(axis=2, dtype=np.int32)
        columns = one.mask.sum(axis=0, dtype=np.int32)
        for axis, area in enumerate((rows.sum(axis=1), rows.sum(axis=0), columns.sum(axis=0))):
            pixels = int(np.prod(shape)) // shape[axis]
            if area.max() >= MIN_SHARE * pixels:
                chosen.append(Candidate(one, axis, one.low[axis] + int(area.argmax())))
    return chosen


def read(layout: Layout, folder: Path) -> tuple[np.ndarray, tuple[float, ...]]:
    """Return the image of a layout (z, y, x) and its voxel's sides."""
    image = folder / layout.image
    return series(image) if image.is_dir() else nifti(image)


def index(name: str, folder: Path, scratch: Path) -> int:
    """Read image and labels and choose planes; return how many."""
    layout = LAYOUTS[name]
    voxels, _ = read(layout, folder)
    return len(candidates(regions(layout, folder), voxels.shape))


def window(layout: Layout, voxels: np.ndarray) -> tuple[float, float]:
    """Return the values for black and white: a CT's window, or an MR's percentiles by histogram."""
    if layout.modality == "ct":
        return LEVEL - WIDTH / 2, LEVEL + WIDTH / 2
    counts = np.bincount(voxels.ravel().view(np.uint16), minlength=1 << 16)
    below = np.cumsum(counts)
    robust = np.searchsorted(below, (0.02 * below[-1], 0.98 * below[-1]))
    ground = int(robust[0] + 0.1 * (robust[1] - robust[0]))
    ranks = below[ground] + (below[-1] - below[ground]) * np.array([0.005, 0.995])
    low, high = np.searchsorted(below, ranks)
    return float(low), float(high)


def draw(
    voxels: np.ndarray, sides: Sequence[float], one: Candidate, shown: tuple[float, float]
) -> np.ndarray:
    """Return the picture of a candidate, BGR with square pixels, its outline in yellow on black."""
    cut = (slice(None),) * one.axis + (one.index,)
    plane = voxels[cut]
    grey = np.clip((plane.astype(np.float32) - shown[0]) * (255 / (shown[1] - shown[0])), 0, 255)
    inner = one.region.mask[(slice(None),) * one.axis + (one.index - one.region.low[one.axis],)]
    mask = np.zeros(plane.shape, np.float32)
    low = [start for axis, start in enumerate(one.region.low) if axis != one.axis]
    mask[low[0] : low[0] + inner.shape[0], low[1] : low[1] + inner.shape[1]] = inner
    grey = grey.astype(np.uint8)
    if one.axis:
        grey, mask = np.ascontiguousarray(grey[::-1]), np.ascontiguousarray(mask[::-1])
    rest = [s for axis, s in enumerate(sides) if axis != one.axis]
    height, width = grey.shape[0] * rest[0], grey.shape[1] * rest[1]
    scale = LONG_SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    picture = cv2.cvtColor(
        cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), cv2.COLOR_GRAY2BGR
    )
    large = (cv2.resize(mask, size) >= 0.5).view(np.uint8)
    lines, _ = cv2.findContours(large, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, lines, -1, (24, 24, 24), 4, cv2.LINE_AA)
    cv2.drawContours(picture, lines, -1, (0, 196, 255), 2, cv2.LINE_AA)
    return picture


def pictures(name: str, folder: Path, scratch: Path) -> int:
    """Do the index, and write the picture of every candidate; return how many."""
    layout = LAYOUTS[name]
    voxels, sides = read(layout, folder)
    chosen = candidates(regions(layout, folder), voxels.shape)
    shown = window(layout, voxels)
    for number, one in enumerate(chosen):
        packed = [cv2.IMWRITE_PNG_COMPRESSION, PNG_LEVEL]
        cv2.imwrite(str(scratch / f"{number}.png"), draw(voxels, sides, one, shown), packed)
    return len(chosen)


def measure_pictures(name: str, folder: Path, scratch: Path) -> int:
    """Read every picture of a folder and compute a perceptual hash, with OpenCV."""
    done = 0
    for path in sorted((folder / "pictures").rglob("*.jpg")):
        grey = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2GRAY)
        waves = cv2.dct(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32))
        np.packbits(waves[:8, :8] > np.median(waves[:8, :8]))
        done += 1
    return done


def write_pictures(name: str, folder: Path, scratch: Path) -> int:
    """Read every picture, measure it, resize it to 512 pixels and write it as PNG, with OpenCV."""
    done = 0
    for path in sorted((folder / "pictures").rglob("*.jpg")):
        picture = cv2.imread(str(path))
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        waves = cv2.dct(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32))
        np.packbits(waves[:8, :8] > np.median(waves[:8, :8]))
        scale = LONG_SIDE / max(picture.shape[:2])
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        picture = picture if scale == 1 else cv2.resize(picture, size)
        packed = [cv2.IMWRITE_PNG_COMPRESSION, PNG_LEVEL]
        cv2.imwrite(str(scratch / f"{path.stem}.png"), picture, packed)
        done += 1
    return done
