"""report.html: a self-contained page about a release and about what was left out."""

from __future__ import annotations

from pathlib import Path

from benchsmith import __version__
from benchsmith.core.build_files import REPORT
from benchsmith.core.model import VIEWS
from benchsmith.core.random_order import order
from benchsmith.core.reasons import REASONS
from benchsmith.documents.reviews import DROP_REASONS
from benchsmith.exporters import charts, summary
from benchsmith.exporters.examples import examples
from benchsmith.exporters.pairs_in_words import kinds_of_pairs, pair_sheet
from benchsmith.exporters.templates import fill
from benchsmith.exporters.thumbnail import thumbnail
from benchsmith.release.columns import LETTERS
from benchsmith.release.entry import CaseDetails
from benchsmith.release.model import Release

SHEET_QUESTIONS = 32
"""Questions on the contact sheet."""
THUMBNAIL_SIDE_PX = 360
"""Pixels on the longer side of a picture on the contact sheet."""


def write(release: Release, folder: Path) -> None:
    """Write the page, with pictures and styles embedded; it makes no requests.

    It only counts what was left out, since file names may identify people. The names are in
    `left_out.tsv` next to the release.
    """
    text = fill(
        "report.html.jinja",
        release=release,
        benchmark=release.benchmark,
        audit=release.audit,
        people=release.validation,
        why=DROP_REASONS,
        axes=[
            ("Task", summary.branches(release, "task")),
            ("Department", summary.branches(release, "department")),
            ("Modality", summary.branches(release, "modality")),
            ("Granularity", summary.branches(release, "view")),
            *([("Skill", summary.branches(release, "skill"))] if release.skilled else []),
            ("Source", summary.branches(release, "source")),
        ],
        stages=[
            (stage, part, manifest.rows.as_json())
            for stage, parts in release.manifests.items()
            for part, manifest in sorted(parts.items())
        ],
        rejections=[
            (stage, REASONS[reason], n, sources)
            for stage, reason, n, sources in summary.rejections(release)
        ],
        sheet=[_tile(release, release.item(id_)) for id_ in contact_sheet(release)],
        pairs=kinds_of_pairs(release),
        pair_sheet=pair_sheet(release),
        charts=charts.charts(release),
        examples=examples(release, release.audit),
        heat_maps=[
            ("task and department", charts.heat_map(release, "task", "department")),
            ("modality and task", charts.heat_map(release, "modality", "task")),
        ],
        random_score=summary.random_score(release),
        random_scores=summary.random_scores(release),
        unreviewed=summary.unreviewed(release),
        count=sum(release.counts().values()),
        targets=release.targets,
        version=__version__,
    )
    (folder / REPORT).write_text(text, encoding="utf-8", newline="\n")


def contact_sheet(release: Release) -> list[str]:
    """Choose questions for the contact sheet, evenly over skills, tasks and granularities.

    Each (task, view) of a skill in turn contributes one question, in rank order, preferring new targets.
    """
    seed = release.benchmark.seed
    cells: dict[tuple[str, str, str], list[str]] = {}
    originals = [q for q in release.asked() if not q.altered]
    for q in order(originals, seed, "sheet", name=lambda q: q.id):
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


def _tile(release: Release, item: CaseDetails) -> dict[str, object]:
    lexicon, question = release.lexicon, item.question
    return {
        "id": item.case.id,
        "picture": thumbnail(item.case.png, THUMBNAIL_SIDE_PX),
        "question": question.question,
        "options": [
            (LETTERS[i], text, i in question.answers) for i, text in enumerate(question.options)
        ],
        "tags": [
            lexicon.tasks[question.task].name,
            lexicon.departments[question.department].name,
            lexicon.modalities[question.modality].name,
            question.view,
            question.split,
            *([question.skill] if release.skilled else []),
            *([f"altered: {question.altered}"] if question.altered else []),
        ],
        "where": f"{item.choice.axis} {item.choice.index}" if not item.sample.planar else "",
        "window": item.case.window,
        "source": question.source,
    }
