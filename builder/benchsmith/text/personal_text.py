"""Lines of text in a picture that may identify a person.

What counts follows PS3.15 table E.1-1 and the identifiers of the HIPAA Safe Harbor rule: names, days,
numbers of persons and studies, institutions. Markers of side and view, names of organs, times of day,
ages, scales and settings of the device ("R", "PA erect", "10 cm", "120 kVp", "MI 1.2") identify
nobody. A word that is none of these may be a name, so it counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from benchsmith.text.display_words import DISPLAY_WORDS
from benchsmith.text.personal_fields import is_personal

MIN_VALUE = 4
"""Shorter values of a header occur by chance."""
MIN_WORD = 4
"""Shorter words are abbreviations of settings."""
_LOOKALIKES = str.maketrans("olisbzg", "0115829")
"""Letters that OCR confuses with digits."""
_MONTH = r"(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*"  # en, de
_DAY, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:(?:19|20)\d\d|\d\d)"
_MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
_DATES = re.compile(
    rf"(?<!\d)(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    rf"|(?:19|20)\d\d\s?[-./年]\s?{_MONTH_NUMBER}\s?[-./月]\s?{_DAY}"
    rf"|{_DAY}\s?([-./])\s?{_MONTH_NUMBER}\s?\1\s?{_YEAR}"
    rf"|{_MONTH_NUMBER}\s?([-./])\s?{_DAY}\s?\2\s?{_YEAR}"
    rf"|{_DAY}[-. ]?{_MONTH}[-., ]*{_YEAR}|{_MONTH}[-. ]?{_DAY}(?!\d)[-., ]*{_YEAR})(?!\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\d.,])(?:\d{6,}|\d{2,}(?:[-/]\d{2,}){2,}|\d{3}[ ]\d{3}[ ]\d{3,})(?![\d.])"
)
_FIELD = re.compile(
    r"\b(?:(?:patient|pat|name|pid|id|mrn|dob|born|geb|acc|accession|case|study)\b\s?(?:id|name|no|nr)?"
    r"\s?[.:#=]+\s*\w|(?:dr|prof|mr|mrs|ms|frau|herr|hospital|hosp|klinik|klinikum|clinic|université|"
    r"university|hôpital|ospedale)\b[.:]*\s*[^\W\d])",
    re.IGNORECASE,
)
_CARET = re.compile(r"[^\W\d_]{2,}\s?\^")
_COMMA = re.compile(r"([^\W\d_]{2,})\s?,\s?([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+")
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")


class PersonalLine(NamedTuple):
    """A line that may identify a person."""

    kind: str
    """What it may be: ``a date``, ``a number``, ``a name``, ``an unknown word``, or the header field it has."""
    line: str


def personal_lines(lines: Iterable[str], header: Mapping[str, str]) -> list[PersonalLine]:
    """Return the lines that may identify a person, each with the first kind that it is.

    `header` maps values of the source, such as names in a file's header, to the fields they are in. Of
    free texts, such as the name of a protocol, only values that are a whole line count.

    >>> personal_lines(["DOE^JANE", "R", "10 cm", "MI 1.2", "14:02:11"], {})
    [PersonalLine(kind='a name', line='DOE^JANE')]
    """
    known = {
        form: field
        for value, field in header.items()
        if is_personal(field)
        for part in (value, *re.split(r"[\s^,/\\=]+", value))
        if len(form := _folded(part)) >= MIN_VALUE and not _is_harmless(part)
    }
    found = [PersonalLine(kind, line) for line in lines if (kind := _kind(line, known))]
    return sorted(set(found))


def states_person(text: str) -> bool:
    """Return whether a cell has the form of a name, a day or a person's number.

    >>> [states_person(t) for t in ("DOE^JANE", "Doe, Jane", "2020-01-31", "MRN 778899", "liver cyst", "0.123456")]
    [True, True, True, True, False, False]
    """
    return _kind(text, {}) in ("a name", "a date", "a number")


def _kind(line: str, known: Mapping[str, str]) -> str:
    """Return what a line may reveal about a person; empty if nothing."""
    text = unicodedata.normalize("NFKC", line)
    folded = _folded(text)
    for form, field in known.items():
        if form in folded:
            return field
    if _DATES.search(text):
        return "a date"
    if _CARET.search(text) or _FIELD.search(text):
        return "a name"
    if (pair := _COMMA.search(text)) and not all(map(_is_display, pair.groups())):
        return "a name"
    if _NUMBER.search(text):
        return "a number"
    words = _WORD.findall(text)
    if _CHINESE.search(text) or any(len(w) >= MIN_WORD and not _is_display(w) for w in words):
        return "an unknown word"
    return ""


def _is_harmless(value: str) -> bool:
    """Return whether a header's value is made of words of displays, such as a study named `CHEST`."""
    words = _WORD.findall(value.casefold())
    return (
        bool(words) and all(w in DISPLAY_WORDS for w in words) and not any(map(str.isdigit, value))
    )


def _is_display(word: str) -> bool:
    low = word.casefold()
    return len(low) < MIN_WORD or low in DISPLAY_WORDS or low.removesuffix("s") in DISPLAY_WORDS


def _folded(text: str) -> str:
    """Return only letters and digits, without case; characters that OCR confuses become equal."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if c.isalnum()).translate(_LOOKALIKES)
