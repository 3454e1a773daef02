"""Numbers of persons and UIDs, in every grouping of their digits."""

from __future__ import annotations

import re

from benchsmith.audits.word_forms import UID

MIN_DIGITS = 7
"""Digits of a number that is searched for in groups, as of telephones; shorter groups occur by chance."""
_NUMBER = re.compile(r"\+?[\d\s()./-]+")
_GROUPS = re.compile(r"(?<![\w.])\+?\d[\d ()/.\u00a0-]{5,28}\d(?![\w.]*\w)")
_DOTTED = re.compile(r"(?<![\d.])" + UID.pattern)
_SHORTEST_UID = 4
"""Components of a UID."""


class SoughtNumbers:
    """Numbers and UIDs, each with its kind."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}
        self._uids: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._numbers or self._uids)

    def add(self, value: str, kind: str) -> None:
        """Take a value if it is a UID, or a long number."""
        digits = re.sub(r"\D", "", value)
        if UID.fullmatch(value):
            self._uids.setdefault(value, kind)
        elif len(digits) >= MIN_DIGITS and len(set(digits)) > 2 and _NUMBER.fullmatch(value):
            self._numbers.setdefault(digits, kind)

    def leave_out(self, public: str) -> None:
        """Drop what a public text has."""
        for number in self._numbers_in(public):
            self._numbers.pop(number, None)
        for uid in self._uids_in(public):
            self._uids.pop(uid, None)

    def kinds_in(self, text: str) -> set[str]:
        """Return the kinds of the numbers and UIDs that a text has, also where a UID goes on."""
        found = {self._numbers[number] for number in self._numbers_in(text)}
        return found | {self._uids[uid] for uid in self._uids_in(text)}

    def _numbers_in(self, text: str) -> set[str]:
        if not self._numbers:
            return set()
        runs = {re.sub(r"\D", "", match[0]) for match in _GROUPS.finditer(text)}
        return runs & self._numbers.keys()

    def _uids_in(self, text: str) -> set[str]:
        found: set[str] = set()
        for run in {match[0] for match in _DOTTED.finditer(text)} if self._uids else ():
            parts = run.split(".")
            starts = (".".join(parts[:n]) for n in range(_SHORTEST_UID, len(parts) + 1))
            found.update(start for start in starts if start in self._uids)
        return found
