"""Whether two DICOM files have the same bytes in some elements; slices of a series agree in most.

Comparing bytes takes a tenth of the time of converting both to values.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

import pydicom
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag, Tag

Element: TypeAlias = "DataElement | RawDataElement | None"
"""An element as a file has it, converted or not; None if it has none."""

_tags: dict[int, BaseTag] = {}


def alike(one: pydicom.Dataset, other: pydicom.Dataset, *names: str) -> bool:
    """Return whether, for each of some names, neither file has the element or both have equal ones.

    Elements that were converted already, such as sequences, count as different unless they are one
    object, or the same numbers or texts.
    """
    return not unlike(one, other, names)


def unlike(one: pydicom.Dataset, other: pydicom.Dataset, names: Iterable[str]) -> set[str]:
    """Return those names of elements that two files have not alike."""
    ours, others = one.items().mapping, other.items().mapping
    return {name for name in names if not same(ours.get(tag := tag_of(name)), others.get(tag))}


def same(a: Element, b: Element) -> bool:
    """Return whether two elements are stated alike, or neither is there."""
    if a is b or a is None or b is None:
        return a is b
    if isinstance(a, RawDataElement) and isinstance(b, RawDataElement):
        same_form = (a.VR, a.is_implicit_VR, a.is_little_endian) == (
            b.VR, b.is_implicit_VR, b.is_little_endian
        )  # fmt: skip
        return same_form and a.value is not None and a.value == b.value
    if isinstance(a, RawDataElement) or isinstance(b, RawDataElement) or a.VR == "SQ":
        return False
    return bool(a.VR == b.VR and a.value == b.value)


@cache
def tag_of(name: str) -> BaseTag:
    """Return the tag of an element's name."""
    return one_tag(Tag(name))


def one_tag(tag: int) -> BaseTag:
    """Return a tag as one object: to compare two objects, pydicom calls a function of its own."""
    return _tags.get(tag) or _tags.setdefault(tag, BaseTag(tag))
