"""The days that a text states, in the spellings of DICOM, ISO 8601 and everyday life."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from benchsmith.text.hash_digits import is_in_hash
from benchsmith.text.near_places import near
from benchsmith.text.plain_letters import plain_letters

_MONTHS = {
    "jan": 1, "jae": 1, "ene": 1, "gen": 1, "sty": 1, "feb": 2, "fev": 2, "lut": 2, "mar": 3, "mrz": 3, "mae": 3,
    "apr": 4, "avr": 4, "abr": 4, "kwi": 4, "may": 5, "mai": 5, "mag": 5, "maj": 5, "mei": 5,
    "jun": 6, "giu": 6, "juin": 6, "cze": 6, "jul": 7, "lug": 7, "juil": 7, "lip": 7,
    "aug": 8, "aou": 8, "ago": 8, "sie": 8, "sep": 9, "set": 9, "wrz": 9, "oct": 10, "okt": 10,
    "ott": 10, "out": 10, "paz": 10, "nov": 11, "lis": 11, "dec": 12, "dez": 12, "dic": 12, "gru": 12,
}  # fmt: skip
"""How the names of months begin in English, German, French, Spanish, Italian, Polish and Dutch."""
_ROMAN = {
    word: n
    for n, word in enumerate(
        ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], 1
    )
}
_YEAR, _START, _END = r"((?:18|19|20)\d\d)", r"(?<!\d)(?<!\d\.)", r"(?!\d)"
_NUMBER = r"(\d\d?)"
_NAME = rf"((?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})[a-z]*)"
_GAP = r"(?:[-./,\s_]{1,3})"
_ORDINAL = r"(?:st|nd|rd|th|er|o|a)?"
_OF = r"(?:of |del? |d')?"
_SIX = re.compile(r"(?<!\d)(?<!\d[.,])(\d\d)(\d\d)(\d\d)(?!\d|[.,]\d)")
_COMPACT = re.compile(rf"{_START}(\d{{8}})(?:\d{{6}})?{_END}")
_YEAR_FIRST = re.compile(
    rf"{_START}{_YEAR}\s?([-./_ 年])\s?{_NUMBER}\s?[-./_ 月]\s?{_NUMBER}{_END}"
)
_YEAR_LAST = re.compile(rf"{_START}{_NUMBER}\s?([-./_ ])\s?{_NUMBER}\s?\2\s?{_YEAR}{_END}")
_SHORT = re.compile(rf"{_START}{_NUMBER}([-./]){_NUMBER}\2{_NUMBER}{_END}(?!\.\d)")
_DAY_NAME = re.compile(
    rf"{_START}{_NUMBER}{_ORDINAL}(?:{_GAP}{_OF})?{_NAME}{_GAP}?{_OF}{_YEAR}{_END}"
)
_NAME_DAY = re.compile(rf"(?<![a-z]){_NAME}{_GAP}?{_NUMBER}{_ORDINAL}{_GAP}{_YEAR}{_END}")
_YEAR_NAME = re.compile(rf"{_START}{_YEAR}{_GAP}?{_NAME}{_GAP}?{_NUMBER}{_END}")
_MONTH_ROMAN = rf"({'|'.join(sorted(_ROMAN, key=len, reverse=True))})"
_DAY_ROMAN = re.compile(rf"{_START}{_NUMBER}\s?[-./ ]\s?{_MONTH_ROMAN}\s?[-./ ]\s?{_YEAR}{_END}")
_YEAR_ROMAN = re.compile(rf"{_START}{_YEAR}\s?[-./ ]\s?{_MONTH_ROMAN}\s?[-./ ]\s?{_NUMBER}{_END}")
_SHORT_ROMAN = re.compile(rf"{_START}{_NUMBER}([-./ ]){_MONTH_ROMAN}\2(\d\d){_END}")
_SHORT_NAME = re.compile(
    rf"{_START}{_NUMBER}{_ORDINAL}(?:{_GAP}{_OF})?{_NAME}{_GAP}?'?(\d\d)(?![\d:])"
)
_BIRTH = re.compile(
    r"(?:dob|d\.o\.b\.?|born|birth[a-z]*|geb|geboren|geburt[a-z]*|naissance|nee? le|nacid[oa]|nacimiento|nato|nata"
    r"|nascita|nascimento|nascid[oa]|urodz[a-z]*|ur\.|geboortedatum)[^a-z0-9]{0,8}(?:(?:on|date|am|el|il|day|is)"
    r"[^a-z0-9]{1,6})?\Z"
)
"""What stands before a day of birth, also as the key of a value."""
_DATED = re.compile(
    r"(?:date|datum|fecha|day|exam|examination|study|studie|scan|scanned|visit|acquired|acquisition|taken|seen|recorded"
    r"|performed|untersuch[a-z]*|aufnahme[a-z]*)[^a-z0-9]{0,8}(?:(?:on|date|am|el|il|day|is)[^a-z0-9]{1,6})?\Z"
)
"""What stands before the day of a study."""
_WORD_BEFORE, _WORD_AFTER = (
    re.compile(r"[^\W\d]{2,}-?\Z|[^\W\d_]-?\Z"),
    re.compile(r"-?[^\W\d]|-\d{4}(?!\d)"),
)
"""Six digits that belong to a word, as in the name of a file, or to the number of a person, may be a day."""
_ANY_SHORT = re.compile(
    rf"\d(?:[-./]\d\d?[-./]\d\d|[-./ ][ivx]{{1,4}}[-./ ]\d|[^\d]{{0,12}}?(?:{'|'.join(sorted(_MONTHS))}))"
)
"""Where a day with a year of two digits may be."""
_ANY_YEAR = re.compile(r"(?:18|19|20)\d\d")
_AROUND = 32
"""Characters before and after a year in which its month and day stand."""
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
    >>> sorted(days_in("12-XI-1961").days), sorted(days_in("born 610112, 123456 files").short)
    (['19611112'], ['610112'])
    """
    low = plain_letters(text)
    return StatedDays(frozenset(full_days(low)), frozenset(short_days(low)))


def full_days(plain: str) -> set[str]:
    """Return the days with a year of four digits in a text in plain letters, as `YYYYMMDD`."""
    near = _near_years(plain)
    return {day for year, month, number in _full(near) if (day := _day(year, month, number))}


def short_days(plain: str) -> set[str]:
    """Return the days with a year of two digits in a text in plain letters, as `YYMMDD`.

    Six digits count as a day if a word says so or if they are part of a word.
    """
    found = set(_short_days(plain, padded=False))
    for match in _SIX.finditer(plain):
        if _is_day_of_word(plain, match):
            found |= six_digits(match[0])
    return found


def sure_short_days(plain: str) -> set[str]:
    """Return the days with a year of two digits that no measure is equal to by chance, as `YYMMDD`.

    Numbers have two digits each and signs between them, or a month is named. Six digits stand after a word for a day.

    >>> sorted(sure_short_days("14.03.21, version 3.11.4, rows 140322, study date: 140323"))
    ['140321', '140323', '210314', '230314']
    """
    found = set(_short_days(plain, padded=True))
    for match in _SIX.finditer(plain):
        before = plain[max(match.start() - _AROUND, 0) : match.start()]
        if _DATED.search(before) and not is_in_hash(plain, match):
            found |= six_digits(match[0])
    return found


def six_digits(digits: str) -> set[str]:
    """Return the days that six digits may mean, in any order, as `YYMMDD`.

    >>> sorted(six_digits("670402")), six_digits("999999")
    (['670402'], set())
    """
    one, two, three = digits[:2], digits[2:4], digits[4:]
    orders = _orders(one, two, three)
    return {day[2:] for y, m, d in orders if (day := _day(2000 + y, m, d))}


def _is_day_of_word(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    before = text[max(start - _AROUND, 0) : start]
    joined = _WORD_BEFORE.search(before) or _WORD_AFTER.match(text, end)
    return bool(_BIRTH.search(before) or joined) and not is_in_hash(text, match)


def _short_days(plain: str, *, padded: bool) -> Iterator[str]:
    for year, month, number in _short(_near_short(plain), padded=padded):
        if day := _day(2000 + year, month, number):
            yield day[2:]


@lru_cache(maxsize=1)
def _near_short(text: str) -> str:
    """Return what stands near short days; both kinds of them are looked for in one text."""
    return " | ".join(near(_ANY_SHORT, text, _AROUND))


def _short(text: str, *, padded: bool) -> Iterator[tuple[int, int, int]]:
    for match in _SHORT.finditer(text):
        if padded and not len(match[1]) == len(match[3]) == len(match[4]) == _ZEROED:
            continue
        yield from _orders(match[1], match[3], match[4])
    for match in _SHORT_ROMAN.finditer(text):
        yield int(match[4]), _ROMAN[match[3]], int(match[1])
    for match in _SHORT_NAME.finditer(text):
        yield int(match[3]), _month(match[2]), int(match[1])


def _near_years(text: str) -> str:
    """Return what stands near years, which is little of a long text."""
    return " | ".join(near(_ANY_YEAR, text, _AROUND))


def _full(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _COMPACT.finditer(text):
        if not is_in_hash(text, match):
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
    for match in _DAY_ROMAN.finditer(text):
        yield int(match[3]), _ROMAN[match[2]], int(match[1])
    for match in _YEAR_ROMAN.finditer(text):
        yield int(match[1]), _ROMAN[match[2]], int(match[3])


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
