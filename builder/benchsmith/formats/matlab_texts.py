"""The texts in MATLAB files of versions 5 to 7.2: the header, and arrays of characters at any depth."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from benchsmith.text.readable_bytes import readable

MATRIX, CHARACTERS, CELL, STRUCT, OBJECT = 14, 4, 1, 2, 3
UTF16, UTF8, MAX_DEPTH = (4, 17), 16, 16
"""Types of data elements that hold characters; 18, UTF-32, is read as bytes."""
HEADER_TEXT = 116
"""Bytes of the file that describe it, and on which day it was made."""


def texts_of_matrix(
    name: str, data: memoryview, order: str, depth: int = 0
) -> Iterator[tuple[str, str]]:
    """Yield names and texts of a `miMATRIX`, given without its tag, and of those inside it.

    For bytes that are not a valid element, the readable texts in them are yielded.
    """
    kind = data[8] if order == "<" and len(data) > 8 else (data[11] if len(data) > 11 else 0)
    places = [*_parts(data, order)]
    own = bytes(places[2][1]).decode("latin-1") if len(places) > 2 else ""
    called = own or name
    if kind == CHARACTERS and len(places) > 3:
        coding, raw = places[3]
        yield from ((called, text) for text in _characters(coding, bytes(raw), order))
    elif kind in (CELL, STRUCT, OBJECT) and depth < MAX_DEPTH:
        for inner, raw in places[3:]:
            if inner == MATRIX:
                yield from texts_of_matrix(called, raw, order, depth + 1)
            else:
                yield from ((called, text) for text in readable(bytes(raw)))


def _characters(coding: int, raw: bytes, order: str) -> Iterator[str]:
    """Yield a text by rows and by columns: MATLAB stores a table of characters column by column."""
    if coding in UTF16 and len(raw) % 2 == 0:
        yield raw.decode("utf-16-le" if order == "<" else "utf-16-be", "replace")
    else:
        yield raw.decode("utf-8", "replace")


def _parts(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Yield type and bytes of the data elements that follow one another."""
    at = 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from(f"{order}II", data, at)
        start = at + 8
        if kind >> 16:
            kind, size, start = kind & 0xFFFF, min(kind >> 16, 4), at + 4
        yield kind, data[start : start + size]
        at = at + 8 if start == at + 4 else start + size + -size % 8
