"""Open pictures that may be copies of each other, and compare their pixels, for the selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from benchsmith.core.build_files import SAMPLES
from benchsmith.core.contracts import DataFault, Plugins
from benchsmith.core.model import Box
from benchsmith.imaging.geometry import crop, plane
from benchsmith.imaging.matched_pictures import Thumbnail, likeness, thumbnail
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.run_jobs import run_jobs
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.selectors.contradicting_looks import Comparison
from benchsmith.selectors.said_by_copy import Pair
from benchsmith.selectors.stated_lists import Face
from benchsmith.stages.unit_memory import largest_first
from benchsmith.stages.units import Unit, unchanged_image
from benchsmith.tables import record_tables

UNLIKE = -1.0
"""The likeness of a picture that cannot be opened."""


@dataclass(frozen=True, slots=True)
class _Job:
    """The pictures of one file that are compared."""

    unit: Unit
    sha256: str
    faces: tuple[Face, ...]


def comparison(
    context: Context, sources: Sequence[SourceFiles], partitions: Partitions
) -> Comparison:
    """Return the comparison of pictures across sources for a selection."""
    normaliser = context.normaliser

    def name_of(word: str, source: str, modality: str) -> str:
        return normaliser.resolve(word, source, modality).label

    verify = partial(_likenesses, context=context, sources=sources, partitions=partitions)
    return Comparison(normaliser.lineage, name_of, verify)


def _likenesses(
    pairs: Sequence[Pair],
    *,
    context: Context,
    sources: Sequence[SourceFiles],
    partitions: Partitions,
) -> list[float]:
    """Return the similarity of the pictures of each pair. Raises WorkerLost if a worker was killed."""
    faces: dict[str, set[Face]] = {}
    for face in {face for pair in pairs for face in pair}:
        faces.setdefault(face.sample, set()).add(face)
    found: dict[Face, Thumbnail] = {}
    for files in sources:
        source = files.source.id
        samples = sorted(sample for sample in faces if sample.partition("/")[0] == source)
        if not samples:
            continue
        path = partitions["ingest"][source].folder / SAMPLES
        rows = record_tables.where(path, "id", samples, ["id", "sha256"])
        digests = dict(zip(*(rows[n].to_pylist() for n in ("id", "sha256")), strict=True))
        units, memory = largest_first(files.units.of(samples))
        jobs = [
            _Job(unit, digests[unit.sample], tuple(sorted(faces[unit.sample], key=str)))
            for unit in units
        ]
        work = partial(_thumbnails, plugins=context.readers)
        title = f"compare copies {source}"
        for _, own in run_jobs(context, title, work, jobs, lambda job: job.unit.sample, memory):
            found.update(own)
    return [
        likeness(found[one], found[other]) if one in found and other in found else UNLIKE
        for one, other in pairs
    ]


def _thumbnails(job: _Job, plugins: Plugins) -> dict[Face, Thumbnail]:
    """Return the thumbnails of pictures of one file; none if it can no longer be read."""
    try:
        image = unchanged_image(job.unit, job.sha256, plugins)
    except DataFault:
        return {}
    found = {}
    for face in job.faces:
        pixels = plane(image.voxels, face.axis, face.at)
        corners = face.crop and Box(**dict(zip(("x0", "y0", "x1", "y1"), face.crop, strict=True)))
        found[face] = thumbnail(crop(pixels, corners))
    return found
