"""Numbers of patients with few digits, which any text has by chance: found beside a word for a patient."""

from __future__ import annotations

import re

MAX_DIGITS = 4
_NUMBER = re.compile(rf"0*(\d{{1,{MAX_DIGITS}}})(?:\.0+)?")
_BESIDE = re.compile(
    r"(?<![^\W_])(?<!per[ _-])(?:patient(?:in)?|pat|subject|mrn|pid|paciente|paziente|pacjent)"
    r"(?:[ _.-]?(?:id|no|nr|num|number|code|identifier))?[\"']?[ \t:#=._/\"'-]{0,4}"
    rf"0*(\d{{1,{MAX_DIGITS}}})(?:\.0+(?!\d))?(?![\w%])(?!\.\d)",
    re.IGNORECASE,
)
_PATIENT = re.compile(r"patient|subject|mrn|\bpat(?:\b|_)|\bpid\b", re.IGNORECASE)


class SoughtSmallNumbers:
    """Numbers of up to four digits, each with its kind."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._numbers)

    def add(self, value: str, kind: str) -> None:
        """Take a value that is such a number, if its kind is about a patient."""
        found = _NUMBER.fullmatch(value)
        if found and _PATIENT.search(kind):
            self._numbers.setdefault(found[1], kind)

    def leave_out(self, public: str) -> None:
        """Drop what a public text has beside such a word."""
        for match in _BESIDE.finditer(public) if self else ():
            self._numbers.pop(match[1], None)

    def kinds_in(self, text: str) -> set[str]:
        """Return the kinds of the numbers that a text has beside a word for a patient."""
        if not self._numbers:
            return set()
        found = {match[1] for match in _BESIDE.finditer(text)}
        return {self._numbers[number] for number in found & self._numbers.keys()}
