"""The files below a folder of a storage, with sizes and content tags. Nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import unquote

from benchsmith.fetch import file_names, web_page, web_server
from benchsmith.fetch.object_storage import Place, RemoteFile, concurrently
from benchsmith.fetch.storage_errors import StorageError, retried

MARKS = ("ETag", "etag", "sha256", "blob_id", "md5Hash", "Content-MD5", "Digest", "mtime",
         "LastModified", "Last-Modified", "last_modified", "modified", "created")  # fmt: skip
"""Keys under which storages state a digest of a file, or else the time of its last change."""


def listing(place: Place) -> dict[str, RemoteFile]:
    """Return the files below a folder by their relative names, in order.

    Raises StorageError, also if a name leads out of the folder or a file is a link.
    """
    place.system.invalidate_cache()
    found = dict(sorted(_web_files(place) if place.is_web else _storage_files(place)))
    folders = {name[:i] for name in found for i, c in enumerate(name) if c == "/"}
    if both := sorted(folders & found.keys()):
        raise StorageError(f"{place.url}: {both[0]!r} is both a file and a folder")
    return found


def _storage_files(place: Place) -> Iterator[tuple[str, RemoteFile]]:
    """Yield the files of a storage that can list them."""
    system, root = place.system, place.root
    if "hf" in place.protocols:  # it may spell a revision differently than the URL
        root = retried(place.url, lambda: str(system.resolve_path(root).unresolve()))
    entries = retried(place.url, lambda: _entries(system, root))
    for path, info in entries.items():
        if path.rstrip("/") == root.rstrip("/"):
            if info.get("type") == "directory" or path.endswith("/"):
                continue
            name = path.rpartition("/")[2]
        elif root in ("", "/") or path.startswith(f"{root.rstrip('/')}/"):
            name = path[len(root.rstrip("/")) :].removeprefix("/")
        else:
            raise StorageError(f"{place.url}: {path!r} leads out of its folder")
        if name.endswith("/") and not info.get("size"):
            continue  # some storages keep an empty object for each folder
        if info.get("islink"):
            raise StorageError(
                f"{place.url}: {name!r} is a link: give the folder's path, not a URL"
            )
        if info.get("type", "file") != "file":
            raise StorageError(f"{place.url}: {name!r} is not a file")
        yield _checked(place, name), _described(path, info)


def _entries(system: Any, root: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = system.find(root, detail=True)
    except FileNotFoundError:
        return {}
    return found


def _web_files(place: Place) -> Iterator[tuple[str, RemoteFile]]:
    """Yield the files that a web server's pages link to, or the one file of the URL."""
    system, root = place.system, place.root
    if not root.endswith("/"):
        info = web_server.info(system, root)
        if web_page.media_type(info.get("mimetype")) not in web_page.HTML:
            yield _checked(place, unquote(root.rpartition("/")[2])), _described(root, info)
            return
        root += "/"
    files = {_checked(place, name): url for name, url in web_server.files(system, root)}
    described = concurrently(place, lambda url: web_server.file_info(system, url), files.values())
    with closing(described) as infos:  # type: ignore[type-var]
        for (name, url), info in zip(files.items(), infos, strict=True):
            yield name, _described(url, info)


def _checked(place: Place, name: str) -> str:
    if wrong := file_names.problem(name) or file_names.too_long(name):
        raise StorageError(f"{place.url}: {name!r} {wrong}")
    return name


def _described(path: str, info: Mapping[str, Any]) -> RemoteFile:
    size = info.get("size")
    mark = next((f"{key} {info[key]}" for key in MARKS if info.get(key)), "")
    return RemoteFile(path, None if size is None else int(size), mark)
