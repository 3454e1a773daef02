"""MetaImage: .mha, and .mhd with its data file; raw or zlib.

The header (https://itk.org/Wiki/ITK/MetaIO/Documentation) is parsed here. Its world frame is LPS, its
unit is the millimetre unless `DistanceUnits` names another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import DataFault
from benchsmith.formats.text_header import (
    MAX_HEADER_BYTES,
    DataPlace,
    Header,
    TextHeaderFormat,
    check_dimensions,
    with_byte_order,
)
from benchsmith.formats.volume import FROM_END, StoredVolume
from benchsmith.imaging import byte_stream

TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2",
    "MET_INT": "i4", "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
UNITS_MM = {"": 1.0, "?": 1.0, "mm": 1.0, "cm": 10.0, "um": 1e-3}
"""Millimetres of a `DistanceUnits` of MetaIO, in lower case; a question mark is none."""
SIZE_KEYS = ("ElementSpacing", "ElementSize")
NO_SIZE = "the file has no voxel size: slices are shown as stored"
INTENSITY_KEYS = {"ElementToIntensityFunctionSlope": 1.0, "ElementToIntensityFunctionOffset": 0.0}
"""Keys of what turns stored values into those that are meant, which ITK passes over, and what changes none."""
DIRECTION_KEYS = ("TransformMatrix", "Rotation", "Orientation")
OF_VOXELS = frozenset({
    "ObjectType", "ElementType", "AnatomicalOrientation", "BinaryData", "BinaryDataByteOrderMSB", "CompressedData",
    "ElementByteOrderMSB", "DistanceUnits", "Modality", "NDims", "DimSize", "ElementSpacing", "ElementSize", "Offset",
    "Position", "Origin", "TransformMatrix", "Rotation", "Orientation", "CenterOfRotation", "CompressedDataSize",
    "HeaderSize", "ElementMin", "ElementMax", "ElementNumberOfChannels",
})  # fmt: skip
"""Keys whose values describe voxels."""
DATA_FILE_KEY = "ElementDataFile"
"""The key of the header's last line."""


def _parse(path: Path) -> Header:
    """Return the header, `key = value` lines that end with ElementDataFile. Raises DataFault."""
    head = byte_stream.beginning(path, MAX_HEADER_BYTES)
    fields: dict[str, str] = {}
    place = 0
    while DATA_FILE_KEY not in fields:
        end = head.find(b"\n", place)
        line = head[place : end if end >= 0 else len(head)].decode("latin-1")
        key, found, value = line.partition("=")
        if not found or key.strip() in fields:
            raise DataFault("header", path, f"is not a MetaImage header: {line[:60]!r}")
        fields[key.strip()] = value.strip()
        place = end + 1
        if end < 0 and DATA_FILE_KEY not in fields:
            raise DataFault("header", path, f"has no {DATA_FILE_KEY}")
    local = fields[DATA_FILE_KEY].upper() == "LOCAL"
    return Header(fields, place, None if local else fields[DATA_FILE_KEY])


def _describe(header: Header, path: Path, data: DataPlace) -> StoredVolume:
    fields = header.fields
    try:
        count = int(fields["NDims"])
        sizes = [int(n) for n in fields["DimSize"].split()]
        check_dimensions(count, sizes, path)
        dtype = np.dtype(TYPES[fields["ElementType"]])
        sides = _numbers(fields, SIZE_KEYS, [1.0] * count)
        inner = int(fields.get("ElementNumberOfChannels", "1"))
    except (KeyError, ValueError) as error:
        raise DataFault("header", path, f"has no sound {error}") from error
    if len(sides) != count:
        raise DataFault("dimensions", path, f"has {count} dimensions and the spacing {sides}")
    if not all(np.isfinite(s) and s > 0 for s in sides):
        raise DataFault("spacing", path, f"its element spacing is {sides} mm")
    _check_intensities(fields, path)
    order = ("BinaryDataByteOrderMSB", "ElementByteOrderMSB")
    stated = {_is_true(fields, key, path) for key in order if key in fields}
    if len(stated) > 1:
        raise DataFault("header", path, f"its {order[0]} and {order[1]} contradict each other")
    big_endian = True in stated
    if "BinaryData" in fields and not _is_true(fields, "BinaryData", path):
        raise DataFault("format-unknown", path, "holds its data as text")
    compressed = _is_true(fields, "CompressedData", path)
    spatial = min(count, 3)
    sized = any(key in fields for key in SIZE_KEYS)
    return StoredVolume(
        path=data.path,
        compression="zlib" if compressed else "",
        skip=_skip(fields, data, path, compressed=compressed),
        offset=0,
        dtype=with_byte_order(dtype, big_endian),
        space=(sizes[0], sizes[1], sizes[2] if count > 2 else 1),
        outer=sizes[3] if count > 3 else 1,
        inner=inner,
        affine=_affine(fields, sides[:spatial], count, path),
        unit_mm=_unit_mm(fields, path),
        flat=count == 2,
        note="" if sized else NO_SIZE,
        sized=sized,
        sided=any(key in fields for key in DIRECTION_KEYS),
    )


def _is_true(fields: Mapping[str, str], key: str, path: Path) -> bool:
    """Return a truth value, false where it is not stated; MetaIO reads its first letter."""
    stated = fields.get(key, "False")
    first = stated[:1].lower()
    if first not in ("t", "f", "1", "0"):
        raise DataFault("header", path, f"its {key} is {stated!r}, neither True nor False")
    return first in ("t", "1")


def _skip(fields: Mapping[str, str], data: DataPlace, path: Path, *, compressed: bool) -> int:
    """Return the bytes of the file before its data. Raises DataFault.

    `HeaderSize` counts from the start of the file that holds the data, which is the header's own for
    LOCAL; 0 is the end of the header, and -1 places the data at the end of the file.
    """
    stated = fields.get("HeaderSize", "0")
    if stated == "-1" and not compressed:
        return FROM_END
    if not re.fullmatch(r"[0-9]{1,12}", stated):
        raise DataFault("format-unknown", path, f"its HeaderSize is {stated}")
    if 0 < int(stated) < data.skip:
        what = f"its HeaderSize is {stated}, inside the header, which has {data.skip} bytes"
        raise DataFault(
            "header", path, f"{what}: state 0, or leave it out, for data after the header"
        )
    return int(stated) or data.skip


def _numbers(fields: Mapping[str, str], keys: tuple[str, ...], default: list[float]) -> list[float]:
    for key in keys:
        if key in fields:
            return [float(n) for n in fields[key].split()]
    return default


def _affine(fields: Mapping[str, str], sides: list[float], count: int, path: Path) -> np.ndarray:
    """Return the 4x4 affine to LPS mm; each row of `TransformMatrix` is one axis's direction."""
    spatial = len(sides)
    try:
        rows = _numbers(fields, DIRECTION_KEYS, [*np.eye(count).ravel()])
        origin = _numbers(fields, ("Offset", "Position", "Origin"), [0.0] * count)
        directions = np.array(rows, dtype=float).reshape(count, count)[:spatial, :spatial]
        if len(origin) != count:
            raise ValueError(f"its offset has {len(origin)} numbers")
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error
    affine = np.eye(4)
    affine[:spatial, :spatial] = directions.T * np.array(sides)
    affine[:spatial, 3] = origin[:spatial]
    affine[:3] *= _unit_mm(fields, path)
    return affine


def _unit_mm(fields: Mapping[str, str], path: Path) -> float:
    """Return the millimetres of the unit of length, which is mm if it is not stated. Raises DataFault."""
    stated = fields.get("DistanceUnits", "").lower()
    if stated not in UNITS_MM:
        raise DataFault("spacing", path, f"its DistanceUnits are {stated!r}, not um, mm or cm")
    return UNITS_MM[stated]


def _check_intensities(fields: Mapping[str, str], path: Path) -> None:
    """Refuse values that are to be scaled according to the header: ITK reads them as stored. Raises DataFault."""
    for key, neutral in INTENSITY_KEYS.items():
        stated = fields.get(key, str(neutral))
        try:
            changes = float(stated) != neutral
        except ValueError as error:
            raise DataFault("header", path, f"its {key} is {stated!r}") from error
        if changes:
            what = f"its {key} is {stated}, which ITK passes over: is that in the stored values already?"
            raise DataFault("header", path, f"{what} Store the values that are meant, without it")


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the fields that hold words. Raises DataFault."""
    for field, value in _parse(path).fields.items():
        if re.search(r"[^\W\d_]{2}|\d{5}", value) and field not in OF_VOXELS:
            yield field, value


FORMAT = TextHeaderFormat(_parse, _describe, _texts)
read, parts, members, identifiers = FORMAT.read, FORMAT.parts, FORMAT.members, FORMAT.identifiers
