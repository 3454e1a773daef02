"""A task file for inspect-ai; it reads the pictures and lines of `plain/`."""

from __future__ import annotations

from pathlib import Path

from benchsmith.exporters import plain
from benchsmith.exporters.harness_tasks import task_name
from benchsmith.exporters.templates import fill
from benchsmith.release.model import Release


def write(release: Release, folder: Path) -> None:
    """Write `inspect/<name>.py`: a task for one answer and one for several, of any split.

    Of a hidden split the tasks ask and do not score.
    """
    plain.write(release, folder)
    (folder / "inspect").mkdir()
    split = next(s for s in reversed(release.splits()))
    text = fill("inspect.py.jinja", title=release.benchmark.title, name=task_name(release.name),
                split=split, version=release.benchmark.version)  # fmt: skip
    path = folder / "inspect" / f"{task_name(release.name)}.py"
    path.write_text(text, encoding="utf-8", newline="\n")
