"""Zarr stores of versions 2 and 3: an array, or an OME-Zarr image (`pip install 'benchsmith[zarr]'`).

Of an OME-Zarr image the finest level is read (ome-ngff 0.1 to 0.5, `multiscales`). Metadata is checked
before the library reads it, because Zarr's codecs can run pickles.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.core.library_errors import words_for
from benchsmith.formats import microscopy_axes, zarr_metadata
from benchsmith.formats.zarr_chunks import check_array, check_chunks, check_work
from benchsmith.imaging import byte_stream

MAX_FILES = 500_000
LAYOUTS = {2: "yx", 3: "zyx", 4: "czyx", 5: "tczyx"}
"""Axes of an array whose store names none, by their number (ome-ngff 0.1 has five)."""
COLOURS = ["FF0000", "00FF00", "0000FF"]


@dataclass(frozen=True, slots=True)
class _Stored:
    """One array, and what its store states about its axes."""

    folder: Path
    axes: str
    """A letter for each axis: t, c, z, y or x."""
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    spacing_mm: tuple[float | None, float | None, float | None]
    """z, y, x"""
    first_mm: tuple[float, float, float]
    """Where the centre of the first voxel lies, x, y, z; 0 where the unit is not known."""
    grid: npt.NDArray[np.float64] | None
    """4x4, voxel (x, y, z) to the store's own frame, if it names no unit of length."""
    channels: list[str]
    coloured: bool
    """Its three channels are red, green and blue."""

    def size(self, axis: str) -> int:
        """Return the length of an axis; 1 if there is none."""
        return self.shape[self.axes.index(axis)] if axis in self.axes else 1


def members(path: Path) -> list[Path]:
    """Return all files of a store, in byte order of their paths. Raises DataFault for links."""
    found: list[Path] = []
    for folder, _, names in os.walk(path):
        found += [Path(folder, name) for name in names]
        if len(found) > MAX_FILES:
            raise DataFault("too-large", path, f"holds more than {MAX_FILES} files")
    home = Path(os.path.realpath(path))
    for file in found:
        if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(home):
            raise DataFault("path-outside", path, f"{file.name} is a link to elsewhere")
    return sorted(found, key=lambda p: os.fsencode(p.relative_to(path)))


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the channels and times. Raises DataFault."""
    stored = _stored(files)
    return microscopy_axes.parts(stored.size("t"), _channels(stored), stored.folder)


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one channel at one time: (z, y, x), or (z, y, x, 3) of red, green and blue.

    Chunks that are not stored have the fill value; the note counts them. Raises DataFault.
    """
    stored = _stored(files)
    names = [""] if stored.coloured else stored.channels
    time, channel = microscopy_axes.choose(how.part, stored.size("t"), names, stored.folder)
    wanted: list[int | slice] = []
    for axis, size in zip(stored.axes, stored.shape, strict=True):
        whole = axis in "zyx" or (axis == "c" and stored.coloured)
        wanted.append(slice(0, size) if whole else {"t": time, "c": channel}[axis])
    kept = [a for a, w in zip(stored.axes, wanted, strict=True) if isinstance(w, slice)]
    sides = tuple(stored.size(a) for a in kept)
    byte_stream.check_shape(sides, stored.dtype.itemsize, stored.folder)
    if stored.size("z") == 1:
        byte_stream.check_picture(stored.size("y"), stored.size("x"), stored.folder)
    check_work(stored.folder, [isinstance(w, slice) for w in wanted])
    missing = check_chunks(stored.folder)
    voxels = _load(stored.folder, tuple(wanted))
    order = "zyx" if "z" in kept else "yx"
    voxels = np.transpose(voxels, [kept.index(a) for a in order + ("c" if "c" in kept else "")])
    if "z" not in kept:
        voxels = voxels[None]
    found = microscopy_axes.image(
        np.ascontiguousarray(voxels), stored.spacing_mm, stored.folder, stored.first_mm
    )
    return _noted(found if found.affine is not None else replace(found, grid=stored.grid), missing)


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the texts in the attributes of the store's groups and arrays, with their keys. Raises DataFault."""
    found: dict[str, str] = {}
    for folder in sorted({path.parent for path in files if path.name in zarr_metadata.NAMES}):
        found |= {
            text: key for key, text in _texts("", zarr_metadata.node(folder).get("attributes"))
        }
    return found


def _texts(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield keys and texts at any depth."""
    waiting = [(key, value)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(str(name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(key, inner) for inner in value]
        elif isinstance(value, str):
            yield key, value


def _noted(image: Image, missing: int) -> Image:
    if not missing:
        return image
    more = f"{missing} chunks of the store are not there: they have its fill value"
    return replace(image, note=f"{image.note}; {more}" if image.note else more)


def _load(folder: Path, wanted: tuple[int | slice, ...]) -> Any:
    try:
        import zarr
        from zarr.storage import LocalStore
    except ImportError as error:
        what = "reading Zarr stores needs zarr: pip install 'benchsmith[zarr]'"
        raise DataFault("format-unknown", folder, what) from error
    try:
        array = zarr.open_array(store=LocalStore(folder, read_only=True), mode="r")
        return np.asarray(array[wanted])
    except Exception as error:
        # codecs raise any exception that a damaged chunk causes
        raise DataFault("unreadable", folder, words_for(error)) from error


def _stored(files: Sequence[Path]) -> _Stored:
    folder = zarr_metadata.top(files)
    if folder is None:
        raise DataFault("header", files[0].parent, "is not a Zarr store")
    node = zarr_metadata.node(folder)
    if node["node_type"] == "array":
        return _described(folder, node, None, {}, folder)
    attributes = node.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    own = attributes["ome"] if isinstance(attributes.get("ome"), dict) else attributes
    scales = own.get("multiscales")
    if not isinstance(scales, list) or not scales or not isinstance(scales[0], dict):
        return _only_array(folder)
    scale = scales[0]
    try:
        level = scale["datasets"][0]
        place = folder.joinpath(*str(level["path"]).strip("/").split("/"))
    except (KeyError, IndexError, TypeError) as error:
        raise DataFault("header", folder, "its multiscales list no level") from error
    if ".." in place.relative_to(folder).parts or not zarr_metadata.is_store(place):
        raise DataFault("file-missing", folder, f"its finest level {level['path']!r} is not there")
    _check_finest(scale["datasets"], folder)
    scaling = [
        *(level.get("coordinateTransformations") or ()),
        *(scale.get("coordinateTransformations") or ()),
    ]
    omero = own.get("omero")
    return _described(place, zarr_metadata.node(place), scale.get("axes"),
                      {"scaling": scaling, "omero": omero if isinstance(omero, dict) else {}}, folder)  # fmt: skip


def _check_finest(levels: Any, folder: Path) -> None:
    """Refuse levels that are not listed from the finest to the coarsest, as ome-ngff requires. Raises DataFault."""
    sides = []
    for level in levels if isinstance(levels, list) else []:
        moves = level.get("coordinateTransformations") if isinstance(level, dict) else None
        scales = [m.get("scale") for m in moves or () if isinstance(m, dict)]
        numbers = [s for s in scales if isinstance(s, list) and len(s) > 1]
        if numbers and all(type(n) in (int, float) for n in numbers[0]):
            sides.append(numbers[0][-2:])
    if any(side[0] < sides[0][0] or side[1] < sides[0][1] for side in sides[1:]):
        raise DataFault("header", folder, "its multiscales do not begin with the finest level")


def _only_array(folder: Path) -> _Stored:
    """Return the only array of a group without OME metadata. Raises DataFault."""
    inner = sorted(p for p in folder.iterdir() if p.is_dir() and zarr_metadata.is_store(p))
    arrays = [p for p in inner if zarr_metadata.node(p)["node_type"] == "array"]
    if len(arrays) != 1:
        listed = ", ".join(p.name for p in inner[:5]) or "nothing"
        what = f"is a group without multiscales, of {listed}: name one of them in the recipe's path"
        raise DataFault("dimensions", folder, what)
    return _described(arrays[0], zarr_metadata.node(arrays[0]), None, {}, folder)


def _described(
    place: Path, node: Mapping[str, Any], stated: Any, ome: Mapping[str, Any], folder: Path
) -> _Stored:
    if node["node_type"] != "array":
        raise DataFault("header", folder, f"{place.name} is a group and no array")
    shape, dtype = check_array(node, place)
    axes, units = _axes(stated, len(shape), folder)
    factors, firsts = _scale(ome.get("scaling") or [], len(shape), folder)
    sides = {a: f * u if f is not None and u is not None else None
             for a, f, u in zip(axes, factors, units, strict=True)}  # fmt: skip
    starts = {a: f * (u or 0.0) for a, f, u in zip(axes, firsts, units, strict=True)}
    count = shape[axes.index("c")] if "c" in axes else 1
    omero = ome.get("omero") or {}
    listed = [c for c in omero.get("channels") or () if isinstance(c, dict)]
    names = [str(c.get("label") or "") for c in listed]
    colours = [str(c.get("color") or "").upper() for c in listed]
    coloured = count == 3 and dtype == np.uint8 and colours == COLOURS
    return _Stored(
        place, axes, shape, dtype, (sides.get("z"), sides.get("y"), sides.get("x")),
        (starts["x"], starts["y"], starts.get("z", 0.0)),
        _grid(axes, units, factors, firsts),
        names if len(names) == count else [""] * count, coloured,
    )  # fmt: skip


def _grid(
    axes: str,
    units: Sequence[float | None],
    scales: Sequence[float | None],
    firsts: Sequence[float],
) -> npt.NDArray[np.float64] | None:
    """Return the affine of the spatial axes in the store's own unit; None if the store names a unit."""
    of = {
        a: (u, s, f) for a, u, s, f in zip(axes, units, scales, firsts, strict=True) if a in "zyx"
    }
    if any(u is not None or s is None for u, s, _ in of.values()):
        return None
    found = np.eye(4)
    for row, axis in enumerate("xyz"):
        _, scale, first = of.get(axis, (None, 1.0, 0.0))
        found[row, row], found[row, 3] = scale or 1.0, first
    return found if np.isfinite(found).all() else None


def _channels(stored: _Stored) -> int:
    return 1 if stored.coloured else len(stored.channels)


def _axes(stated: Any, count: int, folder: Path) -> tuple[str, list[float | None]]:
    """Return the letter of each axis, and its unit in millimetres. Raises DataFault."""
    if stated is None:
        if count not in LAYOUTS:
            raise DataFault("dimensions", folder, f"has {count} axes")
        return LAYOUTS[count], [None] * count
    named = (
        [a if isinstance(a, dict) else {"name": a} for a in stated]
        if isinstance(stated, list)
        else []
    )
    axes = "".join(str(a.get("name", "")).lower() for a in named)
    if len(axes) != count or len(set(axes)) != count or not set("yx") <= set(axes) <= set("tczyx"):
        raise DataFault("dimensions", folder, f"has {count} axes and names them {axes!r}")
    return axes, [microscopy_axes.MM.get(str(a.get("unit", "")).lower()) for a in named]


def _scale(
    stated: Sequence[Any], count: int, folder: Path
) -> tuple[list[float | None], list[float]]:
    """Return the product of all scales, by axis, and the position of index 0. Raises DataFault.

    Transformations are applied in their order (ome-ngff 0.4, coordinateTransformations). A scale is
    None where none is stated.
    """
    found: list[float | None] = [None] * count
    first = [0.0] * count
    for one in stated:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind not in ("scale", "translation"):
            if kind not in (None, "identity"):
                raise DataFault("header", folder, f"has a transformation of the type {kind!r}")
            continue
        numbers = one.get(kind)
        sound = isinstance(numbers, list) and len(numbers) == count
        if not sound or not all(type(s) in (int, float) for s in numbers or ()):
            raise DataFault("spacing", folder, f"its {kind} is {numbers!r}, for {count} axes")
        if kind == "translation":
            first = [f + float(s) for f, s in zip(first, numbers, strict=True)]
            continue
        first = [f * float(s) for f, s in zip(first, numbers, strict=True)]
        found = [float(s) * (1.0 if f is None else f) for f, s in zip(found, numbers, strict=True)]
    return found, first
