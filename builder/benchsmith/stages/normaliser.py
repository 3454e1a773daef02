"""Find the label of a source's word, recording every step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.stated_sites import Stated
from benchsmith.stages.resolved_word import NOT_TAKEN, UNKNOWN, UNMAPPED, Resolved
from benchsmith.stages.source_sites import SourceSites
from benchsmith.stages.word_matches import Match, WordMatches
from benchsmith.stages.word_variants import Variant, variants_of
from benchsmith.text.name_wrappers import halves, shortens
from benchsmith.text.spelling import by_spelling, difference, spelled

NOTHING_STATED: Mapping[str, Stated] = {}


class Normaliser:
    """Resolves raw labels; each distinct one is resolved once."""

    def __init__(self, lexicon: Lexicon, said: Mapping[str, Stated] = NOTHING_STATED) -> None:
        """`said` has what the documents of sources state; for any other source only its id is known."""
        self.lexicon = lexicon
        self._sites = SourceSites(lexicon, said)
        self._known: dict[tuple[str, str, str], Resolved] = {}
        self._matches = WordMatches(lexicon)
        self._drops = by_spelling((n, None) for n in lexicon.drops)

    def hear(self, source: str, words: Iterable[tuple[str, str]]) -> None:
        """Take a source's words, each with its modality, as evidence of what the others mean.

        Call it before these words are resolved.
        """
        self._sites.hear(source, {})
        self._forget(source)
        found = {raw: self.resolve(raw, source, modality).label for raw, modality in sorted(words)}
        self._sites.hear(source, {raw: label for raw, label in found.items() if label})
        self._forget(source)

    def elsewhere(self, raw: str, source: str, modality: str) -> str:
        """Return a message if a word's label belongs to another part of the body than its source states.

        The message is empty for a word without a label, and for one that a person mapped for this source.
        """
        found = self.resolve(raw, source, modality)
        row = self.lexicon.mappings.get(source, {}).values()
        if not found.label or any(found.decided_at.startswith(each.at) for each in row):
            return ""
        why = self._sites.elsewhere(raw, self.lexicon.labels[found.label], source)
        return f"{found.label} {why}" if why else ""

    def _forget(self, source: str) -> None:
        self._known = {key: found for key, found in self._known.items() if key[1] != source}

    def resolve(self, raw: str, source: str, modality: str) -> Resolved:
        """Return the label of a raw word of a source in a modality.

        Several variants of the word are looked up: as it is, without the wrappers that data sets
        put around names (:mod:`benchsmith.text.name_wrappers`), and each of these without its side
        and without its number. The first match decides, in this order:

        1. the source's signed mapping, then the lexicon's names and synonyms, exactly;
        2. the same in another spelling (:mod:`benchsmith.text.spelling`);
        3. an abbreviation that is valid for this source and modality;
        4. a word of two halves with the same meaning, or of a name and its abbreviation;
        5. a word that the lexicon lists as no label.

        A label that says more than the word (:mod:`benchsmith.stages.source_sites`) is not taken, unless a
        person signed it for this source. Without a source, this is not checked.

        There is no fuzzy matching. Every step is recorded in `decided_at`.
        """
        key = (raw, source, modality)
        if key not in self._known:
            self._known[key] = self._resolve(*key)
        return self._known[key]

    def lineage(self, label: str) -> tuple[str, ...]:
        """Return the ids of a label and of those above it in the tree; empty for an unknown id."""
        return self.lexicon.labels.lineage(label)

    def excludes(self, raw: str, other: str, source: str, modality: str) -> bool:
        """Return whether two words of a source cannot mean one mark.

        They cannot if their labels are unrelated, or are one label with two sides. If a word has no
        label, they can.
        """
        a, b = (self.resolve(word, source, modality) for word in (raw, other))
        if not a.label or not b.label:
            return False
        if a.label == b.label and a.laterality and b.laterality:
            return a.laterality != b.laterality
        return not self.lexicon.labels.related(a.label, b.label)

    def _resolve(self, raw: str, source: str, modality: str) -> Resolved:
        variants = list(variants_of(raw))
        refused: list[str] = []
        for found, each, name in self._matches.of(variants, source, modality):
            word = name or each.word
            if not (why := self._against(found, word, source, modality)):
                return _recorded(found.of, each, name)
            refused.append(f"{found.of.decided_at}, {NOT_TAKEN}: {found.of.label} {why}")
        return (
            self._halves(raw, source, modality)
            or self._dropped(variants)
            or (UNKNOWN._replace(decided_at=refused[0]) if refused else UNKNOWN)
        )

    def _against(self, found: Match, word: str, source: str, modality: str) -> str:
        if found.signed or not source or not found.of.label:
            return ""
        term = self.lexicon.labels[found.of.label]
        return self._sites.against(word, term, source, modality, found.expansion)

    def _halves(self, raw: str, source: str, modality: str) -> Resolved | None:
        """Resolve `AMD/ARMD`, two names of one label, and `Glioblastoma (GBM)`."""
        if (pair := halves(raw)) is None:
            return None
        a, b = (self.resolve(half, source, modality) for half in pair)
        one, other = pair
        if a.label and a.label == b.label and a.laterality == b.laterality:
            return _then(a, ("said twice",))
        for found, lost, long, short in ((a, b, one, other), (b, a, other, one)):
            if found.label and lost.reason == UNMAPPED and shortens(short, long):
                return _then(found, ("abbreviation removed",))
        return None

    def _dropped(self, variants: Iterable[Variant]) -> Resolved | None:
        for each in variants:
            if word := spelled(self._drops, each.word):
                found = Resolved("", "", self.lexicon.drops[word], "dropped-label")
                return _recorded(found, each, word)
        return None


def _then(found: Resolved, steps: Iterable[str]) -> Resolved:
    return found._replace(decided_at=", ".join((found.decided_at, *steps)))


def _recorded(found: Resolved, each: Variant, name: str = "") -> Resolved:
    """Add the variant's side and steps to a result, and the difference to the name it matched."""
    found = found._replace(laterality=each.side or found.laterality)
    return _then(found, (*each.steps, *(difference(each.word, name) if name else ())))
