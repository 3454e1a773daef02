"""NIfTI-1 and -2, judged by SimpleITK (nifticlib)."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz import grids, volume_readers
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.grids import Grid
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Placed, Values

TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
GZIP = b"\x1f\x8b"
UNITS = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
"""Millimetres of each code of a unit of length; 0 is unknown."""


def header(grid: Grid, *, two: bool = False, big: bool = False, unit: int = 2) -> Any:
    """Return a header with sform and qform that agree."""
    made = (nib.Nifti2Header if two else nib.Nifti1Header)(endianness=">" if big else "<")
    made.set_data_dtype(grid.voxels.dtype)
    made.set_data_shape(grid.voxels.shape)
    ras = TO_RAS @ np.diag([1 / UNITS[unit]] * 3 + [1]) @ grid.affine
    made.set_qform(ras, 1)
    made.set_sform(ras, 1)
    made["xyzt_units"] = unit | 8
    made["vox_offset"] = 544 if two else 352
    return made


def write(folder: Path, made: Any, voxels: Any, *, packed: bool, offset: int = 0) -> Path:
    """Write header and voxels, without nibabel's own opinions."""
    if offset:
        made["vox_offset"] = offset
    data = made.binaryblock + b"\0\0\0\0"
    data += bytes(int(made["vox_offset"]) - len(data))
    data += voxels.astype(voxels.dtype.newbyteorder(made.endianness)).tobytes(order="F")
    path = folder / ("v.nii.gz" if packed else "v.nii")
    path.write_bytes(gzip.compress(data, 1, mtime=0) if packed else data)
    return path


def _change(alter: Callable[[Chance, Any, Grid], None]) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        grid = grids.grid(chance)
        made = header(grid, two=chance.yes(0.2), big=chance.yes(0.3))
        alter(chance, made, grid)
        return write(folder, made, grid.voxels, packed=chance.yes())

    return change


def _axes(chance: Chance, made: Any, grid: Grid) -> None:
    """Leave the header as it is: its axes run anyhow."""


def _qform_only(chance: Chance, made: Any, grid: Grid) -> None:
    made["sform_code"] = 0
    made["qform_code"] = chance.whole(1, 5)
    if chance.yes(0.4):
        made["srow_x"] = [chance.real(-9, 9) for _ in range(4)]


def _sform_only(chance: Chance, made: Any, grid: Grid) -> None:
    made["qform_code"] = 0
    made["sform_code"] = chance.whole(1, 5)
    if chance.yes(0.4):
        made["quatern_b"] = chance.real(-1, 1)


def _disagreeing(chance: Chance, made: Any, grid: Grid) -> None:
    made["qoffset_x"] += chance.pick((-40.0, 3.0, 0.001))
    made["sform_code"] = chance.whole(1, 4)


def _no_codes(chance: Chance, made: Any, grid: Grid) -> None:
    made["qform_code"] = made["sform_code"] = 0


def _qfac(chance: Chance, made: Any, grid: Grid) -> None:
    made["sform_code"] = 0
    made["pixdim"][0] = chance.pick((-1.0, 1.0, 0.0))


def _slope(chance: Chance, made: Any, grid: Grid) -> None:
    slope = chance.pick((0.0, float("nan"), 1.0, 2.0, -1.0, 0.25, chance.real(0.01, 3)))
    made["scl_slope"], made["scl_inter"] = slope, chance.pick((0.0, -1024.0, chance.real(-5, 5)))


def _padded(chance: Chance, made: Any, grid: Grid) -> None:
    made["vox_offset"] = int(made["vox_offset"]) + 16 * chance.whole(1, 8)


def _type(chance: Chance, made: Any, grid: Grid) -> None:
    """Read the same bytes as another type of the same size."""
    size = grid.voxels.dtype.itemsize
    kinds = {1: ("u1", "i1"), 2: ("i2", "u2"), 4: ("i4", "u4", "f4"), 8: ("f8", "i8", "u8")}[size]
    kind = np.dtype(chance.pick(kinds))
    if kind.kind != grid.voxels.dtype.kind:
        grid.voxels = grids.voxels(chance, grid.voxels.shape, kind.str[1:])
    made.set_data_dtype(kind)


def _dimension(chance: Chance, made: Any, grid: Grid) -> None:
    """State trailing axes of length one."""
    count = chance.whole(3, 7)
    made["dim"][0] = count
    made["dim"][4:] = 1


def _units(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    unit = chance.whole(0, 3)
    made = header(grid, unit=unit)
    made["xyzt_units"] = unit | chance.pick((0, 8, 16, 24))
    return write(folder, made, grid.voxels, packed=chance.yes())


def _colour(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance, "u1")
    channels = chance.pick((3, 4))
    made = header(grid)
    made["datatype"], made["bitpix"] = {3: (128, 24), 4: (2304, 32)}[channels]
    colours = chance.array((channels, *grid.voxels.shape), 0, 255, "u1")
    return write(folder, made, colours, packed=chance.yes())


def _volumes(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    count = chance.whole(2, 4)
    made = header(grid)
    many = np.stack([grid.voxels + k for k in range(count)], axis=-1).astype(grid.voxels.dtype)
    made.set_data_shape(many.shape)
    note(folder, part=str(chance.whole(0, count - 1)))
    return write(folder, made, many, packed=chance.yes())


def _pair(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    made = header(grid, big=chance.yes())
    made["magic"], made["vox_offset"] = b"ni1", 0
    (folder / "v.img").write_bytes(
        grid.voxels.astype(grid.voxels.dtype.newbyteorder(made.endianness)).tobytes(order="F")
    )
    (folder / "v.hdr").write_bytes(made.binaryblock + b"\0\0\0\0")
    return folder / "v.hdr"


def _two_members(chance: Chance, folder: Path) -> Path:
    """Split the gzip stream in two, which is one by RFC 1952."""
    grid = grids.grid(chance)
    path = write(folder, header(grid), grid.voxels, packed=False)
    data = path.read_bytes()
    at = chance.whole(1, len(data) - 1)
    packed = folder / "v.nii.gz"
    packed.write_bytes(gzip.compress(data[:at], mtime=0) + gzip.compress(data[at:], mtime=0))
    return packed


def _uncoded_by_nibabel(chance: Chance, folder: Path) -> Path:
    path = _change(_no_codes)(chance, folder)
    note(folder, nifti_transform="las")
    return path


def theirs(path: Path) -> Values:
    """Read with SimpleITK; with nibabel what ITK does not know, NIfTI-2 and the frame `las`.

    nifti1.h, scl_slope: data are not scaled where the slope is 0; ITK adds the intercept all the
    same, which is taken away again here.
    """
    words = noted(path)
    head = _head(path)
    if _frame(path) == "las":
        return _by_nibabel(path, words.get("part", ""))
    order = "<" if 1 <= int.from_bytes(head[40:42], "little") <= 7 else ">"
    made = nib.Nifti1Header(head[:348], endianness=order, check=False)
    found = volume_readers.by_itk(path)
    slope, intercept = float(made["scl_slope"]), float(made["scl_inter"])
    if (slope == 0 or np.isnan(slope)) and intercept:
        placed = found["volume"]
        unscaled = Placed(placed.voxels - intercept, placed.affine)
        return {**found, "volume": unscaled}
    return found


def _head(path: Path) -> bytes:
    """Return the beginning of a file, as far as it can be inflated."""
    head = path.read_bytes()
    if head[:2] != GZIP:
        return head[:544]
    found = b""
    with contextlib.suppress(zlib.error):
        while head[:2] == GZIP and len(found) < 544:
            inflater = zlib.decompressobj(31)
            found += inflater.decompress(head)
            head = inflater.unused_data
    return found[:544]


def _frame(path: Path) -> str:
    """Return the frame of a file without codes that its judge takes."""
    two = _head(path)[4:7] in (b"n+2", b"ni2")
    return "las" if two else str(noted(path).get("nifti_transform", "lps"))


def _by_nibabel(path: Path, part: str) -> Values:
    image: Any = nib.load(path)
    voxels = np.asanyarray(image.dataobj)
    while voxels.ndim > 4 and voxels.shape[-1] == 1:
        voxels = voxels[..., 0]
    if voxels.dtype.names:
        voxels = np.stack([voxels[c] for c in "RGB"], axis=-1)
    elif voxels.ndim == 4:
        voxels = voxels[..., int(part or 0)]
    if voxels.dtype.kind == "f" and not np.isfinite(voxels).all():
        raise Refused("not finite")
    scale = UNITS.get(int(image.header["xyzt_units"]) & 7, 1.0)
    affine = TO_RAS @ np.diag([scale] * 3 + [1]) @ image.affine
    return {
        "volume": Placed(voxels, affine),
        "hanging": "",
        "spacing": np.sort(np.linalg.norm(affine[:3, :3], axis=0)),
    }


def ours(path: Path) -> Values:
    """Read with ours; a file without a frame as ITK does, unless the note says otherwise."""
    words = noted(path)
    how = Reading(part=words.get("part", ""), nifti_transform=_frame(path))
    return volume_readers.of_image(formats.read(path, how))


FORMAT = Format(
    "NIfTI",
    "SimpleITK; nibabel for NIfTI-2 and files without a frame",
    {
        "axes": _change(_axes),
        "qform only": _change(_qform_only),
        "sform only": _change(_sform_only),
        "qform and sform disagree": _change(_disagreeing),
        "no codes, as ITK reads them": _change(_no_codes),
        "no codes, as nibabel reads them": _uncoded_by_nibabel,
        "qfac": _change(_qfac),
        "slope and intercept": _change(_slope),
        "data offset": _change(_padded),
        "data type": _change(_type),
        "number of dimensions": _change(_dimension),
        "unit of length": _units,
        "colour": _colour,
        "one of several volumes": _volumes,
        "header and data apart": _pair,
        "gzip in two members": _two_members,
    },
    ours,
    theirs,
    tolerance={"spacing": 1e-3, "volume": 1e-4},
    alone={
        "Not a gzipped file|Cannot work out file type": "bytes after a gzip stream, which gzip(1) "
        "passes over: nibabel refuses them",
    },
)
