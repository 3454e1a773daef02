"""Names as sets of comparable words: one spelling, in the singular, with short forms expanded."""

from __future__ import annotations

import re
from functools import lru_cache

from benchsmith.text.laterality import SIDES, take_side
from benchsmith.text.name_wrappers import STEPS
from benchsmith.text.normal_form import normal, plain
from benchsmith.text.spelling import ORGAN_ADJECTIVES, american, singular

Tokens = frozenset[str]

STOP = frozenset({"of", "the", "in", "a", "an", "by", "at", "to", "part", "and", "or", "no"}) - {
    "no"
}
"""Words that names have or lack without a change of meaning; negations are not among them."""
ADJECTIVES = ORGAN_ADJECTIVES | {
    "retinal": "retina", "ocular": "eye", "cerebral": "brain", "intracranial": "brain",
    "cerebellar": "cerebellum", "pleural": "pleura", "pericardial": "pericardium",
    "colorectal": "colorectum", "laryngeal": "larynx", "pharyngeal": "pharynx",
    "tracheal": "trachea", "bronchial": "bronchus", "aortic": "aorta", "arterial": "artery",
    "venous": "vein", "vascular": "vessel", "muscular": "muscle", "femoral": "femur",
    "tibial": "tibia", "humeral": "humerus", "thoracic": "chest", "abdominal": "abdomen",
    "pelvic": "pelvis", "spinal": "spine", "nasal": "nose", "macular": "macula",
    "choroidal": "choroid", "corneal": "cornea", "mediastinal": "mediastinum",
    "ventricular": "ventricle", "atrial": "atrium", "mucosal": "mucosa", "thyroidal": "thyroid",
    "biliary": "bile", "gastrointestinal": "digestive", "mandibular": "mandible",
    "cancerous": "cancer", "tumoral": "tumor", "inflammatory": "inflammation",
    "cingulate": "cingulum", "fetal": "fetus", "foetal": "fetus", "human": "person", "healthy": "normal",
}  # fmt: skip
"""Adjectives, and the noun that may stand for them."""
SHORT = {
    "1st": "first", "2nd": "second", "3rd": "third",
    "sup": "superior", "inf": "inferior", "mid": "middle", "med": "medial", "lat": "lateral",
    "ant": "anterior", "post": "posterior", "oper": "opercular", "orb": "orbital",
    "tri": "triangular", "supp": "supplementary", "glnd": "gland", "nrv": "nerve",
    "musc": "muscle", "lig": "ligament", "prox": "proximal", "dist": "distal",
    "aca": "adenocarcinoma", "scc": "squamous cell carcinoma", "bcc": "basal cell carcinoma",
    "vert": "vertebra", "ca": "carcinoma", "adca": "adenocarcinoma"
}  # fmt: skip
"""Short forms of words that say where a part lies, or what it is; of several words, by spaces."""
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
NUMERALED = frozenset(
    {"crus", "lobule", "lobules", "segment", "grade", "stage", "type", "level", "zone"}
)
"""Words whose numbers may be single Roman letters."""
NEGATIONS = frozenset({"no", "not", "non", "without", "absent", "negative", "free"})
NEGATED = re.compile(r"\b(no|non|not)(?=(?:tumor|cancer|glaucoma|lesion|polyp|disease)\b)")


def listed(words: str) -> Tokens:
    """Return the words of a list that are separated by spaces."""
    return frozenset(words.split())


@lru_cache(maxsize=1 << 16)
def tokens(name: str) -> Tokens:
    """Return the words of a normal form, each in its comparable form.

    >>> sorted(tokens("tumours of the liver")), sorted(tokens("hepatic tumor"))
    (['liver', 'tumor'], ['liver', 'tumor'])
    >>> sorted(tokens("fracture of a bone")), sorted(tokens("hepatitis a"))
    (['bone', 'fracture'], ['a', 'hepatitis'])
    """
    return frozenset(_in_order(name))


@lru_cache(maxsize=1 << 16)
def _in_order(name: str) -> tuple[str, ...]:
    text = NEGATED.sub(r"\1 ", american(name))
    words = re.sub(r"[^\w\s]", " ", re.sub(r"(?<=[a-z]{3})(?=\d)", " ", text)).split()
    numerals = bool(NUMERALED & set(words))
    code = words[-1:] if words[1:] and words[-1] == "a" else []  # as of a type: no article
    found = []
    for word in words:
        long = SHORT.get(word, word)
        if " " in long:
            found.extend(long.split())
            continue
        one = singular(long)
        number = word.rstrip("ab") if numerals else word
        if number in ROMAN and (numerals or len(word) > 1):
            one = f"{ROMAN.index(number) + 1}{word[len(number) :]}"
        found.append(ADJECTIVES.get(one, one))
    return (*code, *(w for w in found if w not in STOP))


def head(name: str, but: Tokens = frozenset()) -> str:
    """Return the comparable form of the word that a name is about: its last, or that before *of*.

    Words in `but` are passed over.

    >>> head("lung cancer screening"), head("tumor of the liver"), head("notumor")
    ('screening', 'tumor', 'tumor')
    """
    words = re.sub(r"[^\w\s]", " ", american(name)).split()
    if "of" in words[1:]:
        words = words[: words.index("of")]
    # `crus1` counts as the word `crus`
    found = [t for w in words for t in sorted(_in_order(w), key=str.isalpha) if t not in but]
    return found[-1] if found else ""


def plain_word(raw: str) -> str:
    """Return the normal form of a source's word after all reading steps and without its side.

    >>> plain_word("03_Frontal_Sup_L.nii.gz"), plain_word("tumor/mass")
    ('frontal sup', 'tumor mass')
    """
    text = plain(raw)
    for step in STEPS.values():
        after = step(text)
        text = after if normal(after) not in ("", *SIDES) else text  # leftMask is a mask
    return take_side(normal(text)).name or normal(raw)
