"""A project's stems of a task on top of the shipped ones: it adds stems, or withdraws shipped ones by their exact text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchsmith.documents import shipped, yaml
from benchsmith.documents.pool import Pool, TaskFile
from benchsmith.documents.problems import Problems, nearest
from benchsmith.documents.stems import TaskWords


def task_files(folder: Path, home: Path) -> list[Path]:
    """Return the files of tasks in order of name, a shipped one before the project's own."""
    found: list[Path] = []
    for path in shipped.files(folder, "*.yaml", home):
        below = shipped.twin(path, home)
        found += [path] if below is None else [below, path]
    return found


def laid(own: Pool, below: Pool | None) -> Pool:
    """Return the shipped stems of a task without the withdrawn ones, then the project's own."""
    if below is None:
        return own
    stems, several = (
        {
            view: (
                *(stem for stem in old.get(view, ()) if stem.text not in own.withdrawn),
                *new.get(view, ()),
            )
            for view in dict.fromkeys((*old, *new))
        }
        for old, new in ((below.stems, own.stems), (below.several, own.several))
    )
    return Pool(own.task, stems, several, own.words)


def check_withdrawn(
    path: Path, file: TaskFile, lines: yaml.Lines, below: Pool | None, problems: Problems
) -> None:
    """Add a problem for each withdrawn stem that is not a shipped one."""
    blocks = (below.stems, below.several) if below else ()
    known = {stem.text for block in blocks for stems in block.values() for stem in stems}
    for number, text in enumerate(file.withdrawn):
        if text not in known:
            line = lines.of(("withdrawn", number))
            what = f"withdraws a stem that is not among the shipped ones: {text!r}"
            problems.add(path, line, what, nearest(text, known))


def laid_words(own: TaskWords, below: Pool | None) -> TaskWords:
    """Return what stems must say and must not say: the shipped rules apply to a project's stems too."""
    if below is None:
        return own
    cues = tuple(dict.fromkeys((*below.words.cues, *own.cues)))
    avoid = tuple(dict.fromkeys((*below.words.avoid, *own.avoid)))
    return replace(below.words, cues=cues, avoid=avoid)
