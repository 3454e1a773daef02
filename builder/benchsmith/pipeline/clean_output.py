"""Clean-up of the output folder: partitions that no benchmark's last build needs any more.

Only partitions and abandoned scratch folders are removed. A release, a review, anything below
``private/`` and anything outside the output folder are kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.build_files import LATEST, STAGES_FOLDER
from benchsmith.documents.benchmark.editions import split_name
from benchsmith.documents.library import benchmark_names
from benchsmith.tables.atomic_files import abandoned, read_json, scratch_folder


@dataclass(frozen=True, slots=True)
class Unneeded:
    """A folder that can be removed."""

    path: Path
    bytes: int
    """The disk space that is freed; files shared with another benchmark count as 0."""
    why: str


def unneeded(home: Path, output: Path) -> list[Unneeded]:
    """Return the folders of `output` that can be removed, sorted by path."""
    found = []
    for folder in sorted(p for p in output.glob("*") if p.is_dir() and not p.name.startswith(".")):
        for path, why in _of_benchmark(folder, home):
            files = [f.stat() for f in path.rglob("*") if f.is_file()]
            size = sum(state.st_size for state in files if state.st_nlink == 1)
            found.append(Unneeded(path, size, why))
    return sorted(found, key=lambda one: str(one.path))


def _of_benchmark(folder: Path, home: Path) -> Iterator[tuple[Path, str]]:
    """Yield what one benchmark's folder does not need, and why."""
    yield from ((path, "left by a build that was stopped") for path in abandoned(folder))
    stages = folder / STAGES_FOLDER
    if not stages.is_dir():
        return
    orphaned = split_name(folder.name)[0] not in benchmark_names(home)
    latest = folder / LATEST
    keys = read_json(latest) if latest.is_file() else {}
    for path in stages.glob("*/*"):
        if not path.is_dir() or path.name.startswith("."):
            continue
        if orphaned:
            yield path, f"there is no benchmarks/{folder.name}.yaml"
        elif path.name not in keys.get(path.parent.name, {}).values():
            yield path, "the last build does not use it"


def remove(found: Unneeded) -> None:
    """Remove a folder; it is renamed first, so that an interruption leaves no partial folder."""
    scratch = scratch_folder(found.path)
    found.path.rename(scratch / found.path.name)
    shutil.rmtree(scratch)
