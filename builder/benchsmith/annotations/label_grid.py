"""Match a label volume with its image's grid, or report why they do not match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchsmith.annotations.moved_labels import nearest
from benchsmith.core.contracts import Array, DataFault, Image
from benchsmith.imaging.geometry import Affine, corner_distance_mm

MAX_CORNER_SHIFT = 0.5
"""Largest distance of a corner, as a share of the smallest voxel side: headers round."""
RESAMPLE = "; `grid: resample` moves them, if the geometry of both files is correct"
BY_PIXELS = "; `frame: stored` pairs them pixel by pixel, if both are stored in the same way"
UNIT_RATIOS = (1000.0, 0.001, 1e6, 1e-6)
"""Ratios of the units that a NIfTI header may state: metre, millimetre, micrometre."""


class OnGrid(NamedTuple):
    """Labels on the image's grid, and a note if they were moved there."""

    voxels: Array
    note: str
    lost: frozenset[int] = frozenset()
    """Values that no voxel of the image has, though the labels have them: structures of few voxels."""
    cut: frozenset[int] = frozenset()
    """Values at an edge of the labels' grid beyond which the image goes on: the labels are cropped."""
    covers: bool = True
    """Whether the labels' grid reaches as far as the image: beyond it nothing was looked for."""


def onto(image: Image, labels: Image, path: Path, grid: str, resize: str | None = None) -> OnGrid:
    """Return `labels` on the grid of `image`, both (z, y, x) in LPS.

    With `grid` ``same`` DataFault is raised for another shape, or a corner more than half a voxel
    away, also of a single slice. Files without a position in space need only the same shape, and
    the same pixel size if both state it. With ``resample`` labels are resampled by nearest
    neighbour in world space. Labels whose header does not state its frame, or states another unit,
    are matched voxel by voxel. An empty `grid` is that of a kind of labels without this key. A picture
    has no place: with `resize` its labels are scaled (see :func:`scaled`).
    """
    check_level(image, labels, path)
    shape = image.voxels.shape[:3]
    here = labels.voxels.shape[:3]
    _check_placed(image, labels, path)
    target, source = image.located, labels.located
    if target is None or source is None:
        if here == shape:
            _check_sizes(image, labels, path)
            return OnGrid(labels.voxels, "")
        note = f"labels scaled by nearest neighbour from {_size(here)} to {_size(shape)} pixels"
        found = scaled(labels.voxels, shape, path, resize)
        gone = frozenset(_values(labels.voxels) - _values(found) - {0})
        return OnGrid(found, note, gone)
    sides = np.linalg.norm(target[:3, :3], axis=0)
    # a single picture cannot be shifted along its normal
    tolerance = MAX_CORNER_SHIFT * float(min(sides[:2] if image.planar else sides))
    away = corner_distance_mm(shape, target, source) if here == shape else np.inf
    if away <= tolerance:
        _check_order(image, labels, np.eye(4), path)
        return OnGrid(labels.voxels, "")
    for ours, theirs, note in _other_readings(image, labels):
        matched = _matched(labels.voxels, theirs, shape, ours, tolerance)
        if matched is not None:
            _check_order(image, labels, np.rint(np.linalg.inv(theirs) @ ours), path)
            return OnGrid(matched, note)
    advice = RESAMPLE if grid == "same" else ""
    advice += BY_PIXELS if here == shape and len(labels.voxels) == 1 else ""
    if here == shape:
        fault = DataFault(
            "grid-mismatch",
            path,
            f"its corners lie up to {away:.2f} mm away from the image's{advice}",
        )
    else:
        fault = DataFault(
            "shape-mismatch", path, f"labels {_size(here)}, image {_size(shape)} voxels{advice}"
        )
    if grid != "resample":
        raise fault
    moved = nearest(labels.voxels, source, shape, target)
    if labels.voxels.any() and not moved.any():
        raise DataFault("grid-mismatch", path, "no label lies inside the image")
    kept = np.count_nonzero(moved)
    note = (
        f"labels resampled by nearest neighbour from {_size(here)} to {_size(shape)} "
        f"voxels ({kept} labelled)"
    )
    beyond = _beyond(here, source, shape, target)
    cut = _cut(labels.voxels, beyond)
    lost = frozenset(_values(labels.voxels) - _values(moved) - {0})
    covers = not any(map(any, beyond))
    if not covers:
        note += ", cropped through marks" if cut else ", which cover part of the image"
    return OnGrid(moved, note, lost, cut, covers)


def _check_placed(image: Image, labels: Image, path: Path) -> None:
    """Refuse labels that were turned by axis directions if the image states none.

    An array or a stack of pages is shown as it is stored, so its labels must be too. Raises DataFault.
    """
    if image.planar or (image.located is not None and image.oriented):
        return
    if labels.located is None or not labels.oriented or len(labels.voxels) != len(image.voxels):
        return
    index = labels.stored_index
    if index is None or not np.array_equal(index, np.eye(4)):
        what = "the image states no directions of its axes, but these labels were turned by theirs"
        advice = "store both in one format, with one header"
        raise DataFault("grid-mismatch", path, f"{what}: {advice}")


def _check_order(image: Image, labels: Image, mapping: Affine, path: Path) -> None:
    """Refuse labels that match their image only under an orientation that a reader assumed.

    If only one file states its orientation and both have equal numbers of voxels along each axis, the
    order of their voxels must pair them as the assumed orientation does: two grids around one centre have
    the same corners under any reflection. `mapping` is 4x4, the image's index (x, y, z, 1) to the
    labels'. Raises DataFault.
    """
    ours, theirs = image.stored_index, labels.stored_index
    if (
        (image.other_affine is None) == (labels.other_affine is None)
        or ours is None
        or theirs is None
    ):
        return
    sizes = [
        (np.abs(index[:3, :3]) @ one.voxels.shape[2::-1]).tolist()
        for index, one in ((ours, image), (theirs, labels))
    ]
    if sizes[0] == sizes[1] and not np.array_equal(np.rint(np.linalg.inv(theirs) @ ours), mapping):
        what = (
            "one of the two files does not state its orientation, and their voxels are in a "
            "different order"
        )
        advice = "give the labels the header of the image"
        raise DataFault("grid-mismatch", path, f"{what} than the assumed one: {advice}")


def _check_sizes(image: Image, labels: Image, path: Path) -> None:
    """Refuse labels whose voxels have another size or place in the frame of their files.

    A file that states no size is paired voxel by voxel. Raises DataFault.
    """
    unit, ours, theirs = " mm", image.affine, labels.affine
    if not (image.planar and labels.planar) or ours is None or theirs is None:
        unit, ours, theirs = " of the file's unit", image.grid, labels.grid
    if ours is None or theirs is None:
        return
    away = np.abs((ours - theirs) @ _corners(image.voxels.shape[:3]))[:3].max(axis=1)
    sides = [np.linalg.norm(one[:3, :3], axis=0) for one in (ours, theirs)]
    axes = 2 if image.planar else 3
    if away[:axes].max() > MAX_CORNER_SHIFT * float(sides[0][:axes].min()):
        sizes = [" x ".join(f"{s:.4g}" for s in one[:axes]) for one in sides]
        what = (
            f"its voxels of {sizes[1]}{unit} come to {away[:axes].max():.4g} beside those of the image, "
            f"of {sizes[0]}"
        )
        raise DataFault("grid-mismatch", path, what + (BY_PIXELS if image.planar else ""))


def _corners(shape: Sequence[int]) -> Array:
    """Return the corners of a volume (z, y, x) as columns x, y, z, 1."""
    return np.array(
        [(*corner, 1) for corner in product(*((0, n - 1) for n in shape[::-1]))], float
    ).T


def _values(labels: Array) -> set[int]:
    """Return the values of labels, found from their runs, which are fewer than voxels."""
    flat = labels.ravel()
    starts = np.append(0, np.flatnonzero(flat[1:] != flat[:-1]) + 1)
    return set(np.unique(flat[starts]).tolist())


def _beyond(
    here: Sequence[int], source: Affine, shape: Sequence[int], target: Affine
) -> list[tuple[bool, bool]]:
    """Return for x, y, z of labels whether an image continues below and above them.

    `here` and `shape` are the sizes (z, y, x) of labels and image. A difference of up to half a voxel of
    the labels is ignored: sizes are rounded when an image is resampled.
    """
    there = (np.linalg.inv(source) @ target @ _corners(shape))[:3]
    ends = zip(there.min(axis=1), there.max(axis=1), here[::-1], strict=True)
    return [(bool(low < -1), bool(high > size)) for low, high, size in ends]


def _cut(labels: Array, beyond: Sequence[tuple[bool, bool]]) -> frozenset[int]:
    """Return the values at the faces of labels (z, y, x) beyond which the image continues."""
    found: set[int] = set()
    for axis, (low, high) in enumerate(beyond):
        # x, y, z of the affines are the last, middle and first axis of the array
        planes = np.moveaxis(labels, 2 - axis, 0)
        found |= _values(planes[0]) if low else set()
        found |= _values(planes[-1]) if high else set()
    return frozenset(found - {0})


def check_level(image: Image, labels: Image, path: Path) -> None:
    """Refuse the region of a mask whose level has another size than the slide's. Raises DataFault."""
    ours, theirs = image.level_size, labels.level_size
    if ours is not None and theirs is not None and ours != theirs:
        what = f"its level has {_size(theirs)} pixels, the slide's {_size(ours)}"
        raise DataFault("shape-mismatch", path, what)


def scaled(labels: Array, shape: tuple[int, ...], path: Path, resize: str | None) -> Array:
    """Return labels (z, y, x, ...) of another size, each pixel with the value at its own centre.

    `shape` is (z, y, x). With `nearest` both sides must be scaled equally, to within a pixel,
    because another ratio means another field of view; with `stretch` each side is scaled separately. Raises
    DataFault.
    """
    here = labels.shape[:3]
    if resize is None or here[0] != shape[0]:
        advice = (
            ""
            if here[0] != shape[0]
            else ("; `resize: nearest` scales them, if both show the same field")
        )
        what = f"labels {_size(here)}, image {_size(shape)} pixels{advice}"
        raise DataFault("shape-mismatch", path, what)
    down, across = shape[1] / here[1], shape[2] / here[2]
    off = max(abs(here[1] * across - shape[1]), abs(here[2] * down - shape[2]))
    if resize == "nearest" and off > max(1.0, down, across):
        what = (
            f"labels {_size(here)}, image {_size(shape)} pixels: with a different ratio of the "
            f"sides; "
            "`resize: stretch` scales each side separately, if both show the same field"
        )
        raise DataFault("shape-mismatch", path, what)
    rows, columns = (
        (2 * np.arange(n, dtype=np.int64) + 1) * m // (2 * n)
        for n, m in zip(shape[1:], here[1:], strict=True)
    )
    return labels[:, rows[:, None], columns[None, :]]


def _other_readings(image: Image, labels: Image) -> Iterator[tuple[Affine, Affine, str]]:
    """Yield affines of image and labels as another reader, or another unit, gives them."""
    ours, theirs = image.located, labels.located
    if ours is None or theirs is None:
        return
    note = "image and labels are paired voxel by voxel: one of them does not state its orientation"
    if image.other_affine is not None:
        yield image.other_affine, theirs, note
    if labels.other_affine is not None:
        yield ours, labels.other_affine, note
    for factor in UNIT_RATIOS:
        scaled = np.diag([factor] * 3 + [1.0]) @ theirs
        yield ours, scaled, "the labels' header states a different unit of length than the image's"


def _matched(
    labels: Array, source: Affine, shape: tuple[int, ...], target: Affine, tolerance: float
) -> Array | None:
    """Return labels whose grid is the image's except for the order of its axes; None for other grids.

    A grid that is shifted by whole voxels is a different grid.

    `tolerance` is the largest distance of a corner in millimetres.
    """
    mapping = np.rint(np.linalg.inv(source) @ target)
    turned = np.abs(mapping[:3, :3])
    whole = (turned.sum(axis=0) == 1).all() and (turned.sum(axis=1) == 1).all()
    if not whole or corner_distance_mm(shape, source @ mapping, target) > tolerance:
        return None
    if (turned @ shape[::-1]).tolist() != list(labels.shape[::-1]):
        return None
    ends = (mapping @ [*([0, n - 1] for n in shape[::-1]), [1, 1]])[:3]
    if ends.min() < 0 or (ends.max(axis=1) >= labels.shape[::-1]).any():
        return None  # shifted by whole voxels
    return nearest(labels, source, shape, source @ mapping)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape)
