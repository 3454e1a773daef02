"""The number of frames or pages of a picture file, counted up to a limit.

Pillow walks through all of them, for TIFF at a cost that grows with the square of their number,
and trusts the number in an animated PNG. A few hundred bytes can declare two billion frames.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path
from typing import IO

from benchsmith.core.contracts import DataFault

MAX_FRAMES = 20_000
"""Frames or pages of a picture file: as many as slices of a volume."""
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""The first bytes of TIFF and BigTIFF, in both orders of bytes."""


def may_be_many(file: IO[bytes]) -> bool:
    """Return whether an open file is of a kind that may have many frames; it is left at its start."""
    start = file.read(4)
    file.seek(0)
    return start[:3] == b"GIF" or start in TIFF_STARTS


@lru_cache(maxsize=8)
def check(path: Path, changed_ns: int) -> None:
    """Raise DataFault for a GIF or TIFF of too many frames; other files are not judged.

    `changed_ns` is the file's modification time: an unchanged file is counted only once.
    """
    with path.open("rb") as file:
        check_open(file, path)


def check_open(file: IO[bytes], path: Path) -> None:
    """Do the same for an open file, which is left at its start. Raises DataFault."""
    file.seek(0)
    start = file.read(4)
    count = 0
    if start[:3] == b"GIF":
        count = _gif_frames(file)
    elif start in TIFF_STARTS:
        count = _tiff_pages(file, "<" if start[:2] == b"II" else ">", big=b"+" in start)
    file.seek(0)
    check_count(count, path)


def check_count(count: int, path: Path) -> None:
    """Raise DataFault for a number of frames that is too large."""
    if count > MAX_FRAMES:
        raise DataFault("too-large", path, f"holds more than {MAX_FRAMES} frames")


def _gif_frames(file: IO[bytes]) -> int:
    """Return the number of image blocks of a GIF (89a, section 20), at most one more than the limit."""
    file.seek(10)
    _skip_colours(file)
    file.seek(2, 1)
    count = 0
    while count <= MAX_FRAMES and (mark := file.read(1)) not in (b"", b";"):
        if mark == b"!":
            file.seek(1, 1)
        elif mark == b",":
            count += 1
            file.seek(8, 1)
            _skip_colours(file)
            file.seek(1, 1)
        else:
            continue  # as Pillow does
        while size := file.read(1).strip(b"\0"):
            file.seek(size[0], 1)
    return count


def _skip_colours(file: IO[bytes]) -> None:
    """Read a byte of flags, and skip the colour table that it may announce."""
    flags = int.from_bytes(file.read(1), "big")
    # the global colour table is two bytes further on, which the caller skips
    file.seek(3 << (flags & 7) + 1 if flags & 0x80 else 0, 1)


def _tiff_pages(file: IO[bytes], order: str, *, big: bool) -> int:
    """Return the number of linked directories of a TIFF, at most one more than the limit."""
    count_form, entry, link = (
        (f"{order}Q", 20, f"{order}Q") if big else (f"{order}H", 12, f"{order}I")
    )
    seen: set[int] = set()
    try:
        file.seek(8 if big else 4)
        at = _number(file, link)
        while at and at not in seen and len(seen) <= MAX_FRAMES:
            seen.add(at)
            file.seek(at)
            file.seek(_number(file, count_form) * entry, 1)
            at = _number(file, link)
    except (struct.error, OSError, OverflowError, ValueError):
        pass  # the chain leaves the file; Pillow judges that
    return len(seen)


def _number(file: IO[bytes], form: str) -> int:
    (value,) = struct.unpack(form, file.read(struct.calcsize(form)))
    return int(value)
