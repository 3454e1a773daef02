"""The days that a text states, in the spellings of DICOM, ISO 8601 and everyday life."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from typing import NamedTuple

from benchsmith.text.plain_letters import plain_letters

_MONTHS = {
    "jan": 1, "ene": 1, "gen": 1, "sty": 1, "feb": 2, "fev": 2, "lut": 2, "mar": 3, "mrz": 3,
    "apr": 4, "avr": 4, "abr": 4, "kwi": 4, "may": 5, "mai": 5, "mag": 5, "maj": 5, "mei": 5,
    "jun": 6, "giu": 6, "juin": 6, "cze": 6, "jul": 7, "lug": 7, "juil": 7, "lip": 7,
    "aug": 8, "aou": 8, "ago": 8, "sie": 8, "sep": 9, "set": 9, "wrz": 9, "oct": 10, "okt": 10,
    "ott": 10, "out": 10, "paz": 10, "nov": 11, "lis": 11, "dec": 12, "dez": 12, "dic": 12, "gru": 12,
}  # fmt: skip
"""How the names of months begin in English, German, French, Spanish, Italian, Polish and Dutch."""
_YEAR, _START, _END = r"((?:18|19|20)\d\d)", r"(?<!\d)(?<!\d\.)", r"(?!\d)"
_NUMBER = r"(\d\d?)"
_NAME = rf"((?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})[a-z]*)"
_GAP = r"(?:[-./,\s_]{1,3})"
_COMPACT = re.compile(rf"{_START}(\d{{8}})(?:\d{{6}})?{_END}")
_YEAR_FIRST = re.compile(
    rf"{_START}{_YEAR}\s?([-./_ 年])\s?{_NUMBER}\s?[-./_ 月]\s?{_NUMBER}{_END}"
)
_YEAR_LAST = re.compile(rf"{_START}{_NUMBER}\s?([-./_ ])\s?{_NUMBER}\s?\2\s?{_YEAR}{_END}")
_SHORT = re.compile(rf"{_START}{_NUMBER}([-./]){_NUMBER}\2{_NUMBER}{_END}(?!\.\d)")
_DAY_NAME = re.compile(
    rf"{_START}{_NUMBER}(?:st|nd|rd|th)?(?:{_GAP}(?:of |de )?)?{_NAME}{_GAP}?{_YEAR}{_END}"
)
_NAME_DAY = re.compile(rf"(?<![a-z]){_NAME}{_GAP}?{_NUMBER}(?:st|nd|rd|th)?{_GAP}{_YEAR}{_END}")
_YEAR_NAME = re.compile(rf"{_START}{_YEAR}{_GAP}?{_NAME}{_GAP}?{_NUMBER}{_END}")
_HEX_DIGITS, _SHORTEST_HASH = frozenset("0123456789abcdef"), 12
"""Names of files and ids of cases are hashes, in which digits stand by chance."""
_ANY_YEAR = re.compile(r"(?:18|19|20)\d\d")
_AROUND = 32
"""Characters before and after a year in which its month and day stand."""
_NEAR = 64
"""Characters before and after a number that tell whether it is part of a hash."""
_ZEROED = 2


class StatedDays(NamedTuple):
    """Days in a text; a spelling that can mean two days counts as both."""

    days: frozenset[str]
    """As `YYYYMMDD`."""
    short: frozenset[str]
    """Days whose year has two digits, as `YYMMDD`."""


def days_in(text: str) -> StatedDays:
    """Return the days that a text states.

    >>> sorted(days_in("born 2 April 1967, seen 2020-01-31T10:00").days)
    ['19670402', '20200131']
    >>> sorted(days_in("02.04.1967").days), sorted(days_in("13/4/67").short)
    (['19670204', '19670402'], ['670413'])
    """
    low = plain_letters(text)
    near = _near_years(low)
    found = {day for year, month, number in _full(near) if (day := _day(year, month, number))}
    short = {
        day[2:]
        for match in _SHORT.finditer(low)
        for year, month, number in _orders(match[1], match[3], match[4])
        if (day := _day(2000 + year, month, number))
    }
    return StatedDays(frozenset(found), frozenset(short))


def _near_years(text: str) -> str:
    """Return what stands near years, which is little of a long text."""
    places: list[list[int]] = []
    for match in _ANY_YEAR.finditer(text):
        start, end = max(match.start() - _AROUND, 0), match.end() + _AROUND
        if places and start <= places[-1][1]:
            places[-1][1] = end
        else:
            places.append([start, end])
    return " | ".join(text[start:end] for start, end in places)


def _full(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _COMPACT.finditer(text):
        if not _is_in_hash(text, match):
            eight = match[1]
            yield int(eight[:4]), int(eight[4:6]), int(eight[6:])
            yield int(eight[4:]), int(eight[2:4]), int(eight[:2])
            yield int(eight[4:]), int(eight[:2]), int(eight[2:4])
    for match in _YEAR_FIRST.finditer(text):
        # 2024.8.30 is a version, 2024.08.30 a day
        if match[2] != "." or len(match[3]) == len(match[4]) == _ZEROED:
            yield int(match[1]), int(match[3]), int(match[4])
    for match in _YEAR_LAST.finditer(text):
        one, two, year = int(match[1]), int(match[3]), int(match[4])
        yield year, two, one
        yield year, one, two
    for match in _DAY_NAME.finditer(text):
        yield int(match[3]), _month(match[2]), int(match[1])
    for match in _NAME_DAY.finditer(text):
        yield int(match[3]), _month(match[1]), int(match[2])
    for match in _YEAR_NAME.finditer(text):
        yield int(match[1]), _month(match[2]), int(match[3])


def _orders(one: str, two: str, three: str) -> Iterator[tuple[int, int, int]]:
    """Yield the years, months and days that three numbers may be: ends of a day are its year."""
    if len(three) == _ZEROED:
        yield int(three), int(two), int(one)
        yield int(three), int(one), int(two)
    if len(one) == _ZEROED:
        yield int(one), int(two), int(three)


def _month(name: str) -> int:
    return _MONTHS.get(name[:4]) or _MONTHS[name[:3]]


def _day(year: int, month: int, day: int) -> str:
    """Return a day as `YYYYMMDD`; empty if there is none such."""
    if not (1850 <= year <= 2100 and 1 <= month <= 12):
        return ""
    return f"{year:04}{month:02}{day:02}" if 1 <= day <= monthrange(year, month)[1] else ""


def _is_in_hash(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    while match.start() - start < _NEAR and start and text[start - 1].isalnum():
        start -= 1
        if text[start] not in _HEX_DIGITS:
            return False
    while end - match.end() < _NEAR and end < len(text) and text[end].isalnum():
        if text[end] not in _HEX_DIGITS:
            return False
        end += 1
    return end - start >= _SHORTEST_HASH and any(c.isalpha() for c in text[start:end])
