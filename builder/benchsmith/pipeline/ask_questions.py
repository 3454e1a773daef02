"""The work of ask: the questions about the chosen targets, and about altered pictures of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from benchsmith import plugins
from benchsmith.core.build_files import ALTERED, SAMPLES
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import Choice, Question, Rejection, Sample
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.counterfactual import survey, write_pairs
from benchsmith.counterfactual.alterations import Limits
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit, units_of
from benchsmith.documents.lexicon import Lexicon
from benchsmith.pipeline.ask_skills import asked_with_skills
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.run_jobs import run_jobs
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.pipeline.words_of_source import words_of
from benchsmith.stages import ask
from benchsmith.stages.content_ids import ContentIds
from benchsmith.stages.resolved_word import Resolved
from benchsmith.stages.unit_memory import largest_first
from benchsmith.tables.partition import Partition
from benchsmith.tables.stage_tables import read_rows, read_rows_where, stage_writer


def ask_all(
    context: Context,
    sources: Sequence[SourceFiles],
    partitions: Partitions,
    partition: Partition,
) -> None:
    """Write the questions about the chosen targets, and their counterfactuals if asked for."""
    names = ContentIds(read_rows(partitions["select"][ALL_SOURCES], Choice))
    choices, left_out = names.choices, names.translated(_left_out(context))
    asked: Iterable[Question | Rejection] = ()
    if RECOGNITION in context.benchmark.skills:
        asked = ask.ask(
            choices, context.benchmark, partitions.lexicon, partitions.pools, query=context.query
        )
    with stage_writer(partition, "ask", ALL_SOURCES, Question, len(choices)) as writer:
        shown = writer.more(ALTERED, Choice)
        if context.benchmark.skilled:
            skilled = asked_with_skills(context, sources, choices, partitions, left_out)
            writer.add(names.back([*skilled.questions, *skilled.rejected]))
            shown.add(names.shown(skilled.shown))
        if not context.benchmark.counterfactuals:
            writer.add(names.back(asked))
            return
        questions: list[Question] = []
        for row in asked:
            if isinstance(row, Rejection):
                writer.add(names.back([row]))
            else:
                questions.append(row)
        units = units_of(questions, {choice.id: choice for choice in choices})
        surveyed = [
            found for files in sources for found in _survey(context, files, units, partitions)
        ]
        made = write_pairs.pairs(
            questions,
            units,
            surveyed,
            context.benchmark,
            partitions.lexicon,
            left_out,
        )
        writer.add(names.back([*made.questions, *made.rejected]))
        shown.add(names.shown(made.shown))


def _left_out(context: Context) -> dict[str, tuple[str, str]]:
    """Return the targets that models solved blind or reviewers dropped, with reason and detail."""
    solved = {
        id_: ("blind-solved", f"{one.solved} of {one.asked} by {one.model}")
        for id_, one in context.solved.items()
    }
    dropped = {id_: ("review-dropped", why) for id_, why in context.library.dropped.items()}
    return {**solved, **dropped}


def choices_of(partitions: Partitions, source: str = "") -> dict[str, Choice]:
    """Return the chosen targets and what altered pictures show, by id; of all sources or of one."""
    chosen, asked = (partitions[stage][ALL_SOURCES] for stage in ("select", "ask"))
    if source:
        rows = read_rows_where(chosen, Choice, "source", [source])
        rows += read_rows_where(asked, Choice, "source", [source], ALTERED)
    else:
        rows = read_rows(chosen, Choice) + read_rows(asked, Choice, ALTERED)
    return {choice.id: choice for choice in rows}


def _survey(
    context: Context, files: SourceFiles, units: Sequence[AskedUnit], partitions: Partitions
) -> Iterator[AlteredView | NoTruth]:
    """Measure how the pictures of a source's questions can be altered. Raises WorkerLost."""
    name = files.source.id
    own = [one for one in units if one.choice.source == name]
    ingested = partitions["ingest"][name]
    words = words_of(context, ingested, name, {one.choice.modality for one in own})
    ids = {one.choice.sample for one in own}
    samples = read_rows_where(ingested, Sample, "id", ids, SAMPLES)
    ordered, memory = largest_first(files.units.of(ids))
    jobs = survey.jobs(
        ordered,
        {sample.id: sample.sha256 for sample in samples},
        own,
        context.benchmark.counterfactuals,
        words,
        _limits(context, own, words, partitions.lexicon),
        plugins.windows_of(context.benchmark.picture.intensity, context.library.lexicon.windows),
    )
    work = partial(survey.survey, plugins=context.readers)
    title = f"alter {name}"
    for _, found in run_jobs(context, title, work, jobs, lambda job: job.unit.sample, memory):
        yield from found


def _limits(
    context: Context,
    units: Sequence[AskedUnit],
    words: dict[str, dict[str, Resolved]],
    lexicon: Lexicon,
) -> Limits:
    """Return what decides which alterations of a source's pictures are possible."""
    labels = {found.label for each in words.values() for found in each.values() if found.label}
    keys = frozenset[str]().union(*(one.key for one in units if one.several))
    return Limits(
        slices=context.benchmark.slices,
        seed=context.benchmark.seed,
        related={k: frozenset(n for n in labels if lexicon.labels.related(n, k)) for k in keys},
        below={k: frozenset(n for n in labels if k in lexicon.labels.lineage(n)) for k in keys},
    )
