"""Reads one row as a question with its options, answers and picture, by the rules of a recipe."""

from __future__ import annotations

import ast
import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith.adopt.answer_of_row import answers_of
from benchsmith.adopt.cells import as_text, is_empty, one_of, stated, text, values
from benchsmith.adopt.options_of_row import Option, options_of
from benchsmith.adopt.picture_shelf import Kept, PictureShelf
from benchsmith.adopt.row_files import Cells
from benchsmith.core.contracts import DataFault
from benchsmith.core.model import VIEWS
from benchsmith.documents.adoption import NOT_STATED, PLACE, Named, Rows
from benchsmith.release.columns import LETTERS
from benchsmith.text.normal_form import normal

MAX_REFERENCE = 64
"""Characters of a cell that names another row's picture, as VLMEvalKit has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of a question, as published in the release."""

    question: str
    options: tuple[str, ...]
    answers: tuple[int, ...]
    """Positions of the right options; empty if the benchmark hides its answers."""


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """A picture that another row has: the value of `shared_by` there."""

    value: str


def wording_of(cells: Cells, rule: Rows) -> Wording:
    """Return the words of a row. Raises DataFault with the reason why it is left out."""
    if unwanted := one_of(cells, rule.only.items()):
        raise DataFault("row-unwanted", "", unwanted)
    for column, marks in rule.open.items():
        if (word := text(cells, column)) in marks:
            raise DataFault("open-answer", "", f"{column} is {word[:100]!r}")
    asked = options_of(cells, _clean(text(cells, rule.question), rule), rule.options)
    question = asked.question
    if not question:
        raise DataFault("no-question", "", "")
    options = [o._replace(text=_clean(o.text, rule)) for o in asked.options]
    if not options:
        raise DataFault("open-answer", "", "")
    _check(options)
    answers: tuple[int, ...] = ()
    if rule.answer is not None:
        try:
            answers = answers_of(cells, options, rule.answer)
        except DataFault as fault:
            if rule.options.fixed and fault.reason == "key-not-offered":
                raise DataFault("open-answer", "", fault.detail) from fault
            raise
    return Wording(question=question, options=tuple(o.text for o in options), answers=answers)


def _clean(words: str, rule: Rows) -> str:
    for removed in rule.remove:
        words = words.replace(removed, "")
    return words.strip()


def _check(options: list[Option]) -> None:
    if not 2 <= len(options) <= len(LETTERS):
        raise DataFault("option-number", "", f"it has {len(options)}")
    seen: dict[str, str] = {}
    for option in options:
        other = seen.setdefault(normal(option.text), option.letter)
        if other != option.letter:
            what = f"{other} and {option.letter} are {option.text[:100]!r}"
            raise DataFault("options-repeated", "", what)


def word_of(cells: Cells, rule: str | Named) -> str:
    """Return what a rule states about a row; ``not stated`` if nothing. Raises DataFault."""
    return " ".join(stated(cells, rule).split()) or NOT_STATED


def granularity_of(cells: Cells, rule: str | Named) -> str:
    """Return what a question is about: one of VIEWS, also from `Box Level`. Raises DataFault."""
    word = normal(stated(cells, rule)).removesuffix(" level")
    if word not in VIEWS:
        what = f"the granularity is {word[:100]!r}, not {', '.join(VIEWS)}: name it in `names`"
        raise DataFault("row-unsound", "", what)
    return word


def picture_of(cells: Cells, rule: Rows, shelf: PictureShelf, holder: Path) -> Kept | SharedPicture:
    """Return the picture of a row in a file `holder`. Raises DataFault."""
    if rule.picture.path:
        paths = list(_paths(cells, rule.picture.path))
        if not paths:
            raise DataFault("no-picture", "", "the row does not state it")
        if len(paths) > 1:
            raise DataFault("several-pictures", "", f"it has {len(paths)}")
        return shelf.keep_file(paths[0])
    found = [v for column in rule.picture.columns for v in _pictures(cells, column)]
    if not found:
        raise DataFault("no-picture", "", "the row has none")
    if len(found) > 1:
        raise DataFault("several-pictures", "", f"it has {len(found)}")
    (value,) = found
    if isinstance(value, dict):
        if value.get("bytes") is None and isinstance(value.get("path"), str):
            return shelf.keep_file(value["path"])
        value = value.get("bytes")
    if isinstance(value, bytes):
        return shelf.keep(value, holder)
    written = as_picture_text(value)
    if rule.picture.shared_by and len(written) <= MAX_REFERENCE:
        return SharedPicture(written)
    return shelf.keep(_from_base64(written), holder)


def as_picture_text(value: Any) -> str:
    """Return a cell that holds base64, or the number of a row, as text. Raises DataFault."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return as_text(value)
    raise DataFault("row-unsound", "", "the picture is neither bytes nor text")


def _pictures(cells: Cells, column: str) -> Iterator[Any]:
    """Yield the pictures of a cell: one, a list, or a list that is written as text."""
    for value in values(cells, column):
        if isinstance(value, str) and value.lstrip().startswith(("['", '["')):
            try:
                several = ast.literal_eval(value.strip())
            except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
                raise DataFault("row-unsound", "", "the picture is not a list") from error
            yield from (v for v in several if not is_empty(v))
        elif (
            not isinstance(value, dict)
            or value.get("bytes")
            or value.get("path")
            or not (value.keys() & {"bytes", "path"})
        ):
            yield value


def _from_base64(written: str) -> bytes:
    if written.startswith("data:"):
        written = written.partition(",")[2]
    try:
        return base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        what = "the picture is not base64; name files in `picture.path`"
        raise DataFault("row-unsound", "", what) from error


def _paths(cells: Cells, pattern: str) -> Iterator[str]:
    """Yield the paths of a pattern: one, or one for each value of a column that holds a list."""
    columns = list(dict.fromkeys(m[1] for m in PLACE.finditer(pattern)))
    found = {column: [as_text(v).strip() for v in values(cells, column)] for column in columns}
    longest = max((len(v) for v in found.values()), default=0)
    if any(len(v) not in (1, longest) or not v for v in found.values()):
        return
    for i in range(longest):
        chosen = {column: v[i if len(v) > 1 else 0] for column, v in found.items()}
        yield _filled(pattern, chosen)


def _filled(pattern: str, chosen: Mapping[str, str]) -> str:
    return PLACE.sub(lambda place: chosen[place[1]].zfill(int(place[2] or 0)), pattern)
