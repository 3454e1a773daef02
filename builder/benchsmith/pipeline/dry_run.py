"""The dry run of a build: which steps would run, and which changed inputs are the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith.core.build_files import INPUTS, LATEST, ROW_DIGESTS, STAGES_FOLDER
from benchsmith.core.stage_names import ALL_SOURCES, AUDIT_STEP, STAGES, STEPS
from benchsmith.pipeline.build import Build
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.changed_facts import changed_facts
from benchsmith.pipeline.planned_steps import PERHAPS, RUNS, UP_TO_DATE, Step
from benchsmith.pipeline.reuse import PreviousBuilds
from benchsmith.pipeline.row_digests import ingest_digests
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.tables import record_tables
from benchsmith.tables.atomic_files import read_json
from benchsmith.tables.facts import Facts
from benchsmith.tables.partition import Partition

if TYPE_CHECKING:
    from benchsmith.fetch.fetch_sources import Missing

StepKey = tuple[str, str]
"""A stage and a source, or ``all``."""


@dataclass(frozen=True, slots=True)
class _Planner:
    """Decides step by step, in the order of a build, what would run."""

    partitions: Partitions
    last: Mapping[StepKey, Partition]
    """The partitions of the last build."""
    previous: PreviousBuilds
    sources: Mapping[str, SourceFiles]
    steps: dict[StepKey, Step] = field(default_factory=dict)
    """What is decided already."""

    def plan(self) -> None:
        """Decide for every step."""
        for stage in STEPS:
            for part, partition in self.partitions[stage].items():
                if partition.done:
                    step = Step(stage, part, UP_TO_DATE)
                elif (stage, part) in self.partitions.waiting:
                    step = self._waiting(stage, part)
                else:
                    step = self._out_of_date(stage, part, partition)
                self.steps[stage, part] = step

    def upstream(self, stage: str, part: str) -> list[StepKey]:
        """Return the steps directly before one."""
        if stage == "render":
            return [("ask", ALL_SOURCES), ("ingest", part)]
        before = STEPS[STEPS.index(stage) - 1]
        return [
            (before, p)
            for p in self.partitions[before]
            if part in (p, ALL_SOURCES) or p == ALL_SOURCES
        ]

    def _waiting(self, stage: str, part: str) -> Step:
        """Plan a step whose cache key is not known yet."""
        upstream = [self.steps[key] for key in self.upstream(stage, part)]
        why = tuple(f"{step.name} runs" for step in upstream if step.status != UP_TO_DATE)
        if stage == STAGES[-1] and (AUDIT_STEP, ALL_SOURCES) not in self.partitions.waiting:
            inputs = self.partitions[stage][part].inputs
            known = {fact: value for fact, value in inputs.items() if fact != "verdicts"}
            old = _inputs(self.last.get((stage, part)))
            if old is not None and not list(changed_facts(known, old)):
                return Step(stage, part, PERHAPS, ("only if the audit's verdicts change",))
            why = (*self._reasons(known, old), *why)
        return Step(stage, part, RUNS, why)

    def _out_of_date(self, stage: str, part: str, partition: Partition) -> Step:
        """Plan a step whose cache key is known, and whose partition is not finished."""
        same = self.previous.same(partition)
        if same is not None:
            other = f"{same.folder.parents[2].name} has the same partition, which will be linked"
            return Step(stage, part, RUNS, (other,))
        before = self.last.get((stage, part))
        old = _inputs(before)
        why = list(self._reasons(partition.inputs, old))
        if stage != "ingest":
            return Step(stage, part, RUNS, tuple(why))
        files = self.sources[part]
        digests = ingest_digests(files, partition.inputs)
        reusable = self.previous.reusable(stage, part, digests)
        reused = sum(len(rows.ids()) for rows in reusable)
        if before is not None and old is not None and old.get(f"images of {part}") != files.digest:
            why = [w for w in why if not w.startswith("images of ")]
            why += _changed_images(before, digests)
        return Step(stage, part, RUNS, tuple(why), reused, len(files.units))

    def _reasons(self, new: Facts, old: Facts | None) -> Iterator[str]:
        """Yield what changed since the last build; earlier steps by their name."""
        if old is None:
            yield "it was not built before"
            return
        for fact, change in changed_facts(new, old):
            stage, _, part = fact.partition(" ")
            step = self.steps.get((stage, part))
            if step is None:
                yield f"{fact} {change}"
            else:
                yield f"{step.name} {'has changed' if step.status == UP_TO_DATE else 'runs'}"


def plan_steps(build: Build, missing: Mapping[str, Missing] | None = None) -> list[Step]:
    """Return every step of a build in order, with what it would do and why; nothing runs.

    `missing` are the files, by source, that `build --fetch` would download first.
    """
    sources, partitions = build.plan()
    planner = _Planner(
        partitions=partitions,
        last=_last_build(build.folder),
        previous=PreviousBuilds(build.folder.parent),
        sources={files.source.id: files for files in sources},
    )
    planner.plan()
    steps = _with_downloads(planner, missing or {})
    if all(step.status == UP_TO_DATE for step in steps.values()) and not build.is_released(
        partitions
    ):
        why = "release/ differs from the last export"
        steps["release", ALL_SOURCES] = Step("release", ALL_SOURCES, RUNS, (why,))
    return list(steps.values())


def _with_downloads(planner: _Planner, missing: Mapping[str, Missing]) -> dict[StepKey, Step]:
    """Put the downloads first, and update the steps that read what is downloaded."""
    steps = {("fetch", s): Step("fetch", s, RUNS, one.why) for s, one in missing.items()}
    affected = dict(steps)
    for (stage, part), step in planner.steps.items():
        first = stage == STAGES[0]
        upstream = [("fetch", part)] if first else planner.upstream(stage, part)
        causes = [affected[key] for key in upstream if key in affected]
        if causes:
            certain = any(cause.status == RUNS for cause in causes)
            why = [f"{cause.name} {cause.verb}" for cause in causes]
            if first and not missing[part].is_read(planner.sources[part].file_digests):
                certain = False
                why = ["only if the recipe reads the downloaded files"]
            status = RUNS if certain or step.status == RUNS else PERHAPS
            own = step.why if step.status == RUNS else ()
            # without image counts: how many images there are is known after the download
            affected[stage, part] = Step(stage, part, status, tuple(dict.fromkeys((*why, *own))))
        steps[stage, part] = affected.get((stage, part), step)
    return steps


def _last_build(folder: Path) -> dict[StepKey, Partition]:
    """Return the partitions of the last build."""
    path = folder / LATEST
    keys = read_json(path) if path.is_file() else {}
    return {
        (stage, part): Partition(folder / STAGES_FOLDER / stage / key)
        for stage, parts in keys.items()
        for part, key in parts.items()
    }


def _changed_images(before: Partition, digests: Mapping[str, str]) -> Iterator[str]:
    """Yield how a source's images differ from those of the last build."""
    path = before.folder / ROW_DIGESTS
    old: dict[str, str] = {}
    if path.is_file():
        rows = record_tables.read(path)
        old = dict(zip(rows["id"].to_pylist(), rows["fingerprint"].to_pylist(), strict=True))
    groups = {
        "new": sorted(digests.keys() - old.keys()),
        "gone": sorted(old.keys() - digests.keys()),
        "changed": sorted(i for i in digests.keys() & old.keys() if digests[i] != old[i]),
    }
    for what, ids in groups.items():
        if ids:
            named = ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
            yield f"{len(ids)} {'image is' if len(ids) == 1 else 'images are'} {what}: {named}"


def _inputs(partition: Partition | None) -> Facts | None:
    """Return the inputs that a finished partition was made from; None if there is none."""
    path = partition.folder / INPUTS if partition else None
    return read_json(path) if path and path.is_file() else None
