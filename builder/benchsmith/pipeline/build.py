"""A build: all stages of one benchmark in order, from its documents to its release.

The code of the stages is imported only if a stage is out of date: a build with nothing to do takes
less time than these imports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith.audits import unread_headers
from benchsmith.core.build_files import BUILD_PAGE, RELEASE_FOLDER
from benchsmith.core.contracts import Progress
from benchsmith.core.errors import InputMissing, TooMuchRejected
from benchsmith.core.stage_names import ALL_SOURCES, AUDIT_STEP, STAGES
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.library import Library
from benchsmith.engine import Engine, WorkerLost, is_local
from benchsmith.pipeline import build_record
from benchsmith.pipeline.build_inputs import find_sources, plan_partitions
from benchsmith.pipeline.build_record import Record
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.fault_counts import fault_counts
from benchsmith.pipeline.published_text import not_searched
from benchsmith.pipeline.released_files import is_released
from benchsmith.pipeline.reuse import adopt
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.pipeline.tolerance import check_faults, over_limit
from benchsmith.stages import ingest_key, render_key
from benchsmith.tables.atomic_files import remove_abandoned, replace_file
from benchsmith.tables.partition import Partition

if TYPE_CHECKING:
    from benchsmith.pipeline.ended_in_threads import EndedInThreads
    from benchsmith.release.model import Release

MAX_NAMED = 5
"""Images named in a message."""


def _check_edition(context: Context, partitions: Partitions) -> None:
    """Raise TooMuchRejected if an edition has no hidden target."""
    editions = context.benchmark.editions
    if editions is None:
        return
    found = partitions["select"][ALL_SOURCES].manifest().details["edition"]
    if not found["hidden"]:
        raise TooMuchRejected(
            f"{context.name} has no hidden target: no {editions.apart} of the hidden splits"
            f" is in part {found['part']}; choose another `part`, or `editions.apart: structure`,"
            " or add patients"
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a build."""

    folder: Path
    """The release."""
    nothing_to_do: bool
    questions: int
    rejected: int
    missing: tuple[str, ...]
    """The sources that are not downloaded."""
    faulty: Mapping[str, Sequence[str]]
    """The sources that are left out for their faults, and the shares that are too large."""
    faults: Mapping[str, Mapping[str, int]]
    """By source and reason, the faults of its files, rows and labels."""


class Build:
    """One build of one benchmark."""

    def __init__(
        self,
        name: str,
        benchmark: Benchmark,
        library: Library,
        output: Path,
        engine: Engine,
        progress: Progress,
    ) -> None:
        self.context = Context(name, benchmark, library, output, engine, progress)
        self.folder = self.context.folder
        self._record = Record(self.folder, library.home)
        _ = self.context.query  # a wrong query is reported before any file is read

    def run(self) -> Outcome:
        """Build what is out of date.

        Raises TooMuchRejected, InputMissing, SourceChanged, GateFailed, WorkerLost, and OSError for
        a full disk or missing rights.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(self.folder)
        with self._record.writing(self.context.name):
            outcome = self._run()
            self._record.finished = True
        if not outcome.nothing_to_do:
            from benchsmith.pages.build_page import build_page

            page = build_page(build_record.read(self.folder))
            replace_file(self.folder / BUILD_PAGE, page.encode())
        return outcome

    def _run(self) -> Outcome:
        sources = find_sources(self.context)
        missing = tuple(files.source.id for files in sources if not files.units)
        if len(missing) == len(sources):
            details = sorted({r.detail for files in sources for r in files.rejected})
            raise InputMissing(
                f"no source of {self.context.name} can be read: {'; '.join(details)}"
            )
        partitions = self._name_partitions(sources)
        incomplete = self._set_aside_incomplete(partitions)
        if incomplete:
            partitions = self._name_partitions(sources)
        nothing_to_do = self.is_released(partitions)
        if not nothing_to_do:
            from benchsmith.stages.kept_volumes import kept_in

            with kept_in(self.folder, at_all=is_local(self.context.engine)) as self.context.kept:
                partitions = self._run_stages(sources, partitions)
            if not self.is_released(partitions):
                self._publish(partitions["export"][ALL_SOURCES])
        for partition in incomplete:
            partition.remove()
        if line := not_searched(self.context, sources):
            self.context.progress.say(line)
        done = partitions["export"][ALL_SOURCES].manifest()
        if line := unread_headers.line_of(done):
            self.context.progress.say(line)
        return Outcome(
            folder=self.folder / RELEASE_FOLDER,
            nothing_to_do=nothing_to_do,
            questions=done.rows.out,
            rejected=done.rejected_in_all,
            missing=missing,
            faulty=over_limit(self.context, sources, partitions),
            faults=fault_counts(sources, partitions),
        )

    def _publish(self, final: Partition) -> None:
        from benchsmith.pipeline.write_release import publish

        start = time.monotonic()
        publish(self.context, final, self.folder / RELEASE_FOLDER)
        self._record.step("release", ALL_SOURCES, time.monotonic() - start, final.manifest())

    def is_released(self, partitions: Partitions) -> bool:
        """Return whether the release folder holds every file of this build."""
        return is_released(self.context, partitions)

    def plan(self) -> tuple[list[SourceFiles], Partitions]:
        """Find the sources' files, and compute the cache keys that can be known before a build."""
        sources = find_sources(self.context)
        return sources, self._name_partitions(sources)

    def _name_partitions(self, sources: Sequence[SourceFiles]) -> Partitions:
        found = plan_partitions(self.context, sources)
        self._record.partitions = found.by_stage
        return found

    def _set_aside_incomplete(self, partitions: Partitions) -> list[Partition]:
        """Set aside the partitions that lost images, so that only these images are retried.

        Everything after them depends on the images that were lost, and so gets another cache key.
        """
        incomplete = {
            part: partition
            for stage in (ingest_key.NAME, render_key.NAME)
            for part, partition in partitions[stage].items()
            if partition.lost
        }
        if incomplete:
            names = ", ".join(sorted(incomplete))
            self.context.progress.say(f"retrying images whose worker died before: {names}")
        return [partition.set_aside() for partition in incomplete.values()]

    def _run_stages(self, sources: Sequence[SourceFiles], partitions: Partitions) -> Partitions:
        """Run every stage that is out of date; return the partitions, all with their keys."""
        from benchsmith.pipeline import stage_work
        from benchsmith.pipeline.ask_questions import ask_all
        from benchsmith.pipeline.audit_gate import check_audit
        from benchsmith.pipeline.ended_in_threads import EndedInThreads
        from benchsmith.pipeline.label_sources import label_by_workers, normalise_rows, tag_rows
        from benchsmith.pipeline.run_audit import audit_build
        from benchsmith.pipeline.words_elsewhere import say_elsewhere
        from benchsmith.pipeline.write_release import export_all

        context = self.context
        self._record.note()
        with EndedInThreads() as ends:
            for files in sources:
                work = partial(stage_work.ingest_source, context, files, ends)
                self._run_step("ingest", files.source.id, partitions, work, ends)
        self._check_time()
        if partitions.waiting:
            partitions = self._name_partitions(sources)
            self._record.note()
        for stage, name, seconds in label_by_workers(context, sources, partitions):
            self._report(stage, name, partitions[stage][name], "", seconds)
        for source in (files.source for files in sources):
            name = source.id
            ingested, named = partitions["ingest"][name], partitions["normalise"][name]
            work = partial(normalise_rows, source, ingested, normaliser=context.normaliser)
            self._run_step("normalise", name, partitions, work)
            work = partial(tag_rows, name, named, lexicon=context.library.lexicon)
            self._run_step("tag", name, partitions, work)
        say_elsewhere(context, partitions["ingest"])
        check_faults(context, sources, partitions)
        work = partial(stage_work.select_all, context, sources, partitions)
        self._run_step("select", ALL_SOURCES, partitions, work)
        _check_edition(context, partitions)
        work = partial(ask_all, context, sources, partitions)
        self._run_step("ask", ALL_SOURCES, partitions, work)
        for files in sources:
            work = partial(stage_work.render_source, context, files, partitions)
            self._run_step("render", files.source.id, partitions, work)
        self._check_time()
        if any(p.lost for p in partitions["render"].values()):
            partitions = self._name_partitions(sources)  # lost pictures are part of later keys
        if not any(p.manifest().rows.out for p in partitions["render"].values()):
            from benchsmith.pipeline.nothing_asked import nothing_asked

            raise TooMuchRejected(nothing_asked(context, partitions))
        work = partial(audit_build, context, sources, partitions)
        self._run_step(AUDIT_STEP, ALL_SOURCES, partitions, work)
        if partitions.waiting:
            partitions = self._name_partitions(sources)
            self._record.note()
        check_audit(context, sources, partitions)
        work = partial(export_all, context, sources, partitions)
        self._run_step("export", ALL_SOURCES, partitions, work)
        return partitions

    def _check_time(self) -> None:
        """Raise WorkerLost if an image took too long, which depends on the machine.

        So the build does not go on without the image. The work on all others is done; the next build
        retries the partitions that lost an image.
        """
        if late := sorted(self.context.late):
            more = f" and {len(late) - MAX_NAMED} more" * (len(late) > MAX_NAMED)
            raise WorkerLost(
                f"{', '.join(late[:MAX_NAMED])}{more} took longer than `--file-seconds` allows;"
                " no release is written. Allow more time, or exclude the file"
            )

    def _run_step(
        self,
        stage: str,
        part: str,
        partitions: Partitions,
        work: Callable[[Partition], None],
        ends: EndedInThreads | None = None,
    ) -> None:
        """Make one partition, unless this build or another benchmark's has it already.

        With `ends`, one of them finishes what `work` begins.
        """
        partition = partitions[stage][part]
        if partition.done:
            return
        start = time.monotonic()
        same = self.context.previous.same(partition)
        if same is None:
            work(partition)
        else:
            adopt(same, partition)
        other = same.folder.parents[2].name if same else ""
        report = partial(self._report, stage, part, partition, other)
        if ends is None or same is not None:
            report(time.monotonic() - start)
        else:
            ends.then(lambda end: report(end - start))

    def _report(self, stage: str, part: str, made: Partition, other: str, seconds: float) -> None:
        """Record and report a partition that was made; `other` is the benchmark that it was taken from."""
        manifest = made.manifest()
        self._record.step(stage, part, seconds, manifest, other)
        counts = f"{manifest.rows.out} out, {manifest.rows.rejected} left out"
        reused = f", {manifest.reused} reused" if manifest.reused else ""
        origin = f", reused from {other}" if other else reused
        self.context.progress.say(f"  {stage} {part}: {counts}{origin} ({seconds:.1f} s)")

    def audited(self) -> Release:
        """Return the rendered release with its verdicts, which are written to ``audit.json``.

        Raises InputMissing if the build has not rendered its pictures.
        """
        from benchsmith.pipeline.run_audit import audit_release, read_verdicts, write_audit

        sources, partitions = self.plan()
        release = self._rendered(sources, partitions)
        if partitions[AUDIT_STEP][ALL_SOURCES].done:
            release.audit = read_verdicts(partitions)
        else:
            release.audit = audit_release(self.context, sources, partitions, release)
        write_audit(self.context.name, release.build, release.audit, self.folder)
        return release

    def built(self) -> Release:
        """Return the rendered release, without verdicts. Raises InputMissing as :meth:`audited` does."""
        return self._rendered(*self.plan())

    def _rendered(self, sources: Sequence[SourceFiles], partitions: Partitions) -> Release:
        from benchsmith.pipeline.gather_release import gather

        if not all(p.done for stage in STAGES[:-1] for p in partitions[stage].values()):
            raise InputMissing(
                f"{self.context.name} is not built: run `benchsmith build {self.context.name}` first"
            )
        return gather(self.context, sources, partitions)
