"""What label files in text formats say about persons and files: values of keys with personal names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from benchsmith.core.contracts import DataFault
from benchsmith.imaging import byte_stream
from benchsmith.text.personal_fields import is_personal

ENDINGS = (".json", ".geojson", ".xml")
MAX_BYTES = 1 << 28
MAX_DEPTH = 64


def identifiers(path: Path) -> dict[str, str]:
    """Return the values of keys, elements and attributes that are about a person, with their names.

    Raises DataFault.
    """
    data = byte_stream.whole(path, MAX_BYTES)
    try:
        if path.suffix.lower() != ".xml":
            return dict(_of_json("", json.loads(data.decode("utf-8-sig")), 0))
        return dict(_of_xml(defusedxml.ElementTree.fromstring(data, forbid_dtd=True)))
    except (ValueError, ParseError, DefusedXmlException, LookupError, RecursionError) as error:
        raise DataFault("unreadable", path, f"is not valid: {error}") from error


def _of_json(key: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Yield texts and numbers below keys about persons, and the keys of what lies deeper."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _of_json(
                f"{key}_{name}" if is_personal(key) else str(name), inner, depth + 1
            )
    elif isinstance(value, list):
        for inner in value:
            yield from _of_json(key, inner, depth + 1)
    elif isinstance(value, str | int) and not isinstance(value, bool) and is_personal(key):
        yield str(value), key


def _of_xml(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if is_personal(name) and element.text and element.text.strip():
            yield element.text.strip(), name
        for key, value in element.attrib.items():
            if is_personal(key):
                yield value, key
