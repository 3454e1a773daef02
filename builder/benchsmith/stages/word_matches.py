"""Looks up the forms of a word in the source's mapping, names, other spellings and abbreviations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from benchsmith.documents.lexicon import ANY, Abbreviation, Lexicon
from benchsmith.stages.resolved_word import UNDECIDED, Resolved
from benchsmith.stages.word_variants import Variant
from benchsmith.text.laterality import take_side
from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import Key, by_spelling, spelled

MIN_RESPELLED = 6
"""Shortest abbreviation that is also matched in other spellings: LAS is not the plural of LA."""

WITHOUT_LABEL = {"drop": "dropped-label", "unknown": UNDECIDED}
"""By relation of a mapping's row, why its word has no label."""


class Match(NamedTuple):
    """What a form of a word matches."""

    of: Resolved
    signed: bool = False
    """Whether a person signed it for this source."""
    expansion: str = ""
    """What the form abbreviates, as a normal form."""


class WordMatches:
    """Finds what words match in a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._short = by_spelling(
            (short, frozenset((r.expansion, r.sources, r.modalities) for r in rows))
            for short, rows in lexicon.abbreviations.items()
            if len(short) >= MIN_RESPELLED
        )
        self._mapped: dict[str, Mapping[Key, str]] = {}
        """By source, of those that were asked for."""

    def of(
        self, variants: Iterable[Variant], source: str, modality: str
    ) -> Iterator[tuple[Match, Variant, str]]:
        """Yield what variants match, with the variant, and the name that it is another spelling of."""
        for each in variants:
            if found := self._exact(each.word, source):
                yield found, each, ""
        for each in variants:
            name = self._spelling(each.word, source)
            if name and (found := self._exact(name, source)):
                yield found, each, name
        for each in variants:
            name = self._abbreviation(each.word)
            for row in self._lexicon.abbreviations.get(name, ()):
                if found := self._expanded(row, source, modality):
                    yield found, each, name

    def _exact(self, word: str, source: str) -> Match | None:
        row = self._lexicon.mappings.get(source, {}).get(word)
        if row is not None:
            reason = WITHOUT_LABEL.get(row.relation, "")
            return Match(Resolved(row.label, "", row.at, reason), signed=True)
        # a bare number is a code of the source, never a name
        term = None if word.isdigit() else self._lexicon.labels.by_name(word)
        if term is None:
            return None
        return Match(Resolved(term.id, "", self._lexicon.labels.at(term.id)))

    def _spelling(self, word: str, source: str) -> str:
        """Return the name of which a word is another spelling; the source's mapped words come first."""
        if source not in self._mapped:
            rows = self._lexicon.mappings.get(source, {})
            owned = ((mapped, (row.relation, row.label)) for mapped, row in rows.items())
            self._mapped[source] = by_spelling(owned)
        return spelled(self._mapped[source], word) or self._lexicon.labels.spelled(word)

    def _abbreviation(self, word: str) -> str:
        return word if word in self._lexicon.abbreviations else spelled(self._short, word)

    def _expanded(self, short: Abbreviation, source: str, modality: str) -> Match | None:
        line = self._lexicon.modalities.lineage(modality)
        if not (_holds(short.sources, (source,)) and _holds(short.modalities, line)):
            return None
        long = take_side(normal(short.expansion))
        found = self._exact(long.name, source)
        if found is None:
            return None
        of = found.of._replace(
            laterality=long.side, decided_at=f"{short.at}, {found.of.decided_at}"
        )
        return Match(of, found.signed or ANY not in short.sources, normal(short.expansion))


def _holds(scope: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return ANY in scope or any(n in scope for n in names)
