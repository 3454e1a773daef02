"""Three-dimensional measurements of the structures of a picture's image, by label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchsmith.core.model import Sample
from benchsmith.core.structures import PairFacts, StructureFacts, StructureShape
from benchsmith.measurements.measure_pair import measure_pair
from benchsmith.stages.resolved_word import UNKNOWN, Resolved

ShapesById = Callable[[Sequence[str]], Iterable[StructureShape]]
"""Return the shapes of structures by their ids; those that have none are left out."""


@dataclass(frozen=True, slots=True)
class Solid:
    """One structure of an image, which its pictures show in planes."""

    label: str
    side: str
    """``left``, ``right``, or empty if its name states none."""
    facts: StructureFacts
    parts: tuple[StructureFacts, ...]
    """Of its connected parts, the largest first; empty if it is one piece."""


@dataclass(frozen=True, slots=True)
class Volume:
    """The structures of one image. A label may have several: a kidney on each side."""

    sample: Sample
    solids: tuple[Solid, ...]
    """Sorted by the ids of their facts. Structures whose word has no label are not among them."""
    shapes: ShapesById

    def of(self, label: str) -> tuple[Solid, ...]:
        """Return the structures of a label; none if nothing is known of it."""
        return tuple(solid for solid in self.solids if solid.label == label)

    def only(self, label: str, side: str = "") -> Solid | None:
        """Return the one structure of a label, on a side if that is given; None for none or several."""
        found = [s for s in self.of(label) if not side or s.side == side]
        return found[0] if len(found) == 1 else None

    def pair(self, one: Solid, other: Solid) -> PairFacts | None:
        """Measure two structures of the image against each other.

        None if one is not known whole, or where their masks are on different grids.
        """
        if {one.facts.kind, other.facts.kind} != {"region"}:
            return None
        found = list(self.shapes(sorted((one.facts.id, other.facts.id))))
        if len(found) != 2 or found[0].grid != found[1].grid:
            return None
        return measure_pair(found[0], found[1], self.sample.spacing_mm)


def volumes_of(
    samples: Mapping[str, Sample],
    facts: Iterable[StructureFacts],
    words: Mapping[str, Mapping[str, Resolved]],
    shapes: ShapesById,
) -> dict[str, Volume]:
    """Return the structures of images, by the ids of their samples.

    `samples` are by id, `facts` are of these samples in any order, `words` are by modality.
    """
    by_sample: dict[str, list[StructureFacts]] = {}
    for row in facts:
        by_sample.setdefault(row.sample, []).append(row)
    return {
        id_: _volume(sample, by_sample.get(id_, ()), words[sample.modality], shapes)
        for id_, sample in samples.items()
    }


def _volume(
    sample: Sample,
    facts: Iterable[StructureFacts],
    words: Mapping[str, Resolved],
    shapes: ShapesById,
) -> Volume:
    wholes, parts = [], dict[str, list[StructureFacts]]()
    for row in sorted(facts, key=lambda row: (row.structure, row.part)):
        if row.part:
            parts.setdefault(row.structure, []).append(row)
        else:
            wholes.append(row)
    solids = []
    for row in sorted(wholes, key=lambda row: row.id):
        named = words.get(row.raw, UNKNOWN)
        if named.label:
            own = tuple(parts.get(row.structure, ()))
            solids.append(Solid(named.label, named.laterality, row, own))
    return Volume(sample, tuple(solids), shapes)
