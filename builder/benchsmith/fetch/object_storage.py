"""Files behind a URL: what is there, bringing one here, sending one there.

Whatever fsspec reaches: `s3://`, `gs://`, `hf://`, `https://`, `file://`. Keys come from the
storage's own settings and environment, never from a document.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from benchsmith.core.errors import EnvironmentFailed

T = TypeVar("T")
S = TypeVar("S")
WAITS_S = (0.5, 2.0, 8.0)
"""Between attempts."""
WORTH_A_RETRY = (408, 425, 429, 500, 502, 503, 504)
MARKS = ("ETag", "etag", "sha256", "blob_id", "md5Hash", "Content-MD5", "Digest", "mtime",
         "LastModified", "Last-Modified", "last_modified", "modified", "created")  # fmt: skip
"""What storages call that by which a file's content is known, or else the time of its change."""
AT_ONCE = 16
"""Files that are asked for, brought or sent at the same time."""
WITH_EXTRA = ("s3", "s3a", "gs", "gcs", "http", "https")
"""Protocols whose packages `benchsmith[storage]` brings."""
_NEVER = (LookupError, TypeError, ValueError, AttributeError, ImportError, NotImplementedError,
          FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)  # fmt: skip


class StorageError(EnvironmentFailed):
    """Storage does not answer, refuses, or holds what cannot be taken."""


class TooMuch(StorageError):
    """More bytes come than there may be."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of a storage."""

    url: str
    system: Any
    """The storage, as fsspec has it."""
    root: str
    """The folder, as the storage calls it."""

    @property
    def of_web(self) -> bool:
        """Say whether it is a web server, whose pages name its files."""
        return bool({"http", "https"} & _protocols(self.system))

    def path(self, name: str) -> str:
        """Return what the storage calls a file."""
        return f"{self.root.rstrip('/')}/{name}" if self.root else name


@dataclass(frozen=True, slots=True)
class There:
    """A file, as its storage describes it."""

    path: str
    """What the storage calls it."""
    size: int | None
    """Bytes; None where the storage does not say."""
    mark: str
    """What tells its content or the time of its change; empty where the storage does not say."""


def opened(url: str) -> Place:
    """Return the folder that a URL means; nothing is asked of it yet. Raises StorageError."""
    from fsspec.core import url_to_fs

    protocol = url.partition("://")[0]
    own = {"auto_mkdir": True} if protocol in ("file", "local") else {}
    try:
        # another process, or this one, may have changed what an earlier instance remembers
        system, root = url_to_fs(url, skip_instance_cache=True, **own)
    except ImportError as error:
        extra = "; pip install 'benchsmith[storage]'" if protocol in WITH_EXTRA else ""
        raise StorageError(f"{url}: {_words(error)}{extra}") from error
    except Exception as error:  # each storage has exceptions of its own
        raise StorageError(f"{url}: {_words(error)}") from error
    return Place(url, system, str(root))


def listing(place: Place) -> dict[str, There]:
    """Return the files below a folder by their names there. Brings no file.

    Raises StorageError also where a name leads out of the folder, or a file is a link.
    """
    place.system.invalidate_cache()
    found = dict(sorted(_pages(place) if place.of_web else _found(place)))
    folders = {name[:i] for name in found for i, c in enumerate(name) if c == "/"}
    if both := sorted(folders & found.keys()):
        raise StorageError(f"{place.url}: {both[0]!r} is a file and a folder")
    return found


def bring(place: Place, there: There, path: Path, most: int) -> None:
    """Write a file's bytes to a path. Raises StorageError.

    Where the storage does not say how many they are, TooMuch from `most` on.
    """

    def get() -> None:
        place.system.get_file(there.path, str(path), callback=_meter(there, most))
        got = path.stat().st_size
        if there.size is not None and got != there.size:
            raise ConnectionError(f"{got} bytes came of {there.size}")

    patiently(there.path, get)


def send(place: Place, name: str, path: Path) -> None:
    """Write a file to a folder of a storage. Raises StorageError."""
    there = place.path(name)

    def put() -> None:
        if not place.system.async_impl:  # object storage has no folders, and would make a bucket
            place.system.makedirs(there.rpartition("/")[0], exist_ok=True)
        place.system.put_file(str(path), there)
        place.system.invalidate_cache()
        arrived = place.system.size(there)
        if arrived != path.stat().st_size:
            raise ConnectionError(f"{arrived} bytes arrived of {path.stat().st_size}")

    patiently(there, put)


def read(place: Place, name: str) -> bytes:
    """Return a small file's bytes. Raises StorageError."""
    there = place.path(name)
    return patiently(there, lambda: bytes(place.system.cat_file(there)))


def write(place: Place, name: str, data: bytes) -> None:
    """Write a small file to a folder of a storage. Raises StorageError."""
    there = place.path(name)

    def put() -> None:
        if not place.system.async_impl:
            place.system.makedirs(there.rpartition("/")[0], exist_ok=True)
        place.system.pipe_file(there, data)

    patiently(there, put)


def remove(place: Place, name: str) -> None:
    """Remove a file of a storage; nothing happens if it is gone. Raises StorageError."""
    there = place.path(name)

    def gone() -> None:
        place.system.invalidate_cache()
        try:
            place.system.rm_file(there)
        except FileNotFoundError:
            return
        place.system.invalidate_cache()

    patiently(there, gone)


def together(place: Place, work: Callable[[S], T], items: Iterable[S]) -> Iterator[T]:
    """Do some work on items, many at once where the storage takes that; in the items' order.

    What is not begun when one fails is not begun.
    """
    from concurrent.futures import ThreadPoolExecutor

    many = place.system.async_impl or bool({"memory", "file", "hf"} & _protocols(place.system))
    pool = ThreadPoolExecutor(AT_ONCE if many else 1)
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)


def patiently(what: str, call: Callable[[], T]) -> T:
    """Call, and call again where that may help. Raises StorageError in one line."""
    for wait in (*WAITS_S, None):
        try:
            return call()
        except StorageError:
            raise
        except Exception as error:  # each storage has exceptions of its own
            if wait is None or not _may_help(error):
                raise StorageError(f"{what}: {_words(error)}") from error
            time.sleep(wait)
    raise AssertionError


def fault(name: str) -> str:
    """Say what is wrong with a file's name, or return an empty string.

    >>> fault("a/b.png"), fault("a/../../b.png"), fault("C:/b.png")
    ('', 'leads out of its folder', 'leads out of its folder')
    """
    parts = name.split("/")
    if ".." in parts or not parts[0] or re.match(r"[A-Za-z]:", name):
        return "leads out of its folder"
    if "\\" in name or any(ord(c) < 32 or ord(c) == 127 for c in name) or {"", "."} & {*parts}:
        return "is no name that files have here"
    return ""


def _found(place: Place) -> Iterator[tuple[str, There]]:
    """Find the files of a storage that lists them."""
    system, root = place.system, place.root
    if "hf" in _protocols(system):  # it may spell a revision in another way than the URL
        root = patiently(place.url, lambda: str(system.resolve_path(root).unresolve()))
    found = patiently(place.url, lambda: _entries(system, root))
    for path, info in found.items():
        if path.rstrip("/") == root.rstrip("/"):
            if info.get("type") == "directory" or path.endswith("/"):
                continue
            name = path.rpartition("/")[2]
        elif root in ("", "/") or path.startswith(f"{root.rstrip('/')}/"):
            name = path[len(root.rstrip("/")) :].removeprefix("/")
        else:
            raise StorageError(f"{place.url}: {path!r} leads out of its folder")
        if name.endswith("/") and not info.get("size"):
            continue  # what some storages keep for a folder that was made
        if info.get("islink"):
            raise StorageError(
                f"{place.url}: {name!r} is a link: give the folder's path, not a URL"
            )
        if info.get("type", "file") != "file":
            raise StorageError(f"{place.url}: {name!r} is no file")
        yield _checked(place, name), _there(path, info)


def _entries(system: Any, root: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = system.find(root, detail=True)
    except FileNotFoundError:
        return {}
    return found


def _pages(place: Place) -> Iterator[tuple[str, There]]:
    """Find the files that the pages of a web server name, below the first one."""
    system, root = place.system, place.root
    if not root.endswith("/"):
        info = patiently(root, lambda: dict(system.info(root)))
        if info.get("mimetype") != "text/html":
            yield _checked(place, unquote(root.rpartition("/")[2])), _there(root, info)
            return
        root += "/"
    todo, seen, files = [root], {root}, dict[str, str]()
    while todo:
        page = todo.pop()
        for entry in patiently(page, lambda page=page: list(system.ls(page))):  # type: ignore[misc]
            url = str(entry["name"])
            below = url[len(root) :]
            # orders of a page's columns, anchors, and links elsewhere are no files of this folder
            if not url.startswith(root) or not below or re.search(r"[?#]|(^|/)\.\.?(/|$)", below):
                continue
            if url in seen:
                continue
            seen.add(url)
            if url.endswith("/"):
                todo.append(url)
            else:
                files[_checked(place, unquote(below))] = url
    asked = together(
        place, lambda url: patiently(url, lambda: dict(system.info(url))), files.values()
    )
    with closing(asked) as infos:  # type: ignore[type-var]
        for (name, url), info in zip(files.items(), infos, strict=True):
            yield name, _there(url, info)


def _checked(place: Place, name: str) -> str:
    if wrong := fault(name):
        raise StorageError(f"{place.url}: {name!r} {wrong}")
    return name


def _there(path: str, info: Mapping[str, Any]) -> There:
    size = info.get("size")
    mark = next((f"{m} {info[m]}" for m in MARKS if info.get(m)), "")
    return There(path, None if size is None else int(size), mark)


def _meter(there: There, most: int) -> Any:
    """Return what fsspec tells how far it is, and that stops it where a file is too long."""
    from fsspec.callbacks import Callback

    class Meter(Callback):  # type: ignore[misc]
        def relative_update(self, inc: int = 1) -> None:
            super().relative_update(inc)
            if there.size is None and self.value > most:
                raise TooMuch(f"{there.path} is more than the {most} bytes that there is room for")
            if there.size is not None and self.value > there.size:
                raise StorageError(f"{there.path}: more bytes come than {there.size}")

    return Meter()


def _protocols(system: Any) -> set[str]:
    said = system.protocol
    return {said} if isinstance(said, str) else set(said)


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _may_help(error: BaseException) -> bool:
    """Say whether the same call may end otherwise a little later."""
    chain = list(_chain(error))
    for one in chain:
        response = getattr(one, "response", None)
        status = getattr(one, "status", None) or getattr(response, "status_code", None)
        if status is None and isinstance(response, Mapping):  # botocore's
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if isinstance(status, int):
            return status in WORTH_A_RETRY
    if any("Credential" in type(one).__name__ for one in chain):
        return False
    return not isinstance(chain[-1], _NEVER)


def _words(error: BaseException) -> str:
    """Return what an error says, in one line."""
    behind = list(_chain(error))[-1]
    if isinstance(error, FileNotFoundError) and not isinstance(behind, _NEVER):
        error = (
            behind  # fsspec says of a web server that does not answer that the file is not there
        )
    text = " ".join(str(error).split())[:300] or type(error).__name__
    return f"there is no such file: {text}" if isinstance(error, FileNotFoundError) else text
