"""Other spellings of the same name, each by one step that has a name: nothing is guessed.

The steps: words run together in camel case are parted; a heading turned round by a comma is turned
back; British spellings become American ones; a plural becomes its singular.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from builder.words import normal, plural

BRITISH = (
    ("tumour", "tumor"), ("oesophag", "esophag"), ("oedema", "edema"), ("haem", "hem"),
    ("aemia", "emia"), ("aemic", "emic"), ("paed", "ped"), ("foet", "fet"), ("fibre", "fiber"),
    ("centre", "center"), ("grey", "gray"), ("caec", "cec"), ("coeli", "celi"),
    ("diarrhoea", "diarrhea"), ("colour", "color"), ("aetio", "etio"), ("anaesth", "anesth"),
    ("gynaec", "gynec"), ("faec", "fec"), ("isation", "ization"), ("ischaem", "ischem"),
    ("leucocyt", "leukocyt"), ("orthopaed", "orthoped"), ("humour", "humor"), ("calibre", "caliber"),
    ("litre", "liter"), ("metre", "meter"), ("mould", "mold"), ("sulph", "sulf"), ("plough", "plow"),
)  # fmt: skip
"""British and American spellings of word parts that medicine uses."""
IRREGULAR = {
    "vertebrae": "vertebra", "nuclei": "nucleus", "bronchi": "bronchus", "diverticula": "diverticulum",
    "metastases": "metastasis", "ovaries": "ovary", "testes": "testis", "thrombi": "thrombus",
    "calculi": "calculus", "emboli": "embolus", "fistulae": "fistula", "septa": "septum",
    "atria": "atrium", "ganglia": "ganglion", "bacteria": "bacterium", "fungi": "fungus",
    "hemorrhages": "hemorrhage", "biopsies": "biopsy", "feet": "foot", "teeth": "tooth",
    "bursae": "bursa", "naevi": "nevus", "nevi": "nevus", "papillae": "papilla", "villi": "villus",
    "drusen": "druse", "scapulae": "scapula", "tibiae": "tibia", "fibulae": "fibula",
    "claviculae": "clavicula", "maxillae": "maxilla", "stenoses": "stenosis", "cysts": "cyst",
}  # fmt: skip
"""Plurals that no rule gives."""


class Spelled(NamedTuple):
    """A form of a name, and the steps that led to it; none for the name as it is."""

    name: str
    steps: tuple[str, ...]


def forms(raw: str) -> Iterator[Spelled]:
    """Yield the normal form of a raw name, then every other spelling of it, fewest steps first.

    >>> [(s.name, s.steps) for s in forms("Tumours")][-1]
    ('tumor', ('American spelling', 'singular'))
    """
    found: dict[str, Spelled] = {}
    first = normal(raw)
    found[first] = Spelled(first, ())
    parted = normal(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", raw))
    found.setdefault(parted, Spelled(parted, ("camel case parted",)))
    for step, change in (
        ("comma turned round", _turned),
        ("American spelling", _american),
        ("singular", _singular),
    ):
        for spelled in list(found.values()):
            other = change(spelled.name)
            found.setdefault(other, Spelled(other, (*spelled.steps, step)))
    yield from sorted(found.values(), key=lambda s: len(s.steps))


def _turned(name: str) -> str:
    """Turn `nodule, pulmonary` into `pulmonary nodule`."""
    parts = [p.strip() for p in name.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else name


def _american(name: str) -> str:
    for british, american in BRITISH:
        name = name.replace(british, american)
    return name


def _singular(name: str) -> str:
    """Return a name with its last word in the singular."""
    before, blank, last = name.rpartition(" ")
    if last in IRREGULAR:
        return before + blank + IRREGULAR[last]
    for candidate in (last[:-3] + "y", last[:-2], last[:-1]):
        if len(candidate) > 2 and plural(candidate) == last:
            return before + blank + candidate
    return name
