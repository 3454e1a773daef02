"""The files that are read for each image of a source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import overload

from benchsmith.stages.unit_list import Units
from benchsmith.tables.packed_columns import PathLists


class Members(Sequence[list[Path]]):
    """The files that are read for each unit: of the image, then of its labels."""

    def __init__(self, units: Units, others: PathLists | None) -> None:
        self._units, self._others = units, others
        """The lists of those units that are more than their picture, which is a file; the
        others are empty. None if all are."""

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self._units)

    @overload
    def __getitem__(self, place: int) -> list[Path]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Path]]: ...
    def __getitem__(self, place: int | slice) -> list[Path] | list[list[Path]]:
        """Return the files of a unit, or of several."""
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        return self.of(place, None)

    def of(self, place: int, path: Path | None) -> list[Path]:
        """Return the files of a unit; its path is made if it is not given."""
        if self._others is None or self.is_only_picture(place):
            return [path or self._units.path(place)]
        return self._others[place]

    def names(self, place: int) -> list[str]:
        """Return the files of a unit as texts; no path is made of any."""
        if self._others is None or self.is_only_picture(place):
            return [self._units.file(place)]
        return self._others.names(place)

    def names_of(self, start: int, end: int) -> list[str]:
        """Return the files of several units in a row, one after the other, as texts."""
        if self.are_only_pictures(range(start, end)):
            return self._units.files(start, end)
        return [name for place in range(start, end) for name in self.names(place)]

    def count(self, place: int) -> int:
        """Return how many files are read for a unit."""
        if self._others is None or self.is_only_picture(place):
            return 1
        return self._others.count(place)

    def are_only_pictures(self, places: Sequence[int]) -> bool:
        """Return whether :meth:`is_only_picture` holds for each of some units."""
        return self._others is None or all(map(self.is_only_picture, places))

    def is_only_picture(self, place: int) -> bool:
        """Return whether nothing but the file of its picture is read for a unit."""
        if self._others is None:
            return True
        return self._others.is_empty(place) and self._units.is_file(place)
