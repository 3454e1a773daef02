"""Answers that a reply takes back, scores or doubts are read as a person reads them, or not at all."""

from __future__ import annotations

import re
import time
from functools import cache

import pytest

from benchsmith.release.columns import LETTERS
from benchsmith.replies.reader import Extracted, extract
from tests import reader_table
from tests.reply_arguments import ARGUED
from tests.reply_doubts import DOUBTED, PLAIN
from tests.reply_elsewhere import ELSEWHERE, SEVERAL_NEIGHBOURS
from tests.reply_neighbours import NEIGHBOURS
from tests.reply_retold import RETOLD, SEVERAL_RETOLD
from tests.reply_turns import ENGLISH, SCORED, SEVERAL, TAKEN_BACK, Rows

ONE_ANSWER = (TAKEN_BACK, SCORED, DOUBTED, PLAIN)
ROWS = [(o, r, w, False) for table in ONE_ANSWER for o, rows in table.items() for r, w in rows]
ROWS += [(o, r, w, True) for o, rows in SEVERAL.items() for r, w in rows]
LOOSE = [(o, r, w, False) for o, r, w in [*NEIGHBOURS, *ARGUED, *ELSEWHERE, *RETOLD]]
LOOSE += [(o, r, w, True) for o, r, w in [*SEVERAL_NEIGHBOURS, *SEVERAL_RETOLD]]
OPEN = "?"


@cache
def read(reply: str, options: tuple[str, ...], *, several: bool = False) -> Extracted:
    """Return what is read in a reply; several tests ask."""
    return extract(reply, options, several=several)


def taken(reply: str, options: tuple[str, ...], *, several: bool = False) -> str:
    """Return the letters that are read in a reply."""
    return "".join(LETTERS[i] for i in read(reply, options, several=several).picked)


@pytest.mark.parametrize(
    ("options", "reply", "want", "several"), ROWS, ids=[f"{r[:40]!r}" for _, r, _, _ in ROWS]
)
def test_what_is_taken_back_scored_or_doubted_is_read_right(
    options: tuple[str, ...], reply: str, want: str, several: bool
) -> None:
    assert taken(reply, options, several=several) == want


@pytest.mark.parametrize(
    ("options", "reply", "want", "several"), LOOSE, ids=[f"{r[:40]!r}" for _, r, _, _ in LOOSE]
)
def test_a_neighbour_is_read_right_or_where_it_is_open_not_at_all(
    options: tuple[str, ...], reply: str, want: str, several: bool
) -> None:
    allowed = {want.removesuffix(OPEN)} | ({""} if want.endswith(OPEN) else set())
    assert taken(reply, options, several=several) in allowed


def test_exported_readers_read_them_alike() -> None:
    exported = reader_table.exported()
    for options, reply, _, several in [*ROWS, *LOOSE]:
        found = read(reply, options, several=several)
        assert exported(reply, options, several=several) == found, reply


def _renamed(text: str, names: dict[int, str]) -> str:
    return re.sub(r"(?<![A-Za-z])[A-D](?![A-Za-z])", lambda m: names[ord(m[0])], text)


@pytest.mark.parametrize("rows", [TAKEN_BACK, SCORED, DOUBTED], ids=["back", "scored", "doubted"])
@pytest.mark.parametrize("order", ["ACBD", "DCBA", "BADC", "CDAB"])
def test_the_letters_may_be_renamed(rows: dict[tuple[str, ...], Rows], order: str) -> None:
    """With other letters in their places, a reply says the same of other options."""
    names = {ord(old): new for old, new in zip("ABCD", order, strict=True)}
    wrong = []
    for reply, want in rows[ENGLISH]:
        other = _renamed(reply, names)
        right = "".join(sorted(names[ord(letter)] for letter in want))
        with_text = any(name in reply.lower() for name in ENGLISH)
        if not with_text and taken(other, ENGLISH) != right:
            wrong.append((other, taken(other, ENGLISH), right))
    assert not wrong


@pytest.mark.parametrize(
    "reply",
    ["no, " * 2_000 + "B", "A. wait, " * 700, "A: 0.1 " * 900, "A" + " " * 5_900 + "0.1 B 0.2", "i doubt that it is " * 300 + "B",
     "not not " * 700 + "B", "actually " * 700 + "B", '{"answer": "A", ' * 500, "A: very very very " * 300, "most models would " * 300 + "answer B"],
)  # fmt: skip
def test_no_such_reply_takes_long(reply: str) -> None:
    begun = time.process_time()
    extract(reply, ENGLISH)
    assert time.process_time() - begun < 5
