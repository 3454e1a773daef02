"""Match the rows of another tool's file with the cases of a release: by id, index, or words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchsmith.evaluate.contract import Answer, turned
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import LETTERS
from benchsmith.release.content import number

MAX_PROMPT_LINES = 500
_OPTION = re.compile(r"\s*\(?([A-Z])[.):]\s*(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One prediction, with the fields that the file has."""

    line: int
    text: str
    """The model's reply."""
    id: str = ""
    """The case's id, if the file has it."""
    index: int = -1
    """The index of our table for VLMEvalKit, if the file has one."""
    question: str = ""
    """The question, or the prompt that contains it."""
    options: tuple[str, ...] = ()
    """In the order shown; empty if the file does not have them."""
    fault: str = ""
    """Why there is no answer."""


class Matcher:
    """Finds cases by id, by index, or by question and options; never by the place of a row."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._by_id: dict[str, Item] = {}
        self._by_index: dict[int, list[Item]] = {}
        self._by_options: dict[tuple[str, ...], list[Item]] = {}
        self._by_question: dict[str, list[Item]] = {}
        for item in items:
            self._by_id[item.id] = item
            if item.content:
                self._by_index.setdefault(number(item.content), []).append(item)
            options = tuple(sorted(map(_plain, item.options)))
            self._by_options.setdefault(options, []).append(item)
            self._by_question.setdefault(_plain(item.question), []).append(item)

    def answer(self, row: Row) -> Answer | str:
        """Return a row as an answer, or the problem with it."""
        if row.id:
            known = self._by_id.get(row.id)
            candidates, what = [known] if known else [], f"case {row.id}"
        else:
            candidates, what = self._by_index.get(row.index, []), f"index {row.index}"
        if candidates:
            found = _fitting(candidates, row)
            if not found:
                return f"{what} has a different question or different options in this release"
        elif row.id or not row.question:
            return f"there is no {what} in this release"
        else:
            found = _fitting(self._named(row), row)
            what = f"{row.question[:60]!r}"
            if not found:
                return f"no case of this release has the question and options of {what}"
        if len(found) > 1:
            return f"{what} is in {len(found)} cases, and the file has no ids"
        item, shift = found[0]
        return Answer(
            case=item.id, shift=shift, content=item.content, text=row.text, fault=row.fault
        )

    def _named(self, row: Row) -> Sequence[Item]:
        """Return the cases that a row's words may be about."""
        options = row.options or offered(row.question)
        if options:
            return self._by_options.get(tuple(sorted(map(_plain, options))), [])
        return self._by_question.get(_plain(row.question), [])


def offered(prompt: str) -> tuple[str, ...]:
    r"""Return the options of a prompt: lines that begin with A, B, C and so on.

    >>> offered("Which organ?\nA. liver\nB. spleen\nAnswer with the letter.")
    ('liver', 'spleen')
    """
    found: list[str] = []
    for line in prompt.splitlines()[:MAX_PROMPT_LINES]:
        option = _OPTION.fullmatch(line)
        if option and option[1] == "A":
            found = [option[2]]
        elif option and found and option[1] == LETTERS[len(found)]:
            found.append(option[2])
    return tuple(found) if len(found) > 1 else ()


def _fitting(candidates: Iterable[Item], row: Row) -> list[tuple[Item, int]]:
    """Return the cases with a row's words, each with the rotation of its options.

    Of questions that contain each other the longest counts.
    """
    asked = _plain(row.question)
    options = tuple(map(_plain, row.options or offered(row.question)))
    found = []
    for item in candidates:
        own = tuple(map(_plain, item.options))
        shifts = [s for s in range(len(own)) if turned(own, s) == options] if options else [0]
        if shifts and (not asked or _plain(item.question) in asked):
            found.append((item, shifts[0]))
    longest = max((len(item.question) for item, _ in found), default=0)
    return [one for one in found if len(one[0].question) == longest]


def _plain(text: str) -> str:
    """Return a text with single spaces, in NFKC form."""
    return " ".join(unicodedata.normalize("NFKC", text).split())
