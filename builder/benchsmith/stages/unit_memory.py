"""How much memory a unit may need, judged by its files and without reading them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchsmith.stages.units import Unit

LIBRARIES = 150 << 20
"""Bytes that a worker takes before it reads anything."""
TIMES = 4
"""Bytes at the peak for each byte of an image: itself, its labels, what is measured of both. Twice
the image was met with 16-bit volumes; floats and labels of several layers take more."""
PACKED = 8
"""Bytes of a picture for each byte of its file, where the file does not say."""
RAW = (".nii", ".hdr", ".npy", ".nrrd", ".mha")
"""Endings of files that are mostly not packed."""


def by_size(units: Sequence[Unit]) -> tuple[list[Unit], int]:
    """Return units with the largest first, and the bytes that a worker may need for that one.

    Whoever begins with the largest does not wait for it at the end.
    """
    sized = [(_size(unit.path), unit) for unit in units]
    sized.sort(key=lambda one: (-one[0], one[1].sample))
    return [unit for _, unit in sized], LIBRARIES + TIMES * (sized[0][0] if sized else 0)


def _size(path: Path) -> int:
    """Return about how many bytes an image has in memory; 0 for a file that is not there."""
    try:
        if path.is_dir():
            return sum(entry.stat().st_size for entry in path.iterdir())
        if path.name.lower().endswith(".gz"):
            return _inflated(path)
        size = path.stat().st_size
    except OSError:
        return 0
    return size * (1 if path.name.lower().endswith(RAW) else PACKED)


def _inflated(path: Path) -> int:
    """Return what the last four bytes of a gzip file say it inflates to (RFC 1952)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 4))
        said = int.from_bytes(file.read(4), "little")
    # the number is what is left of a division by 2^32
    return max(said, size)
