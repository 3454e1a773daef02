"""Volumes and their labels as ingest read them, kept on disk until render draws from them.

Without it, a build would inflate each volume twice, because its pictures are chosen after all volumes
are measured. The kept data equal the data read, so pictures have the same bytes with and
without it. The folder lasts for one build, and nothing is kept if disk space is short.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchsmith.core.contracts import Array, Image, Layer
from benchsmith.imaging.memory_order import Laid, laid
from benchsmith.stages.label_layers import SourceLayer
from benchsmith.stages.units import Unit
from benchsmith.stages.volume_words import image_of, image_words, layer_of, layer_words
from benchsmith.tables.atomic_files import scratch_folder

MAX_BYTES = 8 << 30
"""Most that one build keeps."""
MAX_FILES = 1000
FREE_SHARE = 4
"""No more than a fourth of the free disk is taken."""
LEAST_BYTES = 1 << 20
"""A smaller volume is read again in no time."""
BYTES_A_SECOND = 300 << 20
"""Of an image that is written, its labels with it, and read back: what is read faster than that, as one
compressed volume with one of labels is, is read again. Which of the two happens changes no byte."""
ALIGNED = 64
"""Arrays begin at multiples of it in the file."""


class _Stored(NamedTuple):
    """What is stored of an array beside its bytes."""

    dtype: str
    shape: tuple[int, ...]
    order: tuple[int, ...]
    turned: tuple[int, ...]
    start: int


@dataclass(frozen=True, slots=True)
class KeptVolumes:
    """A folder of volumes that workers on this machine share."""

    folder: Path
    most: int
    """Bytes of all files."""

    def keep(
        self,
        unit: Unit,
        sha256: str,
        files: Sequence[Path],
        image: Image,
        layers: Sequence[SourceLayer],
    ) -> bool:
        """Keep a volume and its labels; return whether there was room for it.

        `sha256` is the digest of `files`, from which the volume was read. Pictures are not kept, nor
        marks, which have no voxels.
        """
        if image.planar or not all(isinstance(one.layer, Layer) for one in layers):
            return False
        arrays = [laid(image.voxels), *(laid(one.layer.voxels) for one in layers)]
        size = sum(one.values.nbytes for one in arrays)
        if size < LEAST_BYTES or not self._has_room(size):
            return False
        about = {
            "sha256": sha256,
            "files": _states(files),
            "image": image_words(image),
            "layers": [layer_words(one) for one in layers],
        }
        try:
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
                try:
                    _write(file, arrays, about)
                    Path(file.name).replace(self._path(unit))
                except OSError:
                    Path(file.name).unlink()
                    raise
        except OSError:
            return False  # the disk is full: the files are read again
        return True

    def find(
        self, unit: Unit, sha256: str, files: Sequence[Path]
    ) -> tuple[Image, list[SourceLayer]] | None:
        """Return a kept volume and its labels; None if there is none of exactly these files.

        Voxels are read from disk when they are used.
        """
        try:
            with self._path(unit).open("rb") as file:
                held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            states = _states(files)
        except OSError:
            return None
        about = json.loads(held[8 : 8 + int.from_bytes(held[:8], "little")])
        if (about["sha256"], about["files"]) != (sha256, states):
            return None
        voxels, *labels = (_array(held, _Stored(*one)) for one in about["arrays"])
        layers = [layer_of(one, found) for one, found in zip(about["layers"], labels, strict=True)]
        return image_of(about["image"], voxels), layers

    def _path(self, unit: Unit) -> Path:
        return self.folder / hashlib.sha256(unit.sample.encode()).hexdigest()

    def _has_room(self, size: int) -> bool:
        sizes = []
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    # another worker's file may take this name in the meantime
                    with suppress(FileNotFoundError):
                        sizes.append(entry.stat().st_size)
        except OSError:
            return False
        return len(sizes) < MAX_FILES and sum(sizes) + size <= self.most


@contextmanager
def kept_in(home: Path, *, at_all: bool = True) -> Iterator[KeptVolumes | None]:
    """Keep volumes in a new folder in `home`, and remove it at the end; none unless `at_all`."""
    if not at_all:
        yield None
        return
    folder = scratch_folder(home / "kept")
    try:
        yield KeptVolumes(folder, min(MAX_BYTES, shutil.disk_usage(folder).free // FREE_SHARE))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _states(files: Sequence[Path]) -> list[list[str | int]]:
    """Return what distinguishes files without reading them."""
    found = [(path, path.stat()) for path in files]
    return [[os.fspath(path), state.st_size, state.st_mtime_ns] for path, state in found]


def _write(file: Any, arrays: Sequence[Laid], about: dict[str, Any]) -> None:
    """Write the length of the description, the description, and the arrays."""
    stored: list[_Stored] = []
    place = 0
    for values, order, turned in arrays:
        stored.append(_Stored(values.dtype.str, values.shape, order, turned, place))
        place += -(-values.nbytes // ALIGNED) * ALIGNED
    words = json.dumps(about | {"arrays": stored}).encode()
    start = -(-(8 + len(words)) // ALIGNED) * ALIGNED
    file.write(len(words).to_bytes(8, "little") + words)
    for one, (values, _, _) in zip(stored, arrays, strict=True):
        file.seek(start + one.start)
        file.write(values.data)
    file.truncate(start + place)


def _array(held: mmap.mmap, one: _Stored) -> Array:
    """Return an array of a file as it was shown, read-only."""
    length = int.from_bytes(held[:8], "little")
    start = -(-(8 + length) // ALIGNED) * ALIGNED + one.start
    count = int(np.prod(one.shape))
    values = np.frombuffer(held, np.dtype(one.dtype), count, start).reshape(one.shape)
    return Laid(values, tuple(one.order), tuple(one.turned)).shown()
