"""Text in the pictures of a release that may identify a person, read by OCR before the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchsmith.core.contracts import Array, DataFault
from benchsmith.core.model import Question
from benchsmith.engine import Lost, WorkerLost
from benchsmith.imaging.picture_text import INSTALL
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.source_files import SourceFiles, used_units

if TYPE_CHECKING:
    from benchsmith.release.model import Release

SEARCH = "search"


def published_text(
    context: Context, sources: Sequence[SourceFiles], release: Release
) -> dict[str, tuple[str, ...]] | None:
    """Return, by question id, what its picture reveals about a person; empty for a clean picture.

    One picture of each plane is read, without marks if there is one. None if the benchmark does not
    ask for it, or if no OCR is installed.
    """
    read = context.readers.read_text
    if context.benchmark.audit.burned_in_text != SEARCH or read is None:
        return None
    from benchsmith.text.personal_text import personal_lines

    planes: dict[tuple[object, ...], list[Question]] = {}
    for question in release.asked():
        choice = release.choices[question.target]
        plane = (choice.sample, choice.axis, choice.index, choice.crop)
        planes.setdefault(plane, []).append(question)
    shown = {min(same, key=_marks_last).id: same for same in planes.values()}
    used = {same[0].sample for same in shown.values()}
    units = {unit.sample: unit for unit in used_units(sources, used)}
    found: dict[str, tuple[str, ...]] = {}
    for table in release.pictures():
        names = table.column("question").to_pylist()
        pictures = [(n, p) for n, p in zip(names, table.column("png"), strict=True) if n in shown]
        running = context.engine.map(
            partial(_lines, read=read), [png.as_py() for _, png in pictures]
        )
        for number, lines in context.progress.track("read text", len(pictures), running):
            if isinstance(lines, Lost):
                raise WorkerLost(f"{pictures[number][0]}: {lines.why}")
            same = shown[pictures[number][0]]
            header = _header(context, units[same[0].sample].path) if lines else {}
            kinds = tuple(sorted({one.kind for one in personal_lines(lines, header)}))
            found |= dict.fromkeys((q.id for q in same), kinds)
    return found


def not_searched(context: Context, sources: Sequence[SourceFiles]) -> str:
    """Return a line that names a requested search for text that was not done; empty for none."""
    if context.readers.read_text is not None:
        return ""
    asking = [
        files.source.id
        for files in sources
        if any(entry.burned_in == SEARCH for entry in files.source.recipe.samples)
    ]
    if context.benchmark.audit.burned_in_text == SEARCH:
        asking.append("the release")
    if not asking:
        return ""
    return f"NOT RUN: pictures of {', '.join(asking)} were not searched for text; {INSTALL}"


def _marks_last(question: Question) -> tuple[bool, str]:
    return question.view != "image", question.id


def _lines(png: bytes, read: Callable[[Array], Sequence[str]]) -> Sequence[str]:
    import PIL.Image  # a build that has nothing to do imports this module too

    return read(np.asarray(PIL.Image.open(BytesIO(png)).convert("RGB")))


def _header(context: Context, path: Path) -> Mapping[str, str]:
    try:
        return context.readers.identifiers(path)
    except DataFault:
        return {}  # said when the release is searched
