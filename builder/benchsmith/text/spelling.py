"""Spellings that are one name: what may differ between two spellings, each difference by its name.

Two names are the same here if they fold to the same, word by word or written together. Both sides
are folded, the source's word and the lexicon's name, so no table has to say which of two spellings
is the right one, and nothing is guessed. What two labels would share is no spelling of either;
`clashes` finds such names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from benchsmith.text.normal_form import plural

BRITISH = (
    ("tumour", "tumor"), ("fibre", "fiber"), ("centre", "center"),
    ("grey", "gray"), ("colour", "color"), ("humour", "humor"), ("calibre", "caliber"),
    ("litre", "liter"), ("metre", "meter"), ("mould", "mold"), ("sulph", "sulf"),
    ("leucocyt", "leukocyt"), ("isation", "ization"), ("ised", "ized"), ("ising", "izing"),
    ("labell", "label"), ("disk", "disc"),
)  # fmt: skip
"""British and American spellings of word parts that medicine uses."""
DIPHTHONG = re.compile("a+e|o+e")
"""What American spelling writes as e: oesophagus, caecum."""
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
BLANK = re.compile(r"(?<=\D) (?=\S)|(?<=\S) (?=\D)")
"""A blank that may be left out; between two numbers it says where one ends."""
ORGANS = {
    "pulmonary": "lung", "hepatic": "liver", "renal": "kidney", "splenic": "spleen",
    "pancreatic": "pancreas", "gastric": "stomach", "cardiac": "heart", "prostatic": "prostate",
    "uterine": "uterus", "ovarian": "ovary", "colonic": "colon", "rectal": "rectum",
    "esophageal": "esophagus", "duodenal": "duodenum", "mammary": "breast", "suprarenal": "adrenal",
    "cutaneous": "skin", "osseous": "bone", "dental": "tooth", "vertebral": "vertebra",
}  # fmt: skip
"""Adjectives, and the organ whose noun may stand in their place."""


def _accents(name: str) -> str:
    if name.isascii():
        return name
    name = name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _apostrophes(name: str) -> str:
    return name.replace("'", "")


def _singular(name: str) -> str:
    return " ".join(_one(word) for word in name.split())


@lru_cache(maxsize=1 << 16)
def _one(word: str) -> str:
    """Return what a word and its plural share; words of three letters stay."""
    word = IRREGULAR.get(word, word)
    if len(word) > 5 and word.endswith("ae"):
        return word[:-1]
    # diseases and viruses: the plural does not tell whether the e is the word's own
    if sibilant := re.fullmatch(r"(\w{2,}(?:s|x|z|ch|sh))es?", word):
        word = sibilant[1]
    for candidate in (word[:-3] + "y", word[:-1]):
        if len(candidate) > 2 and plural(candidate) == word:
            return candidate
    return word


def singular(name: str) -> str:
    """Return a normal form with its last word in the singular, as a person would write it.

    >>> singular("skin diseases"), singular("cell nuclei"), singular("pelvis")
    ('skin disease', 'cell nucleus', 'pelvis')
    """
    before, blank, last = name.rpartition(" ")
    if last in IRREGULAR:
        return before + blank + IRREGULAR[last]
    for candidate in (last[:-3] + "y", last[:-2], last[:-1]):
        if len(candidate) > 2 and candidate[-1] not in "iu" and plural(candidate) == last:
            # diseases and gauzes keep their e, viruses and boxes had none
            return before + blank + (last[:-1] if re.search("[aeio]ses$|zes$", last) else candidate)
    return name


def american(name: str) -> str:
    """Return a normal form in American spelling.

    >>> american("tumour of the oesophagus")
    'tumor of the esophagus'
    """
    name = DIPHTHONG.sub("e", name)
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
    return " ".join(ORGANS.get(word, word) for word in name.split())


def _together(name: str) -> str:
    return BLANK.sub("", name) if len(name) > 5 else name


FOLDS: Mapping[str, Callable[[str], str]] = {
    "accents": _accents,
    "apostrophe": _apostrophes,
    "written together": _together,
    "singular": _singular,
    "American spelling": american,
    "of turned round": _of,
    "adjective read as its organ": _organs,
}
"""What may differ between spellings of one name."""
WAYS = (
    tuple(step for step in FOLDS if step != "written together"),
    ("accents", "apostrophe", "written together", "singular", "American spelling"),
)
"""The two ways of folding, in the order of their steps: word by word, and without blanks."""
Key = tuple[int, str]
"""A way, and what a name folds to in it."""


@lru_cache(maxsize=1 << 16)
def folded(name: str, way: int = 0, but: str = "") -> str:
    """Fold a normal form in one of the ways; `but` leaves one step out.

    >>> folded("tumours of the liver") == folded("hepatic tumor")
    True
    >>> folded("gall bladder", 1) == folded("gallbladders", 1)
    True
    """
    for step in WAYS[way]:
        if step != but:
            name = FOLDS[step](name)
    return name


def keys(name: str) -> tuple[Key, ...]:
    """Return what a normal form folds to, in each way: names that share a key are one name."""
    return tuple((way, folded(name, way)) for way in range(len(WAYS)))


def difference(a: str, b: str) -> tuple[str, ...]:
    """Name the steps without which two spellings of one name would differ.

    >>> difference("brain tumours", "brain tumor"), difference("liver", "lung")
    (('singular', 'American spelling'), ())
    """
    for way, steps in enumerate(WAYS):
        if folded(a, way) == folded(b, way):
            return tuple(s for s in steps if folded(a, way, s) != folded(b, way, s))
    return ()


def clashes(names: Iterable[tuple[str, str]]) -> dict[Key, list[str]]:
    """Return the keys that names of several owners share, with the names.

    `names` has pairs of name and owner.
    """
    owners: dict[Key, set[str]] = defaultdict(set)
    spelled: dict[Key, list[str]] = defaultdict(list)
    for name, owner in names:
        for key in keys(name):
            owners[key].add(owner)
            spelled[key].append(name)
    return {key: spelled[key] for key, found in owners.items() if len(found) > 1}


def by_spelling(owned: Iterable[tuple[str, object]]) -> dict[Key, str]:
    """Return names by what they fold to; what names of several owners share leads to none.

    `owned` has pairs of name and owner, for :func:`spelled`.
    """
    names: dict[Key, str] = {}
    owners: dict[Key, object] = {}
    for name, owner in owned:
        for key in keys(name):
            same = owners.setdefault(key, owner) == owner
            names[key] = names.get(key, name) if same else ""
    return names


def spelled(names: Mapping[Key, str], word: str) -> str:
    """Return the name that a normal form is another spelling of, or nothing.

    >>> spelled(by_spelling([("liver tumor", "x"), ("lung", "y")]), "tumours of the liver")
    'liver tumor'
    """
    return next((names[key] for key in keys(word) if names.get(key)), "")
