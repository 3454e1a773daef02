"""The forms of a word under which identifiers are searched for: in plain letters, whole, apart and joined."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from benchsmith.text.plain_letters import plain_letters

MIN_NUMBER = 6
"""Digits of a number within an identifier, such as `MRN-778899`, that identify by themselves."""
PLACEHOLDERS = frozenset({
    "anon", "anonym", "anonymous", "anonymized", "anonymised", "anonymity", "removed", "unknown", "unnamed",
    "none", "null", "test", "phantom", "patient", "subject", "deidentified", "hidden", "noname", "sample", "case",
    "study", "series", "image", "images", "scan", "scans", "volume", "label", "labels", "train", "mask", "masks",
})  # fmt: skip
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
_DOTTED = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
"""Names of code, such as `self._known`: half of the program's words."""
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def forms_of(word: str) -> set[str]:
    """Return a word of a text in lower case, with the words that are joined in it.

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


@lru_cache(maxsize=2)
def public_words(public: str) -> frozenset[str]:
    """Return the words of a text in plain letters, and the words that are joined in them.

    The last two texts are kept: the program's own is the same for every release.
    """
    words = set(WORD.findall(public))
    found, others = set[str](), list[str]()
    for word in words:
        bare = word.replace("_", "")
        if (
            bare.isascii()
            and bare.isalpha()
            and (bare.islower() or (word[1:].islower() and bare == word))
        ):
            found.update((low := word.lower(), low.replace("_", ""), *low.split("_")))
        elif _DOTTED.fullmatch(word):
            apart = word.split(".")
            found.update((word, bare.replace(".", ""), *apart, *word.replace(".", "_").split("_")))
        else:
            others.append(word)
    found.discard("")
    return frozenset(found.union(*map(forms_of, others)))


def words_of(value: str) -> set[str]:
    """Return the whole value, and its words as they stand and apart."""
    split = re.split(r"[\s^,/\\=;:|&()\[\]<>\"]+", value)
    found = {value, *split}
    for word in split:
        if not UID.fullmatch(word):
            found.update(TOKEN.findall(word))
            found.add(JOINTS[0].sub("", word))
    return {one.strip(".-_'") for one in found} - {""}
