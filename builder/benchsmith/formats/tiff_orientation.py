"""The orientation tag of TIFF files, which must not reach Pillow.

Pillow turns a TIFF while it loads it. For the orientations that exchange rows and columns it puts
uncompressed pixels into rows of the wrong length, so that the picture is skewed.
"""

from __future__ import annotations

import struct

ORIENTATION = 274
AS_STORED = 1
MAX_PAGES = 100_000


def as_stored(data: bytes) -> bytes:
    """Return a TIFF file, classic or big, whose pages all state that they are shown as stored.

    Bytes that are not TIFF, or whose pages state no orientation, are returned as they are.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2], "")
    if not order or len(data) < 16:
        return data
    big = struct.unpack_from(f"{order}H", data, 2)[0] == 43
    count, step, link = ("Q", 20, "Q") if big else ("H", 12, "I")
    at = struct.unpack_from(f"{order}{link}", data, 8 if big else 4)[0]
    found = bytearray(data)
    seen: set[int] = set()
    try:
        while at and at not in seen and len(seen) < MAX_PAGES:
            seen.add(at)
            entries = struct.unpack_from(f"{order}{count}", data, at)[0]
            first = at + struct.calcsize(f"{order}{count}")
            for entry in range(first, min(first + entries * step, len(data) - step), step):
                if struct.unpack_from(f"{order}H", data, entry)[0] == ORIENTATION:
                    struct.pack_into(f"{order}H", found, entry + (12 if big else 8), AS_STORED)
            at = struct.unpack_from(f"{order}{link}", data, first + entries * step)[0]
    except struct.error:  # the chain of pages leaves the file; its pixels are judged by Pillow
        pass
    return bytes(found)
