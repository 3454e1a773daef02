"""What in the output folder no benchmark's last build needs any more.

Only work between sources and releases is ever removed, and what a killed build left: never a
release, a review, or anything under `private/`, and nothing outside of the output folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchsmith.pipeline.build_record import LATEST
from benchsmith.tables import partition


@dataclass(frozen=True, slots=True)
class Unneeded:
    """A folder that may go."""

    path: Path
    bytes: int
    """What the disk gets back: files that another benchmark shares give nothing."""
    why: str


def unneeded(home: Path, output: Path) -> list[Unneeded]:
    """Return what may go, in the order of its path."""
    found = []
    for folder in sorted(p for p in output.glob("*") if p.is_dir() and not p.name.startswith(".")):
        for path, why in _of(folder, home):
            files = [f.stat() for f in path.rglob("*") if f.is_file()]
            size = sum(state.st_size for state in files if state.st_nlink == 1)
            found.append(Unneeded(path, size, why))
    return sorted(found, key=lambda one: str(one.path))


def _of(folder: Path, home: Path) -> Iterator[tuple[Path, str]]:
    """Find what may go of one benchmark."""
    dead = set(partition.abandoned(folder))
    yield from ((path, "a build that was stopped left it") for path in dead)
    stages = folder / "stages"
    if not stages.is_dir():
        return
    gone = not (home / "benchmarks" / f"{folder.name}.yaml").is_file()
    latest = folder / LATEST
    names = partition.read_json(latest) if latest.is_file() else {}
    for path in stages.glob("*/*"):
        if not path.is_dir() or path.name.startswith("."):
            continue
        if gone:
            yield path, f"there is no benchmarks/{folder.name}.yaml"
        elif path.name not in names.get(path.parent.name, {}).values():
            yield path, "the last build does not use it"


def remove(found: Unneeded) -> None:
    """Remove a folder. It goes by another name first, so that no half of it is taken for whole."""
    scratch = partition.scratch_folder(found.path)
    found.path.rename(scratch / found.path.name)
    shutil.rmtree(scratch)
