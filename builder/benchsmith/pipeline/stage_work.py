"""The work of each stage of a build, on one source or on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from benchsmith import plugins
from benchsmith.core import interrupts
from benchsmith.core.build_files import ROWS, SAMPLES
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import Case, Choice, Finding, Question, Sample
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.engine import Lost, in_order
from benchsmith.pipeline.ask_questions import choices_of
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.copied_pictures import comparison
from benchsmith.pipeline.ended_in_threads import EndedInThreads
from benchsmith.pipeline.incremental_tables import IngestTables, RenderTables
from benchsmith.pipeline.label_sources import disputed_rows
from benchsmith.pipeline.row_digests import ingest_digests, render_digests
from benchsmith.pipeline.run_jobs import run_jobs
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.pipeline.tolerance import over_limit
from benchsmith.pipeline.unchanged_files import check_unchanged
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.known_copies import KnownPicture
from benchsmith.stages import (
    ingest,
    known_pictures,
    refill,
    render,
    render_key,
    select,
)
from benchsmith.stages.patient_names import shared_names, without_patients
from benchsmith.stages.unit_memory import largest_first
from benchsmith.tables.manifest import ImageCounts
from benchsmith.tables.partition import Partition
from benchsmith.tables.stage_tables import read_rows_where, stage_writer

PICTURE_GROUP = 256
"""Rows of a row group where a row holds a picture."""


def ingest_source(
    context: Context, files: SourceFiles, ends: EndedInThreads, partition: Partition
) -> None:
    """Read the images that changed since the last build; reuse the rows of the others.

    The tables are finished by one of `ends`.
    """
    source = files.source.id
    digests = ingest_digests(files, partition.inputs)
    reusable = list(context.previous.reusable("ingest", source, digests))
    known = {id_ for rows in reusable for id_ in rows.ids()}
    units = files.units.without(known)
    facts = context.benchmark.needs_facts
    work = ingest.Ingest(context.benchmark.slices, context.readers, context.kept, facts)
    units, memory = largest_first(units)
    places = units.places_in(files.units)
    running = context.engine.map(work, units, memory)
    lost: list[str] = []
    opened = stage_writer(partition, "ingest", source, Finding, len(files.rejected))
    with ends.block(opened) as writer:
        writer.kept.observers.append(lambda _: interrupts.check())
        tables = IngestTables(writer, files.source.recipe.licence, files.rejected, facts=facts)
        for number, found in context.progress.track(f"ingest {source}", len(units), running):
            died = isinstance(found, Lost)
            if died:
                lost.append(units[number].sample)
                context.late += [units[number].sample] * found.late
            one = ingest.lost(units[number], found.why) if died else found
            tables.add(one, digests.at(int(places[number])))
        for rows in reusable:
            tables.reuse(rows)
        check_unchanged(context, files)
        writer.images = ImageCounts(found=len(files.units), read=tables.samples.count)
        writer.reused, writer.lost = len(known), sorted(lost)


def select_all(
    context: Context,
    sources: Sequence[SourceFiles],
    partitions: Partitions,
    partition: Partition,
) -> None:
    """Choose among the targets of all sources."""
    recipes = [files.source for files in sources]
    recipes.sort(key=lambda source: source.id)
    candidates = CandidateFiles(
        [partitions["tag"][one.id].folder / ROWS for one in recipes],
        [partitions["ingest"][one.id].folder / SAMPLES for one in recipes],
        [
            disputed_rows(
                one,
                partitions["ingest"][one.id],
                partitions["normalise"][one.id],
                context.normaliser,
            )
            for one in recipes
        ],
    )
    known, unreadable = _known_pictures(context)
    selection = select.select(
        candidates,
        context.benchmark,
        query=context.query,
        namespaces=shared_names(recipes),
        known=known,
        solved=context.solved,
        dropped=context.library.dropped,
        retired=context.retired,
        faulty=over_limit(context, sources, partitions),
        unasked=_unasked(context, partitions),
        comparison=comparison(context, sources, partitions),
    )
    for source, (patients, persons) in sorted(selection.notes["one_person"].items()):
        context.progress.say(
            f"  NOTE {source}: by headers or names of files, {patients} of its patients are {persons} persons, who stay on one "
            "side of the split: correct `patient` in the recipe, or set `identity: ignore` if identifiers were replaced"
        )
    with stage_writer(
        partition, "select", ALL_SOURCES, Choice, len(candidates), in_order=True
    ) as writer:
        writer.kept.add_table(selection.chosen)
        for table in selection.rejected:
            writer.rejected.add_table(table)
        writer.details = {
            **selection.notes,
            "no_patient": without_patients(recipes),
            "known": {"pictures": len(known), "unread": unreadable},
        }


def _unasked(context: Context, partitions: Partitions) -> refill.Unasked | None:
    """Return a function that finds targets without wrong options; None if no question needs any.

    Skills other than recognition have their own answers, so one label is enough for them.
    """
    if RECOGNITION not in context.benchmark.skills:
        return None
    return refill.finder(context.benchmark, partitions.lexicon, partitions.pools, context.query)


def render_source(
    context: Context, files: SourceFiles, partitions: Partitions, partition: Partition
) -> None:
    """Draw the pictures that changed since the last build; reuse the others."""
    source = files.source.id
    questions = read_rows_where(partitions["ask"][ALL_SOURCES], Question, "source", [source])
    choices = choices_of(partitions, source)
    ids = (question.sample for question in questions)
    samples = read_rows_where(partitions["ingest"][source], Sample, "id", ids, SAMPLES)
    windows = plugins.windows_of(
        context.benchmark.picture.intensity, context.library.lexicon.windows
    )
    digests = render_digests(files, partition.inputs, questions, choices, windows)
    reusable = list(context.previous.reusable("render", source, digests))
    known = {id_ for rows in reusable for id_ in rows.ids()}
    drawn = [question for question in questions if question.id not in known]
    units, memory = largest_first(files.units.of(question.sample for question in drawn))
    jobs = render.jobs(
        units=units,
        digests={sample.id: sample.sha256 for sample in samples},
        questions=drawn,
        choices=choices,
        windows=windows,
        long_side=context.benchmark.picture.long_side,
        seed=context.benchmark.seed,
        regions=render_key.needs_regions(context.benchmark.exports),
    )
    work = partial(
        render.render, plugins=context.readers, painter=plugins.painter(), kept=context.kept
    )
    running = context.engine.map(work, jobs, memory)
    lost: list[str] = []
    with stage_writer(partition, "render", source, Case, len(questions), PICTURE_GROUP) as writer:
        tables = RenderTables(writer)
        for number, found in context.progress.track(f"render {source}", len(jobs), running):
            died = isinstance(found, Lost)
            if died:
                lost += [question.id for question, _ in jobs[number].questions]
                context.late += [jobs[number].unit.sample] * found.late
            tables.add(render.lost(jobs[number], found.why) if died else found, digests)
        for rows in reusable:
            tables.reuse(rows)
        check_unchanged(context, files)
        writer.reused, writer.lost = len(known), sorted(lost)


def _known_pictures(context: Context) -> tuple[list[KnownPicture], list[str]]:
    """Read the pictures that models may know; return them and the files that are unreadable."""
    pictures: list[KnownPicture] = []
    unreadable: list[str] = []
    for name in context.benchmark.contamination:
        folder = context.library.home / name
        files = known_pictures.files(folder)
        unreadable += known_pictures.special_files(folder)
        work = partial(known_pictures.describe_file, folder=folder, plugins=context.readers)
        for found in in_order(run_jobs(context, f"read {name}", work, files, str)):
            pictures += found.pictures
            unreadable += found.unread
    return pictures, unreadable
