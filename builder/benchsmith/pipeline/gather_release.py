"""A release, assembled from the finished partitions of a build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from benchsmith.core.build_files import ALTERED, REJECTED, ROWS, SAMPLES
from benchsmith.core.model import Choice, Question, Sample
from benchsmith.core.stage_names import ALL_SOURCES, STAGES
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.documents.query import Query
from benchsmith.explore.open_question_rows import open_build
from benchsmith.pipeline.ask_questions import choices_of
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.release import hidden_splits, public_ids
from benchsmith.release.model import Release
from benchsmith.tables.stage_tables import Rejections, read_rows, read_rows_where


def gather(
    context: Context,
    sources: Sequence[SourceFiles],
    partitions: Partitions,
    subset: Query | None = None,
) -> Release:
    """Return the release of a rendered build, or of the questions that `subset` accepts."""
    before = STAGES[:-1]
    questions = hidden_splits.reorder_options(
        read_rows(partitions["ask"][ALL_SOURCES], Question),
        context.benchmark.hidden,
        context.secret,
    )
    if subset is not None:
        accepted = set(_accepted(partitions, subset))
        questions = [q for q in questions if q.id in accepted]
    choices = choices_of(partitions)
    check_ids(context, questions, choices)
    used = {c.sample for c in choices.values()}
    manifests = {s: {part: p.manifest() for part, p in partitions[s].items()} for s in before}
    return Release(
        name=context.name,
        benchmark=context.benchmark,
        lexicon=partitions.lexicon,
        sources={files.source.id: files.source.recipe for files in sources},
        build=partitions["export"][ALL_SOURCES].folder.name,
        subset=subset.text if subset else context.benchmark.subset,
        questions=questions,
        choices=choices,
        samples={
            s.id: s
            for p in partitions["ingest"].values()
            for s in read_rows_where(p, Sample, "id", used, SAMPLES)
        },
        case_files=[p.folder / ROWS for p in partitions["render"].values()],
        manifests=manifests,
        rejected=Rejections(
            (p.folder / REJECTED, manifests[s][part])
            for s in before
            for part, p in partitions[s].items()
        ),
        secret=context.secret,
    )


def check_ids(
    context: Context, questions: Sequence[Question], choices: Mapping[str, Choice]
) -> None:
    """Raise DocumentError if two questions have the same public id, ValueError for a target without content name."""
    if nameless := [c.id for c in choices.values() if not (c.content and c.person)]:
        raise ValueError(f"{nameless[0]} has no content name: the row of its sample is missing")
    seed = context.benchmark.seed
    ids = Counter(public_ids.of_question(seed, q.id, choices[q.target]) for q in questions)
    if repeated := [id_ for id_, n in ids.items() if n > 1]:
        what = f"two questions have the public id {repeated[0]} under the seed {seed}"
        at = f"benchmarks/{context.name}.yaml"
        raise DocumentError([Problem(at, 1, what, "give another `seed`")])


def _accepted(partitions: Partitions, subset: Query) -> list[str]:
    """Return the ids of the questions that have a picture and that a query accepts."""
    asked, chosen = (partitions[s][ALL_SOURCES].folder / ROWS for s in ("ask", "select"))
    drawn = [p.folder / ROWS for p in partitions["render"].values()]
    targets = [chosen, asked.with_name(ALTERED)]
    with open_build(asked, targets, drawn) as rows:
        return list(rows.ids(subset))
