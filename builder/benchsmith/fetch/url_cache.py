"""A local copy of the files behind URLs.

In `.cache/remote/` of the project:

- `objects/` holds files by their SHA-256, read-only, so a file of two URLs is stored once;
- `urls/<digest of the URL>/files/` holds a URL's files under their names, as hard links to objects;
- `listing.json` beside it records what the storage stated about each file when it was downloaded.

A file becomes an object once all its bytes have arrived. When all files of a URL have, `pending.json`
states what its folder will hold, and then the folder is changed. A process that is killed meanwhile
leaves that file, and the next one finishes the change. Until then the earlier files stay complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.contracts import Progress
from benchsmith.fetch import object_storage
from benchsmith.fetch.cache_files import (
    CACHE,
    JOURNAL,
    PENDING,
    CachedFile,
    Files,
    UrlFolder,
    is_intact,
    lock,
    object_path,
    place,
    remove_unused,
    sync_folders,
    url_folder,
    url_folders,
)
from benchsmith.fetch.object_storage import Place, RemoteFile
from benchsmith.fetch.storage_errors import SizeLimitError, StorageError
from benchsmith.fetch.storage_listing import listing
from benchsmith.net.response_limits import size as in_units

__all__ = ["CACHE", "MAX_BYTES", "PENDING", "Change", "compare", "fetch", "place"]
MAX_BYTES = 100 << 30
"""Size limit of the cache unless `--cache-gb` sets another."""
MAX_ROUNDS = 3
"""How often a storage whose files change during the download is listed again."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the files of a URL differ from the local copy."""

    new: Sequence[str]
    changed: Sequence[str]
    gone: Sequence[str]
    bytes: int
    """Size of new and changed files, as far as the storage states it."""

    def __bool__(self) -> bool:
        """Return whether there is anything to download or to remove."""
        return bool(self.new or self.changed or self.gone)


def compare(home: Path, url: str, *, allow_local: bool = False) -> Change:
    """List a storage's files and compare them with the local copy. Raises StorageError."""
    there = _listed(object_storage.opened(url, allow_local=allow_local))
    known = url_folder(home, url).listed() if place(home, url) else {}
    new = sorted(there.keys() - known.keys())
    changed = sorted(n for n in there.keys() & known.keys() if not _same(there[n], known[n]))
    size = sum(there[n].size or 0 for n in (*new, *changed))
    return Change(new, changed, sorted(known.keys() - there.keys()), size)


def fetch(
    home: Path, url: str, most: int, progress: Progress, *, allow_local: bool = False
) -> bool:
    """Download the files of a URL; return whether any was new, changed or gone.

    A file is unchanged if its size and the storage's mark are. If the storage changes during the
    download it is listed again, so that the copy is of one state. `most` is the cache's size limit
    in bytes. Raises StorageError, before any download if the files exceed the limit or the disk.
    """
    own = url_folder(home, url)
    own.folder.mkdir(parents=True, exist_ok=True)
    with lock(own.base, lambda: progress.say("waiting: another fetch of this project is running")):
        own.finish()
        for left in (own.base / "scratch", *own.folder.glob(f".{PENDING}-*")):
            shutil.rmtree(left, ignore_errors=True)
        remove_unused(own.base)
        storage = object_storage.opened(url, allow_local=allow_local)
        there = _listed(storage)
        for _ in range(MAX_ROUNDS):
            have = _downloaded(own, there)
            if have.keys() == there.keys() and own.holds(have):
                remove_unused(own.base)
                return False
            room = _room(own, url, there, have, most)
            missing = {name: file for name, file in there.items() if name not in have}
            try:
                have |= _download(own, storage, missing, room, progress)
            except SizeLimitError:
                (own.folder / JOURNAL).unlink()
                remove_unused(own.base)
                raise
            except StorageError:
                if _listed(storage) == there:
                    raise
            before, there = there, _listed(storage)
            if there == before and have.keys() == there.keys():
                break
        else:
            raise StorageError(f"{url} changed while it was downloaded; fetch it again later")
        sync_folders(own.base / "objects")  # on disk before pending.json refers to them
        own.write_pending(url, have)
        own.finish()
        remove_unused(own.base)
    return True


def _listed(storage: Place) -> dict[str, RemoteFile]:
    there = listing(storage)
    if not there:
        raise StorageError(f"{storage.url} contains no files")
    return there


def _same(there: RemoteFile, known: CachedFile) -> bool:
    # without size and mark nothing is known, so such a file is downloaded each time
    described = there.size is not None or bool(there.mark)
    return described and (there.size, there.mark) == (known.size, known.mark)


def _downloaded(own: UrlFolder, there: Mapping[str, RemoteFile]) -> dict[str, CachedFile]:
    """Return the files of `there` whose current state is in the cache already."""
    found: dict[str, CachedFile] = {}
    for known in (own.listed(), own.downloaded()):
        found |= {
            name: file
            for name, file in known.items()
            if name in there and _same(there[name], file) and is_intact(own.base, file)
        }
    return found


def _room(own: UrlFolder, url: str, there: Mapping[str, RemoteFile], have: Files, most: int) -> int:
    """Return the bytes left for files of unknown size. Raises StorageError if there are too few."""
    others = {
        f"{other.url} (urls/{other.folder.name})": other.bytes
        for other in url_folders(own.base)
        if other.folder != own.folder
    }
    size = sum(file.size or 0 for file in there.values())
    missing = sum(file.size or 0 for name, file in there.items() if name not in have)
    used, free = sum(others.values()), shutil.disk_usage(own.base).free
    if size + used > most:
        beside = f" beside the {in_units(used)} of {', '.join(sorted(others))}" if used else ""
        raise StorageError(
            f"{url} needs {in_units(size)}{beside}, but the limit is {in_units(most)}: raise "
            f"--cache-gb, remove folders of {CACHE}/urls that no recipe needs, or mount the storage "
            f"and give its path"
        )
    if missing > free:
        raise StorageError(
            f"{url} needs {in_units(missing)} more, but only {in_units(free)} of disk is free"
        )
    return min(most - size - used, free - missing)


def _download(
    own: UrlFolder,
    storage: Place,
    wanted: Mapping[str, RemoteFile],
    room: int,
    progress: Progress,
) -> dict[str, CachedFile]:
    """Download files into objects, recording each in the journal.

    Raises SizeLimitError if files of unknown size exceed `room` bytes together.
    """
    scratch = own.base / "scratch"
    scratch.mkdir(exist_ok=True)
    mutex, left = threading.Lock(), room

    def one(job: tuple[int, str, RemoteFile]) -> tuple[str, CachedFile]:
        nonlocal left
        number, name, there = job
        path = scratch / str(number)
        object_storage.download(storage, there, path, max(left, 0))
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        path.chmod(0o444)
        target = object_path(own.base, sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        with mutex:
            if there.size is None:
                left -= size
                if left < 0:
                    raise SizeLimitError(
                        f"{storage.url} exceeds the cache's limit: raise --cache-gb"
                    )
            if not (target.is_file() and target.stat().st_size == size):
                path.replace(target)
            journal.write(json.dumps([name, there.size, there.mark, sha256]) + "\n")
            journal.flush()
        return name, CachedFile(there.size, there.mark, sha256)

    with (own.folder / JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write("\n")  # ends a line that was cut off
        jobs = [(number, name, there) for number, (name, there) in enumerate(wanted.items())]
        running = object_storage.concurrently(storage, one, jobs)
        return dict(progress.track(f"fetch {storage.url}", len(jobs), running))
