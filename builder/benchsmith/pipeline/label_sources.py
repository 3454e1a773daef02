"""Normalise and tag several large sources at once, in workers: no source needs another one's rows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from benchsmith.core.build_files import REJECTED, ROWS, SAMPLES
from benchsmith.core.model import Label, Target
from benchsmith.documents.labels import one
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.recipe import Source
from benchsmith.engine import is_local
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.resolved_words import own_words
from benchsmith.pipeline.run_jobs import run_jobs
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.stages import denied_findings, open_denials
from benchsmith.stages.contradicting_copies import (
    COLUMNS,
    DENIED_COLUMNS,
    REASON,
    Disputes,
    copied,
    disputes,
)
from benchsmith.stages.normalise import NAME as NORMALISE
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.tag import NAME as TAG
from benchsmith.stages.tag import tag
from benchsmith.tables import record_tables
from benchsmith.tables.partition import Partition
from benchsmith.tables.stage_tables import transform_rows

MIN_ROWS = 200_000
"""Findings of which both stages take longer than to start workers."""


@dataclass(frozen=True, slots=True)
class Job:
    """One source: its findings, and the partitions that are to be made of them."""

    source: Source
    ingested: Partition
    normalised: Partition
    tagged: Partition


def label_by_workers(
    context: Context, sources: Sequence[SourceFiles], partitions: Partitions
) -> Iterator[tuple[str, str, float]]:
    """Make the partitions of both stages that are out of date; yield stage, source and seconds of each.

    Nothing is made if there are too few rows, if workers may not write to this disk, or for a source whose rows
    another benchmark has. Raises WorkerLost if a worker is killed.
    """
    jobs = [
        Job(source, *(partitions[stage][source.id] for stage in ("ingest", NORMALISE, TAG)))
        for source in (files.source for files in sources)
    ]
    jobs = [job for job in jobs if not (job.tagged.done or _made(context, job))]
    rows = sum(job.ingested.manifest().rows.out for job in jobs)
    if len(jobs) < 2 or rows < MIN_ROWS or not is_local(context.engine):
        return
    work = partial(label, normaliser=context.normaliser, lexicon=context.library.lexicon)
    for number, seconds in run_jobs(context, "label", work, jobs, lambda job: job.source.id):
        for stage, taken in seconds:
            yield stage, jobs[number].source.id, taken


def _made(context: Context, job: Job) -> bool:
    return any(context.previous.same(each) for each in (job.normalised, job.tagged))


def label(job: Job, normaliser: Normaliser, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Make the partitions of one source; return the stages that ran, with their seconds."""
    ran = []
    if not job.normalised.done:
        start = time.monotonic()
        normalise_rows(job.source, job.ingested, job.normalised, normaliser)
        ran.append((NORMALISE, time.monotonic() - start))
    start = time.monotonic()
    tag_rows(job.source.id, job.normalised, job.tagged, lexicon)
    return [*ran, (TAG, time.monotonic() - start)]


def made_in(source: Source) -> frozenset[str]:
    """Return the labels that a source's recipe makes of others."""
    entries = (one(labels) for samples in source.recipe.samples for labels in samples.labels)
    return frozenset(name for entry in entries for name in getattr(entry, "made", ()))


def unmarked_in(source: Source) -> frozenset[str]:
    """Return the words by which a source's recipe says that an entry marks nothing in a picture."""
    entries = (one(labels) for samples in source.recipe.samples for labels in samples.labels)
    words = (getattr(entry, "nothing", None) for entry in entries)
    return frozenset(word for word in words if word is not None)


def normalise_rows(
    source: Source, before: Partition, to: Partition, normaliser: Normaliser
) -> None:
    """Map a source's findings to labels of the lexicon."""
    found = {**denied_in(source, before, normaliser), REASON: disputes_in(before, normaliser)}
    work = partial(normalise, normaliser=normaliser, disputes=found, made=made_in(source))
    transform_rows(before, to, NORMALISE, source.id, Label, work)


def denied_in(source: Source, ingested: Partition, normaliser: Normaliser) -> dict[str, Disputes]:
    """Return, by reason code, findings that deny others of their picture or what the source leaves open."""
    if not any(
        denied_findings.denies(raw, normaliser.resolve(raw, source.id, modality).label)
        for raw, modality in own_words(ingested.folder)
    ):
        return {}
    findings = record_tables.read(ingested.folder / ROWS, list(open_denials.COLUMNS))
    unmarked = unmarked_in(source)
    return {
        denied_findings.REASON: denied_findings.denied(findings, normaliser, unmarked),
        open_denials.REASON: open_denials.open_denials(findings, normaliser, unmarked),
    }


def disputes_in(ingested: Partition, normaliser: Normaliser) -> Disputes:
    """Return what copies with the same pixels within a source state about each other."""
    samples = record_tables.read(ingested.folder / SAMPLES, ["id", "pixels"])
    copies = copied(samples)
    if not copies:
        return Disputes()
    rows = ingested.folder / ROWS
    those = [sample for each in copies for sample in each]
    findings = record_tables.where(rows, "sample", those, COLUMNS)
    denied = record_tables.where(ingested.folder / SAMPLES, "id", those, DENIED_COLUMNS)
    return disputes(copies, findings, normaliser, denied)


def disputed_rows(
    source: Source, ingested: Partition, normalised: Partition, normaliser: Normaliser
) -> pa.Table | None:
    """Return rows of Label of the samples with disputed labels, and of their copies, as if nothing were disputed.

    None if no label of the source is disputed. A copy in another source contradicts one of them too.
    """
    if not normalised.manifest().reasons.get(REASON):
        return None
    lost = record_tables.where(normalised.folder / REJECTED, "reason", [REASON])
    findings = record_tables.where(ingested.folder / ROWS, "id", lost["subject"].to_pylist())
    disputed = set(findings["sample"].to_pylist())
    copies = copied(record_tables.read(ingested.folder / SAMPLES, ["id", "pixels"]))
    samples = [name for each in copies if disputed.intersection(each) for name in each]
    rows = record_tables.where(ingested.folder / ROWS, "sample", samples)
    return normalise(rows, normaliser, denied_in(source, ingested, normaliser), made_in(source))[0]


def tag_rows(source: str, before: Partition, to: Partition, lexicon: Lexicon) -> None:
    """Give a source's labels their task, department and window."""
    transform_rows(before, to, TAG, source, Target, partial(tag, lexicon=lexicon))
