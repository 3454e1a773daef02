"""Normalise: a source's own words become the lexicon's labels, in steps that can be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.model import Label
from benchsmith.documents.key_context import KeyContext
from benchsmith.documents.lexicon import ANY, Abbreviation, Lexicon
from benchsmith.tables import coded_columns, nouns
from benchsmith.tables.facts import Facts
from benchsmith.text.name_wrappers import halves, numbered, readings, shortens
from benchsmith.text.normal_form import normal, take_side
from benchsmith.text.spelling import by_spelling, difference, spelled

NAME = "normalise"
REVISION = 3
LONG = 6
"""Letters of an abbreviation from which on other spellings of it hold: LAS is no plural of LA."""


def inputs(context: KeyContext, source: str) -> Facts:
    """Return the facts that a source's labels depend on: its findings, and what its words resolve to."""
    return {
        **context.program(REVISION, Label),
        **context.after("ingest", source),
        **context.sources[source].words,
    }


class Resolved(NamedTuple):
    """What the lexicon makes of one raw label."""

    label: str
    """Empty when there is none."""
    laterality: str
    decided_at: str
    reason: str = ""
    """Why there is no label: a code of :mod:`benchsmith.core.reasons`."""


class _Try(NamedTuple):
    """A word to look up, the side that was taken off it, and what was done to it."""

    word: str
    side: str
    steps: tuple[str, ...]


UNKNOWN = Resolved("", "", "", "unmapped-label")


class Normaliser:
    """Resolves raw labels, each distinct one once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[tuple[str, str, str], Resolved] = {}
        self._short = by_spelling(
            (short, frozenset((r.expansion, r.sources, r.modalities) for r in rows))
            for short, rows in lexicon.abbreviations.items()
            if len(short) >= LONG
        )
        self._drops = by_spelling((n, None) for n in lexicon.drops)
        self._mapped = {
            source: by_spelling((word, (row.relation, row.label)) for word, row in rows.items())
            for source, rows in lexicon.mappings.items()
        }

    def resolve(self, raw: str, source: str, modality: str) -> Resolved:
        """Return the label of a raw word: by a signed mapping, else by an exact name.

        Looked up are the word, the word with what data sets put round a name taken off
        (:mod:`benchsmith.text.name_wrappers`), and each of these without its side and its number. A lookup
        tries, in this order: the source's mapping, and names and synonyms of the lexicon; both
        again in any spelling of theirs (:mod:`benchsmith.text.spelling`); an abbreviation that holds for
        this source and modality. Last comes a word whose two halves say the same, and a word that
        is no label anywhere. Each step is named in `decided_at`. Nothing is matched by likeness.
        """
        key = (raw, source, modality)
        if key not in self._known:
            self._known[key] = self._resolve(*key)
        return self._known[key]

    def _resolve(self, raw: str, source: str, modality: str) -> Resolved:
        tries = list(_tries(raw))
        for each in tries:
            if found := self._exact(each.word, source):
                return _taken(found, each)
        for each in tries:
            name = self._spelling(each.word, source)
            if name and (found := self._exact(name, source)):
                return _taken(found, each, name)
        for each in tries:
            name = self._abbreviation(each.word)
            for row in self._lexicon.abbreviations.get(name, ()):
                if found := self._expanded(row, source, modality):
                    return _taken(found, each, name)
        return self._said_twice(raw, source, modality) or self._dropped(tries) or UNKNOWN

    def _exact(self, word: str, source: str) -> Resolved | None:
        row = self._lexicon.mappings.get(source, {}).get(word)
        if row is not None:
            reason = "dropped-label" if row.relation == "drop" else ""
            return Resolved(row.label, "", row.at, reason)
        # a bare number is some source's code, never a name
        term = None if word.isdigit() else self._lexicon.labels.by_name(word)
        return None if term is None else Resolved(term.id, "", self._lexicon.labels.at(term.id))

    def _spelling(self, word: str, source: str) -> str:
        """Return the name that a word is another spelling of, the source's own words first."""
        return spelled(self._mapped.get(source, {}), word) or self._lexicon.labels.spelled(word)

    def _abbreviation(self, word: str) -> str:
        return word if word in self._lexicon.abbreviations else spelled(self._short, word)

    def _expanded(self, short: Abbreviation, source: str, modality: str) -> Resolved | None:
        line = self._lexicon.modalities.line_up(modality)
        if not (_holds(short.sources, (source,)) and _holds(short.modalities, line)):
            return None
        long = take_side(normal(short.expansion))
        found = self._exact(long.name, source)
        at = f"{short.at}, {found.decided_at}" if found else ""
        return found and found._replace(laterality=long.side, decided_at=at)

    def _said_twice(self, raw: str, source: str, modality: str) -> Resolved | None:
        """Resolve `AMD/ARMD`, whose halves say the same, and `Glioblastoma (GBM)`."""
        if (pair := halves(raw)) is None:
            return None
        a, b = (self.resolve(half, source, modality) for half in pair)
        one, other = pair
        if a.label and a.label == b.label and a.laterality == b.laterality:
            return _then(a, ("said twice",))
        for found, lost, long, short in ((a, b, one, other), (b, a, other, one)):
            if found.label and lost == UNKNOWN and shortens(short, long):
                return _then(found, ("its abbreviation taken off",))
        return None

    def _dropped(self, tries: Iterable[_Try]) -> Resolved | None:
        for each in tries:
            if word := spelled(self._drops, each.word):
                found = Resolved("", "", self._lexicon.drops[word], "dropped-label")
                return _taken(found, each, word)
        return None


def _tries(raw: str) -> Iterator[_Try]:
    for reading in readings(raw):
        sided = take_side(reading.name)
        yield _Try(reading.name, "", reading.steps)
        steps = reading.steps
        if sided.side:
            steps = (*steps, f"{sided.side} taken off")
            yield _Try(sided.name, sided.side, steps)
        if one := numbered(sided.name):
            yield _Try(one, sided.side, (*steps, "number taken off"))


def _then(found: Resolved, steps: Iterable[str]) -> Resolved:
    return found._replace(decided_at=", ".join((found.decided_at, *steps)))


def _taken(found: Resolved, each: _Try, name: str = "") -> Resolved:
    """Return what was found, with the side and steps that led to a word, and from it to a name."""
    found = found._replace(laterality=each.side or found.laterality)
    return _then(found, (*each.steps, *(difference(each.word, name) if name else ())))


def _holds(scope: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return ANY in scope or any(n in scope for n in names)


def normalise(findings: pa.Table, normaliser: Normaliser) -> tuple[pa.Table, pa.Table]:
    """Give findings their labels, and their neighbours theirs: rows of Label, and of Rejection."""
    words = [findings[name] for name in ("raw", "source", "modality")]
    found = coded_columns.map_words(words, normaliser.resolve, Resolved._fields)
    kept = pc.equal(found["reason"], "")
    lost = pc.invert(kept)
    out = findings.filter(kept)
    for name in ("label", "laterality", "decided_at"):
        out = out.append_column(name, found[name].filter(kept))
    out = coded_columns.replace_column(out, "neighbours", _neighbours(out, normaliser))
    rejected = coded_columns.rejection_table(
        NAME, findings.filter(lost), found["reason"].filter(lost), _why(findings, found, lost)
    )
    schema = nouns.schema(Label)
    return out.select(schema.names).cast(schema), rejected


def _why(findings: pa.Table, found: Mapping[str, pa.Array], lost: pa.Array) -> pa.Array:
    """Say what the source said and where, and which line dropped it."""
    raw = findings["raw"].filter(lost)
    said = coded_columns.map_words([raw], lambda word: (f"{word!r}, stated at ",), ("said",))[
        "said"
    ]
    at = found["decided_at"].filter(lost)
    by = pc.if_else(pc.equal(at, ""), "", pc.binary_join_element_wise(", dropped at ", at, ""))
    stated = coded_columns.as_array(findings["stated_at"].filter(lost))
    return pc.binary_join_element_wise(said, stated, by, "")


def _neighbours(findings: pa.Table, normaliser: Normaliser) -> pa.Array:
    """Name findings' neighbours by label; those of one label (both kidneys) become one."""
    lists = coded_columns.as_array(findings["neighbours"])
    owner = pc.list_parent_indices(lists)
    others = pc.list_flatten(lists)
    words = [
        pc.struct_field(others, "name"),
        *(coded_columns.as_array(findings[name]).take(owner) for name in ("source", "modality")),
    ]
    label = coded_columns.map_words(words, normaliser.resolve, Resolved._fields)["label"]
    known = pc.not_equal(label, "")
    label, others = label.filter(known), others.filter(known)
    codes = coded_columns.encode_names(label)
    key = np.asarray(owner.filter(known)).astype(np.int64) * (len(codes.names) + 1) + codes.codes
    cells, place = np.unique(key, return_inverse=True)
    names = pa.array(codes.names, pa.string()).take(pa.array(cells % (len(codes.names) + 1)))
    shares = []
    for figure in ("in_region", "in_box", "share"):
        total = np.zeros(len(cells))
        # one after the other, in their order: the same sum on every machine
        np.add.at(total, place, np.asarray(pc.struct_field(others, figure)))
        shares.append(pa.array(total))
    ends = np.searchsorted(cells // (len(codes.names) + 1), np.arange(len(findings) + 1))
    merged = pa.StructArray.from_arrays([names, *shares], fields=list(lists.type.value_type))
    return pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), merged, type=lists.type)
