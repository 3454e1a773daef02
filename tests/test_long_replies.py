"""Replies of a model in a loop are read in little time, and long ones are read to their end."""

from __future__ import annotations

import time

import pytest

from benchsmith.replies.reader import extract

ORGANS = ("liver", "spleen", "kidney", "pancreas")
LOOPS = (
    "<answer>", "<|begin_of_box|>", "\\boxed{A}", "A, ", "A or ", "| A ", "<del>", "<s>B</s>", "<|channel|>final", "☐ A ", "then A, ",
    "A, that is very ", "< ", "[[",
)  # fmt: skip


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_takes_little_time(loop: str) -> None:
    """128 kB of `<answer>` took half a minute, and 1 MB half an hour."""
    begun = time.process_time()
    extract(loop * (200_000 // len(loop)), ORGANS)
    assert time.process_time() - begun < 6


@pytest.mark.parametrize(
    ("reply", "picked"),
    [
        ("<think>" + "It may be A. " * 20_000 + "</think>B", (1,)),
        ("It may be A. " * 20_000 + "\\boxed{B}", (1,)),
        ("\\boxed{B}" + " The organ lies here." * 10_000, (1,)),
        ("x " * 100_000 + "\nThe answer is C.", (2,)),
        ("\\boxed{A}" * 5_000 + " Wait. \\boxed{B}", (1,)),
        ("<answer>" * 5_000 + "B</answer>", (1,)),
        ("<answer>B</answer>" + "<answer>" * 5_000, (1,)),
    ],
    ids=range(7),
)
def test_a_long_reply_is_read(reply: str, picked: tuple[int, ...]) -> None:
    assert extract(reply, ORGANS).picked == picked
