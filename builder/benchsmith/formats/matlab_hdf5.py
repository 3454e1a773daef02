"""Variables of MATLAB 7.3 files, which are HDF5, by h5py (`pip install 'benchsmith[hdf5]'`).

HDF5 stores MATLAB's arrays with their axes in reverse. Links to other files, and data that lie in
other files, are refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import Array, DataFault
from benchsmith.core.library_errors import words_for
from benchsmith.formats import hdf5_chunks
from benchsmith.imaging import byte_stream

NO_NUMBERS = (b"char", b"cell", b"struct", b"function_handle")
FILTERS = frozenset({"1", "2", "3"})
"""Numbers of HDF5's own filters: deflate, shuffle and checksum; others load plug-ins."""


def variable(path: Path, name: str, *, named: bool = True) -> Array:
    """Return an array by its name, with dots between fields; of an empty name the only one.

    Axes are in MATLAB's order. `named` is whether the file begins as MATLAB begins it: other HDF5 files
    keep their axes in their own order, and only arrays with MATLAB's attributes are read. Raises
    DataFault.
    """
    try:
        import h5py
    except ImportError as error:
        what = "MATLAB 7.3 files need h5py: pip install 'benchsmith[hdf5]'"
        raise DataFault("format-unknown", path, what) from error
    try:
        with h5py.File(path, "r") as file:
            place = name.replace(".", "/") or _only(file, path)
            found = _at(file, place, path)
            array = _array(found, place, path)
            if not named and "MATLAB_class" not in found.attrs:
                what = "is HDF5 that MATLAB did not write: the order of its axes is not known"
                raise DataFault("format-unknown", path, what)
            return array
    except DataFault:
        raise
    except Exception as error:
        # h5py raises any exception that a damaged file causes
        raise DataFault("unreadable", path, words_for(error)) from error


def _only(file: Any, path: Path) -> str:
    import h5py

    names = [n for n in file if not n.startswith("#")]
    arrays = [
        n
        for n in names
        if isinstance(file.get(n, getlink=True), h5py.HardLink)
        and _has_numbers(file[n])
        and file[n].ndim > 1
        and min(file[n].shape) > 1
    ]
    if len(arrays) != 1:
        what = f"has the variables {', '.join(sorted(names)[:20])}: name one in `variable`"
        raise DataFault("dimensions", path, what)
    return str(arrays[0])


def _at(file: Any, place: str, path: Path) -> Any:
    """Return what lies at a path, through hard links alone. Raises DataFault."""
    import h5py

    found = file
    for step in place.split("/"):
        link = (
            found.get(step, getlink=True)
            if isinstance(found, h5py.Group) and step in found
            else None
        )
        if link is None:
            inside = found if isinstance(found, h5py.Group) else {}
            there = ", ".join(sorted(n for n in inside if not n.startswith("#"))[:20]) or "none"
            what = f"has no variable {place.replace('/', '.')!r}; there are {there}"
            raise DataFault("file-missing", path, what)
        if not isinstance(link, h5py.HardLink):
            raise DataFault("path-outside", path, f"{step!r} is a link to elsewhere")
        found = found[step]
    return found


def _has_numbers(data: Any) -> bool:
    """Return whether something is an array of numbers: MATLAB stores texts as such, too."""
    import h5py

    if not isinstance(data, h5py.Dataset) or data.attrs.get("MATLAB_class") in NO_NUMBERS:
        return False
    return data.dtype.kind in "iufb" and data.dtype.itemsize <= 8


def _array(data: Any, place: str, path: Path) -> Array:
    shown = place.replace("/", ".")
    if not _has_numbers(data):
        raise DataFault("dimensions", path, f"{shown!r} is not an array of numbers")
    if data.attrs.get("MATLAB_empty"):
        raise DataFault("dimensions", path, f"{shown!r} is empty")
    if data.external or data.is_virtual:
        raise DataFault("path-outside", path, f"the values of {shown!r} lie in another file")
    if set(data._filters) - FILTERS - {"gzip", "shuffle", "fletcher32"}:  # noqa: SLF001
        raise DataFault("format-unknown", path, f"{shown!r} has a filter that is not read")
    byte_stream.check_shape(data.shape or (1,), data.dtype.itemsize, path)
    if data.ndim == 2:
        byte_stream.check_picture(data.shape[1], data.shape[0], path)
    hdf5_chunks.check(data, path)
    found: Array = np.asarray(data[()]).transpose()
    return found.astype(np.uint8) if found.dtype.kind == "b" else found
