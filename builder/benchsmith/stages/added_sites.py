"""The part of the body that a label names but its word does not: a *polyp* need not be a *polyp of digestive tract*."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from benchsmith.documents.lexicon import Lexicon, Placement
from benchsmith.documents.lexicon.body_areas import WORDS, area_words, areas_of, areas_of_label
from benchsmith.documents.tree import Axis, Term
from benchsmith.text.name_tokens import Tokens, head, listed, tokens
from benchsmith.text.normal_form import normal

NO_SITES = listed(
    "glioma meningioma stroke peritumoral ventricle lobule sulcus gyrus cortex vermis glaucoma"
    " retinopathy cataract drusen druse myopia maculopathy nevus melanoma dermatofibroma keratosis"
    " dermatitis eczema psoriasis acne rosacea dermoscopic caries cary pulp pneumonia pneumothorax"
    " atelectasis emphysema tuberculosis covid valve mammography mammogram bi rads polyp gastroscopy"
    " colonoscopy colitis esophagitis portal cystic nephron tubule gleason isup cervical pregnancy"
    " erythrocyte leukocyte lymphocyte neutrophil platelet leukemia hemoglobin monocyte basophil"
    " eosinophil myeloblast malaria plasmodium blood bone joint fracture osteoarthritis meniscus"
    " ligament cartilage muscle skeleton seminal artery"
    " arteriole vein venule capillary vessel"
)
"""Words that tell an area, and are no place in it: illnesses, cells, tissues, methods."""
NAMED_BY_ORGANS = frozenset({"organ", "bone", "region", "vessel"})
"""Kinds of labels whose names of one word are sites."""
PARTS = listed(
    "organ organ-part nervous vessel membrane muscle joint ligament duct bone cartilage space"
)
"""Kinds of labels that are parts of the body."""
OTHER_NAMES = frozenset({"region", "tissue", "cell", "cell-part", "device"})
"""Further kinds of labels that have other names: the *cutis* is the skin, a *Swan Ganz catheter* is in one artery."""
NO_HEADS = listed("volume area region site")
"""Words that a name ends with, and is not about: a gross tumor volume is a tumor."""
CODE = re.compile(r"[A-Z]{2}")
"""A synonym that is written as a code."""
LONGEST = 5
"""Letters of the longest abbreviation that is read as a code."""
BEGINNING = 5
"""Letters that a word shares with the organ that it is derived from: *intestinal*."""
AMBIGUOUS = listed(
    "tuberculosis emphysema polyp cystic tubule lobule portal bone joint fracture osteoarthritis ligament cartilage muscle skeleton"
)
"""Words that tell an area in a title, and say nothing about where a thing is that they name."""


class AddedSites:
    """Finds what labels of a lexicon add to words."""

    def __init__(self, lexicon: Lexicon) -> None:
        found = _WORDS_OF.get(lexicon.labels)
        if found is None or found.placements is not lexicon.placements:
            found = _WordsOfNames(lexicon.placements, _sites(lexicon), _general(lexicon))
            _WORDS_OF[lexicon.labels] = found
        self._sites, self._general = found.sites, found.general
        self._known: dict[tuple[str, str, str], Tokens] = {}

    def added(self, word: str, term: Term, expansion: str = "") -> Tokens:
        """Return the sites in a label's name that its word does not state; empty if none.

        `word` is a normal form: a name or synonym of the label, or an abbreviation of the normal form
        `expansion`. Nothing is added if the word names the same area in another way (*caries*), if it is
        a code with the site's letter (*RCC*), or if it is a word with a single meaning (*callosity*, or
        *chiasm* for the optic chiasm, of which a body has one).
        """
        key = word, term.id, expansion
        if key not in self._known:
            self._known[key] = self._added(word, term, expansion)
        return self._known[key]

    def _added(self, word: str, term: Term, expansion: str = "") -> Tokens:
        name = normal(term.name)
        own, full = tokens(word), tokens(name)
        areas = named_areas(own)
        missing = frozenset(
            site for site in (full - own) & self._sites if not areas_of(frozenset([site])) & areas
        )
        if own < full:
            one = len(own) == 1 and not own & self._general and term.kind in PARTS
            return frozenset() if one else missing
        if not missing:
            return missing
        if _is_code(word, term, expansion):
            long = expansion or name
            covered = {w for w in long.split() if _has_letter_of(word, w, long)}
            told = frozenset(t for w in covered for t in tokens(w)) - AMBIGUOUS
            return frozenset(
                s for s in missing - told if not areas_of(frozenset([s])) & areas_of(told)
            )
        said = term.kind in PARTS | OTHER_NAMES or head(word, NO_HEADS) not in self._general
        return missing if expansion or not said else frozenset()


def named_areas(own: Tokens) -> frozenset[str]:
    """Return the areas that a word itself names, also by a derivative of an organ's name.

    >>> named_areas(tokens("intestinal injury")), named_areas(tokens("polyp"))
    (frozenset({'digestive'}), frozenset())
    """
    plain = own - AMBIGUOUS
    derived = {
        area
        for area, words in WORDS.items()
        for organ in words.split()
        if len(organ) >= BEGINNING and organ not in AMBIGUOUS
        for token in plain
        if token[:BEGINNING] == organ[:BEGINNING]
    }
    return areas_of(plain) | derived


class _WordsOfNames(NamedTuple):
    """What the names of all labels tell about their words."""

    placements: Mapping[tuple[str, str], Placement]
    sites: Tokens
    general: Tokens


_WORDS_OF: WeakKeyDictionary[Axis, _WordsOfNames] = WeakKeyDictionary()
"""Of the last lexicon with each table of labels: lexicons that differ in mappings have the same."""


def _sites(lexicon: Lexicon) -> Tokens:
    """Return the words of names that are sites."""
    own = (tokens(normal(term.name)) for term in lexicon.labels if term.kind in NAMED_BY_ORGANS)
    alone = frozenset(token for found in own if len(found) == 1 for token in found)
    return alone.union(*(tokens(words) for words in WORDS.values())) - NO_SITES


def _general(lexicon: Lexicon) -> Tokens:
    """Return the words of names that labels of several areas share."""
    areas: dict[str, set[str]] = defaultdict(set)
    for term in lexicon.labels:
        own = tokens(normal(term.name))
        if general := own - area_words(own):
            found = areas_of_label(lexicon, term.id)
            for token in general if found else ():
                areas[token] |= found
    return frozenset(token for token, found in areas.items() if len(found) > 1) | {"ventricle"}


def _is_code(word: str, term: Term, expansion: str) -> bool:
    if expansion:
        return len(word) <= LONGEST and " " not in word
    return any(normal(each) == word and CODE.search(each) for each in term.synonyms)


def _has_letter_of(code: str, word: str, name: str) -> bool:
    """Return whether a letter of a code abbreviates a word of a name, and all letters of the code occur in order.

    >>> _has_letter_of("rcc", "renal", "renal cell carcinoma")
    True
    >>> _has_letter_of("pz", "prostate", "peripheral zone of prostate")
    False
    """
    before, _, after = name.partition(word)
    after = word[1:] + after
    return any(
        letter == word[0] and _within(code[:i], before) and _within(code[i + 1 :], after)
        for i, letter in enumerate(code)
    )


def _within(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)
