"""Ingest: read each image and its labels once, and measure what the source states about it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchsmith.core.contracts import Annotations, DataFault, Fault, Plugins
from benchsmith.core.model import ABOUT, Finding, Rejection, Sample
from benchsmith.core.structures import StructureFacts, StructureShape
from benchsmith.documents.benchmark import Slices
from benchsmith.imaging.pixel_digest import pixel_digest
from benchsmith.stages import kept_volumes
from benchsmith.stages.burned_in import check_text
from benchsmith.stages.image_digest import digesting
from benchsmith.stages.ingest_key import NAME
from benchsmith.stages.kept_volumes import KeptVolumes
from benchsmith.stages.label_layers import LayerStack, layers_of
from benchsmith.stages.measure import Measurer, Result, shown_beside
from benchsmith.stages.patient_names import person_of
from benchsmith.stages.structure_rows import structure_rows
from benchsmith.stages.units import Unit
from benchsmith.tables import record_tables
from benchsmith.text.unicode_names import printable


@dataclass(frozen=True, slots=True)
class Ingested:
    """The rows of one unit. Each statement of the source gives findings or one rejection."""

    samples: tuple[Sample, ...]
    findings: tuple[Finding, ...]
    rejected: tuple[Rejection, ...]
    stated: int
    """How many statements there were."""
    sample: str = ""
    """Id of the unit's sample, even if it could not be read."""
    structures: tuple[StructureFacts, ...] = ()
    shapes: tuple[StructureShape, ...] = ()
    tables: Mapping[str, bytes] = field(default_factory=dict)
    """By name of a field in `GATHERED`, the rows of several units as a table: then these fields are empty."""

    def __reduce__(self) -> tuple[type[Ingested], tuple[object, ...]]:
        """Pickle it by its fields: what a dataclass with slots does itself takes four times as long to read."""
        return Ingested, (
            self.samples, self.findings, self.rejected, self.stated, self.sample, self.structures, self.shapes,
            self.tables,
        )  # fmt: skip


GATHERED: Mapping[str, type] = {
    "samples": Sample, "findings": Finding, "structures": StructureFacts, "shapes": StructureShape,
}  # fmt: skip
"""The rows that workers make tables of. Rejections are few, and each is written twice."""


def gathered(found: Sequence[Ingested]) -> list[Ingested]:
    """Return the same number of results; the first has the rows of all as tables.

    A single process writes the tables of all workers, and would take longer to unpickle rows and read
    their fields than to write them.
    """
    tables = {}
    for name, noun in GATHERED.items():
        rows = [row for one in found for row in getattr(one, name)]
        if rows:
            tables[name] = record_tables.to_bytes(record_tables.to_table(rows, noun))
    bare = [replace(one, samples=(), findings=(), structures=(), shapes=()) for one in found]
    return [replace(one, tables=tables if i == 0 else {}) for i, one in enumerate(bare)]


@dataclass(frozen=True, slots=True)
class Ingest:
    """The work of a worker: :func:`ingest` with its settings, and its rows gathered."""

    settings: Slices
    plugins: Plugins
    kept: KeptVolumes | None
    facts: bool

    def __call__(self, unit: Unit) -> Ingested:
        """Return the rows of a unit."""
        return ingest(unit, self.settings, self.plugins, kept=self.kept, facts=self.facts)

    @staticmethod
    def gathered(found: Sequence[Ingested]) -> list[Ingested]:
        """Return the results of several units with their rows as tables."""
        return gathered(found)


def ingest(
    unit: Unit,
    settings: Slices,
    plugins: Plugins,
    *,
    facts: bool = False,
    kept: KeptVolumes | None = None,
) -> Ingested:
    """Read one image and its labels, and measure every candidate picture of every label.

    With `facts` every structure is measured in three dimensions too. A volume with candidates is kept in
    `kept`, if there is room and it took longer to read than it takes to write. A file that cannot be read
    gives a rejection; no DataFault is raised.
    """
    start = time.process_time()
    try:
        files = plugins.members(unit.path)
        with digesting(files) as digest:
            image = plugins.read_image(unit.path, unit.reading())
        check_text(unit, image, plugins)
    except DataFault as fault:
        return Ingested((), (), (_rejection(unit, fault),), 1, unit.sample)
    answers = unit.annotations(image, plugins)
    spent = time.process_time() - start
    measured: list[Finding] = []
    rejected: list[Rejection] = []
    stated = 0
    measurer = Measurer(unit, image, settings)
    layers = layers_of(answers, unit)
    stack = measurer.stack(layers)
    for result in _measure(measurer, stack, answers):
        stated += 1
        if isinstance(result, tuple):
            measured += result
        else:
            rejected.append(_rejection(unit, result))
    notes = [image.note] if image.note else []
    notes += [a.note for a in answers if isinstance(a, Annotations) and a.note]
    sample = Sample(
        id=unit.sample,
        source=unit.source,
        key=unit.key,
        patient=unit.patient,
        person=person_of(unit, image),
        modality=unit.modality,
        files=tuple(unit.show(p) for p in files),
        sha256=digest(),
        pixels=pixel_digest(image.voxels),
        shape=tuple(int(n) for n in image.voxels.shape[:3]),
        spacing_mm=image.spacing_mm[1:] if image.planar else image.spacing_mm,
        planar=image.planar,
        licence=unit.licence,
        part=unit.part,
        **{name: unit.about.get(name, "") for name in ABOUT},
        note="; ".join(notes),
        denied=measurer.denied([a for a in answers if isinstance(a, Annotations)]),
    )
    size = image.voxels.nbytes
    if kept is not None and measured and spent > size / kept_volumes.BYTES_A_SECOND:
        kept.keep(unit, sample.sha256, files, image, layers)
    structures, shapes = structure_rows(stack, unit.sample, image) if facts else ((), ())
    return Ingested(
        (sample,), tuple(measured), tuple(rejected), stated, unit.sample, structures, shapes
    )


def lost(unit: Unit, why: str) -> Ingested:
    """Return the rejection of a unit whose worker was killed."""
    return Ingested((), (), (_rejection(unit, DataFault("worker-died", unit.path, why)),), 1)


def _measure(
    measurer: Measurer, stack: LayerStack, answers: list[Annotations | DataFault]
) -> list[Result | DataFault]:
    """Return one result for each statement of the unit's labels."""
    results: list[Result | DataFault] = []
    read = [answer for answer in answers if isinstance(answer, Annotations)]
    listed: set[tuple[str, str, object]] = set()
    for answer in answers:
        if isinstance(answer, DataFault):
            results.append(answer)
            continue
        results += answer.faults
        for label in answer.stated:
            # a label that several entries state in one list is one label of the picture
            name = label.group, label.raw, label.crop
            if name not in listed:
                listed.add(name)
                results.append(measurer.stated(label, answer, shown_beside(label, read)))
    results += measurer.regions(stack)
    return results


def _rejection(unit: Unit, fault: DataFault | Fault) -> Rejection:
    """Return the Rejection of a fault of a file or of a label."""
    subject = unit.show(fault.path) if isinstance(fault, DataFault) else fault.subject
    return Rejection(
        stage=NAME,
        source=unit.source,
        subject=f"{unit.sample}: {subject}",
        reason=fault.reason,
        detail=printable(fault.detail),
    )
