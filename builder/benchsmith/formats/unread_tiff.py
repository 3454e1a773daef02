"""Why a TIFF that Pillow does not open is not read: its order of bytes, and the type of its samples."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO

BITS, SAMPLES, FORMAT, PHOTOMETRIC = 258, 277, 339, 262
_BIG = 43
"""The version of BigTIFF."""
_SIZES = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}
"""Bytes of a whole number by the type of its field."""
_LETTERS = {1: "B", 2: "H", 4: "I", 8: "Q"}
MAX_FIELDS = 1000
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
        found = _first_page(file, head, order, big=big)
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


def _first_page(file: IO[bytes], head: bytes, order: str, *, big: bool) -> dict[int, list[int]]:
    """Return the values of the tags that are named in a reason. Raises what a damaged directory causes."""
    count_of, place_of = ("Q", "Q") if big else ("H", "I")
    width_of_place = struct.calcsize(place_of)
    # the header is two halves of the width of a place, of which the second one is that of the first page
    file.seek(struct.unpack_from(f"{order}{place_of}", head, width_of_place)[0])
    count = struct.unpack(f"{order}{count_of}", file.read(struct.calcsize(count_of)))[0]
    size = 4 + 2 * width_of_place
    fields = file.read(size * min(count, MAX_FIELDS))
    found: dict[int, list[int]] = {}
    for at in range(0, len(fields) - size + 1, size):
        tag, kind = struct.unpack_from(f"{order}HH", fields, at)
        if tag not in (BITS, SAMPLES, FORMAT, PHOTOMETRIC):
            continue
        many = struct.unpack_from(f"{order}{place_of}", fields, at + 4)[0]
        width = _SIZES[kind]
        values = fields[at + 4 + width_of_place : at + size]
        if many * width > len(values):
            file.seek(struct.unpack(f"{order}{place_of}", values)[0])
            values = file.read(min(many, MAX_FIELDS) * width)
        several = min(many, len(values) // width)
        found[tag] = list(struct.unpack_from(f"{order}{several}{_LETTERS[width]}", values))
    return found
