"""Files of URLs, kept here as they are there.

Below the project's folder, in `.cache/remote/`:

- `objects/` holds files by their SHA-256, read-only, so that what two URLs have is kept once;
- `urls/<digest of the URL>/files/` is a URL's folder: second names of objects, under its own;
- `listing.json` beside it says what the storage told of each file when it was brought.

A file is an object once all of it has arrived. When all of a URL's files have, `pending.json` says
what the folder will hold, and the folder is made so: whoever is killed on the way leaves that file,
and the next one to ask finishes by it. What was there before stays whole until then.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchsmith.core.contracts import Progress
from benchsmith.fetch import object_storage
from benchsmith.fetch.object_storage import StorageError, There, TooMuch
from benchsmith.tables import atomic_files

CACHE = ".cache/remote"
LISTING, PENDING, BROUGHT = "listing.json", "pending.json", "brought.jsonl"
MOST_BYTES = 100 << 30
"""What files of URLs may take on this disk, unless `--cache-gb` says otherwise."""
ROUNDS = 3
"""How often files are brought that change meanwhile."""

Known = Mapping[str, tuple[int | None, str, str]]
"""Files by name: size and mark as the storage told them, and the SHA-256 of what came."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a storage has otherwise than this disk."""

    new: Sequence[str]
    changed: Sequence[str]
    gone: Sequence[str]
    bytes: int
    """Of new and changed files, as far as the storage says."""

    def __bool__(self) -> bool:
        """Say whether there is anything to bring or to remove."""
        return bool(self.new or self.changed or self.gone)


def place(home: Path, url: str) -> Path | None:
    """Return the folder of a URL's files here; None where they were not brought, all of them."""
    folder = _folder(home, url)
    if (folder / PENDING).is_file():
        with _alone(home / CACHE):
            _finish(home / CACHE, folder)
    return folder / "files" if (folder / LISTING).is_file() else None


def change(home: Path, url: str) -> Change:
    """Ask a storage for its list of files, and compare; nothing is brought. Raises StorageError."""
    there = _listed(object_storage.opened(url))
    known = _read(_folder(home, url) / LISTING) if place(home, url) else {}
    new = sorted(there.keys() - known.keys())
    changed = sorted(n for n in there.keys() & known.keys() if not _same(there[n], known[n]))
    size = sum(there[n].size or 0 for n in (*new, *changed))
    return Change(new, changed, sorted(known.keys() - there.keys()), size)


def fetch(home: Path, url: str, most: int, progress: Progress) -> bool:
    """Bring what a URL holds; say whether anything was new, changed or gone.

    Files that did not change there stay as they are: that is judged by their size and by what the
    storage says of their content or time. A storage that changes meanwhile is asked again, so that
    what is here is of one moment. Raises StorageError, before anything is brought where it is more
    than may be kept.
    """
    base, folder = home / CACHE, _folder(home, url)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(base, lambda: progress.say("waiting: something else fetches for this project")):
        _finish(base, folder)
        for killed in (base / "scratch", *folder.glob(f".{PENDING}-*")):
            shutil.rmtree(killed, ignore_errors=True)
        _sweep(base)
        at = object_storage.opened(url)
        there = _listed(at)
        for _ in range(ROUNDS):
            have = _held(base, folder, there)
            if have.keys() == there.keys() and _as_listed(base, folder, have):
                _sweep(base)
                return False
            room = _room(base, folder, url, there, have, most)
            wanted = [(name, one) for name, one in there.items() if name not in have]
            try:
                have |= _bring(base, folder, at, wanted, room, progress)
            except TooMuch:
                (folder / BROUGHT).unlink()
                _sweep(base)
                raise
            except StorageError:
                if _listed(at) == there:
                    raise
            before, there = there, _listed(at)
            if there == before and have.keys() == there.keys():
                break
        else:
            raise StorageError(f"{url} changes while it is fetched; try again when it is at rest")
        for own, _, _ in os.walk(base / "objects"):  # before anything is said to be there
            atomic_files.sync_folder(Path(own))
        _write(folder / PENDING, url, have)
        _finish(base, folder)
        _sweep(base)
    return True


def _listed(at: object_storage.Place) -> dict[str, There]:
    there = object_storage.listing(at)
    if not there:
        raise StorageError(f"{at.url} holds no file")
    return there


def _same(there: There, known: tuple[int | None, str, str]) -> bool:
    # a storage that tells neither size nor mark tells nothing: such a file is brought each time
    tells = there.size is not None or bool(there.mark)
    return tells and (there.size, there.mark) == known[:2]


def _held(
    base: Path, folder: Path, there: Mapping[str, There]
) -> dict[str, tuple[int | None, str, str]]:
    """Return the files that are objects here already, by this or an earlier fetch."""
    found: dict[str, tuple[int | None, str, str]] = {}
    for known in (_read(folder / LISTING), _journal(folder)):
        found |= {
            name: one
            for name, one in known.items()
            if name in there and _same(there[name], one) and _sound(base, one)
        }
    return found


def _sound(base: Path, one: tuple[int | None, str, str]) -> bool:
    try:
        found = _object(base, one[2]).stat()
    except FileNotFoundError:
        return False
    return one[0] in (None, found.st_size)


def _as_listed(base: Path, folder: Path, have: Known) -> bool:
    """Say whether a URL's folder holds these files and no others."""
    listed = folder / LISTING
    return (
        listed.is_file()
        and _read(listed) == have
        and set(_names(folder / "files")) == have.keys()
        and all(
            (folder / "files" / name).samefile(_object(base, one[2])) for name, one in have.items()
        )
    )


def _room(
    base: Path, folder: Path, url: str, there: Mapping[str, There], have: Known, most: int
) -> int:
    """Return what files of unknown size may take together. Raises StorageError."""
    others = {
        f"{_url(one)} (urls/{one.name})": sum(_object(base, sha).stat().st_size for sha in _shas(one) if _object(base, sha).is_file())
        for one in (base / "urls").iterdir() if one != folder
    }  # fmt: skip
    size = sum(one.size or 0 for one in there.values())
    bring = sum(one.size or 0 for name, one in there.items() if name not in have)
    kept, free = sum(others.values()), shutil.disk_usage(base).free
    words = f"{url} holds {_size(size)}"
    if size + kept > most:
        beside = f", beside {_size(kept)} of {', '.join(sorted(others))}" if kept else ""
        raise StorageError(
            f"{words}{beside}, and {_size(most)} may be kept: raise --cache-gb, remove folders of "
            f"{CACHE}/urls that no recipe needs, or mount the storage and give its path"
        )
    if bring > free:
        raise StorageError(f"{words}, {_size(bring)} of it not here, and {_size(free)} are free")
    return min(most - size - kept, free - bring)


def _bring(
    base: Path,
    folder: Path,
    at: object_storage.Place,
    wanted: Sequence[tuple[str, There]],
    room: int,
    progress: Progress,
) -> dict[str, tuple[int | None, str, str]]:
    """Make objects of files, and write down which as they come."""
    scratch = base / "scratch"
    scratch.mkdir(exist_ok=True)
    lock = threading.Lock()
    left = room

    def one(number: int, name: str, there: There) -> tuple[str, tuple[int | None, str, str]]:
        nonlocal left
        path = scratch / str(number)
        object_storage.bring(at, there, path, max(left, 0))
        with path.open("rb") as file:
            sha = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        path.chmod(0o444)
        goal = _object(base, sha)
        goal.parent.mkdir(parents=True, exist_ok=True)
        with lock:
            if there.size is None:
                left -= size
                if left < 0:
                    raise TooMuch(f"{at.url} holds more than may be kept: raise --cache-gb")
            if not (goal.is_file() and goal.stat().st_size == size):
                path.replace(goal)
            journal.write(json.dumps([name, there.size, there.mark, sha]) + "\n")
            journal.flush()
        return name, (there.size, there.mark, sha)

    with (folder / BROUGHT).open("a", encoding="utf-8") as journal:
        journal.write("\n")  # the last line may be half of one
        jobs = [(i, name, there) for i, (name, there) in enumerate(wanted)]
        running = object_storage.together(at, lambda job: one(*job), jobs)
        return dict(progress.track(f"fetch {at.url}", len(jobs), running))


def _finish(base: Path, folder: Path) -> None:
    """Make a URL's folder what `pending.json` says; nothing happens where there is none."""
    pending = folder / PENDING
    if not pending.is_file():
        return
    wanted, files = _read(pending), folder / "files"
    if not all(_sound(base, one) for one in wanted.values()):  # somebody removed objects
        (folder / LISTING).unlink(missing_ok=True)
        pending.unlink()
        return
    files.mkdir(exist_ok=True)
    for name in list(_names(files)):
        if name not in wanted or not (files / name).samefile(_object(base, wanted[name][2])):
            (files / name).unlink()
    for own, _, _ in os.walk(files, topdown=False):
        if own != str(files) and not os.listdir(own):
            Path(own).rmdir()
    for name, (_, _, sha) in wanted.items():
        path = files / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(_object(base, sha), path)
    for own, _, _ in os.walk(files):
        atomic_files.sync_folder(Path(own))
    pending.replace(folder / LISTING)
    atomic_files.sync_folder(folder)
    (folder / BROUGHT).unlink(missing_ok=True)


def _sweep(base: Path) -> None:
    """Remove the objects that no URL has any more."""
    used = {sha for folder in (base / "urls").iterdir() for sha in _shas(folder)}
    for path in (base / "objects").glob("*/*"):
        if path.name not in used:
            path.unlink()
    shutil.rmtree(base / "scratch", ignore_errors=True)


def _shas(folder: Path) -> set[str]:
    """Return the objects that a URL's folder has or will have."""
    known = (_read(folder / LISTING), _read(folder / PENDING), _journal(folder))
    return {sha for one in known for _, _, sha in one.values()}


def _read(path: Path) -> dict[str, tuple[int | None, str, str]]:
    if not path.is_file():
        return {}
    found = atomic_files.read_json(path)["files"]
    return {name: (size, mark, sha) for name, (size, mark, sha) in found.items()}


def _journal(folder: Path) -> dict[str, tuple[int | None, str, str]]:
    """Return what fetches brought that did not come to their end; a line cut off is left out."""
    path, found = folder / BROUGHT, dict[str, tuple[int | None, str, str]]()
    for line in path.read_text("utf-8", "replace").splitlines() if path.is_file() else ():
        try:
            name, size, mark, sha = json.loads(line)
            found[str(name)] = (size, str(mark), str(sha))
        except (ValueError, TypeError):
            continue
    return found


def _write(path: Path, url: str, files: Known) -> None:
    said = {"url": url, "files": {name: list(one) for name, one in files.items()}}
    atomic_files.replace_file(path, json.dumps(said, sort_keys=True).encode())


def _url(folder: Path) -> str:
    path = folder / LISTING
    return (
        str(atomic_files.read_json(path)["url"]) if path.is_file() else "a fetch that was stopped"
    )


def _names(folder: Path) -> Iterable[str]:
    for own, _, names in os.walk(folder):
        for name in names:
            yield Path(own, name).relative_to(folder).as_posix()


def _object(base: Path, sha: str) -> Path:
    return base / "objects" / sha[:2] / sha


def _folder(home: Path, url: str) -> Path:
    return home / CACHE / "urls" / hashlib.sha256(url.encode()).hexdigest()[:24]


def _size(size: int) -> str:
    for unit, bits in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size >= 1 << bits:
            return f"{size / (1 << bits):.1f} {unit}"
    return f"{size} B"


@contextmanager
def _alone(base: Path, waiting: Callable[[], Any] = lambda: None) -> Iterator[None]:
    """Keep other processes of this project from changing the cache; death gives it free."""
    base.mkdir(parents=True, exist_ok=True)
    lock: IO[bytes]
    with (base / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
