"""Variables of MATLAB files of versions 5 to 7.2, parsed here because libraries crash on damaged files.

The layout is that of MathWorks' "MAT-File Format": after a header of 128 bytes, data elements with a
type and a number of bytes. A variable is an element `miMATRIX`, or one that is compressed by zlib.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault
from benchsmith.formats import matlab_texts
from benchsmith.imaging import byte_stream

HEADER_BYTES = 128
MATRIX, COMPRESSED = 14, 15
"""Types of data elements that hold a variable."""
STORED = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
"""Types of data elements that hold numbers."""
STRUCT = 2
CLASSES = {
    6: "f8",
    7: "f4",
    8: "i1",
    9: "u1",
    10: "i2",
    11: "u2",
    12: "i4",
    13: "u4",
    14: "i8",
    15: "u8",
}
"""Classes of numeric arrays."""
COMPLEX, LOGICAL = 0x0800, 0x0200
"""Flags of an array."""
MAX_TEXT_BYTES = 256 << 20
"""Bytes that a variable may inflate to that is searched for texts."""
MAX_VARIABLES, MAX_FIELDS, HEAD_BYTES = 100_000, 100_000, 1 << 16


@dataclass(frozen=True, slots=True)
class Matrix:
    """The header of a variable or of a field."""

    name: str
    kind: int
    """Its class; see `CLASSES`."""
    flags: int
    shape: tuple[int, ...]
    data: int
    """Where its values begin in the bytes of its element."""

    @property
    def is_array(self) -> bool:
        """Whether it holds one real number per place."""
        return self.kind in CLASSES and not self.flags & COMPLEX


class Level5:
    """The variables of one file."""

    def __init__(self, path: Path, header: bytes) -> None:
        self._path = path
        self._order = "<" if header[126:128] == b"IM" else ">"

    def headers(self) -> dict[str, Matrix]:
        """Return the headers of all variables. Raises DataFault."""
        return {m.name: m for m, _, _ in self._variables() if m.name}

    def texts(self) -> dict[str, str]:
        """Return the texts of all variables, with the variables' names. Raises DataFault."""
        found: dict[str, str] = {}
        for matrix, place, size in self._variables():
            if matrix.kind not in CLASSES:
                data = self._element(place, size, MAX_TEXT_BYTES)
                inner = matlab_texts.texts_of_matrix(matrix.name, data, self._order)
                found |= {text: name for name, text in inner}
        return found

    def array(self, name: str) -> Array:
        """Return the array of a variable, or of a field whose structures are 1 x 1, by its name.

        Axes are MATLAB's. Raises DataFault.
        """
        top, *fields = name.split(".")
        for matrix, place, size in self._variables():
            if matrix.name == top:
                data = self._element(place, size)
                found = self._matrix(data)
                for field in fields:
                    data = self._field(found, data, field, name)
                    found = self._matrix(data)
                return self._values(found, data, name)
        there = ", ".join(sorted(self.headers())[:20]) or "none"
        raise DataFault("file-missing", self._path, f"has no variable {name!r}; there are {there}")

    def _variables(self) -> Iterator[tuple[Matrix, int, int]]:
        """Yield the header of each variable, and where its element begins and how long it is."""
        length = self._path.stat().st_size
        place = HEADER_BYTES
        with self._path.open("rb") as file:
            for _ in range(MAX_VARIABLES):
                file.seek(place)
                tag = file.read(8)
                if len(tag) < 8:
                    return
                kind, size = struct.unpack(self._order + "II", tag)
                if place + 8 + size > length:
                    what = f"{size} bytes of an element declared, {length - place - 8} present"
                    raise DataFault("truncated", self._path, what)
                if kind in (MATRIX, COMPRESSED):
                    head = file.read(min(size, HEAD_BYTES))
                    yield (
                        self._matrix(self._begun(head) if kind == COMPRESSED else head),
                        place,
                        size,
                    )
                place += 8 + size

    def _begun(self, data: bytes) -> bytes:
        """Return the beginning of a compressed element, after its tag."""
        try:
            return zlib.decompressobj().decompress(data, HEAD_BYTES)[8:]
        except zlib.error as error:
            raise DataFault("checksum", self._path, str(error)) from error

    def _element(self, place: int, size: int, most: int | None = None) -> memoryview:
        """Return the bytes of a variable's element after its tag, inflated to the end."""
        with self._path.open("rb") as file:
            file.seek(place)
            kind = struct.unpack(self._order + "II", file.read(8))[0]
            raw = file.read(size)
        if kind == MATRIX:
            return memoryview(raw)
        most = byte_stream.MAX_INFLATED_BYTES if most is None else most
        inflater = zlib.decompressobj()
        try:
            data = inflater.decompress(raw, most + 1)
        except zlib.error as error:
            raise DataFault("checksum", self._path, str(error)) from error
        if len(data) > most:
            raise DataFault("too-large", self._path, f"inflates to {len(data)} bytes or more")
        if not inflater.eof:
            raise DataFault("truncated", self._path, f"its stream stops after {len(data)} bytes")
        return memoryview(data)[8:]

    def _matrix(self, data: bytes | memoryview) -> Matrix:
        """Return the header of a `miMATRIX`: flags, dimensions and name. Raises DataFault."""
        kind, flags, at = self._part(data, 0)
        dims, sizes, at = self._part(data, at)
        _, name, at = self._part(data, at)
        if kind != 6 or len(flags) < 8 or dims not in (5, 6) or len(sizes) % 4 or len(sizes) < 8:
            raise DataFault("header", self._path, "a variable has no sound flags or dimensions")
        (word,) = struct.unpack(self._order + "I", flags[:4])
        shape = struct.unpack(f"{self._order}{len(sizes) // 4}i", sizes)
        if min(shape) < 0:
            raise DataFault("header", self._path, f"a variable has the shape {shape}")
        text = bytes(name).decode("latin-1")
        return Matrix(text, word & 0xFF, word & 0xFF00, tuple(shape), at)

    def _part(self, data: bytes | memoryview, at: int) -> tuple[int, bytes | memoryview, int]:
        """Return type, bytes and end of the data element at a place. Raises DataFault."""
        tag = data[at : at + 8]
        if len(tag) < 8:
            raise DataFault("truncated", self._path, "a variable ends before its data")
        kind, size = struct.unpack(self._order + "II", tag)
        start = at + 8
        if kind >> 16:  # a small element: both numbers and its bytes are inside the tag
            kind, size, start = kind & 0xFFFF, kind >> 16, at + 4
        end = start + size
        if end > len(data) or (start == at + 4 and size > 4):
            what = f"{size} bytes of an element declared, {len(data) - start} present"
            raise DataFault("truncated", self._path, what)
        return kind, data[start:end], at + 8 if start == at + 4 else end + -end % 8

    def _field(self, matrix: Matrix, data: memoryview, field: str, name: str) -> memoryview:
        """Return the bytes of a field of a structure. Raises DataFault."""
        if matrix.kind == STRUCT and prod(matrix.shape) == 1:
            _, width, at = self._part(data, matrix.data)
            _, names, at = self._part(data, at)
            (letters,) = struct.unpack(self._order + "i", width[:4]) if len(width) >= 4 else (0,)
            count = len(names) // letters if letters > 0 else 0
            for number in range(min(count, MAX_FIELDS)):
                own = bytes(names[number * letters : (number + 1) * letters])
                kind, inner, at = self._part(data, at)
                if own.split(b"\0")[0].decode("latin-1") == field and kind == MATRIX:
                    return memoryview(inner)
        raise DataFault("file-missing", self._path, f"has no variable {name!r}: no field {field!r}")

    def _values(self, matrix: Matrix, data: memoryview, name: str) -> Array:
        if not matrix.is_array:
            raise DataFault("dimensions", self._path, f"{name!r} is not an array of numbers")
        if not prod(matrix.shape):
            raise DataFault("dimensions", self._path, f"{name!r} has the shape {matrix.shape}")
        byte_stream.check_shape(matrix.shape, np.dtype(CLASSES[matrix.kind]).itemsize, self._path)
        kind, raw, _ = self._part(data, matrix.data)
        if kind not in STORED:
            raise DataFault("header", self._path, f"{name!r} has values of the type {kind}")
        stored = np.dtype(self._order + STORED[kind])
        needed = prod(matrix.shape) * stored.itemsize
        if len(raw) != needed:
            what = f"{name!r} has {len(raw)} bytes of values, its shape needs {needed}"
            raise DataFault("truncated", self._path, what)
        found: Array = np.frombuffer(raw, stored).reshape(matrix.shape, order="F")
        return found.astype("?" if matrix.flags & LOGICAL else CLASSES[matrix.kind])
