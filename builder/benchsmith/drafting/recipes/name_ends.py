"""The common beginning and end of file or folder names, and the varying part between."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchsmith.drafting.recipes.name_words import MARK_WORDS, PICTURE_WORDS

DIGITS = "0123456789"
MIN_WORD = 4
"""Letters of a word that is told where more letters follow."""


def shared_ends(names: Sequence[str]) -> tuple[str, str]:
    """Return the text that names begin with and end in, cut where a word or number ends.

    >>> shared_ends(["case_01_ct", "case_02_ct"]), shared_ends(["img001", "img002"])
    (('case_', '_ct'), ('img', ''))
    """
    before = _start(names)
    while before and not _cuts(before, names):
        before = before[:-1]
    after = _start([name[len(before) :][::-1] for name in names])[::-1]
    shortest = min(len(name) for name in names) - len(before)
    after = after[max(0, len(after) - (shortest - 1)) :] if len(after) >= shortest else after
    while after and after[0] not in "_-. )(":
        after = after[1:]
    return before, after


def raw_ends(names: Sequence[str]) -> tuple[str, str]:
    """Return all that names begin with and end in, without the digits at the cut.

    >>> raw_ends(["liver-orig001", "liver-orig012"]), raw_ends(["p10", "p17"])
    (('liver-orig', ''), ('p', ''))
    """
    before = _start(names).rstrip(DIGITS)
    after = _start([name[len(before) :][::-1] for name in names])[::-1].lstrip(DIGITS)
    return before, after


def _start(texts: Sequence[str]) -> str:
    """Return the common beginning of texts."""
    first, last = min(texts), max(texts)
    n = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b),
             min(len(first), len(last)))  # fmt: skip
    return first[:n]


def _cuts(before: str, names: Sequence[str]) -> bool:
    """Return whether a word ends after `before` in every name."""
    if any(len(n) <= len(before) for n in names):
        return False
    if before[-1] in "_-. (":
        return True
    if before[-1].isalpha():
        word = re.split(r"[_\-. ()]|(?<=\d)(?=\D)", before)[-1].lower()
        told = len(word) >= MIN_WORD or not any(_goes_on(before, n) for n in names)
        return told and word in PICTURE_WORDS | MARK_WORDS
    return False


def _goes_on(before: str, name: str) -> bool:
    """Return whether a word continues: `IMD003` does not begin with `IM`, but `imageA` with `image`."""
    first = name[len(before)]
    return first.isalpha() and not (before[-1].islower() and first.isupper())
