"""The names of values in a `.seg.nrrd` of 3D Slicer, compared with those of the recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from benchsmith.core.contracts import DataFault
from benchsmith.imaging import byte_stream
from benchsmith.text.unicode_names import composed

MAX_HEADER_BYTES = 1 << 20
MEND = "write the file's names into `names`; if the recipe's are right, set `segment_names: ignore`"
_KEY = re.compile(rb"^Segment(\d+)_(Name|LabelValue|Layer):=(.*?)\r?$", re.MULTILINE)
_BARE = re.compile(
    r"(segment|segmentation|label|class|roi|region|structure|mask|object|value)?[\W_]*\d*"
)
"""Names that a program gives to a segment that a person did not name, in lower case."""
WRAPPERS = frozenset({"segmentation", "segment", "seg", "mask", "label", "roi"})
"""Words around a name that add nothing to it."""


def differing(path: Path, names: Mapping[int, str], part: str) -> dict[int, str]:
    """Return the values that a file names otherwise than the recipe, with the names in the file.

    Slicer numbers segments in the order in which they were made, which may be another one in each
    file. Names are compared without cases, separators and their order, and names such as `Segment_1` say
    nothing. Raises DataFault (header) for a file that gives a value the name that the recipe has for another value.
    """
    if path.suffix.lower() not in (".nrrd", ".nhdr"):
        return {}
    own = {value: name for value, name in _names(path, part).items() if value in names}
    known = {_words(name) for name in names.values()}
    found: dict[int, str] = {}
    for value, name in sorted(own.items()):
        if _words(name) == _words(names[value]) or _BARE.fullmatch(name.casefold()):
            continue
        if _words(name) in known:
            what = f"its header names the value {value} {name!r}, the recipe {names[value]!r}"
            raise DataFault("header", path, what)
        found[value] = name
    return found


def _words(name: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", composed(name).casefold())
    return frozenset(words) - WRAPPERS or frozenset(words)


def _names(path: Path, part: str) -> dict[int, str]:
    """Return the names of the values of one layer, of several segments all; empty if there are none."""
    head = byte_stream.beginning(path, MAX_HEADER_BYTES)[:MAX_HEADER_BYTES]
    head = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    segments: dict[bytes, dict[bytes, str]] = {}
    for number, key, value in _KEY.findall(head):
        segments.setdefault(number, {})[key] = value.decode("utf-8", "replace").strip()
    found: dict[int, str] = {}
    for one in segments.values():
        value, name = one.get(b"LabelValue", ""), one.get(b"Name", "")
        here = one.get(b"Layer", "0") == (part or "0")
        if name and here and re.fullmatch("[0-9]{1,9}", value):
            before = found.get(int(value), name)
            found[int(value)] = name if before == name else f"{before}, {name}"
    return found
