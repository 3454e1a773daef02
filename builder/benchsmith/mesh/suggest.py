"""Suggests labels for unknown words by similarity, for a curator to review; never applied."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from benchsmith.documents.lexicon import Lexicon
from benchsmith.mesh.concept import Concept
from benchsmith.text.laterality import take_side
from benchsmith.text.name_wrappers import readings
from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import american, singular

MAX_LABELS, MAX_NEW_CONCEPTS = 3, 2
"""Suggestions for a word: labels, and MeSH concepts that are not in the lexicon."""
MIN_LABEL_SCORE, MIN_NEW_CONCEPT_SCORE = 60.0, 80.0
"""Smallest scores, of 100, of suggested labels and of suggested new concepts."""
SHORTLIST = 32
"""Names that are scored in full, from each of two preselections."""
MIN_MESH_LETTERS = 5
"""Letters of the shortest word that is looked up in MeSH, where CF is cystic fibrosis."""
BRANCHES = "ABCE"
"""Branches of MeSH with things visible in pictures: anatomy, organisms, diseases, techniques."""
NEGATIONS = frozenset({"no", "not", "non", "without", "absent", "negative", "normal", "healthy"})
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One possible label or concept of a word."""

    score: float
    """0 to 100."""
    label: str
    """Id of a label; empty for a MeSH concept without a label."""
    concept: str
    """UI of a MeSH concept, or of its record if concepts have none; empty for matches in the lexicon."""
    name: str
    """Name of the label or concept."""
    by: str
    """The name that is similar to the word, or where another source maps the word."""
    doubt: str
    """Why the similarity may mislead; empty if there is no reason."""
    elsewhere: bool = False
    """Whether another source's signature says so, not the likeness of names."""

    def __str__(self) -> str:
        """Return the suggestion as it is written in the note of a draft."""
        doubt = f", {self.doubt}" if self.doubt else ""
        if self.label:
            return f"{self.label} {self.score:.0f} ({self.by}{doubt})"
        return (
            f"MeSH {self.concept} {self.name} {self.score:.0f} ({self.by}{doubt}):"
            " not in the lexicon; add a row"
        )


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in its normal form, and the label or concept that has it."""

    form: str
    label: str
    concept: str
    name: str
    by: str


class Suggester:
    """Suggests labels of a lexicon, and MeSH concepts if they are imported."""

    def __init__(
        self, lexicon: Lexicon, mesh: Iterable[Concept] = (), *, shortlist: int = SHORTLIST
    ) -> None:
        self._lexicon = lexicon
        own = _Names(list(_own(lexicon)), shortlist)
        self._indexes = [
            (own, 0),
            (_Names(list(_of_mesh(lexicon, mesh)), shortlist), MIN_MESH_LETTERS),
        ]

    def suggest(self, words: Sequence[str], source: str = "") -> list[tuple[Suggestion, ...]]:
        """Return the suggestions for each word of a source, best first; ties are ordered by id.

        Mappings of other sources and abbreviations with another scope score 100. Otherwise the
        score is the mean of RapidFuzz's token sort ratio, token set ratio and weighted ratio.
        """
        found: list[dict[str, Suggestion]] = [
            {s.label: s for s in self._elsewhere(word, source)} for word in words
        ]
        queries = [(i, form) for i, word in enumerate(words) for form in _queries(word)]
        for names, shortest in self._indexes:
            asked = [(i, form) for i, form in queries if len(form) >= shortest]
            for (i, form), matches in zip(asked, names.similar([f for _, f in asked]), strict=True):
                for score, name in matches:
                    key = name.label or name.concept
                    best = found[i].get(key)
                    least = MIN_LABEL_SCORE if name.label else MIN_NEW_CONCEPT_SCORE
                    if score >= least and (best is None or score > best.score):
                        found[i][key] = Suggestion(
                            score, name.label, name.concept, name.name, name.by,
                            _doubt(form, name.form),
                        )  # fmt: skip
        return [_best(each.values()) for each in found]

    def _elsewhere(self, word: str, source: str) -> Iterator[Suggestion]:
        """Yield the labels from mappings of other sources and abbreviations with another scope."""
        labels = self._lexicon.labels
        form = take_side(normal(word)).name
        for other, rows in self._lexicon.mappings.items():
            row = rows.get(form)
            if other != source and row is not None and row.label in labels:
                yield Suggestion(
                    100.0, row.label, "", labels[row.label].name, f"mapped so at {row.at}", "", True
                )
        for short in self._lexicon.abbreviations.get(form, ()):
            term = labels.by_name(take_side(normal(short.expansion)).name)
            if term and short.sources != (source,):
                by = f"short form at {short.at}"
                yield Suggestion(100.0, term.id, "", term.name, by, "", True)


def _best(found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    ranked = sorted(found, key=lambda s: (-s.score, s.label, s.concept))
    labels = [s for s in ranked if s.label][:MAX_LABELS]
    new_concepts = [s for s in ranked if not s.label][:MAX_NEW_CONCEPTS]
    return tuple(s for s in ranked if s in labels or s in new_concepts)


def _queries(word: str) -> tuple[str, ...]:
    """Return the forms in which a word is looked up: unchanged, and after all reading steps."""
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
    """Yield the terms of MeSH; those of a concept with a label belong to the label."""
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
    """An index of names for lookup by similarity."""

    def __init__(self, names: Sequence[_Name], shortlist: int) -> None:
        self._shortlist = shortlist
        self._names = sorted(names, key=lambda n: (n.form, n.label, n.concept, n.by))
        self._forms = [n.form for n in self._names]
        self._sorted = [" ".join(sorted(form.split())) for form in self._forms]
        self._having: dict[str, list[int]] = defaultdict(list)
        for i, form in enumerate(self._forms):
            for word in set(form.split()):
                self._having[word].append(i)

    def similar(self, forms: Sequence[str]) -> Iterator[list[tuple[float, _Name]]]:
        """Yield for each form the most similar names, with their scores.

        Only names that are nearest by letters, or that share the rarest words, are scored in full.
        This misses hardly any of the best names and takes a hundredth of the time.
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
        """Return the indexes of the highest scores; of ties the first."""
        if len(scores) <= self._shortlist:
            return set(range(len(scores)))
        least = np.partition(scores, -self._shortlist)[-self._shortlist]
        above, at = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
        return {*above.tolist(), *at[: self._shortlist - len(above)].tolist()}

    def _sharing(self, form: str) -> set[int]:
        """Return the indexes of names that share words, weighting rare words and short names."""
        weight: dict[int, float] = defaultdict(float)
        for word in sorted(set(form.split())):
            having = self._having.get(word, [])
            for i in having:
                weight[i] += log(1 + len(self._names) / len(having))
        ranked = sorted(weight, key=lambda i: (-weight[i] / (4 + len(self._forms[i].split())), i))
        return set(ranked[: self._shortlist])
