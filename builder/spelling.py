"""Spellings that are one name: what may differ between two spellings, each difference by its name.

Two names are the same here if they fold to the same. Both sides are folded, the source's word and
the lexicon's name, so no table has to say which of two spellings is the right one, and nothing is
guessed. What two labels would share is no spelling of either; `clashes` finds such names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from builder.words import plural

BRITISH = (
    ("tumour", "tumor"), ("ae", "e"), ("oe", "e"), ("fibre", "fiber"), ("centre", "center"),
    ("grey", "gray"), ("colour", "color"), ("humour", "humor"), ("calibre", "caliber"),
    ("litre", "liter"), ("metre", "meter"), ("mould", "mold"), ("sulph", "sulf"),
    ("leucocyt", "leukocyt"), ("isation", "ization"), ("ised", "ized"), ("ising", "izing"),
    ("labell", "label"), ("disk", "disc"),
)  # fmt: skip
"""British and American spellings of word parts that medicine uses."""
IRREGULAR = {
    "nuclei": "nucleus", "bronchi": "bronchus", "diverticula": "diverticulum",
    "metastases": "metastasis", "testes": "testis", "thrombi": "thrombus", "calculi": "calculus",
    "emboli": "embolus", "septa": "septum", "atria": "atrium", "ganglia": "ganglion",
    "bacteria": "bacterium", "fungi": "fungus", "feet": "foot", "teeth": "tooth", "naevi": "nevus",
    "nevi": "nevus", "villi": "villus", "drusen": "druse", "stenoses": "stenosis",
    "diagnoses": "diagnosis", "fibroses": "fibrosis", "dermatoses": "dermatosis",
    "keratoses": "keratosis", "psychoses": "psychosis", "acetabula": "acetabulum",
    "ostia": "ostium", "crura": "crus", "sulci": "sulcus", "gyri": "gyrus", "rami": "ramus",
    "menisci": "meniscus", "thalami": "thalamus", "hippocampi": "hippocampus",
    "exostoses": "exostosis", "meatuses": "meatus", "foramina": "foramen", "lumina": "lumen",
}  # fmt: skip
"""Plurals that no rule gives."""
ORGANS = {
    "pulmonary": "lung", "hepatic": "liver", "renal": "kidney", "splenic": "spleen",
    "pancreatic": "pancreas", "gastric": "stomach", "cardiac": "heart", "prostatic": "prostate",
    "uterine": "uterus", "ovarian": "ovary", "colonic": "colon", "rectal": "rectum",
    "esophageal": "esophagus", "duodenal": "duodenum", "mammary": "breast", "suprarenal": "adrenal",
    "cutaneous": "skin", "osseous": "bone", "dental": "tooth", "vertebral": "vertebra",
}  # fmt: skip
"""Adjectives, and the organ whose noun may stand in their place."""


def _accents(name: str) -> str:
    name = name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _apostrophes(name: str) -> str:
    return name.replace("'", "")


def _singular(name: str) -> str:
    return " ".join(_one(word) for word in name.split())


def _one(word: str) -> str:
    """Return a word in the singular; words of three letters stay."""
    word = IRREGULAR.get(word, word)
    if len(word) > 5 and word.endswith("ae"):
        return word[:-1]
    for candidate in (word[:-3] + "y", word[:-2], word[:-1]):
        if len(candidate) > 2 and plural(candidate) == word:
            return candidate
    return word


def _american(name: str) -> str:
    for british, american in BRITISH:
        name = name.replace(british, american)
    return name


def _of(name: str) -> str:
    """Turn `tumor of the liver` into `liver tumor`."""
    parts = re.split(r" of (?:the )?", name)
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else name


def _organs(name: str) -> str:
    return " ".join(ORGANS.get(word, word) for word in name.split())


def _together(name: str) -> str:
    # between two numbers the blank says where one ends
    return re.sub(r"(?<=\D) (?=\S)|(?<=\S) (?=\D)", "", name) if len(name) > 5 else name


FOLDS: Mapping[str, Callable[[str], str]] = {
    "accents": _accents,
    "apostrophe": _apostrophes,
    "singular": _singular,
    "American spelling": _american,
    "of turned round": _of,
    "adjective read as its organ": _organs,
    "written together": _together,
}
"""What may differ between spellings of one name, in the order in which it is folded."""


@lru_cache(maxsize=1 << 16)
def folded(name: str, but: str = "") -> str:
    """Fold a normal form: spellings of one name become the same; `but` leaves one fold out.

    >>> folded("tumours of the liver") == folded("hepatic tumor"), folded("gall bladder")
    (True, 'gallbladder')
    """
    for step, fold in FOLDS.items():
        if step != but:
            name = fold(name)
    return name


def difference(a: str, b: str) -> tuple[str, ...]:
    """Name the folds without which two spellings of one name would differ.

    >>> difference("brain tumours", "brain tumor")
    ('singular', 'American spelling')
    """
    return tuple(step for step in FOLDS if folded(a, step) != folded(b, step))


def clashes(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the folds that names of different owners share, with the names; `names` has (name, owner)."""
    owners: dict[str, set[str]] = defaultdict(set)
    spelled: dict[str, list[str]] = defaultdict(list)
    for name, owner in names:
        owners[folded(name)].add(owner)
        spelled[folded(name)].append(name)
    return {fold: spelled[fold] for fold, found in owners.items() if len(found) > 1}
