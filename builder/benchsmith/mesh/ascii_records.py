"""NLM's older ASCII files: descriptors (`d2024.bin`) and supplementary records (`c2024.bin`).

A record starts with `*NEWRECORD`; every other line is `ELEMENT = value`, and the values of ENTRY
and PRINT ENTRY end at their first bar (nlm.nih.gov/mesh, Descriptor Data Elements). These files
have no concepts: each record becomes one concept without a UI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from benchsmith.mesh.concept import MAX_RECORD_BYTES, Concept, fault

RECORD_START = "*NEWRECORD"
NAME_ELEMENTS = {"D": "MH", "C": "NM"}
"""The element with the name of a record, by record type."""
TERM_ELEMENTS = ("PRINT ENTRY", "ENTRY", "SY")


def concepts(path: Path, chunks: Iterable[bytes]) -> Iterator[Concept]:
    """Yield every record as one concept. Raises DocumentError for other or damaged files."""
    values: dict[str, list[str]] = {}
    began = count = 0
    for line, text in _lines(path, chunks):
        if text == RECORD_START:
            if began:
                yield _concept(path, began, values)
            began, count, values = line, count + 1, {}
            continue
        name, equals, value = text.partition(" = ")
        if not text.strip():
            continue
        if not began or not equals:
            raise fault(path, line, f"is not a line of MeSH: {text[:40]!r}", "use NLM's dYEAR.bin")
        values.setdefault(name.strip(), []).append(" ".join(value.split()))
    if not count:
        raise fault(path, 1, "contains no record", "use NLM's dYEAR.bin")
    yield _concept(path, began, values)


def _concept(path: Path, line: int, values: dict[str, list[str]]) -> Concept:
    kind = values.get("RECTYPE", [""])[0]
    if kind not in NAME_ELEMENTS:
        what = f"has a record of type {kind!r}" if kind else "has a record without RECTYPE"
        raise fault(path, line, what, "use NLM's dYEAR.bin: descriptors are of type D")
    name, ui = values.get(NAME_ELEMENTS[kind], [""])[0], values.get("UI", [""])[0]
    if not name or not ui:
        what = f"has a record without {NAME_ELEMENTS[kind]} or UI: {name or ui or '?'}"
        raise fault(path, line, what, "the file may be truncated: download it again")
    terms = {name: None} | {
        value.partition("|")[0].strip(): None
        for element in TERM_ELEMENTS
        for value in values.get(element, ())
    }
    return Concept(
        concept="",
        name=name,
        descriptor=ui,
        descriptor_name=name,
        preferred=True,
        tree_numbers=tuple(values.get("MN", ())),
        terms=tuple(t for t in terms if t),
        scope_note=" ".join(values.get("MS", ())),
    )


def _lines(path: Path, chunks: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    rest, line = b"", 0
    for piece in chunks:
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > MAX_RECORD_BYTES:
            raise fault(path, line + 1, "has a line of more than 64 MiB", "use NLM's dYEAR.bin")
        for data in whole:
            line += 1
            yield line, _text(path, line, data)
    if rest:
        yield line + 1, _text(path, line + 1, rest)


def _text(path: Path, line: int, data: bytes) -> str:
    try:
        return data.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError:
        hint = "MeSH files are UTF-8; `iconv -f latin1 -t utf-8` restores a converted one"
        raise fault(path, line, "is not UTF-8", hint) from None
