"""JSON and XML that say one thing: no duplicate keys, no NaN, no entities, bounded in size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from benchsmith.core.contracts import DataFault

LARGEST_JSON = 512 << 20
LARGEST_XML = 64 << 20
LONGEST_NUMBER = 18
"""Digits of a whole number: what a 64-bit integer holds."""


def load_json(path: Path) -> Any:
    """Return the value of a JSON file. Raises DataFault."""
    data = _bytes(path, LARGEST_JSON)
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_no_twins,
            parse_constant=_no_constant,
            parse_int=_whole_number,
        )
    except (ValueError, RecursionError) as error:
        raise DataFault("header", path, f"is not sound JSON: {error}") from error


def load_xml(path: Path) -> Element:
    """Return the root of an XML file without document type and entities. Raises DataFault."""
    data = _bytes(path, LARGEST_XML)
    try:
        root: Element = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        what = str(error) or type(error).__name__
        raise DataFault("header", path, f"is not sound XML: {what}") from error
    return root


def _bytes(path: Path, largest: int) -> bytes:
    try:
        if path.stat().st_size > largest:
            raise DataFault("too-large", path, f"has {path.stat().st_size} bytes")
        return path.read_bytes()
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(n for n in names if names.count(n) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _whole_number(text: str) -> int:
    if len(text) > LONGEST_NUMBER + 1:
        raise ValueError(f"a number has {len(text)} digits")
    return int(text)
