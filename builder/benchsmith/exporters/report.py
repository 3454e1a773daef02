"""report.html: a self-contained page about a release and about what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchsmith import __version__
from benchsmith.core.build_files import REPORT
from benchsmith.core.reasons import REASONS
from benchsmith.documents.axes import REQUIRED
from benchsmith.documents.lexicon.licences import Licence
from benchsmith.documents.reviews import DROP_REASONS
from benchsmith.exporters import charts, contact_sheet, explorer, summary, verdict_words
from benchsmith.exporters.examples import examples
from benchsmith.exporters.pairs_in_words import kinds_of_pairs, pair_sheet
from benchsmith.exporters.templates import fill
from benchsmith.exporters.tree_places import Branch, nested, title_of, tree_axes
from benchsmith.pages.page import policy_of_document, sheets
from benchsmith.release.model import Release

SHOWN = (*REQUIRED, "source")
"""Axes that are shown even if all questions have one term."""
ROW_PX, LOWEST_PX, HIGHEST_PX = 36, 260, 1000
"""Height of a branch of the drawn tree, and the bounds of the whole drawing."""
THIN_PX = 18
"""Branches that are lower than this are drawn without their name."""


def write(release: Release, folder: Path) -> None:
    """Write the page, with pictures and styles embedded; it makes no requests and has no scripts.

    It only counts what was left out, since file names may identify people. The names are in
    `left_out.tsv` next to the release.
    """
    styles = sheets(["document.css", "report.css"])
    axes = [*tree_axes(release.lexicon), "source"]
    drawn = nested(release)
    height = min(HIGHEST_PX, max(LOWEST_PX, ROW_PX * _leaves(drawn)))
    text = fill(
        "report.html.jinja",
        release=release,
        benchmark=release.benchmark,
        styles=styles,
        policy=policy_of_document(styles),
        judgement=verdict_words.judgement(release.audit),
        groups=verdict_words.groups(release.audit),
        audit=release.audit,
        people=release.validation,
        why=DROP_REASONS,
        first=_tiles(release, contact_sheet.first_screen(release), contact_sheet.FIRST_SIDE_PX),
        skilled=release.skilled,
        sheet=_tiles(release, contact_sheet.contact_sheet(release), contact_sheet.SHEET_SIDE_PX),
        explorer=explorer.PAGE if explorer.lies_in(release, folder) else "",
        licences=licences(release),
        patients=len({release.choices[q.target].patient for q in release.asked()}),
        axes=[
            (title_of(axis), axis, lines)
            for axis in axes
            if (lines := summary.branches(release, axis)) and (axis in SHOWN or len(lines) > 1)
        ],
        labels=summary.branches(release, "label"),
        branches=drawn,
        branches_px=height,
        thin=THIN_PX / height,
        stages=[
            (stage, summary.stage_rows(parts), sorted(parts.items()))
            for stage, parts in release.manifests.items()
        ],
        rejections=[
            (stage, REASONS[reason], n, sources)
            for stage, reason, n, sources in summary.rejections(release)
        ],
        pairs=kinds_of_pairs(release),
        pair_sheet=pair_sheet(release),
        charts=charts.charts(release),
        examples=examples(release, release.audit),
        heat_maps=[
            charts.heat_map(release, "department", "task"),
            charts.heat_map(release, "modality", "task"),
        ],
        random_score=summary.random_score(release),
        random_scores=summary.random_scores(release),
        unreviewed=summary.unreviewed(release),
        counts=release.counts(),
        count=sum(release.counts().values()),
        targets=release.targets,
        version=__version__,
    )
    (folder / REPORT).write_text(text, encoding="utf-8", newline="\n")


def licences(release: Release) -> list[tuple[Licence, list[str]]]:
    """Return the licences of the pictures with the sources under each, by licence id."""
    used: dict[str, list[str]] = {}
    for source in sorted(release.sources):
        if release.cases_by_source.get(source):
            used.setdefault(release.sources[source].licence, []).append(source)
    return [(release.lexicon.licences[id_], sources) for id_, sources in sorted(used.items())]


def _tiles(release: Release, ids: Sequence[str], side_px: int) -> list[dict[str, object]]:
    return [contact_sheet.tile(release, release.item(id_), side_px) for id_ in ids]


def _leaves(branches: Sequence[Branch]) -> int:
    return sum(_leaves(b.below) or 1 for b in branches)
