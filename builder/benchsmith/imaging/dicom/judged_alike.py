"""A judgement of DICOM headers, made once for all that state the same in what it depends on.

The slices of a series differ in few elements. What is judged is asked only of the first slice, and of each
that states an element otherwise which the judgement asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar, cast

import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.tag import BaseTag

from benchsmith.imaging.dicom.stated_alike import Element, same, tag_of

META = "file_meta"
SYNTAX = "TransferSyntaxUID"
T = TypeVar("T")


class _Asked:
    """A data set that notes what it is asked for by name."""

    def __init__(self, data: pydicom.Dataset) -> None:
        self._data = data
        self.names_of_values, self.names_of_presence = set[str](), set[str]()

    def get(self, name: str, default: object = None) -> Any:
        self.names_of_values.add(name)
        return self._data.get(name, default)

    def __contains__(self, name: str) -> bool:
        self.names_of_presence.add(name)
        return name in self._data

    def __getattr__(self, name: str) -> Any:
        self.names_of_values.add(name)
        return getattr(self._data, name)


class _Before(NamedTuple, Generic[T]):
    """What a judgement depended on, and the judgement."""

    syntax: object
    values: Sequence[tuple[BaseTag, Element]]
    presence: Sequence[tuple[BaseTag, bool]]
    found: T


class JudgedAlike(Generic[T]):
    """Judges one header after the other by a function of elements that it asks for by their keywords."""

    def __init__(self, judge: Callable[[pydicom.Dataset, Path], T]) -> None:
        self._judge = judge
        self._before: _Before[T] | None = None

    def __call__(self, data: pydicom.Dataset, path: Path) -> T:
        """Return the judgement of a header, and raise what the function raises."""
        stated, syntax, before = data.items().mapping, _syntax(data), self._before
        if (
            before is not None
            and syntax == before.syntax
            and all(same(stated.get(tag), element) for tag, element in before.values)
            and all((tag in stated) == there for tag, there in before.presence)
        ):
            return before.found
        asked = _Asked(data)
        found = self._judge(cast(pydicom.Dataset, asked), path)
        values, presence = asked.names_of_values - {META}, asked.names_of_presence
        # what is asked for in another way is not an element, or is not known to be alike
        if all(tag_for_keyword(name) is not None for name in values | presence):
            self._before = _Before(
                syntax,
                [(tag, stated.get(tag)) for tag in map(tag_of, values)],
                [(tag, tag in stated) for tag in map(tag_of, presence)],
                found,
            )
        return found


def _syntax(data: pydicom.Dataset) -> object:
    return data.file_meta.get(SYNTAX)
