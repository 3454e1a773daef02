"""MATLAB files, versions 5 to 7.2 by SciPy, and 7.3 by h5py (`pip install 'benchsmith[hdf5]'`).

A file holds named variables; fields of structures are named with a dot: ``cjdata.image``. An array is
(rows, columns) or (rows, columns, slices), as MATLAB shows it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.core.library_errors import words_for
from benchsmith.formats import matlab_hdf5
from benchsmith.imaging import byte_stream

NOTE = "the file has no orientation and no voxel size: slices are shown as stored"
HDF5 = b"\x89HDF\r\n\x1a\n"
COLOURS, SMALLEST = 3, 16
MAX_ELEMENTS = 100_000
COMPRESSED = 15
"""Type of a compressed data element (MAT-File Format, version 5)."""


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read the variable `how.variable`, or the only array: a picture, or a volume (z, y, x).

    An array (rows, columns, 3) of uint8 is a picture in colour. A volume's slices are its third
    axis, or with `how.part` the part is one slice. Raises DataFault.
    """
    path = files[0]
    array = variable(path, how.variable)
    coloured = array.ndim >= 3 and array.shape[2] == COLOURS and array.dtype == np.uint8
    coloured = coloured and min(array.shape[:2]) >= SMALLEST
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise DataFault("dimensions", path, f"{_named(how)} has the shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataFault("not-finite", path, f"{_named(how)} has values that are not numbers")
    if array.ndim == 2 or coloured:
        if how.part:
            raise DataFault("dimensions", path, f"{_named(how)} is one picture and has no parts")
        return Image(np.ascontiguousarray(array)[None], None, planar=True)
    stack = np.ascontiguousarray(np.moveaxis(array, 2, 0))
    if how.part:
        from benchsmith.formats import part_choice

        return Image(stack[part_choice.number(how.part, len(stack), path)][None], None, planar=True)
    affine = np.diag([*how.spacing_mm[::-1], 1.0]) if how.spacing_mm else None
    return Image(stack, affine, planar=False, note=NOTE, oriented=False)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the slices of the only array. Raises DataFault."""
    array = variable(files[0], "")
    return [str(n) for n in range(array.shape[2] if array.ndim == 3 else 1)]


def variable(path: Path, name: str) -> Array:
    """Return an array of numbers by its name; of an empty name the only one. Raises DataFault.

    Its axes are those that MATLAB shows: rows, columns, and further ones.
    """
    byte_stream.beginning(path, 16)
    with path.open("rb") as file:
        head = file.read(520)
    if HDF5 in (head[512:520], head[:8]):
        return matlab_hdf5.variable(path, name)
    if head[:6] != b"MATLAB" or head[126:128] not in (b"IM", b"MI"):
        raise DataFault("header", path, "is no MATLAB file of version 5 or later")
    return _of_version_5(path, name)


def _of_version_5(path: Path, name: str) -> Array:
    top, *fields = name.split(".")
    found = _variables(path, path.stat().st_mtime_ns)
    if not name:
        arrays = [key for key, value in found.items() if _is_array(value) and min(value.shape) > 1]
        if len(arrays) != 1:
            listed = ", ".join(sorted(found)[:20])
            what = f"has the variables {listed}: name one in `variable`"
            raise DataFault("dimensions", path, what)
        top = arrays[0]
    value = found.get(top)
    for field in fields:
        value = _field(value, field)
    if value is None:
        listed = ", ".join(sorted(found)[:20]) or "none"
        raise DataFault("file-missing", path, f"has no variable {name!r}; there are {listed}")
    if not _is_array(value):
        raise DataFault("dimensions", path, f"{name or top!r} is no array of numbers")
    array: Array = np.asarray(value)
    return array.astype(np.uint8) if array.dtype.kind == "b" else array


def _field(value: Any, name: str) -> Any:
    """Return a field of a structure, 1 x 1 as MATLAB has them; None if there is none."""
    if isinstance(value, np.ndarray) and value.dtype.names and name in value.dtype.names:
        return value[name].flat[0] if value.size == 1 else None
    return None


def _is_array(value: Any) -> bool:
    return (
        isinstance(value, np.ndarray) and value.dtype.kind in "iufb" and value.dtype.itemsize <= 8
    )


@lru_cache(maxsize=1)
def _variables(path: Path, changed_ns: int) -> dict[str, Any]:
    import scipy.io

    _check_elements(path)
    try:
        found = scipy.io.loadmat(
            str(path), chars_as_strings=True, verify_compressed_data_integrity=True
        )
    except MemoryError as error:
        raise DataFault("too-large", path, "needs more memory than there is") from error
    except Exception as error:
        # SciPy raises any exception that a damaged element causes
        raise DataFault("unreadable", path, words_for(error)) from error
    return {key: value for key, value in found.items() if not key.startswith("__")}


def _check_elements(path: Path) -> None:
    """Refuse a file whose compressed elements inflate to more than a reader may hold.

    Each element has a type and a number of bytes, 4 bytes each; the inflated one states its size
    in its own first 8 bytes.
    """
    size = path.stat().st_size
    total = 0
    with path.open("rb") as file:
        file.seek(126)
        order = "little" if file.read(2) == b"IM" else "big"
        for _ in range(MAX_ELEMENTS):
            tag = file.read(8)
            if len(tag) < 8:
                break
            kind, length = (int.from_bytes(tag[k : k + 4], order) for k in (0, 4))  # type: ignore[arg-type]
            at = file.tell()
            if at + length > size:
                what = f"{length} bytes of an element declared, {size - at} present"
                raise DataFault("truncated", path, what)
            if kind == COMPRESSED:
                total += _inflated(file.read(length), order, path)
            else:
                total += length
            if total > byte_stream.MAX_INFLATED_BYTES:
                raise DataFault("too-large", path, f"inflates to {total} bytes or more")
            file.seek(at + length)


def _inflated(data: bytes, order: str, path: Path) -> int:
    """Return the bytes that a compressed element really inflates to. Raises DataFault."""
    inflater = zlib.decompressobj()
    size = 0
    try:
        while data and not inflater.eof and size <= byte_stream.MAX_INFLATED_BYTES:
            size += len(inflater.decompress(data, byte_stream.BLOCK_BYTES))
            data = inflater.unconsumed_tail
    except zlib.error as error:
        raise DataFault("checksum", path, str(error)) from error
    return size


def _named(how: Reading) -> str:
    return f"`{how.variable}`" if how.variable else "its array"
