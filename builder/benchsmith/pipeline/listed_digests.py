"""The digests of a source's images and files as columns, in the order of its units."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

from benchsmith.stages.unit_list import Units
from benchsmith.tables.packed_columns import Hashes, PackedDigests

SAMPLE_BYTES, FILE_BYTES = 12, 32


class SampleDigests(Mapping[str, str]):
    """By sample, the digest of everything that is read for it; added in the order of the units."""

    def __init__(self, source: str, units: Units) -> None:
        self._source, self._units = source, units
        self._digests = PackedDigests(SAMPLE_BYTES)
        self._hashes: Hashes | None = None
        self._sum, self._in_order, self._last = blake2b(b"[[", digest_size=SAMPLE_BYTES), True, ""
        """The digest of the pairs so far, as long as they come in order."""

    def add(self, sample: str, digest: str) -> None:
        """Add the digest of the next unit, as 24 hex digits."""
        if self._digests and self._last >= sample:
            self._in_order = False
        elif self._in_order:
            self._sum.update(_pair(sample, digest, first=not self._digests))
        self._last = sample
        self._digests.append(digest)

    def __getitem__(self, sample: str) -> str:
        """Return the digest of a sample."""
        if self._hashes is None:
            self._hashes = Hashes()
            for own in self:
                self._hashes.add(own)
        for place in self._hashes.find(sample):
            if self._sample(place) == sample:
                return self._digests[place]
        raise KeyError(sample)

    def __iter__(self) -> Iterator[str]:
        """Yield the samples in the order of their units."""
        return map(self._sample, range(len(self)))

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._digests)

    def fingerprint(self, *more: object) -> str:
        """Return what :func:`benchsmith.tables.partition.fingerprint` says of the sorted pairs and `more`.

        The text that it hashes is never whole in memory.
        """
        digest = self._sum.copy() if self._in_order else blake2b(b"[[", digest_size=SAMPLE_BYTES)
        if not self._in_order:
            names = list(self)
            order = sorted(range(len(names)), key=names.__getitem__)
            for number, place in enumerate(order):
                digest.update(_pair(names[place], self._digests[place], first=not number))
        rest = json.dumps(more, sort_keys=True, default=str, ensure_ascii=True)[1:-1]
        digest.update(f"]{', ' if more else ''}{rest}]".encode())
        return digest.hexdigest()

    def _sample(self, place: int) -> str:
        return f"{self._source}/{self._units.key(place)}"


def _pair(sample: str, digest: str, *, first: bool) -> bytes:
    """Return a sample and its digest as they stand in the JSON text of all."""
    return f"{'' if first else ', '}{json.dumps([sample, digest])}".encode()


class FileDigests:
    """The SHA-256 of every file that is read; added in the order of the units."""

    def __init__(self, members: Sequence[Sequence[Path]]) -> None:
        self._members = members
        """The files of each unit."""
        self._digests, self._starts = PackedDigests(FILE_BYTES), array("Q")

    def add(self, sums: Iterable[str]) -> None:
        """Add the digests of the files of the next unit, as hex."""
        self._starts.append(len(self._digests))
        for sha256 in sums:
            self._digests.append(sha256)

    def files(self, place: int) -> Sequence[Path]:
        """Return the files of the unit at a place in the list."""
        return self._members[place]

    def items(self) -> Iterator[tuple[Path, str]]:
        """Yield every file and its digest; one of several units next to each other once."""
        before: list[Path] = []
        for own, start in zip(self._members, self._starts, strict=True):
            for number, path in enumerate(own):
                if path not in before:
                    yield path, self._digests[start + number]
            before = list(own)

    def __iter__(self) -> Iterator[Path]:
        """Yield every file."""
        return (path for path, _ in self.items())
