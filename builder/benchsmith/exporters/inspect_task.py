"""A task file for inspect-ai that reads the pictures and JSON lines of `plain/`."""

from __future__ import annotations

from pathlib import Path

from benchsmith.exporters import plain
from benchsmith.exporters.bundled_reader import bundle
from benchsmith.exporters.harness_tasks import task_name
from benchsmith.exporters.templates import fill
from benchsmith.release.model import Release


def write(release: Release, folder: Path) -> None:
    """Write `inspect/<name>.py`: one task for single-answer and one for multi-answer questions.

    The split is a parameter of the tasks. A hidden split is asked but not scored.
    """
    plain.write(release, folder)
    (folder / "inspect").mkdir()
    reader = bundle()
    split = next(s for s in reversed(release.splits()))
    text = fill("inspect.py.jinja", title=release.benchmark.title, name=task_name(release.name),
                split=split, tokens=release.benchmark.reply_tokens, imports=reader.imports, reader=reader.code,
                version=release.benchmark.version, paired=release.paired,
                skilled=release.skilled)  # fmt: skip
    path = folder / "inspect" / f"{task_name(release.name)}.py"
    path.write_text(text, encoding="utf-8", newline="\n")
