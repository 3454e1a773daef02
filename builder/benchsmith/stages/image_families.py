"""The kind of image that a recipe states, so that files of another kind are not read as it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from benchsmith.documents.lexicon import Lexicon
from benchsmith.imaging.dicom.modality_families import FAMILIES
from benchsmith.stages.units import Unit


def with_families(units: Iterable[Unit], lexicon: Lexicon) -> list[Unit]:
    """Return the images with the kind of their modality; empty for a modality without a kind."""
    family = family_of(lexicon)
    return [replace(unit, family=family(unit.modality)) for unit in units]


def family_of(lexicon: Lexicon) -> Callable[[str], str]:
    """Return a function that finds the kind of a modality; empty for a modality without a kind."""

    @cache
    def found(modality: str) -> str:
        line = lexicon.modalities.lineage(modality)
        return next((term for term in line if term in FAMILIES), "")

    return found
