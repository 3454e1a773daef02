"""The meaning of codes in the names of mask files: from the recipe, or from a file beside the masks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.strict_documents import load_json
from benchsmith.core.contracts import DataFault, Fault, Request
from benchsmith.documents.labels import Masks
from benchsmith.text import path_patterns


def labelled(labels: Masks, request: Request) -> tuple[list[tuple[Path, str]], list[Fault]]:
    """Return the mask files of an image with their raw labels, and a fault for each nameless code.

    Leading zeros of a numeric code are ignored. Raises DataFault.
    """
    found = [(p, labels.label or fields["label"]) for p, fields in request.find(labels.file)]
    names = _names(labels, request)
    if names is None:
        return found, []
    nameless = [
        Fault("value-without-name", request.show(path), f"the code {code!r} has no name", code)
        for path, code in found
        if key_of(code) not in names
    ]
    return [(p, names[key_of(code)]) for p, code in found if key_of(code) in names], nameless


def _names(labels: Masks, request: Request) -> Mapping[str, str] | None:
    """Return the raw label of each code, by `key_of` it; None if the files are named by labels."""
    if labels.names is not None:
        return {key_of(code): name for code, name in labels.names.items()}
    if labels.names_file is None:
        return None
    path = one_file(labels.names_file, request)
    place = path_patterns.fill(labels.names_at or "", request.fields)
    return _listed(path, place, path.stat().st_mtime_ns)


def key_of(code: str) -> str:
    """Return a code without leading zeros.

    >>> key_of("0007"), key_of("0"), key_of("L07")
    ('7', '0', 'L07')
    """
    return (code.lstrip("0") or "0") if code.isascii() and code.isdigit() else code


@lru_cache(maxsize=8)
def _listed(path: Path, place: str, changed_ns: int) -> Mapping[str, str]:
    """Read `{"liver": 1}` or `{"1": "liver"}`, or the object of that form that `place` names."""
    tree = load_json(path)
    if place:
        tree = tree.get(place) if isinstance(tree, dict) else None
        if tree is None:
            raise DataFault("header", path, f"has no object {place!r}")
    found: dict[str, str] = {}
    for code, name in _pairs(tree, path):
        if found.setdefault(key_of(code), name) != name:
            raise DataFault("header", path, f"the code {code} has two names")
    return found


def _pairs(tree: Any, path: Path) -> list[tuple[str, str]]:
    """Return codes with their names; the codes are on the side that consists of digits. Raises DataFault."""
    rows = list(tree.items()) if isinstance(tree, dict) else []
    if rows and all(type(v) is int or (isinstance(v, str) and v.isdecimal()) for _, v in rows):
        return [(str(value), key) for key, value in rows]
    if rows and all(k.isdecimal() and isinstance(v, str) for k, v in rows):
        return rows
    raise DataFault("header", path, "is not an object of names and codes of digits")
