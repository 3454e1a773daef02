"""Files behind a URL, through fsspec: `s3://`, `gs://`, `hf://`, `https://`, `file://` and others.

This is the only module that talks to fsspec. Keys come from the storage's own settings and the
environment, never from a document.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from benchsmith.fetch.hub_limits import bound_hub
from benchsmith.fetch.storage_errors import SizeLimitError, StorageError, message, retried
from benchsmith.fetch.web_server import session_options

T = TypeVar("T")
S = TypeVar("S")
MAX_CONCURRENT = 16
"""Files that are described, downloaded or uploaded at the same time."""
SLOWEST_BYTES_PER_S = 1024
"""A download that is slower on average, after its first minute, is given up."""
EXTRA_PROTOCOLS = ("s3", "s3a", "gs", "gcs", "http", "https")
"""Protocols whose packages come with `benchsmith[storage]`."""

COMPRESSED = (".gz", ".tgz", ".mgz", ".z", ".zst", ".br", ".svgz")
"""Endings of files whose bytes are kept as they are sent, whatever `Content-Encoding` is stated."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of a storage."""

    url: str
    system: Any
    """The fsspec file system."""
    root: str
    """The folder's path in that file system."""

    @property
    def is_web(self) -> bool:
        """Return whether it is a web server, whose pages list its files."""
        return bool({"http", "https"} & self.protocols)

    @property
    def protocols(self) -> set[str]:
        """Return the file system's names of itself, such as `s3` and `s3a`."""
        names = self.system.protocol
        return {names} if isinstance(names, str) else set(names)

    def path(self, name: str) -> str:
        """Return the path of a file in the file system."""
        return f"{self.root.rstrip('/')}/{name}" if self.root else name


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as its storage describes it."""

    path: str
    """In the file system."""
    size: int | None
    """Bytes; None if the storage does not state it."""
    mark: str
    """A digest, an ETag or a time of change; empty if the storage states none."""


def opened(url: str, *, allow_local: bool) -> Place:
    """Return the folder of a URL; no connection is made yet. Raises StorageError.

    Without `allow_local`, connections to web servers that are not public will fail.
    """
    from fsspec.core import url_to_fs

    protocol = url.partition("://")[0]
    options: dict[str, Any] = {"auto_mkdir": True} if protocol in ("file", "local") else {}
    for web in ("http", "https"):
        if any(part.startswith(f"{web}://") for part in url.split("::")):
            options[web] = session_options(allow_local=allow_local)
    try:
        # an instance cached by fsspec may remember listings that have changed since
        system, root = url_to_fs(url, skip_instance_cache=True, **options)
    except ImportError as error:
        extra = "; pip install 'benchsmith[storage]'" if protocol in EXTRA_PROTOCOLS else ""
        raise StorageError(f"{url}: {message(error)}{extra}") from error
    except Exception as error:  # each storage has exceptions of its own
        raise StorageError(f"{url}: {message(error)}") from error
    if protocol == "hf":
        bound_hub()
    return Place(url, system, str(root))


def download(place: Place, file: RemoteFile, path: Path, most: int) -> None:
    """Write a file to a local path. Raises StorageError.

    Raises SizeLimitError beyond `most` bytes if the storage does not state the file's size.
    """

    def get() -> None:
        # a server may call a file that is compressed on its disk an encoding of another one
        whole = place.is_web and file.path.lower().endswith(COMPRESSED)
        options = {"auto_decompress": False} if whole else {}
        place.system.get_file(file.path, str(path), callback=_limiter(file, most), **options)
        count = path.stat().st_size
        if file.size is not None and count != file.size:
            raise ConnectionError(f"{count} of {file.size} bytes arrived")

    retried(file.path, get)


def send(place: Place, name: str, path: Path) -> None:
    """Upload a file to a folder. Raises StorageError."""
    target = place.path(name)

    def put() -> None:
        _make_parents(place, target)
        place.system.put_file(str(path), target)
        place.system.invalidate_cache()
        count = place.system.size(target)
        if count != path.stat().st_size:
            raise ConnectionError(f"{count} of {path.stat().st_size} bytes arrived")

    retried(target, put)


def read(place: Place, name: str) -> bytes:
    """Return the bytes of a small file. Raises StorageError."""
    path = place.path(name)
    return retried(path, lambda: bytes(place.system.cat_file(path)))


def write(place: Place, name: str, data: bytes) -> None:
    """Write a small file. Raises StorageError."""
    path = place.path(name)

    def put() -> None:
        _make_parents(place, path)
        place.system.pipe_file(path, data)

    retried(path, put)


def remove(place: Place, name: str) -> None:
    """Remove a file, if it exists. Raises StorageError."""
    path = place.path(name)

    def delete() -> None:
        place.system.invalidate_cache()
        try:
            place.system.rm_file(path)
        except FileNotFoundError:
            return
        place.system.invalidate_cache()

    retried(path, delete)


def concurrently(place: Place, work: Callable[[S], T], items: Iterable[S]) -> Iterator[T]:
    """Yield the results of `work` in the items' order, computed in threads if the storage allows.

    After an exception no further item is started.
    """
    from concurrent.futures import ThreadPoolExecutor

    many = place.system.async_impl or bool({"memory", "file", "hf"} & place.protocols)
    pool = ThreadPoolExecutor(MAX_CONCURRENT if many else 1)
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)


def _make_parents(place: Place, path: str) -> None:
    if not place.system.async_impl:  # object storage has no folders, and would make a bucket
        place.system.makedirs(path.rpartition("/")[0], exist_ok=True)


def _limiter(file: RemoteFile, most: int) -> Any:
    """Return an fsspec callback that stops a file which is too long or too slow."""
    from fsspec.callbacks import Callback

    class Limiter(Callback):  # type: ignore[misc]
        start = time.monotonic()

        def relative_update(self, inc: int = 1) -> None:
            super().relative_update(inc)
            if file.size is None and self.value > most:
                raise SizeLimitError(f"{file.path} is larger than the {most} bytes that are left")
            if file.size is not None and self.value > file.size:
                raise StorageError(f"{file.path}: more bytes arrived than the stated {file.size}")
            passed = time.monotonic() - self.start
            if inc and passed > 60 and self.value < passed * SLOWEST_BYTES_PER_S:
                raise StorageError(f"{file.path} is sent too slowly")

    return Limiter()
