"""MetaImage: .mha, and .mhd with its data file; raw or zlib.

The header is read here (https://itk.org/Wiki/ITK/MetaIO/Documentation); its world frame is LPS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats.detached_data import beside
from benchsmith.formats.volume import Stored, components, load
from benchsmith.imaging import byte_stream

LARGEST_HEADER = 1 << 16
TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2",
    "MET_INT": "i4", "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
LAST = "ElementDataFile"


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one volume."""
    return load(_stored(files[0]), how)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the volumes of a 4D file."""
    return components(_stored(files[0]))


def members(path: Path) -> list[Path]:
    """Return the file, with the data file that its header names."""
    try:
        fields, _ = header(path)
    except DataFault:
        return [path]
    return [path] if fields[LAST].upper() == "LOCAL" else [path, beside(path, fields[LAST])]


def header(path: Path) -> tuple[Mapping[str, str], int]:
    """Return the fields of a header, and where the data begin."""
    head = byte_stream.beginning(path, LARGEST_HEADER)
    fields: dict[str, str] = {}
    place = 0
    while LAST not in fields:
        end = head.find(b"\n", place)
        line = head[place : end if end >= 0 else len(head)].decode("latin-1")
        key, found, value = line.partition("=")
        if not found or key.strip() in fields:
            raise DataFault("header", path, f"is no MetaImage header: {line[:60]!r}")
        fields[key.strip()] = value.strip()
        place = end + 1
        if end < 0 and LAST not in fields:
            raise DataFault("header", path, f"has no {LAST}")
    return fields, place


def _stored(path: Path) -> Stored:
    fields, skip = header(path)
    try:
        count = int(fields["NDims"])
        if not 2 <= count <= 4:
            raise DataFault("dimensions", path, f"has {count} dimensions; 2 to 4 are read")
        sizes = [int(n) for n in fields["DimSize"].split()]
        dtype = np.dtype(TYPES[fields["ElementType"]])
        sides = _numbers(fields, ("ElementSpacing", "ElementSize"), [1.0] * count)
        inner = int(fields.get("ElementNumberOfChannels", "1"))
    except (KeyError, ValueError) as error:
        raise DataFault("header", path, f"has no sound {error}") from error
    if len(sizes) != count or len(sides) != count:
        raise DataFault("dimensions", path, f"has {count} dimensions and the sizes {sizes}")
    if not all(np.isfinite(s) and s > 0 for s in sides):
        raise DataFault("spacing", path, f"its element spacing is {sides} mm")
    if dtype.itemsize > 1:
        big = any(
            fields.get(key, "").lower() == "true"
            for key in ("BinaryDataByteOrderMSB", "ElementByteOrderMSB")
        )
        dtype = dtype.newbyteorder(">" if big else "<")
    if fields.get("BinaryData", "True").lower() != "true":
        raise DataFault("format-unknown", path, "holds its data as text")
    packed = fields.get("CompressedData", "False").lower() == "true"
    local = fields[LAST].upper() == "LOCAL"
    spatial = min(count, 3)
    return Stored(
        path=path if local else beside(path, fields[LAST]),
        packing="zlib" if packed else "",
        skip=skip if local else _skip(fields, path),
        offset=0,
        dtype=dtype,
        space=(sizes[0], sizes[1], sizes[2] if count > 2 else 1),
        outer=sizes[3] if count > 3 else 1,
        inner=inner,
        affine=_affine(fields, sides[:spatial], count, path),
        flat=count == 2,
    )


def _skip(fields: Mapping[str, str], path: Path) -> int:
    skip = fields.get("HeaderSize", "0")
    if not skip.isdigit():
        raise DataFault("format-unknown", path, f"its HeaderSize is {skip}")
    return int(skip)


def _numbers(fields: Mapping[str, str], keys: tuple[str, ...], default: list[float]) -> list[float]:
    for key in keys:
        if key in fields:
            return [float(n) for n in fields[key].split()]
    return default


def _affine(fields: Mapping[str, str], sides: list[float], count: int, path: Path) -> np.ndarray:
    """Return the affine; each row of `TransformMatrix` is the direction of one axis."""
    spatial = len(sides)
    try:
        rows = _numbers(
            fields, ("TransformMatrix", "Rotation", "Orientation"), [*np.eye(count).ravel()]
        )
        origin = _numbers(fields, ("Offset", "Position", "Origin"), [0.0] * count)
        directions = np.array(rows, dtype=float).reshape(count, count)[:spatial, :spatial]
        if len(origin) != count:
            raise ValueError(f"its offset has {len(origin)} numbers")
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error
    affine = np.eye(4)
    affine[:spatial, :spatial] = directions.T * np.array(sides)
    affine[:spatial, 3] = origin[:spatial]
    return affine
