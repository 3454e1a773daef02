"""The work of ask for skills: the pictures of the chosen targets, measured and asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from benchsmith import plugins
from benchsmith.core.build_files import SAMPLES, SHAPES, STRUCTURES
from benchsmith.core.model import Choice, Rejection, Sample
from benchsmith.core.skill_table import ON_PAIRS
from benchsmith.core.structures import StructureFacts, StructureShape
from benchsmith.documents.lexicon import Window
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.run_jobs import run_jobs
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.pipeline.words_of_source import words_of
from benchsmith.skills.admissible import ANATOMY
from benchsmith.skills.contract import Scene
from benchsmith.skills.measured_scenes import ScenesJob, measure, with_absent
from benchsmith.skills.pictures_to_ask import anchors, in_other_windows
from benchsmith.skills.reasoning import with_rules
from benchsmith.skills.solids import volumes_of
from benchsmith.skills.write_questions import Asked, ask_skills
from benchsmith.stages.unit_memory import largest_first
from benchsmith.tables.partition import Partition
from benchsmith.tables.stage_tables import read_rows_where


def asked_with_skills(
    context: Context,
    sources: Sequence[SourceFiles],
    choices: Sequence[Choice],
    partitions: Partitions,
    left_out: Mapping[str, tuple[str, str]],
) -> Asked:
    """Return the questions of the benchmark's skills except recognition. Raises WorkerLost."""
    benchmark = context.benchmark
    windows = plugins.windows_of(benchmark.picture.intensity, context.library.lexicon.windows)
    pictures, rejected = anchors(choices, windows, benchmark.seed)
    again: set[str] = set()
    if benchmark.picture.intensity == ANATOMY:
        further = in_other_windows(pictures, windows, partitions.lexicon)
        again = {c.id for c in further}
        pictures += further
    scenes: list[Scene] = []
    for files in sources:
        for found in _measured(context, files, pictures, windows, partitions):
            if isinstance(found, Rejection):
                rejected.append(found)
            else:
                scenes.append(replace(found, again=found.id in again))
    scenes.sort(key=lambda scene: scene.id)
    known = with_rules(with_absent(scenes, partitions.lexicon), partitions.lexicon)
    skills = context.library.skills
    made = ask_skills(known, benchmark, partitions.lexicon, skills, context.query, left_out)
    made.rejected += rejected
    return made


def _measured(
    context: Context,
    files: SourceFiles,
    pictures: Sequence[Choice],
    windows: Mapping[str, Window],
    partitions: Partitions,
) -> Iterator[Scene | Rejection]:
    """Measure the pictures of one source; each image is read once."""
    name = files.source.id
    own: dict[str, list[Choice]] = {}
    for one in pictures:
        if one.source == name:
            own.setdefault(one.sample, []).append(one)
    ingested = partitions["ingest"][name]
    words = words_of(context, ingested, name, {c.modality for all_ in own.values() for c in all_})
    samples = read_rows_where(ingested, Sample, "id", own.keys(), SAMPLES)
    by_id = {sample.id: sample for sample in samples}
    units, memory = largest_first(files.units.of(own))
    jobs = [
        ScenesJob(
            unit,
            by_id[unit.sample].sha256,
            tuple(own[unit.sample]),
            words[unit.modality],
            windows,
            pairs=bool(ON_PAIRS & {*context.benchmark.skills}),
        )
        for unit in units
    ]
    work = partial(measure, plugins=context.readers)
    title = f"measure {name}"
    measured: list[Scene] = []
    for _, found in run_jobs(context, title, work, jobs, lambda job: job.unit.sample, memory):
        for scene in found:
            if isinstance(scene, Rejection):
                yield scene
            else:
                measured.append(scene)
    if context.benchmark.needs_facts:
        facts = read_rows_where(ingested, StructureFacts, "sample", own.keys(), STRUCTURES)
        volumes = volumes_of(by_id, facts, words, partial(_shapes, ingested))
        measured = [replace(one, volume=volumes[one.anchor.sample]) for one in measured]
    yield from measured


def _shapes(ingested: Partition, ids: Sequence[str]) -> list[StructureShape]:
    """Return the shapes of structures that ingest measured."""
    return read_rows_where(ingested, StructureShape, "id", ids, SHAPES)
