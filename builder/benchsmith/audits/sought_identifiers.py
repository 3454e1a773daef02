"""Identifiers in every spelling in which they may be published, and the search for them in texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import permutations

from benchsmith.audits.phrase import Phrase
from benchsmith.audits.public_words import public_words
from benchsmith.audits.sought_days import SoughtDays
from benchsmith.audits.sought_numbers import SoughtNumbers
from benchsmith.audits.sought_short_names import SoughtShortNames
from benchsmith.audits.sought_small_numbers import SoughtSmallNumbers
from benchsmith.audits.sought_unspaced import SoughtUnspaced
from benchsmith.audits.word_forms import (
    MIN_NUMBER,
    PLACEHOLDERS,
    TOKEN,
    UID,
    WORD,
    forms_of,
    read_as_letters,
    words_of,
)
from benchsmith.text.display_words import DISPLAY_WORDS
from benchsmith.text.letters_that_look_alike import latin_look
from benchsmith.text.personal_fields import PERSON_NAMES, is_personal
from benchsmith.text.plain_letters import plain_letters, spellings

MIN_CHARACTERS = 5
"""Shorter identifiers occur in every text by chance."""
SHORT_NAME = 4
"""Letters of a family name that is searched for by itself."""
MAX_TOKENS = 12
"""Words of a longer text that are searched together."""
MAX_KEPT = 200_000
"""Words whose result is kept for the next text."""
NAMES_OF = "the name of "
"""How the kinds of names begin that a source gives to patients, samples, files and folders."""
_GAP = r"[\W_]{0,5}"
_INITIAL = r"(?:[^\W\d_]\.?[\W_]{1,3})?"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Characters that are not seen: soft hyphens, joiners, marks of direction."""
_DECIMALS = re.compile(r"\d*\.\d+")
_NO_NAMES = PLACEHOLDERS | DISPLAY_WORDS
MAX_PARTS = 4
"""Words of a name; a longer text is no name."""


class Sought:
    """Identifiers of a source, each with its kind, as they are searched for.

    `values` maps each value to the field that has it. Words of `public` (the text of the documents) and
    of `program`, and everything that is found in `public`, identify nobody.
    """

    def __init__(self, values: Mapping[str, str], public: str, program: str = "") -> None:
        self._public = (public_words(public), public_words(program))
        self.words: dict[str, str] = {}
        self.days = SoughtDays()
        self.numbers = SoughtNumbers()
        self.small_numbers = SoughtSmallNumbers()
        self._phrases: dict[str, list[Phrase]] = {}
        self.unspaced = SoughtUnspaced()
        self.short_names = SoughtShortNames(self._is_known)
        self._seen: dict[str, tuple[str, ...]] = {}
        for value, kind in values.items():
            written = unicodedata.normalize("NFC", value).strip(" \t\r\n\0")
            for form in dict.fromkeys((written, latin_look(written))):
                self._add(form, kind)
        self._leave_public_out(public)

    def __bool__(self) -> bool:
        """Return whether anything is searched for."""
        patterns = self._phrases or self.unspaced or self.short_names
        numbers = self.numbers or self.small_numbers
        return bool(self.words or self.days or numbers or patterns)

    def kinds_in(self, text: str) -> set[str]:
        """Return the kinds of the identifiers that a text has."""
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
        found = self.numbers.kinds_in(text) | self.unspaced.kinds_in(text)
        found |= self.small_numbers.kinds_in(text)
        candidates, parts = set[str](), set[str]()
        for word in set(WORD.findall(text)):
            forms = self._seen.get(word)
            if forms is None:
                read = forms_of(word) | read_as_letters(word)
                forms = tuple(form for form in read if self._is_sought(form))
                if len(self._seen) >= MAX_KEPT:
                    self._seen.clear()
                self._seen[word] = forms
            for form in forms:
                if form in self.words:
                    found.add(self.words[form])
                if form in self._phrases:
                    candidates.add(form)
                if form in self.short_names:
                    parts.add(form)
        if parts:
            found |= self.short_names.kinds_in(text, parts)
        if candidates or self.days:
            plain = plain_letters(text)
            for token in candidates:
                found |= {one.kind for one in self._phrases[token] if one.is_in(plain)}
            found |= self.days.kinds_in(plain)
        return found

    def _is_sought(self, form: str) -> bool:
        return form in self.words or form in self._phrases or form in self.short_names

    def _is_known(self, form: str) -> bool:
        return any(form in words for words in self._public)

    def _leave_public_out(self, public: str) -> None:
        """Drop what the documents say too."""
        for form in [form for form in self.words if self._is_known(form)]:
            del self.words[form]
        self.days.leave_out(public)
        self.numbers.leave_out(public)
        self.small_numbers.leave_out(public)
        self.unspaced.leave_out(public)
        self.short_names.leave_out(public)
        plain = plain_letters(public)
        for token in filter(self._is_known, list(self._phrases)):
            kept = [one for one in self._phrases[token] if not one.is_in(plain)]
            self._phrases[token] = kept

    def _add(self, value: str, kind: str) -> None:
        if not value:
            return
        self.days.add(value, kind)
        self.unspaced.add(value, kind)
        exact = kind.startswith(NAMES_OF) or is_personal(kind)
        if exact or UID.fullmatch(value):
            self.numbers.add(value, kind)
            self.small_numbers.add(value, kind)
        if UID.fullmatch(value):
            return
        counted = value if exact else _DECIMALS.sub(" ", value)
        tokens = [plain_letters(one) for one in TOKEN.findall(counted)]
        own = [t for t in tokens if self._is_own(t)]
        for form in {form for word in words_of(counted) for form in spellings(word)}:
            if form.isdigit():
                if exact or len(form) >= MIN_NUMBER:
                    self._take(form, kind)
            elif (exact or own) and self._is_rare(form):
                self._take(form, kind)
        family = plain_letters(value.partition("^")[0]) if "^" in value else ""
        if kind in PERSON_NAMES or "^" in value:
            self.short_names.add(value, kind)
        if kind in PERSON_NAMES and len(family) == SHORT_NAME and self._is_rare(family):
            self.words.setdefault(family, kind)
        for number in tokens:
            if number.isdigit() and len(number.lstrip("0")) >= MIN_NUMBER:
                self._take(number, kind)
                self._take(number.lstrip("0"), kind)
        named = bool(own) or "^" in value or kind in PERSON_NAMES
        if named:
            self._add_name(tokens[:MAX_TOKENS], kind)
        elif exact:
            self._add_exact(plain_letters(value), tokens, kind)

    def _add_exact(self, value: str, tokens: list[str], kind: str) -> None:
        """Add a value of several words as a whole, since its single words occur in any text."""
        if len(value) >= MIN_CHARACTERS and len(tokens) > 1 and not WORD.fullmatch(value):
            self._phrase(tokens, re.escape(value), kind)
        squashed = "".join(tokens)
        if any(map(str.isdigit, squashed)) and not squashed.isdigit():
            self._take(squashed, kind)

    def _add_name(self, tokens: list[str], kind: str) -> None:
        """Add the words of a name together, joined, and in either order."""
        squashed = "".join(tokens)
        if len(tokens) < 2 or len(squashed) < MIN_CHARACTERS or len(set(squashed)) <= 2:
            return
        self._take(squashed, kind)
        self._phrase(tokens, _GAP.join(map(re.escape, tokens)), kind)
        parts = [t for t in tokens if len(t) > 1 and not t.isdigit() and t not in _NO_NAMES]
        if not 2 <= len(parts) <= MAX_PARTS:
            return
        for one, two in permutations(parts[:3], 2):
            if len(one + two) >= MIN_CHARACTERS and (self._is_rare(one) or self._is_rare(two)):
                self._take(one + two, kind)
                shape = f"{re.escape(one)}[\\W_]{{1,5}}{_INITIAL}{re.escape(two)}"
                self._phrase([one, two], shape, kind)

    def _phrase(self, tokens: Sequence[str], shape: str, kind: str) -> None:
        if all(t.isdigit() for t in tokens):
            return
        rare = max(tokens, key=lambda t: (self._is_rare(t), t.isdigit(), len(t)))
        bounded = re.compile(rf"(?<![^\W_]){shape}(?![^\W_])")
        self._phrases.setdefault(rare, []).append(Phrase(rare, bounded, kind))

    def _take(self, form: str, kind: str) -> None:
        if len(form) >= MIN_CHARACTERS and len(set(form)) > 2 and not self._is_known(form):
            self.words.setdefault(form, kind)

    def _is_own(self, token: str) -> bool:
        """Return whether a word may be a person's: it is in no document, and not a word of displays."""
        return len(token) >= MIN_CHARACTERS and self._is_rare(token)

    def _is_rare(self, token: str) -> bool:
        return (
            not token.isdigit()
            and token not in DISPLAY_WORDS
            and token not in PLACEHOLDERS
            and not self._is_known(token)
        )
