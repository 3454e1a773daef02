"""Numbers of persons and UIDs, in every grouping of their digits."""

from __future__ import annotations

import re
from itertools import chain

from benchsmith.audits.word_forms import UID

MIN_DIGITS = 7
"""Digits of a number that is searched for in groups, as of telephones; shorter groups occur by chance."""
ROOT = 6
"""Characters at the start of a UID."""
_NUMBER = re.compile(r"\+?[\d\s()./-]+")
_GROUPS = re.compile(r"(?<![\w.])\+?\d[\d ()/.\u00a0-]{5,28}\d(?![\w.]*\w)")
_THOUSANDS = re.compile(
    r"(?<![\w.,'])\d{1,3}(?:([,.'\u00a0\u202f\u2009 _])\d{3})(?:\1\d{3})*(?![\d'])"
)
"""A number whose digits are in groups of three, as programs print large ones."""
_DOTTED = re.compile(r"(?<![\d.])" + UID.pattern)
_SHORTEST_UID = 4
"""Components of a UID."""


class SoughtNumbers:
    """Numbers and UIDs, each with its kind."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}
        self._uids: dict[str, str] = {}
        self._roots: set[str] = set()
        """How the UIDs begin, which few makers do alike."""

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._numbers or self._uids)

    def add(self, value: str, kind: str) -> None:
        """Add a value if it is a UID, or a long number."""
        digits = re.sub(r"\D", "", value)
        if UID.fullmatch(value):
            self._uids.setdefault(value, kind)
            self._roots.add(value[:ROOT])
        elif len(digits) >= MIN_DIGITS and len(set(digits)) > 2 and _NUMBER.fullmatch(value):
            self._numbers.setdefault(digits, kind)

    def leave_out(self, public: str) -> None:
        """Remove what a public text has."""
        for number in self._numbers_in(public):
            self._numbers.pop(number, None)
        for uid in self._uids_in(public):
            self._uids.pop(uid, None)

    def kinds_in(self, text: str) -> set[str]:
        """Return the kinds of the numbers and UIDs that a text has, also if a UID continues."""
        found = {self._numbers[number] for number in self._numbers_in(text)}
        return found | {self._uids[uid] for uid in self._uids_in(text)}

    def _numbers_in(self, text: str) -> set[str]:
        if not self._numbers:
            return set()
        found = chain(_GROUPS.finditer(text), _THOUSANDS.finditer(text))
        return {re.sub(r"\D", "", match[0]) for match in found} & self._numbers.keys()

    def _uids_in(self, text: str) -> set[str]:
        found: set[str] = set()
        there = any(root in text for root in self._roots)
        for run in {match[0] for match in _DOTTED.finditer(text)} if there else ():
            parts = run.split(".")
            starts = (".".join(parts[:n]) for n in range(_SHORTEST_UID, len(parts) + 1))
            found.update(start for start in starts if start in self._uids)
        return found
