"""Why a TIFF that Pillow does not open is not read: its order of bytes, and the type of its samples."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO

from benchsmith.formats.tiff_entries import Entry, entries, repeated

BITS, SAMPLES, FORMAT, PHOTOMETRIC = 258, 277, 339, 262
_BIG = 43
"""The version of BigTIFF."""
_SIZES = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}
"""Bytes of a whole number by the type of its field."""
_LETTERS = {1: "B", 2: "H", 4: "I", 8: "Q"}
MAX_VALUES = 1000
TYPES = {
    1: "unsigned numbers",
    2: "signed numbers",
    3: "floats",
    5: "complex numbers",
    6: "complex numbers",
}
MEND = "save it as PNG, or its numbers as `.npy`"


def why_unread(path: Path) -> str:
    """Return why a file that begins as a TIFF is not read, and what mends it."""
    try:
        return _why(path)
    except (struct.error, OSError, KeyError, IndexError):
        return "begins as a TIFF, and its first page cannot be read"


def _why(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
        order = "<" if head[:2] == b"II" else ">"
        big = struct.unpack(f"{order}H", head[2:4])[0] == _BIG
        if big and order == ">":
            return "is a BigTIFF in big-endian byte order, which Pillow does not open: save it in little-endian order, or as a classic TIFF"
        # the header is two halves of the width of a place, of which the second one is that of the first page
        place = "Q" if big else "I"
        start = struct.unpack_from(f"{order}{place}", head, struct.calcsize(place))[0]
        listed = entries(file, start, order, big=big)
        if listed is None:
            return "begins as a TIFF, and the directory of its first page ends outside the file"
        if twice := repeated(listed):
            return f"begins as a TIFF, and its first page has the tag {twice} twice"
        found = {
            one.tag: _values(file, one, order, place)
            for one in listed
            if one.tag in (BITS, SAMPLES, FORMAT, PHOTOMETRIC)
        }
    bits, types = found.get(BITS) or [1], found.get(FORMAT) or [1]
    samples = (found.get(SAMPLES) or [1])[0]
    shown = next(iter(map(str, found.get(PHOTOMETRIC, []))), "not stated")
    a_pixel = "a sample" if samples == 1 else f"{samples} samples"
    kinds = " and ".join(dict.fromkeys(TYPES.get(t, f"values of the format {t}") for t in types))
    widths = " and ".join(str(b) for b in dict.fromkeys(bits))
    endian = "big-endian" if order == ">" else "little-endian"
    what = (
        f"has {a_pixel} a pixel, {kinds} of {widths} bits, {endian}, with PhotometricInterpretation"
    )
    return f"{what} {shown}: that kind of TIFF is not read; {MEND}"


def _values(file: IO[bytes], entry: Entry, order: str, place: str) -> list[int]:
    """Return the whole numbers of an entry. Raises what a damaged one causes."""
    width, values = _SIZES[entry.kind], entry.value
    if entry.number * width > len(values):
        file.seek(struct.unpack(f"{order}{place}", values)[0])
        values = file.read(min(entry.number, MAX_VALUES) * width)
    several = min(entry.number, len(values) // width)
    return list(struct.unpack_from(f"{order}{several}{_LETTERS[width]}", values))
