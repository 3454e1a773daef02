"""Spelling variants of one name, and the named differences between them.

Two names are variants if they fold to the same key, word by word or with spaces removed. The
source's word and the lexicon's name are both folded, so no table has to list variants and nothing
is guessed. A key that names of two labels share is ignored; `clashes` finds such names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from benchsmith.text.denying_signs import is_struck
from benchsmith.text.normal_form import plural

BRITISH = (
    ("tumour", "tumor"), ("fibre", "fiber"), ("centre", "center"),
    ("grey", "gray"), ("colour", "color"), ("humour", "humor"), ("calibre", "caliber"),
    ("litre", "liter"), ("metre", "meter"), ("mould", "mold"), ("sulph", "sulf"),
    ("leucocyt", "leukocyt"), ("isation", "ization"), ("ised", "ized"), ("ising", "izing"),
    ("labell", "label"), ("disk", "disc"),
)  # fmt: skip
"""British and American spellings of word parts that medicine uses."""
ANY_BRITISH = re.compile("|".join(british for british, _ in BRITISH))
DIPHTHONG = re.compile("a+e|o+e")
"""Digraphs that American spelling writes as e: oesophagus, caecum."""
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
"""Irregular plurals and their singulars."""
OPTIONAL_SPACE = re.compile(r"(?<=\D) (?=\S)|(?<=\S) (?=\D)")
"""A space that variants may omit; between two numbers it is needed."""
ORGAN_ADJECTIVES = {
    "pulmonary": "lung", "hepatic": "liver", "renal": "kidney", "splenic": "spleen",
    "pancreatic": "pancreas", "gastric": "stomach", "cardiac": "heart", "prostatic": "prostate",
    "uterine": "uterus", "ovarian": "ovary", "colonic": "colon", "rectal": "rectum",
    "esophageal": "esophagus", "duodenal": "duodenum", "mammary": "breast", "suprarenal": "adrenal",
    "cutaneous": "skin", "osseous": "bone", "dental": "tooth", "vertebral": "vertebra",
}  # fmt: skip
"""Adjectives, and the nouns of the organs that may replace them."""


def _accents(name: str) -> str:
    if name.isascii():
        return name
    name = name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    apart = unicodedata.normalize("NFKD", name)  # a line through a letter is no accent
    return "".join(c for c in apart if not unicodedata.combining(c) or is_struck(c))


def _apostrophes(name: str) -> str:
    return name.replace("'", "")


def _singular(name: str) -> str:
    return " ".join([_one(word) for word in name.split()])


@lru_cache(maxsize=1 << 16)
def _one(word: str) -> str:
    """Return a key that a word shares with its plural; words of three letters are unchanged."""
    word = IRREGULAR.get(word, word)
    if not word.endswith(("s", "e")):  # what is no regular plural and no sibilant with an e
        return word
    if len(word) > 5 and word.endswith("ae"):
        return word[:-1]
    # diseases and viruses: the plural does not show whether the e belongs to the word
    if sibilant := re.fullmatch(r"(\w{2,}(?:s|x|z|ch|sh))es?", word):
        word = sibilant[1]
    for candidate in (word[:-3] + "y", word[:-1]):
        if len(candidate) > 2 and plural(candidate) == word:
            return candidate
    return word


@lru_cache(maxsize=1 << 16)
def singular(name: str) -> str:
    """Return a normal form with its last word in the singular, as it is spelled.

    >>> singular("skin diseases"), singular("cell nuclei"), singular("pelvis")
    ('skin disease', 'cell nucleus', 'pelvis')
    """
    before, blank, last = name.rpartition(" ")
    if last in IRREGULAR:
        return before + blank + IRREGULAR[last]
    if not last.endswith("s"):  # as every regular plural does
        return name
    for candidate in (last[:-3] + "y", last[:-2], last[:-1]):
        if len(candidate) > 2 and candidate[-1] not in "iu" and plural(candidate) == last:
            # diseases and gauzes keep their e, viruses and boxes have none
            return before + blank + (last[:-1] if re.search("[aeio]ses$|zes$", last) else candidate)
    return name


def american(name: str) -> str:
    """Return a normal form in American spelling.

    >>> american("tumour of the oesophagus")
    'tumor of the esophagus'
    """
    if "ae" in name or "oe" in name:
        name = DIPHTHONG.sub("e", name)
    if ANY_BRITISH.search(name):
        for british, american in BRITISH:
            name = name.replace(british, american)
    return name


def _of(name: str) -> str:
    """Turn `tumor of the liver` into `liver tumor`."""
    if " of " not in name:
        return name
    parts = re.split(r" of (?:the )?", name)
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else name


def _organs(name: str) -> str:
    return " ".join([ORGAN_ADJECTIVES.get(word, word) for word in name.split()])


def _together(name: str) -> str:
    return OPTIONAL_SPACE.sub("", name) if len(name) > 5 else name


FOLDS: Mapping[str, Callable[[str], str]] = {
    "accents": _accents,
    "apostrophe": _apostrophes,
    "written together": _together,
    "singular": _singular,
    "American spelling": american,
    "order around of reversed": _of,
    "adjective read as its organ": _organs,
}
"""The differences that are folded, by name."""
WAYS = (
    tuple(step for step in FOLDS if step != "written together"),
    ("accents", "apostrophe", "written together", "singular", "American spelling"),
)
"""The two ways of folding as lists of steps: word by word, and without spaces."""
_STEPS = tuple(tuple(FOLDS[step] for step in way) for way in WAYS)
Key = tuple[int, str]
"""Index of a way, and what a name folds to in it."""


@lru_cache(maxsize=1 << 19)
def folded(name: str, way: int = 0, but: str = "") -> str:
    """Fold a normal form in one of the ways; `but` skips one step.

    >>> folded("tumours of the liver") == folded("hepatic tumor")
    True
    >>> folded("gall bladder", 1) == folded("gallbladders", 1)
    True
    """
    for fold in _STEPS[way] if not but else [FOLDS[step] for step in WAYS[way] if step != but]:
        name = fold(name)
    return name


def keys(name: str) -> tuple[Key, ...]:
    """Return the keys of a normal form, one for each way; names that share a key are variants."""
    return tuple((way, folded(name, way)) for way in range(len(WAYS)))


def difference(a: str, b: str) -> tuple[str, ...]:
    """Return the names of the steps without which two variants would differ.

    >>> difference("brain tumours", "brain tumor"), difference("liver", "lung")
    (('singular', 'American spelling'), ())
    """
    for way, steps in enumerate(WAYS):
        if folded(a, way) == folded(b, way):
            return tuple(s for s in steps if folded(a, way, s) != folded(b, way, s))
    return ()


def clashes(names: Iterable[tuple[str, str]]) -> dict[Key, list[str]]:
    """Return the keys shared by names of several owners, with the names.

    `names` are pairs of a normal form and its owner.
    """
    owned = list(names)
    owners: dict[Key, str] = {}
    shared: set[Key] = set()
    for name, owner in owned:
        for key in keys(name):
            if owners.setdefault(key, owner) != owner:
                shared.add(key)
    if not shared:  # as in any sound lexicon, in which a list for each key takes long
        return {}
    spelled: dict[Key, list[str]] = {key: [] for key in owners if key in shared}
    for name, _ in owned:
        for key in keys(name):
            if key in shared:
                spelled[key].append(name)
    return spelled


def by_spelling(owned: Iterable[tuple[str, object]]) -> dict[Key, str]:
    """Return names by their keys, for :func:`spelled`.

    `owned` are pairs of a normal form and its owner. A key shared by several owners maps to an
    empty string.
    """
    names: dict[Key, str] = {}
    owners: dict[Key, object] = {}
    for name, owner in owned:
        for key in keys(name):
            same = owners.setdefault(key, owner) == owner
            names[key] = names.get(key, name) if same else ""
    return names


def spelled(names: Mapping[Key, str], word: str) -> str:
    """Return the name that a normal form is another spelling of, or an empty string.

    >>> spelled(by_spelling([("liver tumor", "x"), ("lung", "y")]), "tumours of the liver")
    'liver tumor'
    """
    return next((names[key] for key in keys(word) if names.get(key)), "")
