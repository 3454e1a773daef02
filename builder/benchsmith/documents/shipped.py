"""The documents that come with the package; those of a project add to them or replace them.

An installed package carries `lexicon/`, `question_pools/`, `raw_sources/` and `benchmarks/` in its
folder `shipped/`. In a checkout they are the checkout's own top-level folders. A project holds only
its own documents: its rows, recipes and benchmarks replace shipped ones with the same id. A project
that has the five axes that every lexicon needs does not use the shipped documents.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = "shipped"
LABEL = "shipped:"
"""Marks the name of a shipped file where it is displayed: ``shipped:lexicon/drops.tsv``."""
FOLDERS = ("benchmarks", "lexicon", "question_pools", "raw_sources")
NEEDED = ("task", "department", "modality", "label", "granularity")
"""The axes of a lexicon that stands alone; the same as `axes.REQUIRED`."""


@cache
def root() -> Path | None:
    """Return the folder with the shipped documents; None if the package has none."""
    package = Path(__file__).resolve().parents[1]
    found = (package / FOLDER, package.parents[1])
    return next((folder for folder in found if _whole(folder)), None)


def below(home: Path) -> Path | None:
    """Return the folder of the shipped documents below a project; None if the project uses no shipped documents."""
    shipped = root()
    if shipped is None or _whole(home):
        return None
    return shipped


def twin(path: Path, home: Path) -> Path | None:
    """Return the shipped file with the same place as a project's file, or None."""
    shipped = below(home)
    if shipped is None or not path.is_relative_to(home):
        return None
    found = shipped / path.relative_to(home)
    return found if found.is_file() else None


def effective(path: Path, home: Path) -> Path:
    """Return a project's file or, if the project has none, the shipped one."""
    return path if path.is_file() else twin(path, home) or path


def files(folder: Path, pattern: str, home: Path) -> list[Path]:
    """Return the files of a project's folder and the shipped ones of other names, sorted by name.

    `pattern` is a glob pattern relative to `folder`.
    """
    found: dict[str, Path] = {}
    shipped = below(home)
    if shipped is not None and folder.is_relative_to(home):
        base = shipped / folder.relative_to(home)
        found = {path.relative_to(base).as_posix(): path for path in base.glob(pattern)}
    found |= {path.relative_to(folder).as_posix(): path for path in folder.glob(pattern)}
    return [path for _, path in sorted(found.items())]


def show(path: Path) -> str | None:
    """Return the name of a shipped file for display; None for any other file."""
    shipped = root()
    if shipped is None or not path.is_relative_to(shipped):
        return None
    return LABEL + path.relative_to(shipped).as_posix()


def is_shipped(path: Path, home: Path) -> bool:
    """Return whether a document of a project is a shipped one."""
    if path.is_relative_to(home):
        return False
    shipped = below(home)
    return shipped is not None and path.is_relative_to(shipped)


def _whole(folder: Path) -> bool:
    """Return whether a folder has a complete lexicon, which needs no shipped one."""
    return all((folder / "lexicon" / "tree" / f"{axis}.tsv").is_file() for axis in NEEDED)
