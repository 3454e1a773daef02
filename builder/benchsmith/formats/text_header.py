"""Volumes with a text header before or beside their data: the common part of NRRD and MetaImage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats.detached_data import beside
from benchsmith.formats.volume import StoredVolume, components, load

MAX_HEADER_BYTES = 1 << 16
MIN_DIMENSIONS, MAX_DIMENSIONS = 2, 4


@dataclass(frozen=True, slots=True)
class Header:
    """What a text header states."""

    fields: Mapping[str, str]
    length: int
    """Bytes of the file up to the end of the header."""
    data_file: str | None
    """Name of the file with the data; None if they follow the header."""


class DataPlace(NamedTuple):
    """Where the data begin."""

    path: Path
    skip: int
    """Bytes before the data."""


@dataclass(frozen=True, slots=True)
class TextHeaderFormat:
    """A format of this kind: how its header is parsed, and what it means."""

    parse: Callable[[Path], Header]
    """Raises DataFault."""
    describe: Callable[[Header, Path, DataPlace], StoredVolume]
    """Raises DataFault. The path is the header's."""
    texts: Callable[[Path], Iterator[tuple[str, str]]]
    """Yield field and text of what describes no voxels. Raises DataFault."""

    def read(self, files: Sequence[Path], how: Reading) -> Image:
        """Read one volume, in LPS. Raises DataFault."""
        return load(self._stored(files[0]), how)

    def parts(self, files: Sequence[Path]) -> list[str]:
        """Return the numbers of the volumes of a 4D file. Raises DataFault."""
        return components(self._stored(files[0]))

    def members(self, path: Path) -> list[Path]:
        """Return the file, with the data file that its header names.

        A file without a valid header is its only member; reading it reports the fault. Raises
        DataFault for a data file that is missing or lies elsewhere.
        """
        try:
            found = self.parse(path)
        except DataFault:
            return [path]
        return [path] if found.data_file is None else [path, beside(path, found.data_file)]

    def identifiers(self, files: Sequence[Path]) -> dict[str, str]:
        """Return the texts of the header that describe no voxels, each with its field. Raises DataFault."""
        return {text: field for field, text in self.texts(files[0]) if text}

    def _stored(self, path: Path) -> StoredVolume:
        found = self.parse(path)
        if found.data_file is None:
            return self.describe(found, path, DataPlace(path, found.length))
        return self.describe(found, path, DataPlace(beside(path, found.data_file), 0))


def check_dimensions(count: int, sizes: Sequence[int], path: Path) -> None:
    """Raise DataFault for a header whose sizes are not those of 2 to 4 dimensions."""
    if not MIN_DIMENSIONS <= count <= MAX_DIMENSIONS or len(sizes) != count:
        raise DataFault("dimensions", path, f"has {count} dimensions and the sizes {list(sizes)}")


def with_byte_order(dtype: np.dtype[np.generic], big_endian: bool) -> np.dtype[np.generic]:
    """Return a type in the byte order of the file; one byte has none."""
    if dtype.itemsize == 1:
        return dtype
    return dtype.newbyteorder(">" if big_endian else "<")
