"""Names whose parts are short or also words: found beside each other, after a title, or under a field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import permutations
from typing import NamedTuple

from benchsmith.audits.word_forms import PLACEHOLDERS
from benchsmith.text.display_words import DISPLAY_WORDS
from benchsmith.text.plain_letters import plain_letters, spellings

LONGEST = 4
"""Letters of a part that is searched for in the place of a name."""
MAX_PARTS = 4
"""Words of a name; a longer text is no name."""
_PART = re.compile(r"[^\W\d_]{2,}")
_TITLES = (
    "mr mrs ms miss dr prof professor doctor herr herrn frau hr fr mme mlle monsieur madame sr sra srta señor señora"
    " don doña sig signor signora signore pan pani dhr mevr sir lady nurse dra drs"
)
_FIELDS = (
    "patient patientin patients patname pat name names vorname nachname firstname lastname surname forename fullname"
    " familyname givenname prenom prénom nom nombre apellido apellidos nome cognome imie nazwisko naam achternaam"
    " subject person operator physician reader radiologist annotator rater reviewer author artist owner creator signed"
)
_UNTITLED = frozenset(
    {"and", "or", "the", "of", "in", "id", "no", "nr", "was", "is", "with", "for"}
)
"""Words that follow a title or a field and are no names."""


def _before(words: str) -> re.Pattern[str]:
    """Return a pattern of a text that ends with one of some words, as before `Li` in `Dr. Li`."""
    any_of = "|".join(sorted(words.split(), key=len, reverse=True))
    return re.compile(
        rf"(?<![^\W_])(?:{any_of})(?![^\W_])[\s.:=\"'\[(^_>-]{{1,5}}\Z", re.IGNORECASE
    )


_TITLED, _NAMED = _before(_TITLES), _before(_FIELDS)
_NEAR = 24
"""Characters before a name in which its title or its field stands."""


class _Short(NamedTuple):
    kind: str
    shape: re.Pattern[str]


class SoughtShortNames:
    """Names of persons, each with its kind; `known` says whether a word in plain letters is public."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._short: dict[str, _Short] = {}
        self._pairs: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        """By each spelling of a part, the patterns of the name."""

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._short or self._pairs)

    def __contains__(self, word: str) -> bool:
        """Return whether a word in plain letters is part of a name."""
        return word in self._short or word in self._pairs

    def add(self, value: str, kind: str) -> None:
        """Add the parts of a person's name."""
        parts = [p for p in _PART.findall(value) if not _is_no_name(plain_letters(p))]
        if not parts or len(_PART.findall(value)) > MAX_PARTS:
            return
        for part in parts:
            if len(part) <= LONGEST:
                written = f"{_capital(part)}|(?<=[\"']){re.escape(part.lower())}(?=[\"'])"
                shape = re.compile(rf"(?<![^\W_])(?:{written})(?![^\W_])")
                self._short.setdefault(plain_letters(part), _Short(kind, shape))
        for one, two in permutations(parts[:3], 2):
            pattern = _beside(one, two)
            for word in spellings(one):
                self._pairs.setdefault(word, []).append((pattern, kind))

    def leave_out(self, public: str) -> None:
        """Remove what a public text has in the place of a name, and pairs that occur in it."""
        if not self:
            return
        for word in [word for word in self._short if self._known(word)]:
            if self._is_in_place(word, public):
                del self._short[word]
        low = plain_letters(public)
        for word in [word for word in self._pairs if word in low]:
            kept = [pair for pair in self._pairs[word] if not pair[0].search(public)]
            self._pairs[word] = kept
            if not kept:
                del self._pairs[word]

    def kinds_in(self, text: str, words: Iterable[str]) -> set[str]:
        """Return the kinds of the names that a text has; `words` are those of its words that are in this."""
        found = {
            kind
            for word in words
            for pattern, kind in self._pairs.get(word, ())
            if pattern.search(text)
        }
        found |= {
            self._short[word].kind
            for word in words
            if word in self._short and self._is_in_place(word, text)
        }
        return found

    def _is_in_place(self, word: str, text: str) -> bool:
        """Return whether a short name follows a title; or a field, if it is not a public word."""
        for match in self._short[word].shape.finditer(text):
            before = text[max(match.start() - _NEAR, 0) : match.start()]
            if _TITLED.search(before) or (not self._known(word) and _NAMED.search(before)):
                return True
        return False


def _is_no_name(word: str) -> bool:
    return word in PLACEHOLDERS or word in DISPLAY_WORDS or word in _UNTITLED


def _beside(one: str, two: str) -> re.Pattern[str]:
    """Return a pattern of two parts of a name beside each other, written with capitals."""
    gap = r"[\W_]{1,3}(?:[^\W\d_]\.?[\W_]{1,3})?"
    return re.compile(rf"(?<![^\W_])(?:{_capital(one)}){gap}(?:{_capital(two)})(?![^\W_])")


def _capital(part: str) -> str:
    forms = {unicodedata.normalize("NFC", part), *spellings(part)}
    written = {form for word in forms for form in (word.title(), word.upper())}
    return "|".join(sorted(map(re.escape, written)))
