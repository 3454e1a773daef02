"""Patients' names as the recipes state them, in one spelling for each person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from benchsmith.core.image import Image
from benchsmith.core.person_parts import PATIENT, person_part
from benchsmith.documents.recipe import Source
from benchsmith.stages.units import Unit
from benchsmith.text.named_persons import person_in_name
from benchsmith.text.nobody import names_nobody
from benchsmith.text.spreadsheet_cells import ERRORS, is_rounded_number

WHOLE = re.compile(r"0*(\d+)(?:\.0+)?")


def stated_patients(cells: Iterable[str]) -> list[str]:
    """Return the patients among cells of a column, sorted, without words that name nobody.

    A number that a spreadsheet has rounded, such as 1.23457E+18, names several persons, so that it names nobody.

    >>> stated_patients({"NaN", "P1", "unknown", "1.23457E+18"})
    ['P1']
    """
    return sorted(
        cell
        for cell in cells
        if cell.casefold() not in ERRORS and not names_nobody(cell) and not is_rounded_number(cell)
    )


def person_of(unit: Unit, image: Image) -> str:
    """Return whom an image's header names, as :attr:`benchsmith.core.image.Image.person`.

    If it names no patient and the recipe does not either, whom the file's path names is added. Empty if
    nobody is named, or if identifiers were replaced (`identity: ignore`).
    """
    if unit.samples.identity != "check":
        return ""
    named = person_in_name(unit.show(unit.path)) if unit.samples.patient == "key" else ""
    if not named or PATIENT in image.person:
        return image.person
    return f"{image.person} {person_part('patient', 'name', named)}".lstrip()


def spelt_alike(units: Sequence[Unit]) -> dict[int, str]:
    """Return another name of the patient of some units, by their place: each person has one name then.

    A spreadsheet turns 007 into 7.0 or 7. Only patients of columns are compared; the first spelling in
    the order of text is the name, and a number with a single spelling keeps it.
    """
    spelt: dict[tuple[str, str], dict[str, list[int]]] = {}
    for place, unit in enumerate(units):
        if unit.samples.patient.startswith("column:"):
            spelt.setdefault(_number(unit), {}).setdefault(unit.patient, []).append(place)
    return {
        place: min(own)
        for own in spelt.values()
        if len(own) > 1
        for places in own.values()
        for place in places
    }


def _number(unit: Unit) -> tuple[str, str]:
    source, _, name = unit.patient.partition("/")
    name = unicodedata.normalize("NFKC", name)  # digits and letters of full width
    number = WHOLE.fullmatch(name)
    return source, number[1] if number else name


def shared_names(sources: Iterable[Source]) -> dict[str, str]:
    """Return the `id_space` of each source that shares patients' names with other sources."""
    return {s.id: s.recipe.id_space for s in sources if s.recipe.id_space}


def without_patients(sources: Iterable[Source]) -> list[str]:
    """Return the sources whose recipe names no patient in some entry.

    All pictures of such an entry count as one person's.
    """
    return [
        s.id
        for s in sources
        if any("patient" not in entry.model_fields_set for entry in s.recipe.samples)
    ]
