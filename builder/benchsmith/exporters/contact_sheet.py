"""The questions that represent a release: a few for its first screen, more for its contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from benchsmith.core.model import VIEWS, Question
from benchsmith.core.random_order import order
from benchsmith.exporters.thumbnail import thumbnail
from benchsmith.exporters.tree_places import places, tree_axes
from benchsmith.release.columns import LETTERS
from benchsmith.release.model import Release

if TYPE_CHECKING:
    from benchsmith.release.entry import CaseDetails

SHEET_QUESTIONS = 30
"""Questions on the contact sheet."""
SHEET_SIDE_PX = 560
"""Pixels on the longer side of a picture on the contact sheet; smaller pictures are not enlarged."""
FIRST_QUESTIONS = 9
FIRST_SIDE_PX = 360
"""Pixels on the longer side of a picture on the first screen."""


def contact_sheet(release: Release) -> list[str]:
    """Choose questions for the contact sheet, evenly over skills, tasks and granularities.

    Each (task, view) of a skill in turn contributes one question, in rank order, preferring new targets.
    """
    cells: dict[tuple[str, str, str], list[str]] = {}
    for q in _ranked(release, "sheet"):
        cells.setdefault((q.task, q.view, q.skill), []).append(q.id)
    ranked = sorted(cells, key=lambda c: (VIEWS.index(c[1]), c[0], c[2]))
    chosen: list[str] = []
    targets: set[str] = set()
    while len(chosen) < min(SHEET_QUESTIONS, len(release.order)) and any(cells.values()):
        for cell in ranked:
            queue = cells[cell]
            fresh = next((q for q in queue if q.rpartition(":")[0] not in targets), None)
            pick = fresh or (queue[0] if queue else None)
            if pick is not None and len(chosen) < SHEET_QUESTIONS:
                queue.remove(pick)
                targets.add(pick.rpartition(":")[0])
                chosen.append(pick)
    return chosen


def first_screen(release: Release) -> list[str]:
    """Choose questions with different terms on the axes of the tree, and from different sources.

    Repeatedly, the question whose terms occur least among those already chosen is taken; ties go
    to the first by rank.
    """
    axes = tree_axes(release.lexicon)
    candidates: dict[tuple[str, ...], str] = {}
    for q in _ranked(release, "first"):
        candidates.setdefault((*places(release, q, axes), q.source), q.id)
    times: dict[tuple[int, str], int] = {}
    chosen: list[str] = []
    while candidates and len(chosen) < FIRST_QUESTIONS:
        best = min(candidates, key=lambda at: sum(times.get(term, 0) for term in enumerate(at)))
        for term in enumerate(best):
            times[term] = times.get(term, 0) + 1
        chosen.append(candidates.pop(best))
    return chosen


def tile(release: Release, item: CaseDetails, side_px: int) -> dict[str, object]:
    """Return the parts of a case that a template shows: picture, stem, options with the key, place."""
    lexicon, question = release.lexicon, item.question
    return {
        "id": item.case.id,
        "picture": thumbnail(item.case.png, side_px),
        "question": question.question,
        "options": [
            (LETTERS[i], text, i in question.answers) for i, text in enumerate(question.options)
        ],
        "tags": _tags(release, item),
        "said": [
            *([f"{item.choice.axis} plane {item.choice.index}"] if not item.sample.planar else []),
            *([] if item.case.window == "as stored" else [item.case.window]),
            question.source,
        ],
        "alt": f"{lexicon.modalities[question.modality].name}, {question.question}",
    }


def _tags(release: Release, item: CaseDetails) -> Sequence[str]:
    lexicon, question = release.lexicon, item.question
    return [
        lexicon.tasks[question.task].name,
        lexicon.departments[question.department].name,
        lexicon.modalities[question.modality].name,
        question.view,
        question.split,
        *([question.skill] if release.skilled else []),
        *([f"altered: {question.altered}"] if question.altered else []),
    ]


def _ranked(release: Release, purpose: str) -> list[Question]:
    """Return the original questions in an order by rank."""
    originals = [q for q in release.asked() if not q.altered]
    return order(originals, release.benchmark.seed, purpose, name=lambda q: release.published(q.id))
