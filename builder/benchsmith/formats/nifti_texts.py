"""The texts in the header of a NIfTI or Analyze file, and in the extensions that follow it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

from benchsmith.imaging import byte_stream
from benchsmith.text.readable_bytes import readable

MAX_BYTES = 1 << 22
"""Bytes of a file up to its voxels that are searched."""


class _Layout(NamedTuple):
    header: int
    """Bytes of the header."""
    data_at: tuple[int, str]
    """Where the place of the voxels stands, and its kind."""
    texts: dict[str, tuple[int, int]]
    """Place and length of each text."""


ONE = _Layout(348, (108, "f"), {
    "data_type": (4, 10), "db_name": (14, 18), "descrip": (148, 80), "aux_file": (228, 24), "intent_name": (328, 16),
})  # fmt: skip
TWO = _Layout(
    540, (168, "q"), {"descrip": (240, 80), "aux_file": (320, 24), "intent_name": (508, 16)}
)
ANALYZE = _Layout(348, (108, "f"), {
    "data_type": (4, 10), "db_name": (14, 18), "descrip": (148, 80), "aux_file": (228, 24),
    "originator": (253, 10), "generated": (263, 10), "scannum": (273, 10), "patient_id": (283, 10),
    "exp_date": (293, 10), "exp_time": (303, 10),
})  # fmt: skip
"""The history of Analyze 7.5, whose place NIfTI-1 gives to numbers."""


def texts(path: Path) -> dict[str, str]:
    """Return the texts of a file up to its voxels, each with the name of its field. Raises DataFault."""
    head = byte_stream.beginning(path, 544)
    if head[4:8] in (b"n+2\0", b"ni2\0"):
        layout = TWO
    else:
        layout = ONE if head[344:348] in (b"n+1\0", b"ni1\0") else ANALYZE
    found: dict[str, str] = {}
    for name, (start, size) in layout.texts.items():
        text = head[start : start + size].split(b"\0")[0].decode("latin-1").strip()
        if text:
            found[text] = name
    if layout is not ANALYZE and len(head) > layout.header and head[layout.header]:
        body = byte_stream.beginning(path, _end(head, layout, path))[layout.header + 4 :]
        found |= dict.fromkeys(readable(body), "an extension of the header")
    return found


def _end(head: bytes, layout: _Layout, path: Path) -> int:
    """Return where the voxels begin; a header without voxels is read to its end."""
    at, kind = layout.data_at
    little = int.from_bytes(head[:4], "little") == layout.header
    (place,) = struct.unpack_from(f"{'<' if little else '>'}{kind}", head, at)
    return int(place) if layout.header < place < MAX_BYTES else MAX_BYTES
