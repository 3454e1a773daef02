"""What stands below a heading about other options is no answer."""

from __future__ import annotations

import time

import pytest

from benchsmith.replies import statements
from benchsmith.replies.reader import extract
from tests.reply_neighbours import NEIGHBOURS
from tests.reply_retold import RETOLD

ORGANS = ("liver", "spleen", "kidney", "stomach")


@pytest.mark.parametrize(
    ("reply", "letters"),
    [
        ("C\nOther options:\nA) liver\nB) spleen", "C"),
        ("Why not the other options?\nA", ""),
        ("The remaining options:\nA", ""),
        ("The answer is C.\nWhy the other options are wrong:\nA\nB", "C"),
        ("The options:\nA", "A"),
    ],
)
def test_what_is_below_a_heading_about_other_options_is_no_answer(reply: str, letters: str) -> None:
    assert "".join("ABCD"[i] for i in extract(reply, ORGANS).picked) == letters


def test_a_heading_is_what_the_whole_pattern_finds() -> None:
    replies = [reply for _, reply, _ in [*NEIGHBOURS, *RETOLD]]
    lines = [line.strip() for reply in replies for line in reply.split("\n")]
    lines += [
        f"{a} {b}" for a in lines[:40] for b in ("other options", "answers, not another", "why")
    ]
    found = [statements._is_heading(line) for line in lines]  # noqa: SLF001
    assert found == [statements._HEADING.search(line) is not None for line in lines]  # noqa: SLF001
    assert 10 < sum(found) < len(found)


def test_a_line_without_an_option_takes_little_time() -> None:
    begun = time.process_time()
    assert not statements._is_heading("no, " * 5_000)  # noqa: SLF001
    assert time.process_time() - begun < 2
