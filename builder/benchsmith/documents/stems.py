"""The rules of a stem: three parts, no label, no hint, one language, and forms that differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchsmith.core.model import VIEWS
from benchsmith.documents import yaml
from benchsmith.text.languages import Language, spoken
from benchsmith.text.normal_form import normal, plural

PLACEHOLDER = "<modality>"
SHORTEST, LONGEST = 20, 160
"""Characters of a stem in English."""
NEAR = 88
"""Likeness in percent, of words in any order, from which two stems are one."""
VARIED = 4
"""So many stems of a granularity must not all begin alike."""


class Wording(yaml.Document):
    """Words that a stem must not have, and those that tell how many answers it asks for."""

    hints: tuple[str, ...]
    leads: tuple[str, ...]
    meta: tuple[str, ...]
    only_several: tuple[str, ...]
    several: tuple[str, ...]


class Cues(yaml.Document):
    """Words that tell at which granularity a stem asks."""

    image: tuple[str, ...]
    box: tuple[str, ...]
    mask: tuple[str, ...]
    contour: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A stem, and where it stands."""

    text: str
    line: int


class Checker:
    """The rules for the stems of one task in one language."""

    def __init__(
        self,
        language: Language,
        cues: Cues,
        wording: Wording,
        task_cues: Sequence[str],
        names: Iterable[str],
    ) -> None:
        """`names` are the labels' names and synonyms in normal form, which no stem may say."""
        self.language, self._task_cues = language, tuple(task_cues)
        self._many = tuple(plural(cue) for cue in task_cues if language.spaced)
        self._cues: Mapping[str, tuple[str, ...]] = cues.model_dump()
        self._wording = wording
        self._names: dict[str, list[str]] = {}
        for name in _spoilers(spoken(names, language), self._task_cues, language):
            for key in self._keys(name):
                self._names.setdefault(key, []).append(name)

    def faults(self, text: str, view: str, *, several: bool = False) -> Iterator[str]:
        """Say every rule that a stem of a granularity breaks."""
        bare = text.replace(PLACEHOLDER, " ")
        plain = normal(bare)
        yield from self._form(text, bare, plain)
        yield from self._parts(plain, view)
        yield from self._words(plain, several=several)
        for name in self._named(plain):
            yield f"names the label {name!r}"

    def named(self, text: str) -> list[str]:
        """Return the labels that a stem names."""
        return list(self._named(normal(text.replace(PLACEHOLDER, " "))))

    def _form(self, text: str, bare: str, plain: str) -> Iterator[str]:
        language = self.language
        if text.count(PLACEHOLDER) != 1:
            yield f"has not exactly one {PLACEHOLDER}"
        if found := re.search(r"<[^<>]*>|[{}\[\]<>]|\$\w", bare):
            yield f"has {found[0]!r}, which nothing fills in"
        if not text.endswith(language.question_mark):
            yield f"does not end with a question mark ({language.question_mark})"
        if text.count(language.question_mark) > 1:
            yield "asks more than one question"
        if text != " ".join(text.split()):
            yield "has blanks at an end or side by side"
        if not text.isprintable():
            yield "has a character that cannot be printed"
        if foreign := language.foreign(bare):
            yield f"is not all in {language.name}: {foreign!r}"
        shortest, longest = lengths(language)
        if not shortest <= len(plain) <= longest:
            yield f"has {len(plain)} characters without {PLACEHOLDER}, not {shortest} to {longest}"
        if language.spaced and re.search(rf"\ban? {PLACEHOLDER}", text, re.IGNORECASE):
            yield f"has an article that does not fit every {PLACEHOLDER}"

    def _parts(self, plain: str, view: str) -> Iterator[str]:
        """Look for the task's cue and the granularity's."""
        if not self._any(plain, self._task_cues):
            yield "has none of the task's cues"
        if not self._any(plain, self._cues[view]):
            yield f"does not say that it asks at {view} level"
        for other in VIEWS:
            if view == "image" and other != view and self._any(plain, self._cues[other]):
                yield f"asks of the whole image but speaks of a {other}"

    def _words(self, plain: str, *, several: bool) -> Iterator[str]:
        words = self._wording
        for what, listed in (
            ("gives a hint", words.hints),
            ("leads to or away from an option", words.leads),
            ("speaks of the test and not of the picture", words.meta),
        ):
            for word in listed:
                if self.language.says(plain, word):
                    yield f"{what} ({word!r})"
        if several and not self._any(plain, (*words.several, *words.only_several, *self._many)):
            yield "does not say that several answers may be right"
        if not several and (word := self._any(plain, words.only_several)):
            yield f"asks for several answers ({word!r}) and stands among those for one"

    def _any(self, plain: str, phrases: Iterable[str]) -> str:
        """Return the first phrase that a text holds."""
        return next((p for p in phrases if self.language.says(plain, p)), "")

    def _keys(self, name: str) -> set[str]:
        """Return how the name begins where a text says it: its first word, or first character."""
        if not self.language.spaced:
            return {name[0]}
        return {(re.findall(r"\w+", form) or [form])[0] for form in (name, plural(name))}

    def _named(self, plain: str) -> Iterator[str]:
        """Return the labels that a text names: of several, one within the other, the longest."""
        parts = set(re.findall(r"\w+", plain)) if self.language.spaced else set(plain)
        found = [
            name
            for part in sorted(parts)
            for name in self._names.get(part, [])
            if self.language.says(plain, name)
        ]
        for name in sorted(set(found)):
            if not any(name != other and name in other for other in found):
                yield name


def lengths(language: Language) -> tuple[int, int]:
    """Return how many characters a stem has at least and at most, its placeholder not counted."""
    share = 1 if language.spaced else 3
    return SHORTEST // share, LONGEST // share


def _spoilers(names: Iterable[str], cues: Iterable[str], language: Language) -> list[str]:
    """Leave out the labels that are themselves what the task asks for, such as `bone`."""
    if not language.spaced:
        return [n for n in names if not any(n in normal(cue) for cue in cues)]
    said: set[str] = set()
    for cue in cues:
        words = normal(cue).split()
        said |= {
            " ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)
        }
    return [n for n in names if n not in said and plural(n) not in said]


def skeleton(text: str) -> str:
    """Return the form in which stems are compared: no placeholder, no punctuation.

    >>> skeleton("Which organ, if any, does this <modality> image show?")
    'which organ if any does this image show'
    """
    return " ".join(re.sub(r"[^\w\s]", " ", normal(text.replace(PLACEHOLDER, " "))).split())


def likeness(a: str, b: str, language: Language) -> float:
    """Return how alike two skeletons are in percent, their words in any order."""
    from rapidfuzz import fuzz

    return fuzz.token_sort_ratio(a, b) if language.spaced else fuzz.ratio(a, b)


def before(bare: str, others: Iterable[tuple[str, str]], language: Language) -> str:
    """Say which of some skeletons, each with its place, says the same; empty where none does."""
    for other, place in others:
        if bare == other:
            return f"says the same as {place}"
        if likeness(bare, other, language) >= NEAR:
            return f"says nearly the same as {place}"
    return ""


def repeated(stems: Sequence[Placed], language: Language) -> Iterator[tuple[Placed, str]]:
    """Find the stems of one granularity that say again what one before them says."""
    said: list[tuple[str, str]] = []
    for stem in stems:
        bare = skeleton(stem.text)
        if what := before(bare, said, language):
            yield stem, what
        said.append((bare, f"line {stem.line}"))


def monotonous(stems: Sequence[Placed], language: Language) -> str:
    """Say how more than half of a granularity's stems begin, if they do; else nothing."""
    begin = Counter(language.first_word(skeleton(s.text)) for s in stems)
    word, n = max(begin.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if len(stems) < VARIED or n * 2 <= len(stems):
        return ""
    return f"{n} of {len(stems)} stems begin with {word!r}"
