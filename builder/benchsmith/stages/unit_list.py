"""The images of a source as columns: a unit is made when it is asked for, and not held.

A place and the number of its entry tell a unit, so an image takes some fifty bytes and not a
dozen objects.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

from benchsmith.stages.entry_images import EntryImages, Part, named
from benchsmith.stages.units import Unit
from benchsmith.tables.packed_columns import Texts


class Picture(NamedTuple):
    """A picture file of a source, rejected or not."""

    entry: int
    """Index of the samples entry in the recipe."""
    fields: Mapping[str, str]
    """Values of the placeholders."""
    path: Path


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
        """Return the key of a picture, which tells it from the others of its source."""
        entry, place, part = self.at(number)
        return named(entry.pair(place, entry.walk.fields(place)), part)


class Units(Sequence[Unit]):
    """Some pictures of a source, as units."""

    def __init__(
        self,
        pictures: Pictures,
        numbers: Sequence[int] | npt.NDArray[np.uint32],
        patients: Mapping[int, str] | None = None,
        beside: Mapping[int, frozenset[Path]] | None = None,
        family: Callable[[str], str] | None = None,
    ) -> None:
        self.pictures = pictures
        self.numbers = np.asarray(numbers, np.uint32)
        """The number of each unit's picture."""
        self._patients, self._beside, self._family = patients or {}, beside or {}, family

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.numbers)

    @overload
    def __getitem__(self, number: int) -> Unit: ...
    @overload
    def __getitem__(self, number: slice) -> Units: ...
    def __getitem__(self, number: int | slice) -> Unit | Units:
        """Make a unit; a slice is a list of its own."""
        if isinstance(number, slice):
            return self.take(range(len(self))[number])
        picture = int(self.numbers[number])
        entry, place, part = self.pictures.at(picture)
        return entry.unit(
            place,
            part,
            patient=self._patients.get(picture),
            beside=self._beside.get(picture, frozenset()),
            family=self._family,
        )

    def __iter__(self) -> Iterator[Unit]:
        """Make one unit after the other."""
        return (self[n] for n in range(len(self)))

    def take(self, which: Iterable[int]) -> Units:
        """Return some of the units, in the order of `which`."""
        numbers = self.numbers[np.fromiter(which, np.int64)]
        return Units(self.pictures, numbers, self._patients, self._beside, self._family)

    def of(self, samples: Iterable[str]) -> Units:
        """Return the units of some samples of this source, in the order of the list."""
        return self.take(self.places(samples))

    def places(self, samples: Iterable[str]) -> Iterator[int]:
        """Yield the places of some samples of this source in the list."""
        keys = _keys(samples)
        return (n for n in range(len(self)) if self.key(n) in keys) if keys else iter(())

    def without(self, samples: Iterable[str]) -> Units:
        """Return the units that are not of some samples of this source."""
        keys = _keys(samples)
        return self.take(n for n in range(len(self)) if self.key(n) not in keys) if keys else self

    def key(self, number: int) -> str:
        """Return the key of a unit, without making it."""
        return self.pictures.key(int(self.numbers[number]))

    def entry(self, number: int) -> EntryImages:
        """Return the entry that a unit is of."""
        return self.pictures.at(int(self.numbers[number]))[0]

    def path(self, number: int) -> Path:
        """Return the path of a unit, without making it."""
        entry, place, _ = self.pictures.at(int(self.numbers[number]))
        return entry.walk.path(place)

    def name(self, number: int) -> str:
        """Return the name of a unit's file or folder."""
        return self.pictures.at(int(self.numbers[number]))[1].rpartition("/")[2]

    def is_file(self, number: int) -> bool:
        """Return whether a unit's picture is a file, and no folder."""
        return not self.pictures.at(int(self.numbers[number]))[0].may_be_folder

    def with_patients(self, patients: Mapping[int, str]) -> Units:
        """Return the units with other patients, by their place in this list."""
        own = {int(self.numbers[number]): patient for number, patient in patients.items()}
        return Units(self.pictures, self.numbers, own, self._beside, self._family)

    def with_beside(self, beside: Mapping[int, frozenset[Path]]) -> Units:
        """Return the units with pictures beside them, by their place in this list."""
        own = {int(self.numbers[number]): paths for number, paths in beside.items()}
        return Units(self.pictures, self.numbers, self._patients, own, self._family)

    def with_families(self, family: Callable[[str], str]) -> Units:
        """Return the units with what their modality is a kind of."""
        return Units(self.pictures, self.numbers, self._patients, self._beside, family)


def _keys(samples: Iterable[str]) -> set[str]:
    """Return the keys of samples, which their ids have after the source."""
    return {sample.partition("/")[2] for sample in samples}
