"""The names and terms of values in a `.seg.nrrd` of 3D Slicer, compared with the names of the recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchsmith.annotations.segment_terms import Term, agrees, term
from benchsmith.core.contracts import DataFault
from benchsmith.imaging import byte_stream
from benchsmith.text.unicode_names import composed

MAX_HEADER_BYTES = 1 << 20
MEND = "write the file's names into `names`; if the recipe's are right, set `segment_names: ignore`"
_KEY = re.compile(rb"^Segment(\d+)_(Name|LabelValue|Layer|Tags):=(.*?)\r?$", re.MULTILINE)
_BARE = re.compile(
    r"(segment|segmentation|label|class|roi|region|structure|mask|object|value)?[\W_]*\d*"
)
"""Names that a program gives to a segment that a person did not name, in lower case."""
WRAPPERS = frozenset({"segmentation", "segment", "seg", "mask", "label", "roi"})
"""Words around a name that add nothing to it."""


class _Own(NamedTuple):
    """What a file says of a value."""

    name: str
    """Empty if it says nothing, such as `Segment_1`."""
    terms: tuple[Term, ...]
    """Of its segments; without general ones, such as Tissue."""


def differing(path: Path, names: Mapping[int, str], part: str) -> dict[int, str]:
    """Return the values that a file names otherwise than the recipe, with the names in the file.

    Slicer numbers segments in the order in which they were made, which may be another one in each
    file. Names are compared without cases, separators and their order, and names such as `Segment_1` say
    nothing: then the terminology is compared, which may have more words. Where a name is the recipe's, another
    term is left alone, unless it is what the recipe calls another value: people rename segments and leave their
    term. Raises DataFault (header) for a file that gives a value the name, or the term, that the recipe has for
    another value.
    """
    if path.suffix.lower() not in (".nrrd", ".nhdr"):
        return {}
    known = {_words(name) for name in names.values()}
    found: dict[int, str] = {}
    for value, own in sorted(_stated(path, part).items()):
        if value not in names:
            continue
        wanted = _words(names[value])
        if own.name and _words(own.name) != wanted:
            if _words(own.name) in known:
                raise _another(path, value, own.name, names[value])
            found[value] = own.name
            continue
        for one in own.terms:
            exact = _words(f"{one.modifier} {one.type}")
            if agrees(one, wanted) and (wanted == exact or exact not in known):
                continue
            if any(agrees(one, words) for words in known):
                raise _another(path, value, one.name, names[value])
            if not own.name:
                found[value] = one.name
    return found


def _another(path: Path, value: int, own: str, name: str) -> DataFault:
    what = f"its header names the value {value} {own!r}, the recipe {name!r}"
    return DataFault("header", path, what)


def _words(name: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", composed(name).casefold())
    return frozenset(words) - WRAPPERS or frozenset(words)


def _stated(path: Path, part: str) -> dict[int, _Own]:
    """Return what is said of the values of one layer, of several segments of one value all."""
    head = byte_stream.beginning(path, MAX_HEADER_BYTES)[:MAX_HEADER_BYTES]
    head = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    segments: dict[bytes, dict[bytes, str]] = {}
    for number, key, value in _KEY.findall(head):
        segments.setdefault(number, {})[key] = value.decode("utf-8", "replace").strip()
    found: dict[int, _Own] = {}
    for one in segments.values():
        value, name = one.get(b"LabelValue", ""), one.get(b"Name", "")
        here = one.get(b"Layer", "0") == (part or "0")
        if here and re.fullmatch("[0-9]{1,9}", value):
            name = "" if _BARE.fullmatch(name.casefold()) else name
            terms = tuple(filter(None, [term(one.get(b"Tags", ""))]))
            before = found.get(int(value), _Own(name, ()))
            several = name if before.name == name else ", ".join(filter(None, [before.name, name]))
            found[int(value)] = _Own(several, (*before.terms, *terms))
    return found
