"""Days of persons and studies, in every spelling in which they may be published."""

from __future__ import annotations

import re

from benchsmith.text.personal_fields import is_birth
from benchsmith.text.plain_letters import plain_letters
from benchsmith.text.stated_days import days_in, full_days, short_days, six_digits, sure_short_days

_SIX = re.compile(r"\d{6}")


class SoughtDays:
    """Days, each with its kind, also where the year has two digits; birthdays in looser spellings than others."""

    def __init__(self) -> None:
        self._days: dict[str, str] = {}
        self._births: dict[str, str] = {}
        self._short: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._days)

    def add(self, value: str, kind: str) -> None:
        """Add the days that a value states."""
        stated = days_in(value)
        for day in stated.days:
            self._days.setdefault(day, kind)
            of = self._births if is_birth(kind) else self._short
            of.setdefault(day[2:], kind)
        if is_birth(kind):
            written = six_digits(value) if _SIX.fullmatch(value) else set()
            for day in stated.short | written:
                self._births.setdefault(day, kind)
                self._days.setdefault(f"19{day}", kind)
                self._days.setdefault(f"20{day}", kind)

    def leave_out(self, public: str) -> None:
        """Drop the days that a public text states."""
        for day in full_days(plain_letters(public)) if self else ():
            self._days.pop(day, None)
            self._births.pop(day[2:], None)
            self._short.pop(day[2:], None)

    def kinds_in(self, plain: str) -> set[str]:
        """Return the kinds of the days that a text in plain letters states."""
        found: set[str] = set()
        if self._days:
            found |= {self._days[day] for day in full_days(plain) & self._days.keys()}
        if self._births:
            found |= {self._births[day] for day in short_days(plain) & self._births.keys()}
        if self._short:
            found |= {self._short[day] for day in sure_short_days(plain) & self._short.keys()}
        return found
