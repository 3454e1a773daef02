"""What an unknown word may stand for, by likeness: for a person to read, never to be applied."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from benchsmith.documents.lexicon import Lexicon
from benchsmith.mesh.concept import Concept
from benchsmith.text.name_wrappers import readings
from benchsmith.text.normal_form import normal, take_side
from benchsmith.text.spelling import american, singular

LABELS, STRANGERS = 3, 2
"""Labels that are suggested for a word, and MeSH concepts that the lexicon does not have."""
CUTOFF, STRANGE = 60.0, 80.0
"""Scores, of 100, of the least likely label and of the least likely strange concept."""
SHORTLIST = 32
"""Names that are looked at closely, for each of two ways to come by them."""
SHORTEST = 5
"""Letters of the shortest word that is looked up in MeSH: there, CF is cystic fibrosis."""
BRANCHES = "ABCE"
"""Branches of MeSH in which things are that pictures show: anatomy, organisms, diseases, techniques."""
NEGATIONS = frozenset({"no", "not", "non", "without", "absent", "negative", "normal", "healthy"})
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a word may stand for."""

    score: float
    """0 to 100."""
    label: str
    """Id of a label; empty for a MeSH concept that no label has."""
    concept: str
    """UI of a MeSH concept, or of the record where concepts have none; empty without MeSH."""
    name: str
    """Of the label or concept."""
    by: str
    """What was like the word, or where it is mapped so."""
    doubt: str
    """Why the likeness may deceive, or nothing."""

    def __str__(self) -> str:
        """Say it as the note of a draft has it."""
        doubt = f", {self.doubt}" if self.doubt else ""
        if self.label:
            return f"{self.label} {self.score:.0f} ({self.by}{doubt})"
        return (
            f"MeSH {self.concept} {self.name} {self.score:.0f} ({self.by}{doubt}):"
            " not in the lexicon; add a row"
        )


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in its normal form, and whose it is."""

    form: str
    label: str
    concept: str
    name: str
    by: str


class Suggester:
    """Suggests labels of a lexicon, and concepts of MeSH where it was imported."""

    def __init__(
        self, lexicon: Lexicon, mesh: Iterable[Concept] = (), *, shortlist: int = SHORTLIST
    ) -> None:
        self._lexicon = lexicon
        own = _Names(list(_own(lexicon)), shortlist)
        self._parts = [(own, 0), (_Names(list(_of_mesh(lexicon, mesh)), shortlist), SHORTEST)]

    def suggest(self, words: Sequence[str]) -> list[tuple[Suggestion, ...]]:
        """Return the suggestions for each word, likeliest first; equal ones by their ids.

        What another source maps so, or what it is short for elsewhere, comes first. The score is
        the mean of three of RapidFuzz: the likeness of the words in alphabetical order, of the
        words in common, and the weighted one.
        """
        found: list[dict[str, Suggestion]] = [
            {s.label: s for s in self._elsewhere(word)} for word in words
        ]
        queries = [(i, form) for i, word in enumerate(words) for form in _queries(word)]
        for names, shortest in self._parts:
            asked = [(i, form) for i, form in queries if len(form) >= shortest]
            for (i, form), likely in zip(asked, names.like([f for _, f in asked]), strict=True):
                for score, name in likely:
                    key = name.label or name.concept
                    best = found[i].get(key)
                    least = CUTOFF if name.label else STRANGE
                    if score >= least and (best is None or score > best.score):
                        found[i][key] = Suggestion(
                            score, name.label, name.concept, name.name, name.by,
                            _doubt(form, name.form),
                        )  # fmt: skip
        return [_best(each.values()) for each in found]

    def _elsewhere(self, word: str) -> Iterator[Suggestion]:
        """Yield what a word is mapped to, or short for, where it is not known here."""
        labels = self._lexicon.labels
        form = take_side(normal(word)).name
        for rows in self._lexicon.mappings.values():
            row = rows.get(form)
            if row is not None and row.label in labels:
                yield Suggestion(
                    100.0, row.label, "", labels[row.label].name, f"mapped so at {row.at}", ""
                )
        for short in self._lexicon.abbreviations.get(form, ()):
            term = labels.by_name(take_side(normal(short.expansion)).name)
            if term:
                yield Suggestion(100.0, term.id, "", term.name, f"short form at {short.at}", "")


def _best(found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    ranked = sorted(found, key=lambda s: (-s.score, s.label, s.concept))
    labels = [s for s in ranked if s.label][:LABELS]
    strangers = [s for s in ranked if not s.label][:STRANGERS]
    return tuple(s for s in ranked if s in labels or s in strangers)


def _queries(word: str) -> tuple[str, ...]:
    """Return the forms in which a word is looked up: as it is, and by all steps of reading it."""
    names = [take_side(reading.name).name for reading in readings(word)]
    return tuple(dict.fromkeys(f for f in (names[0], singular(american(names[-1]))) if f))


def _doubt(word: str, name: str) -> str:
    ours, theirs = set(word.split()), set(name.split())
    if (ours & NEGATIONS) != (theirs & NEGATIONS):
        return "one of them negates"
    if set(re.findall(r"\w*\d\w*", word)) != set(re.findall(r"\w*\d\w*", name)):
        return "numbers differ"
    return ""


def _own(lexicon: Lexicon) -> Iterator[_Name]:
    for term in lexicon.labels:
        yield _Name(normal(term.name), term.id, "", term.name, "name")
        for synonym in term.synonyms:
            yield _Name(normal(synonym), term.id, "", term.name, f"synonym {synonym}")


def _of_mesh(lexicon: Lexicon, mesh: Iterable[Concept]) -> Iterator[_Name]:
    """Yield the terms of MeSH; those of a concept that the lexicon has are that label's."""
    by_concept = {term.mesh: term.id for term in lexicon.labels if term.mesh}
    for concept in mesh:
        ui = concept.concept or concept.descriptor
        named = lexicon.labels.by_name(normal(concept.name))
        label = by_concept.get(ui) or (named.id if named else "")
        branches = {number[0] for number in concept.tree_numbers if number}
        if not label and branches.isdisjoint(BRANCHES):
            continue
        name = lexicon.labels[label].name if label else concept.name
        for term in concept.terms:
            by = f"MeSH {ui} {term}" if label else f"term {term}"
            yield _Name(normal(term), label, ui, name, by)


class _Names:
    """Names to be looked up by likeness."""

    def __init__(self, names: Sequence[_Name], shortlist: int) -> None:
        self._shortlist = shortlist
        self._names = sorted(names, key=lambda n: (n.form, n.label, n.concept, n.by))
        self._forms = [n.form for n in self._names]
        self._sorted = [" ".join(sorted(form.split())) for form in self._forms]
        self._having: dict[str, list[int]] = defaultdict(list)
        for i, form in enumerate(self._forms):
            for word in set(form.split()):
                self._having[word].append(i)

    def like(self, forms: Sequence[str]) -> Iterator[list[tuple[float, _Name]]]:
        """Yield for each form the names that are most like it, with their scores.

        A name is looked at closely if it is among the nearest by its letters, or among those that
        share the rarest words; that leaves out hardly any of the best, and takes a hundredth of
        the time.
        """
        from rapidfuzz import fuzz, process

        scorers = (fuzz.token_sort_ratio, fuzz.token_set_ratio, fuzz.WRatio)
        for start in range(0, len(forms) if self._names else 0, _BLOCK):
            block = forms[start : start + _BLOCK]
            letters = process.cdist(
                [" ".join(sorted(f.split())) for f in block], self._sorted,
                scorer=fuzz.ratio, dtype=np.uint8,
            )  # fmt: skip
            for form, row in zip(block, letters, strict=True):
                near = sorted(self._nearest(row) | self._sharing(form))
                texts = [self._forms[i] for i in near]
                score = sum(
                    process.cdist([form], texts, scorer=s, dtype=np.float64)[0] for s in scorers
                ) / len(scorers)
                yield [
                    (round(float(s), 1), self._names[i]) for s, i in zip(score, near, strict=True)
                ]
        if not self._names:
            yield from ([] for _ in forms)

    def _nearest(self, scores: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> set[int]:
        """Return the places of the highest scores; of equal ones the first."""
        if len(scores) <= self._shortlist:
            return set(range(len(scores)))
        least = np.partition(scores, -self._shortlist)[-self._shortlist]
        above, at = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
        return {*above.tolist(), *at[: self._shortlist - len(above)].tolist()}

    def _sharing(self, form: str) -> set[int]:
        """Return the places of names that share words: rare words count, long names do not."""
        weight: dict[int, float] = defaultdict(float)
        for word in sorted(set(form.split())):
            having = self._having.get(word, [])
            for i in having:
                weight[i] += log(1 + len(self._names) / len(having))
        ranked = sorted(weight, key=lambda i: (-weight[i] / (4 + len(self._forms[i].split())), i))
        return set(ranked[: self._shortlist])
