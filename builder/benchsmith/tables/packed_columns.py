"""Packed columns of many short texts and digests: bytes instead of millions of objects."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TypeVar, overload

T = TypeVar("T")


class Packed(Sequence[T]):
    """A list whose elements are made on access."""

    @abstractmethod
    def _at(self, number: int) -> T:
        """Make the element at a valid index."""

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

    def extend(self, texts: Sequence[str]) -> None:
        """Add several texts."""
        whole = "".join(texts)
        if not whole.isascii():
            for text in texts:
                self.append(text)
            return
        self._bytes += whole.encode()
        self._ends.extend(accumulate(map(len, texts), initial=self._ends.pop()))

    def some(self, start: int, end: int) -> list[str]:
        """Return the texts at several consecutive places, which are read together."""
        first = self._ends[start]
        whole = self._bytes[first : self._ends[end]]
        if not whole.isascii():
            return [self._at(number) for number in range(start, end)]
        text, ends = whole.decode(), self._ends[start : end + 1]
        return [text[a - first : b - first] for a, b in pairwise(ends)]

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
    """Lists of paths, each stored without the part that it shares with one of a few folders."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._tops = ["", *(f"{folder}/" for folder in dict.fromkeys(folders))]
        self._top, self._rest, self._ends = array("H"), Texts(), array("Q", [0])
        self._last: int | None = None
        """The folder of the path before, in which most paths lie too, unless another one lies in it."""
        lie_in = ((a, b) for a in self._tops[1:] for b in self._tops[1:] if a != b)
        self._may_be_deeper = any(a.startswith(b) for a, b in lie_in)

    def append(self, paths: Iterable[Path]) -> None:
        """Add a list."""
        self.append_names(map(str, paths))

    def append_names(self, names: Iterable[str]) -> None:
        """Add a list of paths that are texts."""
        for whole in names:
            top = self._last
            if top is None or not whole.startswith(self._tops[top]) or self._may_be_deeper:
                fitting = (n for n, t in enumerate(self._tops) if whole.startswith(t))
                top = self._last = max(fitting, key=self._length)
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

    def count(self, number: int) -> int:
        """Return how many paths a list has."""
        return self._ends[number + 1] - self._ends[number]

    def names(self, number: int) -> list[str]:
        """Return a list as texts."""
        start, end, tops = self._ends[number], self._ends[number + 1], self._tops
        rests = self._rest.some(start, end)
        return [tops[n] + rest for n, rest in zip(self._top[start:end], rests, strict=True)]

    def _at(self, number: int) -> list[Path]:
        return list(map(Path, self.names(number)))


class PackedDigests(Packed[str]):
    """Digests of one width, packed as bytes and given as hex."""

    def __init__(self, width: int) -> None:
        self._width, self._bytes = width, bytearray()

    def append(self, digest: str) -> None:
        """Add a digest."""
        self._bytes += bytes.fromhex(digest)

    def some(self, start: int, end: int) -> list[bytes]:
        """Return the digests at several consecutive places, as bytes."""
        whole, width = bytes(self._bytes[start * self._width : end * self._width]), self._width
        return [whole[at : at + width] for at in range(0, len(whole), width)]

    def extend(self, digests: bytes) -> None:
        """Add several digests, as their bytes."""
        self._bytes += digests

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._bytes) // self._width

    def _at(self, number: int) -> str:
        return self._bytes[number * self._width : (number + 1) * self._width].hex()
