"""What an Excel workbook says besides its cells: names of sheets, properties of the document, comments."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from benchsmith.core.contracts import DataFault

MAX_BYTES = 1 << 26
"""Inflated bytes of one part of the workbook."""
_PARTS = {
    re.compile(r"docProps/core\.xml"): "a property",
    re.compile(r"docProps/custom\.xml"): "a property",
    re.compile(r"xl/workbook\.xml"): "the name of a sheet",
    re.compile(r"xl/(?:threadedC|c)omments.*\.xml"): "a comment",
    re.compile(r"xl/persons/.*\.xml"): "the author of a comment",
}
"""Parts of the file (ECMA-376, part 1) whose texts somebody wrote."""
_UNSAID = ("created", "modified", "lastPrinted", "revision")
"""Properties of the document that no person has."""
_NAMED = ("name", "displayName", "userId")
"""Attributes that hold names."""


def identifiers(path: Path) -> dict[str, str]:
    """Return the texts, each with its kind. Raises DataFault."""
    found: dict[str, str] = {}
    try:
        with zipfile.ZipFile(path) as parts:
            for entry in parts.infolist():
                kind = next(
                    (kind for part, kind in _PARTS.items() if part.fullmatch(entry.filename)), ""
                )
                if kind and entry.file_size > MAX_BYTES:
                    raise DataFault(
                        "too-large", path, f"{entry.filename} has {entry.file_size} bytes"
                    )
                if kind:
                    found |= dict.fromkeys(_texts(parts.read(entry)), kind)
    except (
        zipfile.BadZipFile,
        ParseError,
        DefusedXmlException,
        ValueError,
        RuntimeError,
        OSError,
    ) as error:
        raise DataFault(
            "unreadable", path, f"is no workbook that can be searched: {error}"
        ) from error
    return found


def _texts(xml: bytes) -> Iterator[str]:
    for element in defusedxml.ElementTree.fromstring(xml, forbid_dtd=True).iter():
        name = str(element.tag).rpartition("}")[2]
        if name not in _UNSAID and element.text and element.text.strip():
            yield element.text.strip()
        yield from (value for key, value in element.attrib.items() if key in _NAMED and value)
