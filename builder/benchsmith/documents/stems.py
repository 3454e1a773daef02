"""The rules of one stem: its placeholders, cues for task and granularity, no label, no hint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from benchsmith.core.model import VIEWS
from benchsmith.documents import yaml
from benchsmith.documents.stem_sentence import DOT, Sentence, sentence_faults
from benchsmith.text.languages import Language, searchable
from benchsmith.text.normal_form import normal, plural

PLACEHOLDER = "<modality>"
NOUNS = {"attribute": "<attribute>", "object": "<object>"}
"""Placeholders for a noun of the answer's label, by the name that a task's file uses."""
MIN_CHARACTERS, MAX_CHARACTERS = 20, 160
"""Length of a stem in English, without its placeholder."""


class Wording(Sentence):
    """Words that stems must not contain, and words that state how many answers are asked for."""

    hints: tuple[str, ...]
    leads: tuple[str, ...]
    meta: tuple[str, ...]
    only_several: tuple[str, ...]
    several: tuple[str, ...]
    choices: tuple[str, ...] = ()
    """Words that refer to the choices: of these, listed. Without them, no stem needs one."""


class Cues(yaml.Document):
    """Words that state the granularity at which a stem asks."""

    image: tuple[str, ...]
    box: tuple[str, ...]
    mask: tuple[str, ...]
    contour: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskWords:
    """What the stems of one task must say and must not say."""

    cues: tuple[str, ...] = ()
    """Words that state what the task asks for; a stem contains one of them."""
    avoid: tuple[str, ...] = ()
    """Words that do not suit the task."""
    noun: str = ""
    """The key in `NOUNS` of the placeholder in each stem for one answer; empty for none."""
    many_in_view: bool = False
    """Whether a picture without a mark shows several of what is asked for."""
    yes_no: bool = False
    """Whether the task asks questions of yes or no."""
    slots: tuple[str, ...] = ()
    """Placeholders of the structures that each stem names, such as `<first>`."""

    def noun_of(self, *, several: bool) -> str:
        """Return the key of the noun that a stem needs, or an empty string.

        A stem for several answers needs none: its options may be values of different properties.
        """
        return "" if several else self.noun


class Checker:
    """The rules for the stems of one task in one language."""

    def __init__(
        self,
        language: Language,
        cues: Cues,
        wording: Wording,
        task: TaskWords,
        names: Iterable[str],
    ) -> None:
        """Compile the rules; `names` are normal forms of the labels' names, which no stem may contain."""
        self.language, self._task, self._task_cues = language, task, task.cues
        self._many = tuple(plural(cue) for cue in task.cues if language.spaced)
        self._cues: Mapping[str, tuple[str, ...]] = cues.model_dump()
        self._wording = wording
        self._names = _by_word(tuple(names), language)
        self._asked = _Asked(task.cues, language)

    def faults(self, text: str, view: str, *, several: bool = False) -> Iterator[str]:
        """Yield a message for every rule that a stem of a granularity breaks."""
        noun, slots = self._task.noun_of(several=several), self._task.slots
        bare = without_placeholders(text, noun, slots=slots)
        plain = normal(bare)
        yield from self._form(text, bare, plain, noun)
        dotted = normal(without_placeholders(text, noun, DOT, slots=slots))
        yield from sentence_faults(
            dotted, self.language, self._wording, self._task_cues, yes_no=self._task.yes_no
        )
        yield from self._parts(plain, view, noun)
        yield from self._words(plain, several=several)
        for name in self._named(plain):
            yield f"names the label {name!r}"

    def named(self, text: str) -> list[str]:
        """Return the names of labels in a stem."""
        task = self._task
        return list(self._named(normal(without_placeholders(text, task.noun, slots=task.slots))))

    def _form(self, text: str, bare: str, plain: str, noun: str) -> Iterator[str]:
        language = self.language
        for placeholder in placeholders(noun, self._task.slots):
            if text.count(placeholder) != 1:
                yield f"must contain {placeholder} exactly once"
        if found := re.search(r"<[^<>]*>|[{}\[\]<>]|\$\w", bare):
            yield f"contains {found[0]!r}, which is not a known placeholder"
        if not text.endswith(language.question_mark):
            yield f"does not end with a question mark ({language.question_mark})"
        if text.count(language.question_mark) > 1:
            yield "asks more than one question"
        if text != " ".join(text.split()):
            yield "has leading, trailing or repeated spaces"
        if not text.isprintable():
            yield "contains an unprintable character"
        if foreign := language.foreign(bare):
            yield f"contains letters that are not {language.name}: {foreign!r}"
        shortest, longest = lengths(language)
        if not shortest <= len(plain) <= longest:
            yield f"has {len(plain)} characters without {PLACEHOLDER}, not {shortest} to {longest}"
        if language.spaced and (found := re.search(r"\ban? (<\w+>)", text, re.IGNORECASE)):
            yield f"has the article a or an, which does not fit every {found[1]}"

    def _parts(self, plain: str, view: str, noun: str) -> Iterator[str]:
        """Check the cues of the task, which a noun's placeholder can replace, and of the granularity."""
        if not noun and not self._any(plain, self._task_cues):
            yield "contains none of the task's cues"
        if not self._any(plain, self._cues[view]):
            yield f"contains none of the cues for the granularity {view}"
        choices = self._wording.choices
        many = view == "image" and self._task.many_in_view and choices
        if many and not self._any(plain, choices):
            yield "asks for one of many things in view; ask which of these is seen"
        for other in VIEWS:
            if view == "image" and other != view and self._any(plain, self._cues[other]):
                yield f"asks about the whole image but mentions a {other}"

    def _words(self, plain: str, *, several: bool) -> Iterator[str]:
        words = self._wording
        for what, listed in (
            ("gives a hint", words.hints),
            ("leads towards or away from an option", words.leads),
            ("refers to the test instead of the picture", words.meta),
            ("uses a word that does not suit the task", self._task.avoid),
        ):
            for word in listed:
                if self.language.contains(plain, word):
                    yield f"{what} ({word!r})"
        if several and not self._any(plain, (*words.several, *words.only_several, *self._many)):
            yield "does not state that several answers may be right"
        if not several and (word := self._any(plain, words.only_several)):
            yield f"asks for several answers ({word!r}) but is listed under those for one"

    def _any(self, plain: str, phrases: Iterable[str]) -> str:
        """Return the first phrase that a text contains, or an empty string."""
        return next((p for p in phrases if self.language.contains(plain, p)), "")

    def _named(self, plain: str) -> Iterator[str]:
        """Yield the names of labels in a text; of nested names only the longest."""
        parts = set(re.findall(r"\w+", plain)) if self.language.spaced else set(plain)
        found = [
            name
            for part in sorted(parts)
            for name in self._names.get(part, [])
            if self.language.contains(plain, name) and name not in self._asked
        ]
        for name in sorted(set(found)):
            if not any(name != other and name in other for other in found):
                yield name


def lengths(language: Language) -> tuple[int, int]:
    """Return the smallest and largest length of a stem in characters, without its placeholder."""
    share = 1 if language.spaced else 3
    return MIN_CHARACTERS // share, MAX_CHARACTERS // share


@lru_cache(maxsize=4)
def _by_word(names: tuple[str, ...], language: Language) -> Mapping[str, list[str]]:
    """Return names by the first word of each and of its plural, or by its first character if unspaced.

    The checkers of all tasks share them: a lexicon may have a hundred thousand.
    """
    found: dict[str, list[str]] = {}
    for name in searchable(names, language):
        forms = (name, plural(name)) if language.spaced else (name[0],)
        for key in {_first_word(form) for form in forms}:
            found.setdefault(key, []).append(name)
    return found


def _first_word(text: str) -> str:
    found = re.search(r"\w+", text)
    return found[0] if found else text


class _Asked:
    """The names that a task itself asks for, such as `bone`: its stems may contain them."""

    def __init__(self, cues: Iterable[str], language: Language) -> None:
        self._spaced = language.spaced
        self._phrases: set[str] = set()
        for cue in map(normal, cues):
            words = cue.split()
            pairs = [(i, j) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]
            self._phrases |= {" ".join(words[i:j]) for i, j in pairs} if self._spaced else {cue}

    def __contains__(self, name: str) -> bool:
        if not self._spaced:
            return any(name in cue for cue in self._phrases)
        return name in self._phrases or plural(name) in self._phrases


def placeholders(noun: str, slots: Sequence[str] = ()) -> list[str]:
    """Return the placeholders that a stem contains once; `noun` is a key of `NOUNS` or empty."""
    return [PLACEHOLDER, *([NOUNS[noun]] if noun else []), *slots]


def without_placeholders(
    text: str, noun: str = "", instead: str = " ", *, slots: Sequence[str] = ()
) -> str:
    """Return a stem without the placeholders that it must contain."""
    for placeholder in placeholders(noun, slots):
        text = text.replace(placeholder, instead)
    return text
