"""Why a TIFF that Pillow does not open is not read: its order of bytes, and the type of its samples."""

from __future__ import annotations

import struct
from pathlib import Path

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
        at = (
            struct.unpack(f"{order}Q", head[8:16])[0]
            if big
            else struct.unpack(f"{order}I", head[4:8])[0]
        )
        file.seek(at)
        count = struct.unpack(f"{order}{'Q' if big else 'H'}", file.read(8 if big else 2))[0]
        size = 20 if big else 12
        fields = file.read(size * min(count, MAX_FIELDS))
        found: dict[int, list[int]] = {}
        for n in range(len(fields) // size):
            tag, kind = struct.unpack_from(f"{order}HH", fields, n * size)
            if tag not in (BITS, SAMPLES, FORMAT, PHOTOMETRIC):
                continue
            many = struct.unpack_from(f"{order}{'Q' if big else 'I'}", fields, n * size + 4)[0]
            place = n * size + (12 if big else 8)
            width = _SIZES[kind]
            values = fields[place : place + (8 if big else 4)]
            if many * width > len(values):
                file.seek(struct.unpack(f"{order}{'Q' if big else 'I'}", values)[0])
                values = file.read(min(many, MAX_FIELDS) * width)
            several = min(many, len(values) // width)
            found[tag] = list(struct.unpack_from(f"{order}{several}{_LETTERS[width]}", values))
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
