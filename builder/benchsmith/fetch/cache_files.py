"""The folders of the URL cache on disk. `url_cache.py` explains its layout."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from benchsmith.tables import atomic_files

CACHE = ".cache/remote"
"""Below the project's folder."""
LISTING, PENDING, JOURNAL = "listing.json", "pending.json", "brought.jsonl"


class CachedFile(NamedTuple):
    """A file that was downloaded."""

    size: int | None
    """Bytes, as the storage stated before; None if it did not."""
    mark: str
    """The storage's digest, ETag or time; see RemoteFile."""
    sha256: str
    """Of the downloaded bytes; names the object."""


Files = Mapping[str, CachedFile]
"""Files by their relative names."""


@dataclass(frozen=True, slots=True)
class UrlFolder:
    """The cache's folder of one URL."""

    base: Path
    """The whole cache."""
    folder: Path

    @property
    def files(self) -> Path:
        """Return the folder with the URL's files."""
        return self.folder / "files"

    @property
    def is_complete(self) -> bool:
        """Return whether all files of the URL are here."""
        return (self.folder / LISTING).is_file()

    @property
    def url(self) -> str:
        """Return the URL, for messages."""
        path = self.folder / LISTING
        return (
            str(atomic_files.read_json(path)["url"]) if path.is_file() else "an interrupted fetch"
        )

    @property
    def bytes(self) -> int:
        """Return the size of the objects that the URL uses."""
        paths = (object_path(self.base, sha256) for sha256 in self.objects())
        return sum(path.stat().st_size for path in paths if path.is_file())

    def listed(self) -> dict[str, CachedFile]:
        """Return the files of the last complete fetch."""
        return _read(self.folder / LISTING)

    def pending(self) -> dict[str, CachedFile]:
        """Return the files that `files` will hold once `finish` has run."""
        return _read(self.folder / PENDING)

    def downloaded(self) -> dict[str, CachedFile]:
        """Return the files of fetches that did not end; a line that was cut off is ignored."""
        path, found = self.folder / JOURNAL, dict[str, CachedFile]()
        for line in path.read_text("utf-8", "replace").splitlines() if path.is_file() else ():
            try:
                name, size, mark, sha256 = json.loads(line)
            except (ValueError, TypeError):
                continue
            found[str(name)] = CachedFile(size, str(mark), str(sha256))
        return found

    def objects(self) -> set[str]:
        """Return the SHA-256 of each object that the URL uses or is about to use."""
        known = (self.listed(), self.pending(), self.downloaded())
        return {file.sha256 for files in known for file in files.values()}

    def write_pending(self, url: str, files: Files) -> None:
        """State what `files` is to hold, before it is changed."""
        content = {"url": url, "files": {name: list(file) for name, file in files.items()}}
        atomic_files.replace_file(
            self.folder / PENDING, json.dumps(content, sort_keys=True).encode()
        )

    def holds(self, wanted: Files) -> bool:
        """Return whether `files` holds exactly these files, each linked to its object."""
        return (
            self.is_complete
            and self.listed() == wanted
            and set(_names(self.files)) == wanted.keys()
            and all(
                (self.files / name).samefile(object_path(self.base, file.sha256))
                for name, file in wanted.items()
            )
        )

    def finish(self) -> None:
        """Make `files` what `pending.json` states; does nothing without that file."""
        pending = self.folder / PENDING
        if not pending.is_file():
            return
        wanted, files = self.pending(), self.files
        if not all(is_intact(self.base, file) for file in wanted.values()):  # objects were removed
            (self.folder / LISTING).unlink(missing_ok=True)
            pending.unlink()
            return
        files.mkdir(exist_ok=True)
        for name in list(_names(files)):
            kept = wanted.get(name)
            if kept is None or not (files / name).samefile(object_path(self.base, kept.sha256)):
                (files / name).unlink()
        for folder, _, _ in os.walk(files, topdown=False):
            if folder != str(files) and not os.listdir(folder):
                Path(folder).rmdir()
        for name, file in wanted.items():
            path = files / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                os.link(object_path(self.base, file.sha256), path)
        sync_folders(files)
        pending.replace(self.folder / LISTING)
        atomic_files.sync_folder(self.folder)
        (self.folder / JOURNAL).unlink(missing_ok=True)


def url_folder(home: Path, url: str) -> UrlFolder:
    """Return the cache's folder of a URL in a project."""
    base = home / CACHE
    return UrlFolder(base, base / "urls" / hashlib.sha256(url.encode()).hexdigest()[:24])


def url_folders(base: Path) -> Iterator[UrlFolder]:
    """Yield the folders of all URLs."""
    for folder in (base / "urls").iterdir():
        yield UrlFolder(base, folder)


def object_path(base: Path, sha256: str) -> Path:
    """Return the path of an object."""
    return base / "objects" / sha256[:2] / sha256


def is_intact(base: Path, file: CachedFile) -> bool:
    """Return whether a file's object is here with its size."""
    try:
        found = object_path(base, file.sha256).stat()
    except FileNotFoundError:
        return False
    return file.size in (None, found.st_size)


def remove_unused(base: Path) -> None:
    """Remove objects that no URL uses, and leftovers of downloads."""
    used = {sha256 for folder in url_folders(base) for sha256 in folder.objects()}
    for path in (base / "objects").glob("*/*"):
        if path.name not in used:
            path.unlink()
    shutil.rmtree(base / "scratch", ignore_errors=True)


def sync_folders(root: Path) -> None:
    """Flush the entries of a folder and all below it to disk."""
    for folder, _, _ in os.walk(root):
        atomic_files.sync_folder(Path(folder))


@contextmanager
def lock(base: Path, waiting: Callable[[], Any] = lambda: None) -> Iterator[None]:
    """Keep other processes from changing the cache; the kernel releases the lock of a dead one.

    `waiting` is called once if another process holds the lock.
    """
    base.mkdir(parents=True, exist_ok=True)
    file: IO[bytes]
    with (base / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> dict[str, CachedFile]:
    if not path.is_file():
        return {}
    found = atomic_files.read_json(path)["files"]
    return {name: CachedFile(size, mark, sha256) for name, (size, mark, sha256) in found.items()}


def _names(folder: Path) -> Iterator[str]:
    for own, _, names in os.walk(folder):
        for name in names:
            yield Path(own, name).relative_to(folder).as_posix()


def place(home: Path, url: str) -> Path | None:
    """Return the local folder of a URL's files; None if they were not all downloaded."""
    found = url_folder(home, url)
    if (found.folder / PENDING).is_file():
        with lock(found.base):
            found.finish()
    return found.files if found.is_complete else None
