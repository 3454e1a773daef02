"""The names of values in a `.seg.nrrd` of 3D Slicer, compared with those of the recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from benchsmith.core.contracts import DataFault
from benchsmith.imaging import byte_stream

MAX_HEADER_BYTES = 1 << 20
_KEY = re.compile(rb"^Segment(\d+)_(Name|LabelValue|Layer):=(.*?)\r?$", re.MULTILINE)


def check(path: Path, names: Mapping[int, str], part: str) -> None:
    """Refuse a file that gives a value the name that the recipe has for another value.

    Slicer numbers segments in the order in which they were made, which may be another one in each
    file. Names that are not in the recipe are ignored. Raises DataFault (header).
    """
    if path.suffix.lower() not in (".nrrd", ".nhdr"):
        return
    own = {value: name for value, name in _names(path, part).items() if value in names}
    known = {name.strip().casefold() for name in names.values()}
    for value, name in sorted(own.items()):
        same = name.casefold() == names[value].strip().casefold()
        if not same and name.casefold() in known:
            what = f"its header names the value {value} {name!r}, the recipe {names[value]!r}"
            raise DataFault("header", path, what)


def _names(path: Path, part: str) -> dict[int, str]:
    """Return the names of the values of one layer; empty if the header has none."""
    head = byte_stream.beginning(path, MAX_HEADER_BYTES)[:MAX_HEADER_BYTES]
    head = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    segments: dict[bytes, dict[bytes, str]] = {}
    for number, key, value in _KEY.findall(head):
        segments.setdefault(number, {})[key] = value.decode("utf-8", "replace").strip()
    return {
        int(one[b"LabelValue"]): one[b"Name"]
        for one in segments.values()
        if one.get(b"Name") and re.fullmatch("[0-9]{1,9}", one.get(b"LabelValue", ""))
        if one.get(b"Layer", "0") == (part or "0")
    }
