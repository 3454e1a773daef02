"""Variables of MATLAB 7.3 files, which are HDF5, by h5py (`pip install 'benchsmith[hdf5]'`).

HDF5 stores MATLAB's arrays with reversed axes. Links to other files, and data in other files, are
refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import Array, DataFault
from benchsmith.core.library_errors import words_for
from benchsmith.formats import hdf5_chunks
from benchsmith.imaging import byte_stream

NO_NUMBERS = (b"char", b"cell", b"struct", b"function_handle")
MAX_CHARACTERS = 1 << 20
"""Characters of one array that are read as a text."""
FILTERS = frozenset({"1", "2", "3"})
"""Numbers of HDF5's own filters: deflate, shuffle and checksum; others load plug-ins."""

MAX_DEPTH, MAX_NAMES = 3, 1000


def variable(path: Path, name: str, *, named: bool = True) -> Array:
    """Return an array by its name, with dots between fields; for an empty name, the only array.

    Axes are in MATLAB's order. `named` says whether the file begins with MATLAB's header: other HDF5 files
    keep their axes in their own order, and only arrays with MATLAB's attributes are read. Raises
    DataFault.
    """
    with _opened(path) as file:
        place = name.replace(".", "/") or _only(file, path)
        found = _at(file, place, path)
        array = _array(found, place, path)
        if not named and "MATLAB_class" not in found.attrs:
            what = "is HDF5 that MATLAB did not write: the order of its axes is not known"
            raise DataFault("format-unknown", path, what)
        logical = found.attrs.get("MATLAB_class") in (b"logical", "logical")
        return array.astype(bool) if logical else array


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file for reading. Raises DataFault, also for errors while it is open."""
    try:
        import h5py
    except ImportError as error:
        what = "MATLAB 7.3 files need h5py: pip install 'benchsmith[hdf5]'"
        raise DataFault("format-unknown", path, what) from error
    try:
        with h5py.File(path, "r") as file:
            yield file
    except DataFault:
        raise
    except Exception as error:
        # h5py raises any exception that a damaged file causes
        raise DataFault("unreadable", path, words_for(error)) from error


def texts(path: Path) -> dict[str, str]:
    """Return the texts in arrays of characters and in attributes, with their names. Raises DataFault."""
    found: dict[str, str] = {}

    def take(name: str, item: Any) -> None:
        import h5py

        found.update({text: f"{name}@{key}" for key, text in _attributes(item)})
        if isinstance(item, h5py.Dataset) and not item.external and not item.is_virtual:
            found.update(dict.fromkeys(_characters(item), name))

    with _opened(path) as file:
        found.update({text: f"@{key}" for key, text in _attributes(file)})
        file.visititems(take)
    return found


def _attributes(item: Any) -> Iterator[tuple[str, str]]:
    for key, value in item.attrs.items():
        if not str(key).startswith("MATLAB_"):
            yield from ((str(key), text) for text in _as_texts(value))


def _characters(data: Any) -> Iterator[str]:
    """Yield the text of an array of characters, which MATLAB stores as numbers, or HDF5's own texts."""
    if data.size > MAX_CHARACTERS:
        return
    if data.attrs.get("MATLAB_class") == b"char" and data.dtype.kind == "u":
        numbers = np.asarray(data[()]).ravel()
        yield "".join(chr(int(number)) for number in numbers if 0 < number < 0xD800)
    elif data.dtype.kind in "SUO":
        yield from _as_texts(data[()])


def _as_texts(value: Any) -> Iterator[str]:
    for one in np.atleast_1d(np.asarray(value, dtype=object)).ravel().tolist():
        if isinstance(one, bytes):
            yield one.decode("utf-8", "replace")
        elif isinstance(one, str):
            yield one


def variables(path: Path) -> list[str]:
    """Return the names of arrays of at least two axes, sorted, with dots between fields.

    Raises DataFault.
    """
    with _opened(path) as file:
        return sorted(_arrays(file, ""))


def _arrays(group: Any, above: str, depth: int = 0) -> list[str]:
    """Return the names of the arrays below a group, following only hard links."""
    import h5py

    found: list[str] = []
    for name in group:
        link = group.get(name, getlink=True)
        if name.startswith("#") or not isinstance(link, h5py.HardLink):
            continue
        inner = group[name]
        if isinstance(inner, h5py.Group) and depth < MAX_DEPTH:
            found += _arrays(inner, f"{above}{name}.", depth + 1)
        elif _has_numbers(inner) and inner.ndim > 1 and min(inner.shape) > 1:
            found.append(above + name)
    return found[:MAX_NAMES]


def _only(file: Any, path: Path) -> str:
    names = [n for n in file if not n.startswith("#")]
    arrays = [n for n in _arrays(file, "", MAX_DEPTH) if "." not in n]
    if len(arrays) != 1:
        what = f"has the variables {', '.join(sorted(names)[:20])}: name one in `variable`"
        raise DataFault("dimensions", path, what)
    return str(arrays[0])


def _at(file: Any, place: str, path: Path) -> Any:
    """Return the object at a path, following only hard links. Raises DataFault."""
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
