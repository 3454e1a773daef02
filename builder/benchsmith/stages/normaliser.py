"""Find the label of a source's word, recording every step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from benchsmith.documents.lexicon import ANY, Abbreviation, Lexicon
from benchsmith.text.laterality import take_side
from benchsmith.text.name_wrappers import halves, numbered, readings, shortens
from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import by_spelling, difference, spelled

MIN_RESPELLED = 6
"""Shortest abbreviation that is also matched in other spellings: LAS is not the plural of LA."""


class Resolved(NamedTuple):
    """The label of one raw word, or the reason why it has none."""

    label: str
    """Empty if there is none."""
    laterality: str
    decided_at: str
    reason: str = ""
    """Why there is no label: a code of :mod:`benchsmith.core.reasons`."""


class _Variant(NamedTuple):
    """A form of a raw word to look up."""

    word: str
    side: str
    """The side that was removed from it."""
    steps: tuple[str, ...]
    """What was done to the raw word, in words."""


UNMAPPED = "unmapped-label"
UNKNOWN = Resolved("", "", "", UNMAPPED)


class Normaliser:
    """Resolves raw labels; each distinct one is resolved once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._known: dict[tuple[str, str, str], Resolved] = {}
        self._short = by_spelling(
            (short, frozenset((r.expansion, r.sources, r.modalities) for r in rows))
            for short, rows in lexicon.abbreviations.items()
            if len(short) >= MIN_RESPELLED
        )
        self._drops = by_spelling((n, None) for n in lexicon.drops)
        self._mapped = {
            source: by_spelling((word, (row.relation, row.label)) for word, row in rows.items())
            for source, rows in lexicon.mappings.items()
        }

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

        There is no fuzzy matching. Every step is recorded in `decided_at`.
        """
        key = (raw, source, modality)
        if key not in self._known:
            self._known[key] = self._resolve(*key)
        return self._known[key]

    def excludes(self, raw: str, other: str, source: str, modality: str) -> bool:
        """Return whether one mark cannot be what two words of a source mean.

        Their labels are unrelated, or one with two sides. It can if a word has no label.
        """
        a, b = (self.resolve(word, source, modality) for word in (raw, other))
        if not a.label or not b.label:
            return False
        if a.label == b.label and a.laterality and b.laterality:
            return a.laterality != b.laterality
        return not self.lexicon.labels.related(a.label, b.label)

    def _resolve(self, raw: str, source: str, modality: str) -> Resolved:
        variants = list(_variants(raw))
        for each in variants:
            if found := self._exact(each.word, source):
                return _recorded(found, each)
        for each in variants:
            name = self._spelling(each.word, source)
            if name and (found := self._exact(name, source)):
                return _recorded(found, each, name)
        for each in variants:
            name = self._abbreviation(each.word)
            for row in self.lexicon.abbreviations.get(name, ()):
                if found := self._expanded(row, source, modality):
                    return _recorded(found, each, name)
        return self._halves(raw, source, modality) or self._dropped(variants) or UNKNOWN

    def _exact(self, word: str, source: str) -> Resolved | None:
        row = self.lexicon.mappings.get(source, {}).get(word)
        if row is not None:
            reason = "dropped-label" if row.relation == "drop" else ""
            return Resolved(row.label, "", row.at, reason)
        # a bare number is a code of the source, never a name
        term = None if word.isdigit() else self.lexicon.labels.by_name(word)
        return None if term is None else Resolved(term.id, "", self.lexicon.labels.at(term.id))

    def _spelling(self, word: str, source: str) -> str:
        """Return the name that a word is another spelling of; the source's mapped words come first."""
        return spelled(self._mapped.get(source, {}), word) or self.lexicon.labels.spelled(word)

    def _abbreviation(self, word: str) -> str:
        return word if word in self.lexicon.abbreviations else spelled(self._short, word)

    def _expanded(self, short: Abbreviation, source: str, modality: str) -> Resolved | None:
        line = self.lexicon.modalities.lineage(modality)
        if not (_holds(short.sources, (source,)) and _holds(short.modalities, line)):
            return None
        long = take_side(normal(short.expansion))
        found = self._exact(long.name, source)
        at = f"{short.at}, {found.decided_at}" if found else ""
        return found and found._replace(laterality=long.side, decided_at=at)

    def _halves(self, raw: str, source: str, modality: str) -> Resolved | None:
        """Resolve `AMD/ARMD`, two names of one label, and `Glioblastoma (GBM)`."""
        if (pair := halves(raw)) is None:
            return None
        a, b = (self.resolve(half, source, modality) for half in pair)
        one, other = pair
        if a.label and a.label == b.label and a.laterality == b.laterality:
            return _then(a, ("said twice",))
        for found, lost, long, short in ((a, b, one, other), (b, a, other, one)):
            if found.label and lost == UNKNOWN and shortens(short, long):
                return _then(found, ("abbreviation removed",))
        return None

    def _dropped(self, variants: Iterable[_Variant]) -> Resolved | None:
        for each in variants:
            if word := spelled(self._drops, each.word):
                found = Resolved("", "", self.lexicon.drops[word], "dropped-label")
                return _recorded(found, each, word)
        return None


def _variants(raw: str) -> Iterator[_Variant]:
    for reading in readings(raw):
        sided = take_side(reading.name)
        yield _Variant(reading.name, "", reading.steps)
        steps = reading.steps
        if sided.side:
            steps = (*steps, f"{sided.side} removed")
            yield _Variant(sided.name, sided.side, steps)
        if one := numbered(sided.name):
            yield _Variant(one, sided.side, (*steps, "number removed"))


def _then(found: Resolved, steps: Iterable[str]) -> Resolved:
    return found._replace(decided_at=", ".join((found.decided_at, *steps)))


def _recorded(found: Resolved, each: _Variant, name: str = "") -> Resolved:
    """Add the variant's side and steps to a result, and the difference to the name it matched."""
    found = found._replace(laterality=each.side or found.laterality)
    return _then(found, (*each.steps, *(difference(each.word, name) if name else ())))


def _holds(scope: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return ANY in scope or any(n in scope for n in names)
