"""Masks of a volume stored as one picture for each slice: a folder, or the pages of one file.

Pictures state no position. In a folder beside a DICOM series, a mask belongs to the slice that has
the same rank by the numbers in the names, so that the series' headers give the masks their
positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image, Reading, Request
from benchsmith.text.name_numbers import changing_numbers, natural_key, steps_of, without_numbers


def in_volume(request: Request) -> Request:
    """Return the request of a volume, which reads folders and pages of masks as its slices."""

    def placed(path: Path, found: Image) -> Image:
        if not (found.planar or found.oriented or request.image.oriented):
            _check_gaps(path, request.path)
            return found
        if found.planar or found.oriented:
            return found
        if not path.is_dir():
            what = (
                "its slices state no position, but the image has one: store the labels in the "
                "format of the image"
            )
            raise DataFault("grid-mismatch", path, what)
        return _in_series(found, path, request.path)

    return replace(
        request,
        read_labels=lambda path, how: placed(path, request.read_labels(path, _stack(how))),
        read_image=lambda path, how: placed(path, request.read_image(path, _stack(how))),
    )


def _stack(how: Reading) -> Reading:
    return replace(how, stack=True, spacing_mm=())


def _in_series(masks: Image, path: Path, series: Path) -> Image:
    """Return masks (slices, rows, columns), in the order of their names, in the series' frame."""
    from benchsmith.annotations.series_frame import frame_of  # imports pydicom

    frame = frame_of(series)
    if frame is None:
        what = (
            "its pictures state no position, and the image is not a DICOM series with files in "
            "the same order"
        )
        raise DataFault("grid-mismatch", path, what)
    count = len(frame.files)
    if count != len(masks.voxels):
        what = f"has {len(masks.voxels)} masks, but the series {count} slices"
        raise DataFault("shape-mismatch", path, what)
    if masks.voxels.shape[:3] != frame.shape:
        what = f"masks {masks.voxels.shape[:3]}, slices {frame.shape}: slices, rows, columns"
        raise DataFault("shape-mismatch", path, what)
    if not frame.names_follow:
        what = "the numbers in the names of the series' files do not follow the order of its slices"
        raise DataFault("series-gap", path, what)
    own = _in_order(path)
    if _differ(steps_of(frame.files), steps_of(own)):
        what = "the numbers in the names of its masks and of the series' slices have different gaps"
        raise DataFault("series-gap", path, what)
    if not _both_from_first(frame.files, own):
        _check_numbers(path, own, frame.files)
    if masks.voxels.ndim == 4:
        channels = [frame.image(masks.voxels[..., c]) for c in range(3)]
        return replace(channels[0], voxels=np.stack([c.voxels for c in channels], axis=3))
    return frame.image(masks.voxels)


def _check_gaps(path: Path, pictures: Path) -> None:
    """Refuse a folder of masks whose numbers have gaps where those of the pictures have none."""
    if not (path.is_dir() and pictures.is_dir()):
        return
    theirs, ours = _in_order(pictures), _in_order(path)
    if _differ(steps_of(theirs), steps_of(ours)):
        what = "the numbers in the names of its masks and of the pictures have different gaps"
        raise DataFault("series-gap", path, what)
    _check_numbers(path, ours, theirs)


def _check_numbers(path: Path, masks: Sequence[Path], slices: Sequence[Path]) -> None:
    """Refuse masks if some have the numbers of slices that their order assigns to other masks.

    Slices 3 to 10 and masks 1 to 8 have six numbers in common: by their order mask 3 would be that
    of slice 5. Masks 101 to 108 contradict no slice.

    Raises DataFault.
    """
    ours, theirs = changing_numbers(masks), changing_numbers(slices)
    if ours == theirs or not set(ours) & set(theirs):
        return
    what = (
        f"its masks {masks[0].name!r} to {masks[-1].name!r} and the slices {slices[0].name!r} to "
        f"{slices[-1].name!r} share some numbers, but not all: name each mask with the "
        "number of its slice"
    )
    raise DataFault("series-gap", path, what)


def _both_from_first(slices: Sequence[Path], masks: Sequence[Path]) -> bool:
    """Return whether two programs counted the slices: one from 0, the other from 1.

    Names that differ only in their numbers are from one program.
    """
    if {without_numbers(p.stem) for p in slices} == {without_numbers(p.stem) for p in masks}:
        return False
    firsts = [found[:1] for found in map(changing_numbers, (slices, masks))]
    return all(first in ([(0,)], [(1,)]) for first in firsts)


def _in_order(folder: Path) -> list[Path]:
    """Return the files of a folder in the order of the numbers in their names."""
    shown = (p for p in folder.iterdir() if not p.name.startswith("."))
    return sorted(shown, key=lambda p: natural_key(p.stem))


def _differ(ours: Array | None, theirs: Array | None) -> bool:
    """Return whether names have gaps at different places; a constant step is not a gap."""
    if ours is None or theirs is None or np.array_equal(ours, theirs):
        return False
    return len(set(ours.tolist())) > 1 or len(set(theirs.tolist())) > 1
