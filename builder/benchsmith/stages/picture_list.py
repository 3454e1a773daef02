"""The pictures of a source as columns.

A place and the number of its entry identify a picture, so each takes some fifty bytes instead of a dozen
objects.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

from benchsmith.stages.entry_images import EntryImages, Part, named
from benchsmith.tables.packed_columns import Texts


class Picture(NamedTuple):
    """A picture file of a source, rejected or not."""

    entry: int
    """Index of the samples entry in the recipe."""
    fields: Mapping[str, str]
    """Values of the placeholders."""
    path: Path


class Run(NamedTuple):
    """Pictures of one entry."""

    entry: EntryImages
    places: Sequence[str]
    parts: Sequence[Part]


class Pictures(Sequence[Picture]):
    """Every picture of a source, rejected or not, in the order in which they are listed."""

    def __init__(self) -> None:
        self.entries: dict[int, EntryImages] = {}
        self._entry, self._places = array("H"), Texts()
        self._part, self._parts, self._number_of = array("I"), [("", "")], {("", ""): 0}

    def add(self, entry: EntryImages, place: str, part: Part) -> int:
        """Append a picture; return its number."""
        self.entries[entry.number] = entry
        if part not in self._number_of:
            self._number_of[part] = len(self._parts)
            self._parts.append(part)
        self._entry.append(entry.number)
        self._places.append(place)
        self._part.append(self._number_of[part])
        return len(self._entry) - 1

    def extend(self, entry: EntryImages, places: Sequence[str]) -> range:
        """Append the only pictures of several files; return their numbers."""
        self.entries[entry.number] = entry
        first, count = len(self._entry), len(places)
        self._entry.extend(repeat(entry.number, count))
        self._places.extend(places)
        self._part.extend(repeat(0, count))
        return range(first, first + count)

    def runs(self, numbers: npt.NDArray[np.uint32]) -> Iterator[Run]:
        """Yield some pictures in order, consecutive pictures of one entry together."""
        entries = np.frombuffer(self._entry, np.uint16)[numbers]
        starts = np.flatnonzero(np.diff(entries)) + 1
        for own in np.split(numbers, starts) if len(numbers) else ():
            first, count = int(own[0]), len(own)
            if (own == np.arange(first, first + count)).all():
                places = self._places.some(first, first + count)
            else:
                places = [self._places[n] for n in own.tolist()]
            parts = [self._parts[self._part[n]] for n in own.tolist()]
            yield Run(self.entries[self._entry[first]], places, parts)

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self._entry)

    def at(self, number: int) -> tuple[EntryImages, str, Part]:
        """Return the entry, the place and the part of a picture."""
        entry = self.entries[self._entry[number]]
        return entry, self._places[number], self._parts[self._part[number]]

    @overload
    def __getitem__(self, number: int) -> Picture: ...
    @overload
    def __getitem__(self, number: slice) -> list[Picture]: ...
    def __getitem__(self, number: int | slice) -> Picture | list[Picture]:
        """Return a picture, or several."""
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        entry, place, part = self.at(number)
        return Picture(entry.number, entry.fields(place, part), entry.walk.path(place))

    def __iter__(self) -> Iterator[Picture]:
        """Yield the pictures in their order."""
        return (self[n] for n in range(len(self)))

    def numbers_of(self, entry: int) -> Iterator[int]:
        """Yield the numbers of the pictures of an entry, in rising order."""
        return (number for number, own in enumerate(self._entry) if own == entry)

    def first_of(self, entry: int) -> Picture | None:
        """Return the first picture of an entry."""
        return self[self._entry.index(entry)] if entry in self.entries else None

    def key(self, number: int) -> str:
        """Return the key of a picture, which identifies it within its source."""
        entry, place, part = self.at(number)
        return named(entry.pair(place, entry.walk.fields(place)), part)
