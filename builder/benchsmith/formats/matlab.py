"""MATLAB files, versions 5 to 7.3; the last needs `pip install 'benchsmith[hdf5]'`.

A file holds named variables; fields of structures are named with a dot: ``cjdata.image``. An array is
(rows, columns) or (rows, columns, slices), as MATLAB shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.formats import matlab_hdf5, matlab_texts, part_choice, unplaced_volume
from benchsmith.formats.matlab_level5 import Level5
from benchsmith.imaging import byte_stream

HDF5 = b"\x89HDF\r\n\x1a\n"
COLOURS, SMALLEST = 3, 16


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read the variable `how.variable`, or the only array: a picture, or a volume (z, y, x).

    An array (rows, columns, 3) of uint8 is a picture in colour. A volume's slices are its third
    axis, or with `how.part` the part is one slice. Raises DataFault.
    """
    path = files[0]
    array = variable(path, how.variable)
    if array.ndim == 2:
        byte_stream.check_picture(array.shape[0], array.shape[1], path)
    coloured = array.ndim >= 3 and array.shape[2] == COLOURS and array.dtype == np.uint8
    coloured = coloured and min(array.shape[:2]) >= SMALLEST
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise DataFault("dimensions", path, f"{_named(how)} has the shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataFault("not-finite", path, f"{_named(how)} has values that are not numbers")
    boolean = array.dtype.kind == "b"
    if boolean:
        array = array.astype(np.uint8)
    if array.ndim == 2 or coloured:
        if how.part:
            raise DataFault("dimensions", path, f"{_named(how)} is one picture and has no parts")
        voxels = np.ascontiguousarray(array)[None]
        return Image(voxels, None, planar=True, boolean=boolean)
    stack = np.ascontiguousarray(np.moveaxis(array, 2, 0))
    if how.part:
        one = stack[part_choice.number(how.part, len(stack), path)][None]
        return Image(one, None, planar=True, boolean=boolean)
    affine = np.diag([*how.spacing_mm[::-1], 1.0]) if how.spacing_mm else None
    note = unplaced_volume.note(how.spacing_mm)
    return Image(stack, affine, planar=False, note=note, oriented=False, boolean=boolean)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the slices of the only array. Raises DataFault."""
    array = variable(files[0], "")
    return [str(n) for n in range(array.shape[2] if array.ndim == 3 else 1)]


def variables(path: Path) -> list[str]:
    """Return the names of the arrays of numbers of at least two axes, sorted. Raises DataFault.

    Fields of structures are among them in files of version 7.3.
    """
    head = byte_stream.beginning(path, 520)
    if _is_hdf5(head):
        return matlab_hdf5.variables(path)
    return sorted(_arrays(Level5(path, _checked(head, path))))


def variable(path: Path, name: str) -> Array:
    """Return an array of numbers by its name; for an empty name, the only array. Raises DataFault.

    Its axes are those that MATLAB shows: rows, columns, and further ones.
    """
    head = byte_stream.beginning(path, 520)
    if _is_hdf5(head):
        return matlab_hdf5.variable(path, name, named=head[:6] == b"MATLAB")
    file = Level5(path, _checked(head, path))
    if not name:
        there = file.headers()
        arrays = _arrays(file)
        if len(arrays) != 1:
            listed = ", ".join(sorted(there)[:20])
            what = f"has the variables {listed}: name one in `variable`"
            raise DataFault("dimensions", path, what)
        name = arrays[0]
    return file.array(name)


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the file's description and its texts, each with the name of its variable. Raises DataFault."""
    path = files[0]
    head = byte_stream.beginning(path, 520)
    found: dict[str, str] = {}
    if head[:6] == b"MATLAB":
        described = head[: matlab_texts.HEADER_TEXT].decode("latin-1").strip(" \0")
        found[described] = "the description of the file"
    if _is_hdf5(head):
        return found | matlab_hdf5.texts(path)
    if head[:6] == b"MATLAB":
        found |= Level5(path, head).texts()
    return found


def _is_hdf5(head: bytes) -> bool:
    return HDF5 in (head[512:520], head[:8])


def _checked(head: bytes, path: Path) -> bytes:
    """Return the beginning of a file of version 5. Raises DataFault for another file."""
    if head[:6] != b"MATLAB" or head[126:128] not in (b"IM", b"MI"):
        raise DataFault("header", path, "is no MATLAB file of version 5 or later")
    return head


def _arrays(file: Level5) -> list[str]:
    return [n for n, m in file.headers().items() if m.is_array and min(m.shape) > 1]


def _named(how: Reading) -> str:
    return f"`{how.variable}`" if how.variable else "its array"
