"""The usable images of a source; a unit is made on access, and not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

import numpy as np
import numpy.typing as npt

from benchsmith.stages.entry_images import EntryImages
from benchsmith.stages.packed_units import PackedUnits, pack
from benchsmith.stages.picture_list import Pictures, Run
from benchsmith.stages.units import Unit


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

    def bundle(self, which: Sequence[int]) -> Sequence[Unit] | PackedUnits:
        """Return some units as they are sent to a worker: as names, if these tell all of them."""
        own = self.numbers[np.asarray(which, np.int64)]
        found = None
        if not self._patients and not any(number in self._beside for number in own.tolist()):
            found = pack(self.pictures.runs(own), self._family)
        return [self[n] for n in which] if found is None else found

    def runs(self, most: int) -> Iterator[tuple[Run, bool]]:
        """Yield the units in their order, up to `most` at once, and whether their path alone suffices for all of them."""
        for start in range(0, len(self.numbers), most):
            for run in self.pictures.runs(self.numbers[start : start + most]):
                yield run, run.entry.is_told_by_path and not self._patients

    def family(self, modality: str) -> str:
        """Return the kind of a modality; empty if it is not known."""
        return self._family(modality) if self._family else ""

    def beside(self, number: int) -> frozenset[Path]:
        """Return the other images that the label patterns of a unit match."""
        return self._beside.get(int(self.numbers[number]), frozenset())

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

    def places_in(self, whole: Units) -> npt.NDArray[np.int64]:
        """Return the place of each unit in a list that has all of them."""
        order = np.argsort(whole.numbers, kind="stable")
        found: npt.NDArray[np.int64] = order[
            np.searchsorted(whole.numbers, self.numbers, sorter=order)
        ]
        return found

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

    def file(self, number: int) -> str:
        """Return the path of a unit as text."""
        entry, place, _ = self.pictures.at(int(self.numbers[number]))
        return entry.walk.top + place

    def files(self, start: int, end: int) -> list[str]:
        """Return the paths of several units in a row as texts."""
        runs = self.pictures.runs(self.numbers[start:end])
        return [run.entry.walk.top + place for run in runs for place in run.places]

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
