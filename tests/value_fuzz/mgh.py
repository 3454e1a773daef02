"""MGH and MGZ volumes of FreeSurfer, judged by nibabel."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from tests.value_fuzz import grids, volume_readers
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.grids import Grid
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.nifti import TO_RAS
from tests.value_fuzz.values import Placed, Values

TYPES = ("u1", "i2", "i4", "f4")
"""Types that the format has (FreeSurfer wiki, FsTutorial/MghFormat)."""
GOOD_RAS = slice(28, 30)
"""Bytes of the flag that the directions of the header hold."""


def _data(grid: Grid, voxels: Any = None) -> bytes:
    stored = grid.voxels if voxels is None else voxels
    return bytes(nib.MGHImage(stored, TO_RAS @ grid.affine).to_bytes())


def _change(alter: Callable[[Chance, Path], bytes]) -> Change:
    """Return a mutation that writes bytes, half of them by gzip."""

    def change(chance: Chance, folder: Path) -> Path:
        data = alter(chance, folder)
        packed = chance.yes()
        path = folder / ("v.mgz" if packed else "v.mgh")
        path.write_bytes(gzip.compress(data, mtime=0) if packed else data)
        return path

    return change


def _axes(chance: Chance, _folder: Path) -> bytes:
    return _data(grids.grid(chance, "i2"))


def _type(chance: Chance, _folder: Path) -> bytes:
    return _data(grids.grid(chance, chance.pick(TYPES)))


def _no_directions(chance: Chance, _folder: Path) -> bytes:
    """Without good directions the header's are not used: the size is unknown, and FreeSurfer takes coronal slices."""
    made = bytearray(_data(grids.grid(chance, "u1")))
    made[GOOD_RAS] = b"\0\0"
    return bytes(made)


def _frames(chance: Chance, folder: Path) -> bytes:
    grid = grids.grid(chance, "i2")
    count = chance.whole(2, 4)
    note(folder, part=str(chance.whole(0, count - 1)))
    more = [grids.voxels(chance, grid.voxels.shape, "i2") for _ in range(count - 1)]
    return _data(grid, np.stack([grid.voxels, *more], axis=-1))


def _several_unnamed(chance: Chance, _folder: Path) -> bytes:
    grid = grids.grid(chance, "i2")
    return _data(grid, np.stack([grid.voxels] * 2, axis=-1))


def _tags(chance: Chance, _folder: Path) -> bytes:
    """Add what programs write after the voxels: times, angles, and a command."""
    numbers = np.array([chance.real(0, 3000) for _ in range(5)], ">f4").tobytes()
    command = b"mri_convert a b\0"
    return (
        _data(grids.grid(chance, chance.pick(TYPES)))
        + numbers
        + b"\0\0\0\3"
        + len(command).to_bytes(8, "big")
        + command
    )


def _has_directions(path: Path) -> bool:
    """Return whether the flag of good directions is positive; nibabel overwrites it."""
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".mgz" else data
    return int.from_bytes(data[GOOD_RAS], "big", signed=True) > 0


def _coronal(voxels: Any) -> Any:
    """Return FreeSurfer's default (mri.cpp, setDirectionCosine); nibabel's has y and z turned over."""
    affine = np.eye(4)
    affine[:3, :3] = [[-1, 0, 0], [0, 0, 1], [0, -1, 0]]
    affine[:3, 3] = -affine[:3, :3] @ (np.array(voxels.shape[:3]) / 2)
    return affine


def by_nibabel(path: Path) -> Values:
    """Read with nibabel, whose frame is RAS."""
    image: Any = nib.MGHImage.from_filename(str(path))
    voxels = np.asarray(image.dataobj)
    if path.suffix == ".mgz":
        gzip.decompress(path.read_bytes())  # nibabel stops at the last voxel, before the checksum
    part = noted(path).get("part", "")
    if voxels.ndim == 4:
        if not part and voxels.shape[3] > 1:
            raise Refused("several volumes")
        voxels = voxels[..., int(part or 0)]
    if voxels.dtype.kind == "f" and not np.isfinite(voxels).all():
        raise Refused("not finite")
    placed = _has_directions(path)
    affine = TO_RAS @ (image.affine if placed else _coronal(voxels))
    sides = np.linalg.norm(affine[:3, :3], axis=0)
    if not np.isfinite(affine).all() or not (sides > 0).all():
        raise Refused("no sound affine")
    return {
        "volume": Placed(voxels, affine),
        "hanging": "",
        "spacing": np.sort(sides) if placed else volume_readers.UNKNOWN,
    }


FORMAT = Format(
    "MGH",
    "nibabel",
    {
        "axes": _change(_axes),
        "data type": _change(_type),
        "no good directions": _change(_no_directions),
        "one of several volumes": _change(_frames),
        "several volumes, none named": _change(_several_unnamed),
        "tags after the voxels": _change(_tags),
    },
    volume_readers.ours,
    by_nibabel,
    tolerance={"volume": 1e-3, "spacing": 1e-3},
    alone={
        "Not a gzipped file": "bytes after a gzip stream, which gzip(1) passes over: Python refuses them",
    },
    mutants=400,
)
