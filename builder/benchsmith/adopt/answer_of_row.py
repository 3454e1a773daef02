"""The right options of a row, by letter, number or text."""

from __future__ import annotations

import re

from benchsmith.adopt.cells import as_text, values
from benchsmith.adopt.options_of_row import Option
from benchsmith.adopt.row_files import Cells
from benchsmith.core.contracts import DataFault
from benchsmith.documents.adoption import Answer
from benchsmith.text.normal_form import normal

LETTER = re.compile(r"\W{0,2}([A-Za-z])(?![\w'])")
"""The letter at the start of an answer: `C`, `(C)`, `C. CT`, `C: upper extremity`."""
LETTERS_ONLY = re.compile(r"[A-Z](?:\s*[,;/&]\s*[A-Z])+")
FIRST_WORD = re.compile(r"\W*(\w+)")


def answers_of(cells: Cells, options: list[Option], rule: Answer) -> tuple[int, ...]:
    """Return the positions of the right options in `options`, ascending.

    Raises DataFault: `no-key` for a row without an answer, `key-not-offered` for an answer that is not an
    option.
    """
    stated = [as_text(v).strip() for v in values(cells, rule.column)]
    if not stated:
        raise DataFault("no-key", rule.column, "")
    find = {"letter": _by_letter, "index": _by_index, "text": _by_text}[rule.form]
    found = {place for each in stated for place in find(each, options, rule)}
    return tuple(sorted(found))


def _by_letter(stated: str, options: list[Option], rule: Answer) -> list[int]:
    if LETTERS_ONLY.fullmatch(stated):
        letters = re.findall("[A-Z]", stated)
    else:
        mark = LETTER.match(stated)
        letters = [mark[1].upper()] if mark and (len(stated) == 1 or mark[1].isupper()) else []
    place = {option.letter: i for i, option in enumerate(options)}
    if not letters or any(letter not in place for letter in letters):
        raise _missing(stated)
    return [place[letter] for letter in letters]


def _by_index(stated: str, options: list[Option], rule: Answer) -> list[int]:
    # empty options keep their number, which corresponds to their letter
    place = {ord(option.letter) - ord("A") + rule.first: i for i, option in enumerate(options)}
    number = int(stated) if re.fullmatch(r"\d{1,4}", stated) else -1
    if number not in place:
        raise _missing(stated)
    return [place[number]]


def _by_text(stated: str, options: list[Option], rule: Answer) -> list[int]:
    if rule.first_word:
        word = FIRST_WORD.match(stated)
        stated = word[1] if word else ""
    for form in (str, _plain):
        found = [i for i, option in enumerate(options) if form(option.text) == form(stated)]
        if len(found) == 1:
            return found
    raise _missing(stated)


def _plain(words: str) -> str:
    """Return the form in which an answer and an option are compared: no case, no final stop."""
    return normal(words.strip().rstrip("."))


def _missing(stated: str) -> DataFault:
    return DataFault("key-not-offered", "", f"the answer is {stated[:100]!r}")
