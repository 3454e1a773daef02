"""A release, gathered from the finished pieces of a build."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.core.model import Choice, Question, Sample
from benchsmith.core.stage_names import STAGES, WHOLE
from benchsmith.documents.query import Query
from benchsmith.explore import question_rows
from benchsmith.pipeline.cache_keys import Parts
from benchsmith.pipeline.context import Setting
from benchsmith.pipeline.source_files import Prepared
from benchsmith.release import hidden_splits
from benchsmith.release.model import Release
from benchsmith.tables.stage_tables import REJECTED, ROWS, SAMPLES, Rejections, rows, some


def gather(
    setting: Setting, prepared: Sequence[Prepared], parts: Parts, wanted: Query | None = None
) -> Release:
    """Put together what was built and drawn, or what of it a query accepts."""
    before = STAGES[:-1]
    asked = hidden_splits.shuffled(
        rows(parts["ask"][WHOLE], Question), setting.benchmark.hidden, setting.secret
    )
    if wanted is not None:
        accepted = set(_accepted(parts, wanted))
        asked = [q for q in asked if q.id in accepted]
    choices = {c.id: c for c in rows(parts["select"][WHOLE], Choice)}
    used = {c.sample for c in choices.values()}
    return Release(
        name=setting.name,
        benchmark=setting.benchmark,
        lexicon=parts.lexicon,
        sources={p.source.id: p.source.recipe for p in prepared},
        build=parts["export"][WHOLE].folder.name,
        subset=wanted.text if wanted else setting.benchmark.subset,
        questions=asked,
        choices=choices,
        samples={
            s.id: s for p in parts["ingest"].values() for s in some(p, Sample, "id", used, SAMPLES)
        },
        case_files=[p.folder / ROWS for p in parts["render"].values()],
        manifests={s: {part: p.manifest() for part, p in parts[s].items()} for s in before},
        rejected=Rejections(
            [p.folder / REJECTED for s in before for p in parts[s].values()],
            [p.manifest() for s in before for p in parts[s].values()],
        ),
        secret=setting.secret,
    )


def _accepted(parts: Parts, wanted: Query) -> list[str]:
    """Return the ids of the questions that have a picture and that a query accepts."""
    asked, chosen = (parts[s][WHOLE].folder / ROWS for s in ("ask", "select"))
    drawn = [p.folder / ROWS for p in parts["render"].values()]
    with question_rows.built(asked, chosen, drawn) as there:
        return list(there.ids(wanted))
