"""NRRD: .nrrd, .nhdr with its data file, .seg.nrrd; raw or gzip.

The header (http://teem.sourceforge.net/nrrd/format.html) is parsed here: libraries open any file that
a detached header names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
from benchsmith.imaging.geometry import unit_normal

TYPES = {
    "int8": "i1", "int8_t": "i1", "signed char": "i1",
    "uint8": "u1", "uint8_t": "u1", "uchar": "u1", "unsigned char": "u1",
    "int16": "i2", "int16_t": "i2", "short": "i2", "short int": "i2", "signed short": "i2",
    "signed short int": "i2",
    "uint16": "u2", "uint16_t": "u2", "ushort": "u2", "unsigned short": "u2",
    "unsigned short int": "u2",
    "int32": "i4", "int32_t": "i4", "int": "i4", "signed int": "i4",
    "uint32": "u4", "uint32_t": "u4", "uint": "u4", "unsigned int": "u4",
    "int64": "i8", "int64_t": "i8", "longlong": "i8", "long long": "i8", "long long int": "i8",
    "uint64": "u8", "uint64_t": "u8", "ulonglong": "u8", "unsigned long long": "u8",
    "float": "f4", "double": "f8",
}  # fmt: skip
SPACES = {
    "left-posterior-superior": (1, 1, 1),
    "lps": (1, 1, 1),
    "right-anterior-superior": (-1, -1, 1),
    "ras": (-1, -1, 1),
    "left-anterior-superior": (1, -1, 1),
    "las": (1, -1, 1),
}
"""Signs that turn a space's x, y, z into LPS."""
UNITS_MM = {
    "": 1.0,
    "mm": 1.0,
    "cm": 10.0,
    "m": 1000.0,
    "um": 1e-3,
    "\u00b5m": 1e-3,
    "\u03bcm": 1e-3,
}
"""Millimetres of a unit of space, by its name; \u00b5 and \u03bc look alike."""
FIELDS = frozenset(
    {"content", "type", "dimension", "space", "space dimension", "sizes", "encoding", "endian",
     "block size", "blocksize", "data file", "datafile", "line skip", "lineskip", "byte skip",
     "byteskip", "number", "min", "max", "old min", "oldmin", "old max", "oldmax", "sample units",
     "sampleunits", "space units", "space origin", "space directions", "measurement frame",
     "spacings", "thicknesses", "axis mins", "axismins", "axis maxs", "axismaxs", "centers",
     "centerings", "labels", "units", "kinds"}
)  # fmt: skip
"""All fields of the format. Any other is a mistake in one of them, which would be lost silently."""
TIME = "time"
NO_SPACE = "the file does not say its orientation: taken as LPS"
NO_SIZE = "the file has no orientation and no voxel size: slices are shown as stored"
COMPRESSIONS = {"raw": "", "gzip": "gzip", "gz": "gzip"}
_VECTOR = re.compile(r"none|\([^()]*\)")
_VECTORS = re.compile(rf"(?:{_VECTOR.pattern})(?:\s+(?:{_VECTOR.pattern}))*")


def _parse(path: Path) -> Header:
    """Return the header, with its keys in lower case. Raises DataFault."""
    head = byte_stream.beginning(path, MAX_HEADER_BYTES)
    if not re.match(rb"NRRD000[1-5]\r?\n", head):
        raise DataFault("header", path, "is not an NRRD file: its magic number is missing")
    detached = path.name.lower().endswith(".nhdr")
    end = re.search(rb"\r?\n\r?\n", head)
    if end is None and not detached:
        raise DataFault("header", path, f"its header is longer than {MAX_HEADER_BYTES} bytes")
    text = head[: end.start() if end else len(head)].decode("utf-8", "replace")
    fields: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        if line.startswith("#"):
            continue
        key, found, value = line.partition(":")
        field = key.strip().lower()
        if found and value.startswith("="):
            continue  # a key of the writer's own, not a field
        named = fields.get("data file", fields.get("datafile", ""))
        if named.startswith("LIST"):
            what = f"names its data file {named!r}: a list"
            raise DataFault("path-outside", path, f"{what} of files, which is not supported")
        if not found or field not in FIELDS:
            raise DataFault(
                "header", path, f"has a line that is not a field of NRRD: {line[:60]!r}"
            )
        if field in fields:
            raise DataFault("header", path, f"has the field {field!r} twice")
        fields[field] = value.strip()
    data_file = fields.get("data file", fields.get("datafile"))
    return Header(fields, end.end() if end else len(head), data_file)


def _describe(header: Header, path: Path, data: DataPlace) -> StoredVolume:
    fields = header.fields
    try:
        sizes = [int(n) for n in fields["sizes"].split()]
        dtype = np.dtype(TYPES[fields["type"].lower()])
        dimension = int(fields["dimension"])
    except (KeyError, ValueError) as error:
        raise DataFault("header", path, f"has no sound {error}") from error
    check_dimensions(dimension, sizes, path)
    encoding = fields.get("encoding", "").lower()
    if encoding not in COMPRESSIONS:
        raise DataFault("format-unknown", path, f"its encoding {encoding!r} is not read")
    endian = fields.get("endian", "")
    if dtype.itemsize > 1 and endian not in ("little", "big"):
        raise DataFault("header", path, f"its endian is {endian!r}")
    vectors = _vectors(fields, sizes, path)
    vectors = _without_time(vectors, fields, path)
    spatial = [i for i, v in enumerate(vectors) if v is not None]
    if spatial not in ([0, 1], [0, 1, 2], [1, 2, 3], [1, 2]):
        raise DataFault("dimensions", path, f"its axes in space are {spatial} of {dimension}")
    inner, outer = _others(fields, sizes, spatial, path)
    flat = len(spatial) == 2
    sized = "space directions" in fields or "spacings" in fields
    space = [sizes[i] for i in spatial] + [1] * flat
    return StoredVolume(
        path=data.path,
        compression=COMPRESSIONS[encoding],
        skip=_skip(fields, data, path, plain=not COMPRESSIONS[encoding]),
        offset=0,
        dtype=with_byte_order(dtype, endian == "big"),
        space=(space[0], space[1], space[2]),
        outer=outer,
        inner=inner,
        affine=_affine(fields, vectors, path),
        unit_mm=_unit_mm(fields, spatial, path),
        flat=flat,
        sized=sized,
        sided=bool(fields.get("space")),
        note="" if fields.get("space") and sized else NO_SPACE if sized else NO_SIZE,
    )


def _skip(fields: Mapping[str, str], data: DataPlace, path: Path, *, plain: bool) -> int:
    """Return the bytes of the file before its data; `byte skip` counts from where they would begin.

    -1 places raw data at the end of the file. Raises DataFault for what is not read: lines, and bytes
    of a compressed stream.
    """
    if fields.get("line skip", fields.get("lineskip", "0")) != "0":
        raise DataFault("format-unknown", path, "skips lines of its data file")
    stated = fields.get("byte skip", fields.get("byteskip", "0"))
    if stated == "-1" and plain:
        return FROM_END
    if not re.fullmatch(r"[0-9]{1,12}", stated) or (int(stated) and not plain):
        raise DataFault("format-unknown", path, f"its byte skip is {stated}")
    return data.skip + int(stated)


def _others(
    fields: Mapping[str, str], sizes: list[int], spatial: list[int], path: Path
) -> tuple[int, int]:
    """Return the numbers per voxel and the count of volumes, from the axis that is not in space."""
    rest = [i for i in range(len(sizes)) if i not in spatial]
    if not rest:
        return 1, 1
    if rest == [0]:
        if "color" in (fields.get("kinds", "").split() or [""])[0].lower():
            return sizes[0], 1
        if sizes[0] == 1:
            return 1, 1
        raise DataFault(
            "dimensions",
            path,
            f"has {sizes[0]} numbers a voxel, of no colour: vectors, or the layers of a segmentation whose "
            "segments overlap; export each of them as a file of its own",
        )
    return 1, sizes[rest[0]]


def _vectors(
    fields: Mapping[str, str], sizes: list[int], path: Path
) -> list[tuple[float, ...] | None]:
    """Return each axis's step in space, None for an axis that is not in space."""
    try:
        if "space directions" in fields:
            if not _VECTORS.fullmatch(fields["space directions"]):
                raise ValueError(f"its space directions are {fields['space directions']!r}")
            found = [
                None if text == "none" else tuple(float(n) for n in text.strip("()").split(","))
                for text in _VECTOR.findall(fields["space directions"])
            ]
        else:
            sides = [float(n) for n in fields.get("spacings", "").split()] or [1.0] * len(sizes)
            axes = [i for i, side in enumerate(sides) if not np.isnan(side)][:3]
            found = [
                tuple(side * (axes.index(i) == k) for k in range(3)) if i in axes else None
                for i, side in enumerate(sides)
            ]
    except ValueError as error:
        raise DataFault("spacing", path, str(error)) from error
    # a space of four dimensions has time as its fourth
    found = [None if v is not None and len(v) == 4 and not any(v[:3]) else v for v in found]
    found = [v[:3] if v is not None else None for v in found]
    if len(found) != len(sizes):
        raise DataFault("header", path, f"has {len(found)} directions for {len(sizes)} axes")
    for vector in found:
        if vector is not None and not (np.isfinite(vector).all() and np.any(vector)):
            raise DataFault("spacing", path, f"an axis steps by {vector} mm")
    return found


def _without_time(
    vectors: list[tuple[float, ...] | None], fields: Mapping[str, str], path: Path
) -> list[tuple[float, ...] | None]:
    """Return the steps without that of an axis of the kind ``time``; spacings have one for each axis."""
    kinds = [kind.lower() for kind in fields.get("kinds", "").split()]
    found = list(vectors)
    for axis, kind in enumerate(kinds[: len(vectors)]):
        if kind == TIME and found[axis] is not None:
            if "space directions" in fields:
                what = f"its axis {axis} is of the kind time, with a direction in space"
                raise DataFault("header", path, what)
            found[axis] = None
    return found


def _unit_mm(fields: Mapping[str, str], spatial: Sequence[int], path: Path) -> float:
    """Return the millimetres of the file's unit of length, which is mm if it states none.

    Directions are in `space units`, spacings in the `units` of their axes.
    """
    words = re.findall(r'"([^"]*)"', fields.get("space units", ""))[:3]
    if "space directions" not in fields:
        own = re.findall(r'"([^"]*)"', fields.get("units", ""))
        words = [own[i] for i in spatial if i < len(own) and own[i].strip()] or words
    found = {UNITS_MM.get(word.strip()) for word in words} or {1.0}
    one = found.pop()
    if one is None or found:
        raise DataFault("spacing", path, f"its space units are {' '.join(words)}, not millimetres")
    return one


def _affine(
    fields: Mapping[str, str], axes: Sequence[tuple[float, ...] | None], path: Path
) -> np.ndarray:
    """Return the 4x4 affine to LPS mm, from steps and origin in the file's space."""
    spatial = [i for i, vector in enumerate(axes) if vector is not None]
    vectors = [vector for vector in axes if vector is not None]
    name = fields.get("space", "").lower()
    if name and name not in SPACES:
        raise DataFault("header", path, f"its space {name!r} is not known")
    affine = np.eye(4)
    try:
        for i, vector in enumerate(vectors):
            affine[: len(vector), i] = vector
        if len(vectors) == 2:
            affine[:3, 2] = unit_normal(affine)
        if "space origin" in fields:
            origin = [float(n) for n in fields["space origin"].strip("() ").split(",")]
            stated = _VECTOR.findall(fields.get("space directions", ""))
            sides = {v.count(",") + 1 for v in stated if v != "none"} or {len(origin)}
            if sides != {len(origin)} or not len(vectors) <= len(origin) <= 4:
                raise ValueError(f"its space origin has {len(origin)} numbers")
            affine[: len(origin[:3]), 3] = origin[:3]
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error
    affine[:3] *= _unit_mm(fields, spatial, path)
    signs = np.diag([*SPACES.get(name, (1, 1, 1)), 1])
    return np.asarray(signs @ affine, dtype=float)


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield comments, the writer's own keys, and fields that hold words. Raises DataFault."""
    head = byte_stream.beginning(path, MAX_HEADER_BYTES)
    end = re.search(rb"\r?\n\r?\n", head)
    for line in head[: end.start() if end else len(head)].decode("utf-8", "replace").splitlines():
        key, _, value = line.partition(":")
        if line.startswith("#"):
            yield "a comment", line[1:].strip()
        elif value.startswith("="):
            yield key.strip(), value[1:].replace("\\n", " ").strip()
        elif key.strip().lower() in ("content", "data file", "datafile"):
            yield key.strip(), value.strip()


FORMAT = TextHeaderFormat(_parse, _describe, _texts)
read, parts, members, identifiers = FORMAT.read, FORMAT.parts, FORMAT.members, FORMAT.identifiers
