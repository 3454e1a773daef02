"""Strict JSON and XML: no duplicate keys, no NaN, no entities, limited size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from benchsmith.core.contracts import DataFault
from benchsmith.core.library_errors import words_for
from benchsmith.imaging import byte_stream

MAX_JSON_BYTES = 512 << 20
MAX_XML_BYTES = 64 << 20
MAX_DIGITS = 18
"""Digits of a whole number that a 64-bit integer can hold."""


def load_json(path: Path) -> Any:
    """Return the value of a JSON file, which is UTF-8 (RFC 8259, 8.1). Raises DataFault."""
    data = byte_stream.whole(path, MAX_JSON_BYTES)
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_unique_keys,
            parse_constant=_no_constant,
            parse_int=_whole_number,
        )
    except UnicodeDecodeError as error:
        what = f"is not valid JSON: it is not UTF-8 ({error.reason}); save it as UTF-8"
        raise DataFault("header", path, what) from error
    except (ValueError, RecursionError) as error:
        raise DataFault("header", path, f"is not valid JSON: {error}") from error


def load_xml(path: Path) -> Element:
    """Return the root of an XML file without document type and entities. Raises DataFault."""
    data = byte_stream.whole(path, MAX_XML_BYTES)
    try:
        root: Element = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise DataFault("header", path, f"is not valid XML: {words_for(error)}") from error
    return root


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(n for n in names if names.count(n) > 1)
        raise ValueError(f"the key {twice!r} occurs twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _whole_number(text: str) -> int:
    if len(text) > MAX_DIGITS + 1:
        raise ValueError(f"a number has {len(text)} digits")
    return int(text)
