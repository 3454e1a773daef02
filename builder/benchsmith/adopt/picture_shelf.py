"""The pictures of a benchmark, checked once each and kept on disk until the release is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import DataFault, Reading
from benchsmith.core.errors import SourceChanged
from benchsmith.formats import raster
from benchsmith.imaging.bare_picture import bare
from benchsmith.imaging.rendering import png

PNG, JPEG = png.SIGNATURE, b"\xff\xd8\xff"
MAX_BYTES = 128 << 20
"""Bytes of a picture's file."""
VOLUMES = (
    ".nii", ".nii.gz", ".mha", ".mhd", ".nrrd", ".dcm", ".npy", ".npz", ".mp4", ".avi", ".mkv", ".mov",
)  # fmt: skip
"""Endings of volumes and videos, which have no single picture."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture: the benchmark's PNG or JPEG without metadata, or a PNG of another format's pixels."""

    sha256: str
    ending: str
    width: int
    height: int
    """Width and height are in pixels."""
    file: Path
    """Where the bytes are."""

    def read(self) -> bytes:
        """Return the bytes. Raises SourceChanged if the file has changed."""
        data = self.file.read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise SourceChanged(f"{self.file} changed while it was read: start again")
        return data


class PictureShelf:
    """Pictures by the digest of their bytes; each is decoded once to check it."""

    def __init__(self, data: Path, scratch: Path) -> None:
        self._data, self._scratch = data.resolve(), scratch
        self._kept: dict[str, Kept | DataFault] = {}
        self._files: dict[str, Kept | DataFault] = {}

    def keep(self, data: bytes, holder: Path) -> Kept:
        """Check the bytes of a picture inside another file and return it. Raises DataFault."""
        if len(data) > MAX_BYTES:
            raise DataFault("too-large", holder, f"the picture has {len(data)} bytes")
        return self._checked(data, holder, alone=False)

    def keep_file(self, relative: str) -> Kept:
        """Check the picture in a file of the data folder and return it. Raises DataFault."""
        if relative not in self._files:
            try:
                self._files[relative] = self._file(relative)
            except DataFault as fault:
                self._files[relative] = fault
        found = self._files[relative]
        if isinstance(found, DataFault):
            raise DataFault(found.reason, relative, found.detail)
        return found

    def _file(self, relative: str) -> Kept:
        if relative.lower().endswith(VOLUMES):
            raise DataFault("volume", relative, relative)
        try:
            path = (self._data / relative).resolve()
            inside = path.is_relative_to(self._data)
            if not inside:
                raise DataFault("path-outside", relative, f"{relative} leaves the data folder")
            if not path.is_file():
                raise DataFault("no-picture", relative, f"there is no file {relative}")
            if path.stat().st_size > MAX_BYTES:
                raise DataFault("too-large", relative, f"it has {path.stat().st_size} bytes")
            data = path.read_bytes()
        except (OSError, ValueError, RuntimeError) as error:
            raise DataFault("unreadable", relative, str(error).split("\n")[0]) from error
        return self._checked(data, path, alone=True)

    def _checked(self, data: bytes, path: Path, *, alone: bool) -> Kept:
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._kept:
            try:
                self._kept[digest] = self._decoded(data, digest, path, alone=alone)
            except DataFault as fault:
                self._kept[digest] = fault
        found = self._kept[digest]
        if isinstance(found, DataFault):
            raise DataFault(found.reason, path, found.detail)
        return found

    def _decoded(self, data: bytes, digest: str, path: Path, *, alone: bool) -> Kept:
        voxels = raster.read_bytes(data, path, Reading()).voxels[0]
        height, width = voxels.shape[:2]
        if data.startswith((PNG, JPEG)):
            ending = "png" if data.startswith(PNG) else "jpg"
            if (kept := bare(data)) is not data:
                digest = hashlib.sha256(kept).hexdigest()
                return Kept(digest, ending, width, height, self._written(kept, digest))
            file = path if alone else self._written(data, digest)
            return Kept(digest, ending, width, height, file)
        if voxels.dtype != np.uint8:
            what = f"has pixels of the type {voxels.dtype}: convert it to 8 bits"
            raise DataFault("dimensions", path, what)
        colours = voxels if voxels.ndim == 3 else np.repeat(voxels[..., None], 3, axis=2)
        drawn = png.encode(np.ascontiguousarray(colours))
        digest = hashlib.sha256(drawn).hexdigest()
        return Kept(digest, "png", width, height, self._written(drawn, digest))

    def _written(self, data: bytes, digest: str) -> Path:
        path = self._scratch / digest
        path.write_bytes(data)
        return path
