"""The forms of a word in which identifiers are searched for: in plain letters, whole, split and joined."""

from __future__ import annotations

import re
from itertools import pairwise

from benchsmith.text.nobody import REMOVED
from benchsmith.text.plain_letters import plain_letters

MIN_NUMBER = 6
"""Digits of a number within an identifier, such as `MRN-778899`, that identify by themselves."""
PLACEHOLDERS = REMOVED | {
    "test", "phantom", "patient", "subject", "sample", "case", "study", "series", "image", "images", "scan", "scans",
    "volume", "label", "labels", "train", "mask", "masks",
}  # fmt: skip
"""Words that stand where a name was, or in the name of any file."""
WORD = re.compile(r"\w+(?:[.\-^'\u2019]\w+)*")
JOINTS = (re.compile(r"[.\-^'\u2019]"), re.compile(r"[.\-^'\u2019_]"))
"""The name of a sample has `_` in it; the name of a person may be joined to others by it."""
TOKEN = re.compile(r"[^\W\d_]+|\d+")
UID = re.compile(r"\d+(?:\.\d+){3,}")
_DECIMAL = re.compile(r"\d*\.\d+(?:e-?\d+)?", re.IGNORECASE)
_WHOLE = re.compile(r"(\d{5,})\.0*")
"""A whole number that is written as a decimal fraction, as tables of floating point numbers are."""
_HASH = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{12,}|\w{40,}", re.IGNORECASE)
_DIGIT_FOR_LETTER = re.compile(r"[^\W\d_]{2}[01]|[01][^\W\d_]{2}")
_DIGITS_AS_LETTERS = (str.maketrans("01", "ol"), str.maketrans("01", "oi"))
"""Digits that look like letters."""
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def forms_of(word: str) -> set[str]:
    """Return a word of a text in lower case, with the words that it joins.

    >>> sorted(forms_of("Kowalski-Anna_3"))
    ['3', 'anna', 'anna_3', 'kowalski', 'kowalski-anna_3', 'kowalskianna3']
    """
    low = plain_letters(word)
    found = {low}
    if whole := _WHOLE.fullmatch(low):
        found.add(whole[1])
    if _DECIMAL.fullmatch(low) or (low.isalpha() and not any(map(str.isupper, word[1:]))):
        return found
    if not low.isalnum():
        for joint in JOINTS:
            found.update(joint.split(low))
        found.add("".join(c for c in low if c.isalnum()))
    for part in JOINTS[1].split(word):
        if part and not _HASH.fullmatch(part):
            pieces = [plain_letters(piece) for piece in _CAMEL.split(part)]
            if len(pieces) > 1:
                found.update(p for p in pieces if not p.isdigit() or len(p) >= MIN_NUMBER)
                found.update(one + two for one, two in pairwise(pieces))
    found.discard("")
    return found


def read_as_letters(word: str) -> set[str]:
    """Return a word in plain letters with letters for the digits 0 and 1 beside letters, which look like them.

    >>> sorted(read_as_letters("K0wa1ski")), read_as_letters("box 10")
    (['kowaiski', 'kowalski'], set())
    """
    if not _DIGIT_FOR_LETTER.search(word) or _HASH.fullmatch(word):
        return set()
    return {plain_letters(word).translate(table) for table in _DIGITS_AS_LETTERS}


def words_of(value: str) -> set[str]:
    """Return the whole value, and its words both as written and split."""
    split = re.split(r"[\s^,/\\=;:|&()\[\]<>\"]+", value)
    found = {value, *split}
    for word in split:
        if not UID.fullmatch(word):
            found.update(TOKEN.findall(word))
            found.add(JOINTS[0].sub("", word))
    return {one.strip(".-_'") for one in found} - {""}
