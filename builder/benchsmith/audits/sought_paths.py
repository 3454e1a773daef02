"""Paths of the machine that built a release: they name its user, and private folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

KIND = "a path of this machine"
FEWEST_PARTS = 4
"""Parts of a path that is found, with the root; shorter ones, such as `/mnt/data`, are on any machine."""
HOMES = ("home", "Users")
"""Folders below which a single name is a user's."""


def paths_of(folders: Iterable[Path]) -> set[str]:
    """Return the beginnings of absolute paths that lead to some folders.

    >>> sorted(paths_of([Path("/home/ann/scans/x")])), paths_of([Path("/mnt/data")])
    (['/home/ann'], set())
    """
    found: set[str] = set()
    for folder in folders:
        parts = folder.parts
        shortest = FEWEST_PARTS - 1 if len(parts) > 1 and parts[1] in HOMES else FEWEST_PARTS
        if folder.is_absolute() and len(parts) >= shortest:
            found.add(str(Path(*parts[:shortest])))
    return found


class SoughtPaths:
    """Paths, as beginnings of the paths in a text."""

    def __init__(self, folders: Iterable[Path], public: str) -> None:
        self._paths = {path for path in paths_of(folders) if path not in public}

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._paths)

    def kinds_in(self, text: str) -> set[str]:
        """Return KIND if a text has one of the paths."""
        return {KIND} if any(path in text for path in self._paths) else set()
