"""MetaImage, judged by SimpleITK (MetaIO)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.value_fuzz import grids, volume_readers
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.grids import Grid
from tests.value_fuzz.mutants import Change, Format, Refused, note
from tests.value_fuzz.values import Values

TYPES = {
    "u1": ("MET_UCHAR",), "i1": ("MET_CHAR",), "i2": ("MET_SHORT",), "u2": ("MET_USHORT",),
    "i4": ("MET_INT", "MET_LONG"), "f4": ("MET_FLOAT",), "f8": ("MET_DOUBLE",),
}  # fmt: skip

KNOWN = {
    b"ObjectType", b"NDims", b"BinaryData", b"BinaryDataByteOrderMSB", b"CompressedData",
    b"CompressedDataSize", b"TransformMatrix", b"Offset", b"ElementSpacing", b"DimSize", b"ElementType",
}  # fmt: skip
"""Fields of a file whose lines end otherwise."""


def _numbers(values: Any) -> str:
    return " ".join(repr(float(v)) for v in np.asarray(values).ravel())


def fields(grid: Grid) -> dict[str, str]:
    """Return the fields of a header of a volume, but for the last one."""
    return {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "False",
        "TransformMatrix": _numbers(grid.directions.T),
        "Offset": _numbers(grid.origin),
        "ElementSpacing": _numbers(grid.spacing),
        "DimSize": " ".join(map(str, grid.voxels.shape)),
        "ElementType": TYPES[grid.voxels.dtype.str[1:]][0],
    }


def write(
    folder: Path, found: dict[str, str], data: bytes, *, end: str = "\n", apart: str = ""
) -> Path:
    """Write one file, or header and data apart."""
    if found["CompressedData"] == "True":
        data = zlib.compress(data, 1)
        found.setdefault("CompressedDataSize", str(len(data)))
    lines = [*(f"{k} = {v}" for k, v in found.items()), f"ElementDataFile = {apart or 'LOCAL'}"]
    text = (end.join(lines) + end).encode()
    if apart:
        (folder / apart).write_bytes(data)
        (folder / "v.mhd").write_bytes(text)
        return folder / "v.mhd"
    (folder / "v.mha").write_bytes(text + data)
    return folder / "v.mha"


def _data(grid: Grid, *, big: bool = False) -> bytes:
    kind = grid.voxels.dtype.newbyteorder(">" if big else "<")
    return grid.voxels.astype(kind).tobytes(order="F")


def _change(alter: Callable[[Chance, dict[str, str], Grid], None]) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        grid = grids.grid(chance)
        found = fields(grid)
        found["CompressedData"] = str(chance.yes(0.4))
        alter(chance, found, grid)
        stated = (found.get("BinaryDataByteOrderMSB"), found.get("ElementByteOrderMSB"))
        big = any(text and text[0] in "Tt1" for text in stated)
        return write(folder, found, _data(grid, big=big))

    return change


def _axes(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """Leave the header as it is: its axes run anyhow."""


def _order(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    del found["BinaryDataByteOrderMSB"]
    key = chance.pick(("BinaryDataByteOrderMSB", "ElementByteOrderMSB"))
    found[key] = chance.pick(("True", "true", "T", "1"))


def _synonyms(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """Use the other names of matrix and origin."""
    entries = dict(found)
    found.clear()
    matrix = chance.pick(("Rotation", "Orientation", "TransformMatrix"))
    origin = chance.pick(("Position", "Origin", "Offset"))
    for key, value in entries.items():
        found[{"TransformMatrix": matrix, "Offset": origin}.get(key, key)] = value


def _sizes(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """State sizes of elements, which are not spacing: alone, or beside another spacing."""
    found["ElementSize"] = _numbers([chance.real(0.5, 4) for _ in range(3)])
    if chance.yes():
        del found["ElementSpacing"]


def _no_matrix(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    for key in chance.pick((("TransformMatrix",), ("Offset",), ("TransformMatrix", "Offset"))):
        del found[key]


def _no_spacing(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    del found["ElementSpacing"]


def _extras(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """Add fields that say nothing of the voxels."""
    entries = dict(found)
    found.clear()
    found.update({"Comment": "Offset = 1 1 1", **entries})
    found["AnatomicalOrientation"] = chance.pick(("RAI", "LPS", "???"))
    found["CenterOfRotation"] = "9 9 9"


def _type(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    found["ElementType"] = chance.pick(TYPES[grid.voxels.dtype.str[1:]])


def _booleans(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """Write true and false otherwise."""
    packed = found["CompressedData"] == "True"
    found["BinaryDataByteOrderMSB"] = chance.pick(("False", "false", "0", "F"))
    if not packed:
        found["CompressedData"] = chance.pick(("False", "false", "0"))
    found["BinaryData"] = chance.pick(("True", "true", "1"))


def _slopes(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """State a slope and offset to intensities, which MetaIO keeps to itself."""
    found["ElementToIntensityFunctionSlope"] = "2"
    found["ElementToIntensityFunctionOffset"] = "-7"


def _lines(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    return write(folder, fields(grid), _data(grid), end=chance.pick(("\r\n", "\n", " \n")))


def _apart(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    found = fields(grid)
    found["CompressedData"] = str(chance.yes())
    return write(folder, found, _data(grid), apart=chance.pick(("v.raw", "v.zraw")))


def _header_size(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    found = fields(grid)
    skip = chance.pick((0, 7, -1))
    found["HeaderSize"] = str(skip)
    return write(folder, found, bytes(max(skip, 0)) + _data(grid), apart="v.raw")


def _colour(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance, "u1")
    count = chance.pick((3, 4))
    found = fields(grid)
    found["ElementNumberOfChannels"] = str(count)
    return write(
        folder, found, chance.array((*grid.voxels.shape[::-1], count), 0, 255, "u1").tobytes()
    )


def _volumes(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    count = chance.whole(2, 3)
    found = fields(grid)
    matrix = np.eye(4)
    matrix[:3, :3] = grid.directions.T
    found["NDims"], found["DimSize"] = "4", f"{found['DimSize']} {count}"
    found["TransformMatrix"] = _numbers(matrix)
    found["Offset"] += " 0"
    found["ElementSpacing"] += " 1"
    note(folder, part=str(chance.whole(0, count - 1)))
    data = b"".join(
        (grid.voxels + k).astype(grid.voxels.dtype).tobytes(order="F") for k in range(count)
    )
    return write(folder, found, data)


def _flat(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    found = fields(grid)
    grid.voxels = grid.voxels[:, :, :1]
    angle = chance.pick((0.0, 0.0, 0.2))
    cos, sin = np.cos(angle), np.sin(angle)
    found["NDims"], found["DimSize"] = "2", " ".join(map(str, grid.voxels.shape[:2]))
    found["TransformMatrix"] = _numbers([[cos, sin], [-sin, cos]])
    found["Offset"], found["ElementSpacing"] = _numbers(grid.origin[:2]), _numbers(grid.spacing[:2])
    return write(folder, found, _data(grid))


def theirs(path: Path) -> Values:
    """Read with SimpleITK, unless MetaIO would return memory that it never wrote."""
    head = path.read_bytes().partition(b"ElementDataFile")[0]
    packed = re.search(rb"^CompressedData *= *[Tt1]", head, re.MULTILINE)
    if packed and not re.search(rb"^CompressedDataSize = \d+\s*$", head, re.MULTILINE):
        raise Refused("no CompressedDataSize")
    names = {line.partition(b"=")[0].strip() for line in head.splitlines() if line.strip()}
    if b"\r\n" in head and not names <= KNOWN:
        raise Refused("a field that is not known in a file with CRLF")
    found = volume_readers.by_itk(path)
    if not re.search(rb"^(ElementSpacing|ElementSize) *=", head, re.MULTILINE):
        # ITK takes voxels of 1 mm
        found = {**found, "spacing": volume_readers.UNKNOWN}
    return found


FORMAT = Format(
    "MetaImage",
    "SimpleITK",
    {
        "axes": _change(_axes),
        "byte order": _change(_order),
        "names of fields": _change(_synonyms),
        "sizes of elements": _change(_sizes),
        "no matrix or no offset": _change(_no_matrix),
        "no spacing": _change(_no_spacing),
        "fields that say nothing": _change(_extras),
        "names of types": _change(_type),
        "true and false": _change(_booleans),
        "intensity function": _change(_slopes),
        "ends of lines": _lines,
        "data apart": _apart,
        "size of a header": _header_size,
        "colour": _colour,
        "one of several volumes": _volumes,
        "two dimensions": _flat,
    },
    volume_readers.ours,
    theirs,
    alone={
        "no CompressedDataSize|File cannot be read": "a field that says nothing of the voxels, such as "
        "CompressedDataSize, is damaged: ours does not need it",
        "a field that is not known": "MetaIO loses the fields after one that it does not know, if lines "
        "end in CRLF; other fields are allowed",
    },
    tolerance={"spacing": 1e-3, "volume": 1e-4},
)
