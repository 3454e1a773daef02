"""A bundle of units as it is sent to a worker: names of files, of which the worker makes the units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents.recipe import Source
from benchsmith.stages.entry_images import EntryImages, Part
from benchsmith.stages.picture_list import Run
from benchsmith.stages.units import Unit


@dataclass(frozen=True, slots=True)
class PackedUnits:
    """Units of images of one source whose paths tell all of them.

    To make units and to pickle them takes the building process longer than to send names, and it is one process
    for all workers.
    """

    source: Source
    roots: Mapping[str, Path]
    runs: Sequence[tuple[int, Sequence[str], Sequence[Part]]]
    """Number of an entry, and the places and parts of its images."""
    families: Mapping[str, str]
    """By modality, what it is a kind of."""

    def __iter__(self) -> Iterator[Unit]:
        """Make one unit after the other."""
        entries: dict[int, EntryImages] = {}
        for number, places, parts in self.runs:
            if number not in entries:
                entries[number] = EntryImages(self.source, number, self.roots)
            for place, part in zip(places, parts, strict=True):
                yield entries[number].unit(place, part, family=self.families.__getitem__)


def pack(runs: Iterable[Run], family: Callable[[str], str] | None) -> PackedUnits | None:
    """Return the units of some runs of one source; `family` finds what a modality is a kind of.

    None if their paths do not tell all of them, or if their paths tell their modalities: workers have no lexicon,
    which says what these are kinds of.
    """
    packed, families = [], {}
    entry = None
    for entry, places, parts in runs:
        modality = entry.samples.modality
        if not entry.is_told_by_path or modality == "key" or "{" in modality:
            return None
        families[modality] = family(modality) if family else ""
        packed.append((entry.number, places, parts))
    return None if entry is None else PackedUnits(entry.source, entry.roots, packed, families)
