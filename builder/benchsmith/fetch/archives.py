"""Unpacking wheels and source distributions: regular files only, inside one folder, with limits."""

from __future__ import annotations

import errno
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from benchsmith.fetch.file_names import problem

MAX_UNPACKED_BYTES = 32 << 30
MAX_FILES = 1_000_000
CHUNK_BYTES = 1 << 20
"""Read at a time; also the most that a name or another head of a tar archive may have."""


class ArchiveError(Exception):
    """An archive is damaged, or holds what must not be unpacked."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the regular files of a wheel, or of a source distribution without its top folder.

    Links, devices, owners and permissions are ignored, and nothing is executed. Raises
    ArchiveError.
    """
    folder.mkdir()
    total = 0
    try:
        for number, (name, file) in enumerate(_files(archive)):
            if number >= MAX_FILES:
                raise ArchiveError(f"{archive.name} holds more than {MAX_FILES} files")
            if not name.parts or name.is_absolute() or problem(name.as_posix()):
                raise ArchiveError(f"{archive.name} holds a path out of its folder: {name}")
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                while chunk := file.read(CHUNK_BYTES):
                    total += len(chunk)
                    if total > MAX_UNPACKED_BYTES:
                        most = f"{MAX_UNPACKED_BYTES >> 30} GiB"
                        raise ArchiveError(f"{archive.name} unpacks to more than {most}")
                    out.write(chunk)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError,
            FileExistsError, IsADirectoryError, NotADirectoryError, RuntimeError,
            lzma.LZMAError, ValueError) as error:  # fmt: skip
        raise ArchiveError(f"{archive.name} cannot be unpacked: {error}") from error
    except OSError as error:
        if error.errno not in (None, errno.ENAMETOOLONG):
            raise  # the disk's, and not the archive's
        raise ArchiveError(f"{archive.name} cannot be unpacked: {error}") from error


def _files(archive: Path) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    """Yield the name and content of each regular file."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as bundle:
            for entry in bundle.infolist():
                if not entry.is_dir():
                    with bundle.open(entry) as content:
                        yield PurePosixPath(entry.filename), content
        return
    with _Pieces(archive) as inflated, tarfile.open(fileobj=inflated, mode="r:") as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isreg() else None
            if file is not None:
                yield PurePosixPath(*PurePosixPath(member.name).parts[1:]), file


class _Pieces(gzip.GzipFile):
    """An inflated tar archive of which nobody reads much at once: tarfile reads heads as a whole."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= CHUNK_BYTES:
            raise tarfile.ReadError(f"a name or head of {size} bytes")
        return super().read(size)
