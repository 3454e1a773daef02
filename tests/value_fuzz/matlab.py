"""MATLAB files: of version 5 judged by SciPy, of version 7.3 by h5py."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import scipy.io

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

CLASSES = {
    "u1": "uint8", "i2": "int16", "u2": "uint16", "i4": "int32", "f4": "single", "f8": "double",
    "b1": "logical",
}  # fmt: skip
HEADER = b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM"


def _array(chance: Chance, kind: str, dimensions: int = 2) -> Any:
    shape = [chance.whole(2, 9) for _ in range(2)] + [chance.whole(2, 5)] * (dimensions - 2)
    low = 0 if kind in ("u1", "u2", "b1") else -100
    return chance.array(shape, low, 1 if kind == "b1" else 100).astype(kind)


def _write(chance: Chance, path: Path, tree: Mapping[str, Any]) -> None:
    """Write variables as one of the versions has them."""
    if chance.yes():
        scipy.io.savemat(path, dict(tree), do_compression=chance.yes())
        return
    with h5py.File(path, "w", userblock_size=512) as file:
        _put(chance, file, tree)
    with path.open("r+b") as raw:
        raw.write(HEADER)


def _put(chance: Chance, group: Any, tree: Mapping[str, Any]) -> None:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            inner = group.create_group(name)
            inner.attrs["MATLAB_class"] = np.bytes_(b"struct")
            _put(chance, inner, value)
            continue
        stored = np.asarray(value).transpose()
        packed = (
            {"chunks": stored.shape, "compression": "gzip", "shuffle": True} if chance.yes() else {}
        )
        kind = CLASSES[stored.dtype.str[1:]]
        data = group.create_dataset(
            name, data=stored.astype("u1") if kind == "logical" else stored, **packed
        )
        data.attrs["MATLAB_class"] = np.bytes_(kind.encode())


def _change(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        path = folder / "a.mat"
        of = chance.pick(tuple(CLASSES)) if kind == "types" else chance.pick(("u1", "i2", "f8"))
        array = _array(chance, "b1" if kind == "logical" else of, 3 if "slices" in kind else 2)
        tree: dict[str, Any] = {"image": array}
        name = "image"
        if kind == "fields of structures":
            tree, name = {"set": {"other": array + 1, "inner": {"image": array}}}, "set.inner.image"
        elif kind == "several variables":
            tree = {"before": _array(chance, "f8"), "image": array, "zlast": _array(chance, "u1")}
        elif kind == "colour":
            tree = {
                "image": chance.array(
                    (chance.whole(16, 20), chance.whole(16, 24), 3), 0, 255, np.uint8
                )
            }
        elif kind == "no such variable":
            name = "picture"
        part = str(chance.whole(0, array.shape[2] - 1)) if kind == "one of several slices" else ""
        note(folder, variable=name, part=part)
        _write(chance, path, tree)
        return path

    return change


def ours(path: Path) -> Values:
    """Return a picture, or a volume (slices, rows, columns)."""
    words = noted(path)
    image = formats.read(path, Reading(variable=words["variable"], part=words["part"]))
    return {"pixels": image.voxels[0] if image.planar else image.voxels}


def theirs(path: Path) -> Values:
    """Read by the library of the version, and show the axes as MATLAB does."""
    words = noted(path)
    found = (
        _by_h5py(path, words["variable"])
        if h5py.is_hdf5(path)
        else _by_scipy(path, words["variable"])
    )
    if found.dtype.kind not in "iufb" or found.ndim not in (2, 3) or not found.size:
        raise Refused(f"{found.dtype} {found.shape}")
    if found.dtype.kind == "f" and not np.isfinite(found).all():
        raise Refused("not finite")
    found = found.astype(np.uint8) if found.dtype.kind == "b" else found
    coloured = found.ndim == 3 and found.shape[2] == 3 and found.dtype == np.uint8
    if found.ndim == 3 and not (coloured and min(found.shape[:2]) >= 16):
        found = np.moveaxis(found, 2, 0)
        found = found[int(words["part"])] if words["part"] else found
    return {"pixels": found}


def _by_scipy(path: Path, name: str) -> Any:
    at: Any = scipy.io.loadmat(path, chars_as_strings=False)
    for step in name.split("."):
        at = at[step]
        if step != name.rpartition(".")[2]:
            if at.dtype.names is None or at.size != 1:
                raise Refused("no structure")
            at = at.ravel()[0]
    return np.asarray(at)


def _by_h5py(path: Path, name: str) -> Any:
    with h5py.File(path) as file:
        data = file[name.replace(".", "/")]
        if path.read_bytes()[:6] != b"MATLAB" and "MATLAB_class" not in data.attrs:
            raise Refused("not by MATLAB")
        return np.asarray(data[()]).transpose()


FORMAT = Format(
    "MATLAB",
    "SciPy; h5py for 7.3",
    {
        kind: _change(kind)
        for kind in (
            "types", "logical", "colour", "slices", "one of several slices", "fields of structures",
            "several variables", "no such variable",
        )
    },
    ours,
    theirs,
    alone={
        "could not read bytes|SDE format|Did not read any bytes|Expecting|Unknown mat|mat_stream": "another variable of the file is damaged: "
        "ours reads the wanted one alone",
    },
    mutants=400,
)  # fmt: skip
