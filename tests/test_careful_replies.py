"""Eight hundred replies in eleven languages, each with the options that a careful person takes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchsmith.evaluate.extract import Extracted, extract
from tests.reply_ways import LANGUAGES

PAGE = Path(__file__).with_name("careful_replies.jsonl")


@pytest.fixture(scope="module")
def read() -> list[tuple[dict[str, Any], Extracted]]:
    """Return each reply with what the reader finds in it."""
    rows = [json.loads(line) for line in PAGE.read_text("utf-8").splitlines()]
    return [
        (row, extract(row["reply"], row["options"], several=row.get("several", False)))
        for row in rows
    ]


Read = list[tuple[dict[str, Any], Extracted]]


def test_no_reply_is_misread(read: Read) -> None:
    assert not [(r, f) for r, f in read if f.picked and list(f.picked) != r["picked"]]


def test_almost_every_clear_reply_is_read(read: Read) -> None:
    """The rest are typing errors, short forms and contrasts, which nothing is guessed from."""
    clear = [(row, found) for row, found in read if row["picked"]]
    unread = [row["reply"] for row, found in clear if not found.picked]
    assert len(unread) <= 0.03 * len(clear), unread


def test_the_reason_for_picking_nothing_is_reported(read: Read) -> None:
    assert not [(r, f) for r, f in read if not r["picked"] and f.how != r["outcome"]]


def test_the_replies_are_many_and_of_every_language(read: Read) -> None:
    count = Counter(row["language"] for row, _ in read)
    assert len(read) >= 800 and len(count) == len(LANGUAGES) and min(count.values()) >= 15
    assert {row["outcome"] for row, _ in read if not row["picked"]} == {
        "unclear", "abstained", "refused", "cut", "empty",
    }  # fmt: skip
