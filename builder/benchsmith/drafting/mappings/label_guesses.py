"""Guesses of the label of a source's unknown word, each with its certainty, its reason, and the evidence against it.

A guess is filled in only if the words support it within the source's own organs and modality.
Mappings of other sources, similar spellings and similar meanings are shown, but never filled in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.body_areas import areas_of_label
from benchsmith.drafting.mappings.code_letters import by_letters, initials
from benchsmith.drafting.mappings.compound_words import rejoined
from benchsmith.drafting.mappings.evidence_against import against, elsewhere
from benchsmith.drafting.mappings.grade_numbers import Scale, grade_of, scale_of, scales
from benchsmith.drafting.mappings.label_use import LabelUse
from benchsmith.drafting.mappings.rival_names import also_named, named_in
from benchsmith.drafting.mappings.shared_words import Meaning, SignedWords, form_of
from benchsmith.drafting.mappings.source_scope import Scope
from benchsmith.drafting.mappings.title_evidence import nearest, titled_otherwise
from benchsmith.drafting.mappings.title_guesses import by_title
from benchsmith.drafting.mappings.word_match import (
    ALIKE,
    IMAGING,
    ORGAN,
    PLACES,
    STATES,
    SURE,
    Asked,
    Match,
    Name,
    match,
)
from benchsmith.mesh.concept import Concept
from benchsmith.mesh.suggest import Suggester, Suggestion
from benchsmith.text.name_tokens import ADJECTIVES, Tokens, head, plain_word, tokens
from benchsmith.text.normal_form import normal
from benchsmith.text.numbered_names import numbered

APART = 5.0
"""How much surer the first guess must be than the next label that is not related to it."""
CODE = 95.0
"""How sure a code of a series is."""
MISSPELT = 3.0
"""What a corrected letter costs."""
SHARED = 90.0
"""How sure a word of a list is that another source has, too."""
NEARER = 4.0
"""What a guess by likeness gains if the label is of the source's part of the body."""
LIKE = {
    "cancer": ("tumor",), "carcinoma": ("tumor", "cancer"), "lesion": ("tumor",),
    "tumor": ("cancer", "lesion"), "mass": ("tumor", "lesion"), "vessel": ("artery", "vein"),
    "lining": ("mucosa",), "disease": ("lesion",),
}  # fmt: skip
"""Words that are suggested for one another, but never filled in: not every tumor is a cancer."""
MIN_CORRECTED = 5
"""Length of the shortest word in which a letter is corrected."""
MIN_LETTERS = 3
"""Letters of the shortest word that is compared by its words."""
TOOTH_CODE = re.compile(r"fdi ?\d{1,3}")
COUNTED = re.compile(r"\d{1,2} from (?:the )?(?:below|above|top|bottom|left|right)\b")
"""A number that counts the parts of a row off, such as discs."""
Likeness = Callable[[Sequence[str]], list[list[tuple[str, float]]]]
"""Returns for each word the labels whose names mean the like, with their likeness of 0 to 1."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A possible label of a word, or a MeSH concept without a label."""

    label: str
    """Id of a label; empty for a concept."""
    sure: float
    """0 to 100."""
    why: str
    doubt: str = ""
    """What speaks against it; empty if nothing does."""
    concept: str = ""
    """UI of a MeSH concept that no label has."""
    name: str = ""
    """The concept's name."""

    def __str__(self) -> str:
        """Return the guess as it is written in the note of a draft."""
        doubt = f", but {self.doubt}" if self.doubt else ""
        if self.label:
            return f"{self.label} {self.sure:.0f} ({self.why}{doubt})"
        said = f"MeSH {self.concept} {self.name} {self.sure:.0f} ({self.why}{doubt})"
        return f"{said}: not in the lexicon; add a row"


class Guesser:
    """Guesses labels of a lexicon, with MeSH's terms if it was imported."""

    def __init__(
        self,
        lexicon: Lexicon,
        mesh: Sequence[Concept] = (),
        likeness: Likeness | None = None,
    ) -> None:
        """`likeness` finds names with a similar meaning; without it, none are searched for."""
        self._lexicon, self._likeness = lexicon, likeness
        self._suggester = Suggester(lexicon, mesh)
        self._areas = {t.id: areas_of_label(lexicon, t.id) for t in lexicon.labels}
        self._signed, self._scales = SignedWords(lexicon), scales(lexicon)
        self._use = LabelUse(lexicon)
        self._names = list(self._named_by(mesh))
        self._having: dict[str, list[int]] = defaultdict(list)
        for i, name in enumerate(self._names):
            for token in name.tokens:
                self._having[token].append(i)

    def _named_by(self, mesh: Iterable[Concept]) -> Iterator[Name]:
        terms: dict[str, list[str]] = defaultdict(list)
        for concept in mesh:
            terms[concept.concept].extend(concept.terms)
        for label in self._lexicon.labels:
            own = dict.fromkeys([label.name, *label.synonyms])
            for text in dict.fromkeys([*own, *(terms[label.mesh] if label.mesh else ())]):
                if found := tokens(normal(text)):
                    areas = self._areas[label.id]
                    yield Name(
                        found,
                        text,
                        label.id,
                        initials(text),
                        areas,
                        head(normal(text)),
                        text in own,
                    )

    def guess(self, words: Sequence[str], scope: Scope) -> list[tuple[Guess, ...]]:
        """Return the guesses for each word of a source, surest first; ties are ordered by id."""
        shared = self._signed.meanings(scope.unknown, scope.source, lambda x: self._fits(x, scope))
        like = self._suggester.suggest(words, scope.source)
        mean = self._likeness(words) if self._likeness else [[] for _ in words]
        return [
            self._ranked(word, scope, [*self._like(a), *_meant(b), *_shared(word, shared)])
            for word, a, b in zip(words, like, mean, strict=True)
        ]

    def filled_in(self, found: Sequence[Guess]) -> Guess | None:
        """Return the guess that a draft fills in: sure, without doubt, and without a near rival."""
        labels = [g for g in found if g.label and not g.doubt]
        if not labels or labels[0].sure < SURE:
            return None
        first, *rivals = labels
        related = self._lexicon.labels.related
        if any(first.sure - g.sure < APART and not related(first.label, g.label) for g in rivals):
            return None
        return first

    def _ranked(self, raw: str, scope: Scope, like: Iterable[Guess]) -> tuple[Guess, ...]:
        labels = self._lexicon.labels
        best = {guess.label: guess for guess in self._by_code(raw, scope)}
        for guess in (*self._by_words(raw, scope), *self._by_letters(raw, scope), *like):
            if not guess.label:
                best.setdefault(guess.concept, guess)
                continue
            term, areas = labels[guess.label], self._areas[guess.label]
            doubt = scope.not_taken.get((raw, term.id), "") or guess.doubt or against(raw, term)
            doubt = doubt or elsewhere(self._lexicon, term, areas, scope)
            doubt = doubt or titled_otherwise(raw, term, scope)
            near = NEARER if guess.sure <= ALIKE and areas & scope.areas else 0.0
            sure, old = guess.sure + near, best.get(term.id)
            if old is None or (not doubt, sure) > (not old.doubt, old.sure):
                best[term.id] = replace(guess, doubt=doubt, sure=sure)
        self._doubt_farther(best, scope)
        return self._ordered(self._placed(best), scope)

    def _doubt_farther(self, best: dict[str, Guess], scope: Scope) -> None:
        """Mark labels as doubtful if another one of the same kind is nearer to the title."""
        labels = self._lexicon.labels
        there = [labels[g.label] for g in best.values() if g.label and not g.doubt]
        for near in nearest(there, scope):
            for guess in list(best.values()):
                about = head(normal(near.name))
                alike = guess.label and head(normal(labels[guess.label].name)) == about
                if alike and guess.label != near.id and not guess.doubt:
                    doubt = f"{near.id} is nearer to the title"
                    best[guess.label] = replace(guess, doubt=doubt)

    def _fits(self, label: str, scope: Scope) -> bool:
        term = self._lexicon.labels[label]
        return not elsewhere(self._lexicon, term, self._areas[label], scope)

    def _placed(self, best: Mapping[str, Guess]) -> list[Guess]:
        """Prefer a label of the source's organ to one with the same words and no organ."""
        least, related = ORGAN - MISSPELT, self._lexicon.labels.related
        placed = [g.label for g in best.values() if g.label and g.sure >= least and not g.doubt]
        placed = [label for label in placed if self._areas[label]]
        return [
            replace(g, sure=min(g.sure, ALIKE))
            if g.label and not self._areas[g.label] and not all(related(g.label, p) for p in placed)
            else g
            for g in best.values()
        ]

    def _by_code(self, raw: str, scope: Scope) -> Iterator[Guess]:
        """Yield the meaning of a code in a source whose other codes belong to the same series."""
        word = plain_word(raw)
        if scope.numbers_vertebrae and (name := numbered(f"vertebra {word}")):
            yield from self._named(name, "a level of the spine, like the source's other codes")
        if scope.counts and word.isdigit():
            yield from self._named(f"count {word}", "the recipe counts")
        elif (grade := grade_of(word)) and (scale := self._scale(scope)) is not None:
            what = " ".join(sorted(scale.of))
            yield Guess(scale.labels[grade], CODE, f"grade {grade} of {what}, as the title says")

    def _scale(self, scope: Scope) -> Scale | None:
        return scale_of(self._scales, scope.unknown, scope.named)

    def _named(self, name: str, why: str) -> Iterator[Guess]:
        if term := self._lexicon.labels.by_name(name):
            yield Guess(term.id, CODE, why)

    def _by_words(self, raw: str, scope: Scope) -> Iterator[Guess]:
        text = COUNTED.sub(" ", TOOTH_CODE.sub(" ", plain_word(raw))).strip()
        text = rejoined(text, self._having, lambda w: " ".join(sorted(tokens(w))))
        word = frozenset(self._corrected(t) for t in tokens(text))
        if not word or len(text) < MIN_LETTERS:
            return
        for name, found in by_title(word, self._names, self._lexicon, scope):
            yield Guess(name.label, *found)
        fixed = " ".join(sorted(word - tokens(text)))
        last = text.split()[-1]
        named = last in ADJECTIVES and ADJECTIVES[last] not in STATES
        about = "" if named else self._corrected(head(text, PLACES | IMAGING))
        whole = named_in(text, self._of)
        for name, found in self._matching(Asked(word, about, raw), scope):
            read = Match(found.sure - MISSPELT, f"{found.why}; read as {fixed}")
            doubt = also_named(name, word, whole, self._lexicon.labels.related)
            yield Guess(name.label, *(read if fixed else found), doubt)
        for other in LIKE.get(about, ()):
            for name, found in self._matching(Asked(word - {about} | {other}, other), scope):
                yield Guess(name.label, min(found.sure - MISSPELT, ALIKE), f"{other} for {about}")

    def _of(self, word: Tokens) -> Iterator[Name]:
        """Yield the names that have one of the words."""
        for i in sorted({i for token in word for i in self._having.get(token, ())}):
            yield self._names[i]

    def _matching(self, asked: Asked, scope: Scope) -> Iterator[tuple[Name, Match]]:
        for name in self._of(asked.tokens):
            if found := match(asked, name, scope):
                yield name, found

    def _by_letters(self, raw: str, scope: Scope) -> Iterator[Guess]:
        if raw.islower() and tokens(normal(raw)) & self._having.keys():
            return  # a word
        near = (
            n for n in self._names if n.own and (n.areas & scope.areas or n.tokens <= scope.titled)
        )
        for name, found in by_letters(raw, near, scope.organs):
            yield Guess(name.label, *found)

    def _corrected(self, token: str) -> str:
        """Return the one known token that differs in a letter from an unknown one, else the token."""
        if token in self._having or len(token) < MIN_CORRECTED or not token.isalpha():
            return token
        from rapidfuzz.distance import OSA

        near = [t for t in self._having if abs(len(t) - len(token)) < 2 and t.isalpha()
                and OSA.distance(t, token, score_cutoff=1) <= 1]  # fmt: skip
        return near[0] if len(near) == 1 else token

    def _ordered(self, found: Iterable[Guess], scope: Scope) -> tuple[Guess, ...]:
        """Return the guesses, surest first; uncertain and equally certain ones are ranked by use."""

        def rank(guess: Guess) -> tuple[bool, float, bool, str, str]:
            ahead = self._use.ahead(guess.label, scope) if guess.label else 0.0
            sure = guess.sure + ahead * (0.01 if guess.sure >= SURE else 1.0)
            sure = sure if guess.sure >= SURE else min(sure, SURE - 0.01)
            return bool(guess.doubt), -sure, not guess.label, guess.label, guess.concept

        return tuple(sorted(found, key=rank))

    def _like(self, found: Iterable[Suggestion]) -> Iterator[Guess]:
        for each in found:
            if not each.label:
                yield Guess("", each.score, each.by, each.doubt, each.concept, each.name)
            elif each.elsewhere:
                yield Guess(each.label, ALIKE, each.by, each.doubt)
            else:
                yield Guess(each.label, each.score * ALIKE / 100, f"like {each.by}", each.doubt)


def _shared(word: str, shared: Mapping[str, tuple[Meaning, ...]]) -> Iterator[Guess]:
    for label, source, count in shared.get(form_of(word), ()):
        yield Guess(label, SHARED, f"mapped so in {source}, which shares {count} unknown words")


def _meant(found: Iterable[tuple[str, float]]) -> Iterator[Guess]:
    for label, share in found:
        yield Guess(label, ALIKE * share, "with a similar meaning")
