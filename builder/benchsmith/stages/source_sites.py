"""The part of the body that a source states to show, and whether that supports a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import product

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.body_areas import (
    Areas,
    apart,
    area_of_modality,
    areas_of,
    areas_of_label,
)
from benchsmith.documents.stated_sites import Stated, stated_site
from benchsmith.documents.tree import Term
from benchsmith.stages.added_sites import AddedSites, named_areas
from benchsmith.text.name_tokens import Tokens, tokens
from benchsmith.text.normal_form import normal

ONE_ORGAN = frozenset(
    ["brain", "eye", "skin", "chest", "heart", "breast", "blood", "fetus", "abdomen", "mouth"]
)
"""Areas that a source states with any of their words: pictures of the chest show the lung."""
ALL_OF = {"digestive": "digestive", "neck": "neck", "pelvis": "pelvis"}
"""Areas of several organs, and the site that is all of them: the colon is in the digestive tract."""
SHOWS = {"laparoscopy": "abdomen"}
"""Modalities that show an area beside others of it."""
MOST = 0.6
"""Share of the other words' labels that must lie in an area for the source to be about it."""
FEWEST = 2
"""Other words that it takes."""
FINDINGS = frozenset({"disease", "attribute", "severity"})
"""Kinds of labels that say what is wrong with a picture's organ, or that nothing is."""
GROWTHS = ("tumor", "cancer", "lesion")
MICROSCOPIC = frozenset({"cell", "cell-part", "microorganism"})
"""Kinds of labels that only a microscope shows."""
LARGE = frozenset({"region"})
"""Kinds of labels that no microscope shows."""
EYEPIECES = frozenset({"microscopy", "adaptive-optics-ophthalmoscopy"})


class SourceSites:
    """Judges whether a source supports what a label adds to its word."""

    def __init__(self, lexicon: Lexicon, said: Mapping[str, Stated]) -> None:
        """`said` is what the documents of each source state; for any other source, it is the id."""
        self._lexicon, self._said = lexicon, said
        self._added = AddedSites(lexicon)
        self._heard: dict[str, Mapping[str, str]] = {}
        self._areas: dict[str, Mapping[str, Areas]] = {}

    def hear(self, source: str, labels: Mapping[str, str]) -> None:
        """Take the labels of a source's words that need no support as evidence of its area."""
        self._heard[source] = labels
        self._areas[source] = {
            word: areas
            for word, label in labels.items()
            if (areas := areas_of_label(self._lexicon, label))
        }

    def against(
        self, word: str, term: Term, source: str, modality: str, expansion: str = ""
    ) -> str:
        """Return why a label says more than its word; empty if it does not, or if the source says it.

        `word` is the normal form that was looked up, `expansion` what it abbreviates.
        """
        if why := self._not_shown(term, modality):
            return why
        own = tokens(word)
        stated = self._stated(source) - own
        of_mode = area_of_modality(self._lexicon, modality)
        shown = (
            {of_mode} - {""}
            | {SHOWS[m] for m in self._lexicon.modalities.lineage(modality) if m in SHOWS}
            if modality
            else set()
        )
        added = self._added.added(word, term, expansion)
        areas = frozenset(shown) | self._common(source, word)
        lost = sorted(
            site
            for site in added
            if not self._supported(site, stated, areas)
            or (of_mode and apart(areas_of(frozenset([site])), frozenset([of_mode])))
        )
        # one of several words for a place is enough: head and neck
        if lost and len(lost) == len(added):
            return f"adds {' and '.join(lost)}, which the source does not state"
        return self._elsewhere(own, term, shown) or self._elliptic(own, term, source)

    def elsewhere(self, raw: str, term: Term, source: str) -> str:
        """Return a message if a label belongs to another part of the body than its source states; otherwise empty.

        A word that names its part of the body is accepted, and so is a body part itself: a liver in pictures
        of the chest.
        """
        own = tokens(normal(raw))
        ours, areas = areas_of(self._stated(source) - own), areas_of_label(self._lexicon, term.id)
        shown = (
            ours | {"brain"} if "neck" in ours else ours
        )  # the area of the head and the ear, too
        if term.kind not in FINDINGS or named_areas(own) or not apart(areas, shown):
            return ""
        return f"is of the {' or '.join(sorted(areas))}, and the source of the {' and '.join(sorted(ours))}"

    def _elsewhere(self, own: Tokens, term: Term, shown: set[str]) -> str:
        """Return a message if a disease belongs to another part of the body than the modality shows.

        Labels whose name states their area are judged by what the name adds.
        """
        names = (term.name, *term.synonyms)
        if term.kind not in FINDINGS or named_areas(own.union(*(tokens(normal(n)) for n in names))):
            return ""
        areas = areas_of_label(self._lexicon, term.id)
        if apart(areas, frozenset(shown)):
            return f"is of the {' or '.join(sorted(areas))}, which the modality does not show"
        return ""

    def _elliptic(self, own: Tokens, term: Term, source: str) -> str:
        """Return a message if an organ's name means a disease of it: *pituitary* beside two brain tumors.

        It does in a source that lists diseases of whole pictures, if a label's name is that of the organ with
        a growth, and is a disease of the same kind as the others.
        """
        said, labels = self._said.get(source), self._lexicon.labels
        if said is None or not said.whole or term.kind in FINDINGS or not term.kind:
            return ""
        others = {x for x in self._heard.get(source, {}).values() if x != term.id}
        if len(others) < FEWEST or any(labels[x].kind not in FINDINGS for x in others):
            return ""
        above = Counter(a for x in others for a in labels.lineage(x)[1:])
        shared = {a for a, n in above.items() if n >= FEWEST}
        for growth, name in product(GROWTHS, (term.name, *term.synonyms)):
            found = labels.by_name(normal(f"{name} {growth}"))
            if found is not None and shared & set(labels.lineage(found.id)[1:]):
                return f"is no disease like the source's other labels, as {found.id} is"
        return ""

    def _stated(self, source: str) -> Tokens:
        said = self._said.get(source)
        return stated_site(None, source) if said is None else said.sites

    def _common(self, source: str, word: str) -> Areas:
        """Return the areas of most other words of a source."""
        others = [areas for other, areas in self._areas.get(source, {}).items() if other != word]
        counted = Counter(area for each in others for area in each)
        return frozenset(a for a, n in counted.items() if n >= FEWEST and n >= MOST * len(others))

    @staticmethod
    def _supported(site: str, stated: Tokens, areas: Areas) -> bool:
        of_site = areas_of(frozenset([site]))
        if site in stated or of_site & areas:
            return True
        both = of_site & areas_of(stated)
        return any(area in ONE_ORGAN or ALL_OF.get(area) == site for area in both)

    def _not_shown(self, term: Term, modality: str) -> str:
        if not modality:
            return ""
        line = self._lexicon.modalities.lineage(modality)
        seen = bool(EYEPIECES & frozenset(line))
        if (term.kind in MICROSCOPIC and not seen) or (term.kind in LARGE and "microscopy" in line):
            return (
                f"is a {term.kind}, which {self._lexicon.modalities[modality].name} does not show"
            )
        return ""
