"""Columns of many short texts and digests, packed: a list of millions takes bytes, not objects."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt

T = TypeVar("T")


class Packed(Sequence[T]):
    """A list whose elements are made when they are asked for."""

    @abstractmethod
    def _at(self, number: int) -> T:
        """Make the element at a place, which the list has."""

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> list[T]: ...
    def __getitem__(self, number: int | slice) -> T | list[T]:
        """Return an element, or several."""
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._at(number)


class Texts(Packed[str]):
    """Texts in one buffer: each takes its bytes in UTF-8 and eight more."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._bytes, self._ends = bytearray(), array("Q", [0])
        for text in texts:
            self.append(text)

    def append(self, text: str) -> None:
        """Add a text; names of files that are not valid UTF-8 are kept as they are."""
        self._bytes += text.encode("utf-8", "surrogateescape")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self._ends) - 1

    def _at(self, number: int) -> str:
        part = self._bytes[self._ends[number] : self._ends[number + 1]]
        return part.decode("utf-8", "surrogateescape")

    def __iter__(self) -> Iterator[str]:
        """Yield the texts in their order."""
        return (self[n] for n in range(len(self)))


class PathLists(Packed[list[Path]]):
    """Lists of paths, of which each takes what it does not share with one of a few folders."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._tops = ["", *(f"{folder}/" for folder in dict.fromkeys(folders))]
        self._top, self._rest, self._ends = array("H"), Texts(), array("Q", [0])

    def append(self, paths: Iterable[Path]) -> None:
        """Add a list."""
        for whole in map(str, paths):
            top = max(
                (n for n, t in enumerate(self._tops) if whole.startswith(t)), key=self._length
            )
            self._top.append(top)
            self._rest.append(whole[len(self._tops[top]) :])
        self._ends.append(len(self._top))

    def _length(self, top: int) -> int:
        return len(self._tops[top])

    def __len__(self) -> int:
        """Return the number of lists."""
        return len(self._ends) - 1

    def is_empty(self, number: int) -> bool:
        """Return whether a list has no path."""
        return self._ends[number] == self._ends[number + 1]

    def _at(self, number: int) -> list[Path]:
        return [
            Path(self._tops[self._top[n]] + self._rest[n])
            for n in range(self._ends[number], self._ends[number + 1])
        ]


class Hashes:
    """Hashes of texts, to find which may be equal; who finds some compares the texts."""

    def __init__(self) -> None:
        self._values = array("q")
        self._sorted: tuple[npt.NDArray[np.int64], npt.NDArray[Any]] | None = None

    def add(self, value: object) -> None:
        """Add a hashable value, whose number is how many were added before."""
        self._values.append(hash(value))
        self._sorted = None

    def __len__(self) -> int:
        """Return how many were added."""
        return len(self._values)

    def __contains__(self, value: object) -> bool:
        """Return whether a value was added; one in 10^12 is taken for another, of some millions."""
        return bool(self.find(value))

    def find(self, value: object) -> list[int]:
        """Return the numbers, in rising order, of values that may be equal to one."""
        values, order = self._in_order()
        wanted = hash(value)
        first = last = int(np.searchsorted(values, wanted))
        while last < len(values) and values[last] == wanted:
            last += 1
        return sorted(int(n) for n in order[first:last])

    def repeated(self) -> list[list[int]]:
        """Return the numbers of values that may be equal to others, each group in rising order."""
        values, order = self._in_order()
        if not len(values):
            return []
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        sizes = np.diff(starts, append=len(values))
        return sorted(
            sorted(int(n) for n in order[start : start + size])
            for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True)
        )

    def with_several(self, others: Hashes) -> list[int]:
        """Return the numbers of values whose like have several `others`, of which each has one."""
        values, order = self._in_order()
        if not len(values):
            return []
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        theirs = np.frombuffer(others._values, np.int64)[order]
        differ = np.minimum.reduceat(theirs, starts) != np.maximum.reduceat(theirs, starts)
        sizes = np.diff(starts, append=len(values))
        return sorted(int(n) for n in order[np.repeat(differ, sizes)])

    def _in_order(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
        if self._sorted is None:
            values = (
                np.frombuffer(self._values, np.int64) if self._values else np.empty(0, np.int64)
            )
            order = np.argsort(values, kind="stable").astype(np.uint32)
            self._sorted = values[order], order
        return self._sorted


class PackedDigests(Packed[str]):
    """Digests of one width, packed as bytes and given as hex."""

    def __init__(self, width: int) -> None:
        self._width, self._bytes = width, bytearray()

    def append(self, digest: str) -> None:
        """Add a digest."""
        self._bytes += bytes.fromhex(digest)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._bytes) // self._width

    def _at(self, number: int) -> str:
        return self._bytes[number * self._width : (number + 1) * self._width].hex()
