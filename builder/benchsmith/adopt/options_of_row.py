"""The options of a row: from columns, from a list, or from the question's text."""

from __future__ import annotations

import ast
import json
import re
from typing import Any, NamedTuple

from benchsmith.adopt.cells import as_text, is_empty, text, with_gaps
from benchsmith.adopt.row_files import Cells
from benchsmith.core.contracts import DataFault
from benchsmith.documents.adoption import Options
from benchsmith.release.columns import LETTERS
from benchsmith.text.normal_form import normal

MARK = re.compile(r"(?<![^\s,;:.?!\[])(\(?)([A-Z])([.:)])")
"""A letter before an option: `A.`, `A:`, `A)` or `(A)`, at the start or behind a space or sign."""
LEAD = re.compile(
    r"\s*\(?(?:the\s+)?(?:candidate\s+|answer\s+|possible\s+)*(?:options|choices)(?:\s+are)?\s*:?\s*\[?\s*$",
    re.IGNORECASE,
)
"""The words that announce options at the end of a question."""
MAX_MARKS = 1_000
"""Marks of a text that are looked at, from its end: the work grows with their square."""
MAX_LEAD = 200
"""Characters at the end of a question in which options are announced."""
MAX_LITERAL = 200_000
"""Characters of a list that is written as text."""


class Option(NamedTuple):
    """An option with its letter in the row; an option without a letter gets that of its place."""

    letter: str
    text: str


class Asked(NamedTuple):
    """A question without its options, and the options that are not empty."""

    question: str
    options: list[Option]


def options_of(cells: Cells, question: str, rule: Options) -> Asked:
    """Return the options of a row, and its question. Raises DataFault.

    Letters before all options, such as `A. liver`, are removed.
    """
    if rule.fixed:
        return Asked(question, _numbered(list(rule.fixed)))
    if rule.columns:
        found = _numbered([text(cells, column) for column in rule.columns])
    elif rule.column:
        found = _listed(cells, rule.column)
    else:
        return lettered(question) or Asked(question, [])
    found = [o for o in _without_letters(found) if o.text]
    if rule.in_question:
        cut = lettered(question)
        if cut and [normal(o.text) for o in cut.options] == [normal(o.text) for o in found]:
            question = cut.question
    return Asked(question, found)


def lettered(written: str) -> Asked | None:
    """Return the options that a text lists after letters, and the text before them.

    The longest run of letters from A in one style counts, or the last of several equally long ones;
    None if there are not two letters.

    >>> lettered("What is it? A. a liver B. a lung")
    Asked(question='What is it?', options=[Option(letter='A', text='a liver'), Option(letter='B', text='a lung')])
    """
    best: list[re.Match[str]] = []
    marks = list(MARK.finditer(written))[-MAX_MARKS:]
    for style in sorted({(m[1], m[3]) for m in marks}):
        own = [m for m in marks if (m[1], m[3]) == style]
        for start in (i for i, m in enumerate(own) if m[2] == "A"):
            run = [own[start]]
            for mark in own[start + 1 :]:
                if len(run) < len(LETTERS) and mark[2] == LETTERS[len(run)]:
                    run.append(mark)
            if (len(run), run[0].start()) > (len(best), best[0].start() if best else -1):
                best = run
    if len(best) < 2:
        return None
    before = written[: best[0].start()]
    ends = [mark.start() for mark in best[1:]] + [len(written)]
    options = [
        Option(mark[2], written[mark.end() : end].strip().rstrip(",;").strip())
        for mark, end in zip(best, ends, strict=True)
    ]
    if before.rstrip().endswith("[") and options[-1].text.endswith("]"):
        options[-1] = options[-1]._replace(text=options[-1].text[:-1].rstrip())
    head, tail = before[:-MAX_LEAD], before[-MAX_LEAD:]
    return Asked((head + LEAD.sub("", tail)).strip(), options)


def _numbered(texts: list[str]) -> list[Option]:
    if len(texts) > len(LETTERS):
        raise DataFault("option-number", "", f"it has {len(texts)} options")
    return [Option(letter, each) for letter, each in zip(LETTERS, texts, strict=False)]


def _listed(cells: Cells, column: str) -> list[Option]:
    """Return the options of one column, however it lists them."""
    found = with_gaps(cells, column)
    if all(map(is_empty, found)):
        return []
    if len(found) == 1 and isinstance(found[0], str):
        return _written(found[0])
    if len(found) == 1 and isinstance(found[0], dict):
        return _mapped(found[0])
    return _items(found)


def _written(listing: str) -> list[Option]:
    """Return the options of a text: a JSON or Python list or mapping, or `A: one, B: two`."""
    start = listing.strip()[:1]
    if start and start in "[{(" and len(listing) <= MAX_LITERAL:
        for parse in (json.loads, ast.literal_eval):
            try:
                value = parse(listing)
            except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
                continue
            if isinstance(value, dict):
                return _mapped(value)
            if isinstance(value, list | tuple):
                return _items(list(value))
    asked = lettered(listing)
    return asked.options if asked else _numbered(listing.strip().split("\n"))


def _mapped(value: dict[Any, Any]) -> list[Option]:
    """Return the options of a mapping from letters to texts, in the order of the letters."""
    if any(not isinstance(key, str) or key.upper() not in LETTERS or not key for key in value):
        raise DataFault("row-unsound", "", "the options are a mapping without letters")
    found = {key.upper(): value[key] for key in sorted(value)}
    return [Option(k, "" if is_empty(v) else as_text(v).strip()) for k, v in found.items()]


def _items(found: list[Any]) -> list[Option]:
    """Return the options of a list of texts, or of mappings with a letter and a text."""
    listed = [item for item in found if not is_empty(item)]
    if listed and all(isinstance(item, dict) for item in listed):
        pairs: dict[str, Any] = {}
        for item in listed:
            cells = [as_text(v).strip() for v in item.values() if not is_empty(v)]
            letter = next((c for c in cells if len(c) == 1 and c in LETTERS), "")
            others = [c for c in cells if c != letter] or [letter]
            if not letter or len(others) > 1 or letter in pairs:
                raise DataFault("row-unsound", "", "an option is not one letter and one text")
            pairs[letter] = others[0]
        return _mapped(pairs)
    if any(isinstance(item, dict | list | tuple | bytes) for item in found):
        raise DataFault("row-unsound", "", "an option is neither text nor a letter with its text")
    return _numbered(["" if is_empty(item) else as_text(item).strip() for item in found])


def _without_letters(found: list[Option]) -> list[Option]:
    """Return options without the letters before their texts, if every option has its own letter."""
    bare = []
    for option in found:
        mark = re.match(r"\(?([A-Za-z])\)?\s*[.:)]\s*|\(([A-Za-z])\)\s*", option.text)
        letter = (mark[1] or mark[2] or "").upper() if mark else ""
        if option.text and letter != option.letter:
            return found
        bare.append(option._replace(text=option.text[mark.end() :].strip() if mark else ""))
    return bare
