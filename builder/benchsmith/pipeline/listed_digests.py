"""The digests of a source's images and files as columns, in the order of its units."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from operator import lt
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchsmith.stages.members import Members
from benchsmith.stages.unit_list import Units
from benchsmith.tables import compute as pc
from benchsmith.tables.packed_columns import PackedDigests
from benchsmith.tables.text_hashes import Hashes

SAMPLE_BYTES, FILE_BYTES = 12, 32
FEW_SAMPLES = 10_000
"""Samples whose names are sorted as objects; of more, they are sorted as a column."""


class SampleDigests(Mapping[str, str]):
    """By sample, the digest of everything that is read for it; added in the order of the units."""

    def __init__(self, source: str, units: Units) -> None:
        self._source, self._units = source, units
        self._digests = PackedDigests(SAMPLE_BYTES)
        self._hashes = Hashes()
        """Of the samples."""
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
        self._hashes.add(sample)

    def extend(self, keys: Sequence[str], written: Sequence[str], digests: Sequence[bytes]) -> None:
        """Add the digests of the next units; `written` are their keys as JSON writes them."""
        samples = [self._last, *(f"{self._source}/{key}" for key in keys)]
        first = not self._digests
        ascending = all(
            map(lt, samples[1:] if first else samples, samples[2:] if first else samples[1:])
        )
        if self._in_order and ascending:
            source = json.dumps(self._source)[1:-1]
            pairs = [
                f'["{source}/{own}", "{digest.hex()}"]'
                for own, digest in zip(written, digests, strict=True)
            ]
            self._sum.update(f"{'' if first else ', '}{', '.join(pairs)}".encode())
        self._in_order, self._last = self._in_order and ascending, samples[-1]
        self._digests.extend(b"".join(digests))
        self._hashes.extend(samples[1:])

    def __getitem__(self, sample: str) -> str:
        """Return the digest of a sample."""
        for place in self._hashes.find(sample):
            if self._sample(place) == sample:
                return self._digests[place]
        raise KeyError(sample)

    def at(self, place: int) -> str:
        """Return the digest of the sample at a place in the list of units."""
        return self._digests[place]

    def __iter__(self) -> Iterator[str]:
        """Yield the samples in the order of their units."""
        return map(self._sample, range(len(self)))

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._digests)

    def fingerprint(self, *more: object) -> str:
        """Return the :func:`benchsmith.tables.partition.fingerprint` of the sorted pairs and `more`.

        The text that it hashes is never whole in memory.
        """
        digest = self._sum.copy() if self._in_order else blake2b(b"[[", digest_size=SAMPLE_BYTES)
        if not self._in_order:
            first = True
            for some in self._in_name_order():
                pairs = (_pair(name, self._digests[n], first=False) for name, n in some)
                digest.update(b"".join(pairs)[2 if first else 0 :])
                first = False
        rest = json.dumps(more, sort_keys=True, default=str, ensure_ascii=True)[1:-1]
        digest.update(f"]{', ' if more else ''}{rest}]".encode())
        return digest.hexdigest()

    def _in_name_order(self) -> Iterator[list[tuple[str, int]]]:
        """Yield the samples by their names, each with its place, several at once."""
        count = len(self)
        if count <= FEW_SAMPLES:
            yield sorted(zip(self, range(count), strict=True))
            return
        # as objects, millions of names would take more memory than everything else
        parts = (range(at, min(at + FEW_SAMPLES, count)) for at in range(0, count, FEW_SAMPLES))
        names = pa.chunked_array([pa.array(map(self._sample, part), pa.string()) for part in parts])
        order = np.asarray(pc.sort_indices(names)).astype(np.uint32)
        for start in range(0, count, FEW_SAMPLES):
            own = order[start : start + FEW_SAMPLES]
            yield list(zip(names.take(pa.array(own)).to_pylist(), own.tolist(), strict=True))

    def _sample(self, place: int) -> str:
        return f"{self._source}/{self._units.key(place)}"


def _pair(sample: str, digest: str, *, first: bool) -> bytes:
    """Return a sample and its digest as they are written in the JSON text of all."""
    return f"{'' if first else ', '}{json.dumps([sample, digest])}".encode()


class FileDigests:
    """The SHA-256 of every file that is read; added in the order of the units."""

    def __init__(self, members: Members) -> None:
        self._members = members
        """The files of each unit."""
        self._digests, self._starts = PackedDigests(FILE_BYTES), array("Q")

    def add(self, sums: Iterable[str]) -> None:
        """Add the digests of the files of the next unit, as hex."""
        self._starts.append(len(self._digests))
        for sha256 in sums:
            self._digests.append(sha256)

    def extend(self, sums: bytes, counts: Iterable[int]) -> None:
        """Add the digests of the files of the next units, of which `counts` says how many each has."""
        *starts, _ = accumulate(counts, initial=len(self._digests))
        self._starts.extend(starts)
        self._digests.extend(sums)

    def files(self, place: int) -> Sequence[Path]:
        """Return the files of the unit at a place in the list."""
        return self._members[place]

    def items(self) -> Iterator[tuple[Path, str]]:
        """Yield every file and its digest; a file of several consecutive units is yielded once."""
        before: list[Path] = []
        for own, start in zip(self._members, self._starts, strict=True):
            for number, path in enumerate(own):
                if path not in before:
                    yield path, self._digests[start + number]
            before = list(own)

    def batches(self, most: int) -> Iterator[dict[str, bytes]]:
        """Yield files and their digests, for up to `most` units at once; a file may occur in several batches.

        A file with two different digests, because it changed in the meantime, gets one of zeros.
        """
        for start in range(0, len(self._starts), most):
            end = min(start + most, len(self._starts))
            last = self._starts[end] if end < len(self._starts) else len(self._digests)
            found: dict[str, bytes] = {}
            sums = self._digests.some(self._starts[start], last)
            for name, own in zip(self._members.names_of(start, end), sums, strict=True):
                if found.setdefault(name, own) != own:
                    found[name] = bytes(FILE_BYTES)
            yield found

    def __iter__(self) -> Iterator[Path]:
        """Yield every file."""
        return (path for path, _ in self.items())
