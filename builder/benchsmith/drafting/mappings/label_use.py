"""How often sources use a label, which breaks ties between guesses that words alone cannot separate."""

from __future__ import annotations

from collections import defaultdict
from math import log2

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.body_areas import area_words, areas_of
from benchsmith.drafting.mappings.source_scope import Scope
from benchsmith.text.name_tokens import tokens
from benchsmith.text.normal_form import normal

MOST = 4.0
"""The most that use puts a guess ahead, in points of sureness."""
SEVERAL = frozenset({"liver", "kidney", "digestive", "pelvis", "bone", "neck"})
"""Areas of several organs that are no parts of one another."""
TAKEN = 3.0
"""What a guess falls behind whose label another word of the source has already."""


class LabelUse:
    """Counts the sources whose signed mappings use each label."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._sources: dict[str, set[str]] = defaultdict(set)
        for source, rows in lexicon.mappings.items():
            for row in rows.values():
                self._sources[row.label].add(source)
        self._organs = {
            term.id: area_words(
                frozenset(t for n in (term.name, *term.synonyms) for t in tokens(normal(n)))
            )
            for term in lexicon.labels
        }

    def count(self, label: str, own: str) -> int:
        """Return how many sources other than `own` use a label."""
        return len(self._sources.get(label, set()) - {own})

    def ahead(self, label: str, scope: Scope) -> float:
        """Return the advantage that use gives a label over an equally certain one; may be negative.

        A label of another organ than the source's, in the same part of the body, gets a disadvantage.
        """
        organs = self._organs.get(label, frozenset())
        apart = organs and scope.organs & scope.titled and not organs & scope.organs
        if apart and areas_of(organs) <= SEVERAL:
            return -MOST
        used = min(MOST, log2(1 + self.count(label, scope.source)))
        return used - TAKEN * (label in scope.taken)
