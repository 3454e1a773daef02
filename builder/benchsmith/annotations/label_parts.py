"""Which picture of a label file belongs to an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault, Reading, Request

REMEMBERED = 8
_COUNTS: dict[tuple[Path, int], int] = {}


def reading_of(labels: Any, request: Request, path: Path, *, mask: bool = False) -> Reading:
    """Return how to read a label file of an entry: its part, and its array in a MATLAB file.

    With `part: same` the file has as many pictures as the image's own, and the one of the same number
    or region is read. Raises DataFault.
    """
    part = getattr(labels, "part", None)
    variable = getattr(labels, "variable", None) or ""
    if part != "same":
        return Reading(part="" if part is None else str(part), variable=variable, mask=mask)
    if not request.part:
        what = "`part: same` needs a picture that is one of several in its file; set `parts`"
        raise DataFault("dimensions", path, what)
    if request.parts is not None and request.part.isdigit():
        here, there = (_count(request, p, p.stat().st_mtime_ns) for p in (path, request.path))
        if here != there:
            what = (
                f"holds {here} pictures, and the image's file {there}, so "
                "it is unclear which belong together"
            )
            raise DataFault("shape-mismatch", path, what)
    return Reading(part=request.part, variable=variable, mask=mask)


def _count(request: Request, path: Path, changed_ns: int) -> int:
    """Return the number of pictures in a file; those of the last files are cached."""
    if (path, changed_ns) not in _COUNTS:
        assert request.parts is not None
        while len(_COUNTS) >= REMEMBERED:
            del _COUNTS[next(iter(_COUNTS))]
        _COUNTS[path, changed_ns] = len(request.parts(path))
    return _COUNTS[path, changed_ns]
