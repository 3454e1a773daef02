"""Which kind of image a recipe states, so that files of another kind are not read as it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from benchsmith.documents.lexicon import Lexicon
from benchsmith.imaging.dicom.modality_families import FAMILIES
from benchsmith.stages.units import Unit


def with_families(units: Iterable[Unit], lexicon: Lexicon) -> list[Unit]:
    """Return the images with the kind that their modality is one of; empty for a kind of its own."""
    known: dict[str, str] = {}
    found = []
    for unit in units:
        if unit.modality not in known:
            line = lexicon.modalities.lineage(unit.modality)
            known[unit.modality] = next((term for term in line if term in FAMILIES), "")
        found.append(replace(unit, family=known[unit.modality]))
    return found
