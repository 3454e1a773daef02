"""Languages that questions are asked in: how each is written, and how words are found in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from benchsmith.text.normal_form import normal, says

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language, and the little that differs between languages."""

    id: str
    name: str
    """Its name in English."""
    script: str
    """How Unicode's names of its letters begin."""
    spaced: bool
    """Whether blanks part its words."""
    question_mark: str

    @property
    def ending(self) -> str:
        """Return what stands before `.yaml` or `.tsv` in the names of its documents."""
        return "" if self.id == ENGLISH else f".{self.id}"

    def says(self, text: str, phrase: str) -> bool:
        """Say whether a text in normal form holds a phrase.

        Whole words where blanks part words, plurals too; else the phrase at any place, but Latin
        letters and digits whole: CT is not in ACT.

        >>> LANGUAGES["zh"].says(normal("这幅CT图像"), "ct"), LANGUAGES["zh"].says("act图像", "ct")
        (True, False)
        """
        if self.spaced:
            return says(text, phrase)
        sought = re.escape(normal(phrase))
        before = "(?<![a-z0-9])" if re.match(r"[a-z0-9]", sought) else ""
        after = "(?![a-z0-9])" if re.search(r"[a-z0-9]$", sought) else ""
        return re.search(before + sought + after, text) is not None

    def first_word(self, text: str) -> str:
        """Return how a text in normal form begins: its first word, or its first two characters."""
        return (text.split() or [""])[0] if self.spaced else text[:2]

    def foreign(self, text: str) -> str:
        """Return the letters of a text that are not of this language's script, in order, once."""
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


def parted(name: str, ending: str) -> tuple[str, str]:
    """Part a document's name into what it is called and its language.

    >>> parted("bone.zh.yaml", ".yaml"), parted("bone.yaml", ".yaml")
    (('bone', 'zh'), ('bone', 'en'))
    """
    called, _, language = name.removesuffix(ending).partition(".")
    return called, language or ENGLISH


def spoken(names: Iterable[str], language: Language) -> list[str]:
    """Return the names that are long enough to be looked for in a text.

    A short one would be found in other words: `os` in English, one character in Chinese.
    """
    shortest = 3 if language.spaced else 2
    return [n for n in names if len(n) >= shortest and not n.isdigit()]
