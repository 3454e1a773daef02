"""The languages of questions: the script of each, and how to find phrases in its texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from benchsmith.text.normal_form import contains_phrase, normal

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language and its properties."""

    id: str
    name: str
    """Its name in English."""
    script: str
    """Prefix of the Unicode names of its letters."""
    spaced: bool
    """Whether words are separated by spaces."""
    question_mark: str

    @property
    def ending(self) -> str:
        """Return the suffix before `.yaml` or `.tsv` in the names of its documents: empty for English."""
        return "" if self.id == ENGLISH else f".{self.id}"

    def contains(self, text: str, phrase: str) -> bool:
        """Return whether a text in normal form contains a phrase.

        With spaces between words, the phrase or its plural must be whole words; otherwise it may be
        anywhere, but Latin letters and digits must be whole words: CT is not in ACT.

        >>> zh = LANGUAGES["zh"]
        >>> zh.contains(normal("这幅CT图像"), "ct"), zh.contains("act图像", "ct")
        (True, False)
        """
        if self.spaced:
            return contains_phrase(text, phrase)
        sought = re.escape(normal(phrase))
        before = "(?<![a-z0-9])" if re.match(r"[a-z0-9]", sought) else ""
        after = "(?![a-z0-9])" if re.search(r"[a-z0-9]$", sought) else ""
        return re.search(before + sought + after, text) is not None

    def first_word(self, text: str) -> str:
        """Return the first word of a text in normal form, or its first two characters if unspaced."""
        return (text.split() or [""])[0] if self.spaced else text[:2]

    def foreign(self, text: str) -> str:
        """Return the letters of a text that are not in this language's script, each once, in order."""
        found = [
            c for c in text if c.isalpha() and not unicodedata.name(c, "").startswith(self.script)
        ]
        return "".join(dict.fromkeys(found))


LANGUAGES = {
    language.id: language
    for language in (
        Language(ENGLISH, "English", "LATIN", spaced=True, question_mark="?"),
        Language("zh", "Simplified Chinese", "CJK", spaced=False, question_mark="\uff1f"),
    )
}


def split_name(name: str, extension: str) -> tuple[str, str]:
    """Split a document's file name into its stem and its language.

    >>> split_name("bone.zh.yaml", ".yaml"), split_name("bone.yaml", ".yaml")
    (('bone', 'zh'), ('bone', 'en'))
    """
    stem, _, language = name.removesuffix(extension).partition(".")
    return stem, language or ENGLISH


def searchable(names: Iterable[str], language: Language) -> list[str]:
    """Return the names that are long enough to search for in texts.

    Shorter ones give false matches: `os` in English, single characters in Chinese.
    """
    shortest = 3 if language.spaced else 2
    return [n for n in names if len(n) >= shortest and not n.isdigit()]
