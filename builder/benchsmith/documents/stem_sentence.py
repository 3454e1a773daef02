"""The sentence of a stem: one direct question, in natural order, short and easy to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from benchsmith.documents import yaml
from benchsmith.text.languages import Language
from benchsmith.text.normal_form import normal, plural

DOT = " \u00b7 "
"""Stands for a placeholder in the text that is checked."""
MAX_WORDS = 24
"""Most words of a stem; a placeholder counts as `PLACEHOLDER_WORDS`."""
PLACEHOLDER_WORDS = 3
"""Words of a long modality or noun, such as `susceptibility-weighted MRI`."""
CHARACTERS_PER_WORD = 1.6
"""Han characters that say as much as one English word."""
MAX_BEFORE = 12
"""Most words before the question word."""
LONG_WORD = 6
"""A longer word is a long one in the readability index."""
MAX_READABILITY = 48
"""Largest LIX (Björnsson 1968) of a stem: words plus the percentage of long words among them.

From about 50 on, prose counts as difficult. Cues and placeholders are not long words, for no stem
can do without them.
"""
MAX_COMMAS = {True: 2, False: 1}
"""Most commas, by whether the language has spaces."""
BREAKS = re.compile(r"""[;:!\u2013\u2014\u2026"\u201c\u201d\u3002]|\.\s|\s-\s""")
"""Punctuation between clauses, and quotes, after NFKC."""


class Sentence(yaml.Document):
    """Words by which the form of a question is recognised. Without `question_words`, no form is."""

    question_words: tuple[str, ...] = ()
    """One of these, and no second one, asks: which, what, how."""
    prepositions: tuple[str, ...] = ()
    """One of these may stand before the question word: to which."""
    polar: tuple[str, ...] = ()
    """A yes/no question begins with one of these; without spaces, it has one anywhere."""
    conditions: tuple[str, ...] = ()
    """They make a riddle of a question: if, suppose."""
    claims: tuple[str, ...] = ()
    """They claim more about the picture than is known: main part, the only one."""


def sentence_faults(
    plain: str, language: Language, words: Sentence, cues: Sequence[str], *, yes_no: bool = False
) -> Iterator[str]:
    """Yield a message, with what to do, for every rule of the sentence that a stem breaks.

    `plain` is the stem's normal form in which `DOT` stands for each placeholder.
    With `yes_no`, the answer is yes or no, and no question word is needed.
    """
    if not words.question_words:
        return
    if found := BREAKS.search(plain):
        yield f"has {found[0].strip()!r} within the sentence; ask in one clause"
    if (n := plain.count(",")) > MAX_COMMAS[language.spaced]:
        yield f"has {n} commas; shorten the part before the question"
    length = _length(plain, language)
    if length > MAX_WORDS:
        yield f"is as long as {length} words, more than {MAX_WORDS}; shorten it"
    for what, listed in (
        ("is a riddle or a condition ({}); ask directly about the picture", words.conditions),
        ("claims more than is known ({}); ask what is seen or marked", words.claims),
    ):
        for word in listed:
            if language.contains(plain, word):
                yield what.format(repr(word))
    if not yes_no:
        yield from _asks(plain, language, words)
    if language.spaced and (index := readability(plain, cues)) > MAX_READABILITY:
        yield f"has a readability index of {index:.0f}, above {MAX_READABILITY}; use shorter words"


def _asks(plain: str, language: Language, words: Sentence) -> Iterator[str]:
    """Check that the stem has exactly one question word, in a permitted place."""
    if polar := _polar(plain, language, words.polar):
        yield f"is a yes/no question ({polar!r}); begin with {words.question_words[0]!r} or the like"
        return
    asking = list(_any_of(words.question_words, language).finditer(plain))
    if not asking:
        yield f"has no question word; ask with {words.question_words[0]!r} or the like"
    elif len(asking) > 1:
        both = " and ".join(repr(m[0]) for m in asking[:2])
        yield f"asks twice ({both}); keep one question"
    elif language.spaced:
        before = plain[: asking[0].start()].split()
        if before and before[-1] in map(normal, words.prepositions):
            before.pop()
        if before and not before[-1].endswith(","):
            yield f"has {asking[0][0]!r} inside the sentence; begin the question with it"
        elif len(before) > MAX_BEFORE:
            yield f"has {len(before)} words before the question; use at most {MAX_BEFORE}"


def _polar(plain: str, language: Language, polar: Sequence[str]) -> str:
    """Return the word that makes a text a yes/no question, or an empty string."""
    polar = [normal(word) for word in polar]
    if not language.spaced:
        return next((word for word in polar if word in plain), "")
    for start in re.split(r",\s*", plain):
        if (first := language.first_word(start)) in polar:
            return first
    return ""


def _any_of(phrases: Iterable[str], language: Language) -> re.Pattern[str]:
    """Return a pattern that finds any of some phrases, the longest first."""
    each = "|".join(
        re.escape(p) for p in sorted({normal(p) for p in phrases}, key=lambda p: (-len(p), p))
    )
    return re.compile(rf"(?<!\w)(?:{each})(?!\w)" if language.spaced else each)


def _length(plain: str, language: Language) -> int:
    """Return the number of words, which Chinese counts by `CHARACTERS_PER_WORD`."""
    placeholders = plain.count(DOT.strip()) * PLACEHOLDER_WORDS
    if language.spaced:
        return len(re.findall(r"[\w'-]+", plain)) + placeholders
    return round(len(re.findall(r"\w", plain)) / CHARACTERS_PER_WORD) + placeholders


def readability(plain: str, cues: Iterable[str] = ()) -> float:
    """Return the readability index LIX of one sentence; words of `cues` are not long words.

    >>> round(readability("which organ is outlined in this image"))
    21
    """
    words = re.findall(r"[\w'-]+", plain)
    needed = {form for cue in cues for word in normal(cue).split() for form in (word, plural(word))}
    long_words = [w for w in words if len(w) > LONG_WORD and w not in needed]
    return len(words) + 100 * len(long_words) / max(1, len(words))
