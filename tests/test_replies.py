"""What is read in a reply: a table of real-looking ones, and laws that hold for all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.evaluate.extract import PICKED, extract
from benchsmith.release.columns import LETTERS
from benchsmith.replies.thinking import THOUGHTS, Thought, opened_thought
from tests import reply_speech, reply_traps, reply_ways
from tests.replies import NINE, ONE, ORGANS, SEVERAL

CASES = [(o, r, want, False) for o, rows in ONE.items() for r, want in rows]
CASES += [(o, r, want, True) for o, rows in SEVERAL.items() for r, want in rows]


@pytest.mark.parametrize(
    ("options", "reply", "want", "several"), CASES, ids=[f"{r[:40]!r}" for _, r, _, _ in CASES]
)
def test_a_reply_is_read_as_a_person_reads_it(
    options: tuple[str, ...], reply: str, want: str, several: bool
) -> None:
    found = extract(reply, options, several=several)
    assert ("".join(LETTERS[i] for i in found.picked) or found.how) == want
    assert (found.how in PICKED) == bool(found.picked)


def test_the_table_is_large_enough() -> None:
    assert len({(o, r, s) for o, r, _, s in CASES}) == len(CASES) >= 120


@pytest.mark.parametrize(("options", "reply", "want"), [*reply_traps.TRAPS, *reply_speech.SPOKEN])
def test_a_misleading_reply_is_read_right_or_not_at_all(
    options: tuple[str, ...], reply: str, want: int | None
) -> None:
    assert extract(reply, options).picked == (() if want is None else (want,))


def wanted(want: str, first: int, second: int) -> tuple[int, ...]:
    """Return what a template's reading picks."""
    picks = {reply_ways.PICK: {first}, reply_ways.BOTH: {first, second}, "other": {second}}
    return tuple(sorted(picks.get(want, set())))


def misread(language: str, pairs: list[tuple[int, int, int]]) -> list[str]:
    """Return the replies in a language that are read otherwise than their template says."""
    wrong = []
    for own, template, want, several in reply_ways.written():
        for first, second, turn in pairs if own == language else []:
            reply, options = reply_ways.filled(own, template, first, second, turn)
            found = extract(reply, options, several=several)
            picked = wanted(want, first, second)
            if found.picked != picked or (not picked and found.how != want):
                wrong.append(f"{reply!r} of {options}: {found}, and it is {want} {picked}")
    return wrong


@pytest.mark.parametrize("language", reply_ways.LANGUAGES)
def test_renaming_the_letters_changes_nothing(language: str) -> None:
    """Each way to answer is read alike with each letter, in each order of the options."""
    assert not misread(language, [(i, (i + 1 + i % 3) % 4, i) for i in range(4)])


@pytest.mark.slow
@pytest.mark.parametrize("language", reply_ways.LANGUAGES)
def test_renaming_two_letters_at_once_changes_nothing(language: str) -> None:
    pairs = [(i, j, turn) for i in range(4) for j in range(4) for turn in range(4) if i != j]
    assert not misread(language, pairs)


def test_the_ways_are_many_enough() -> None:
    assert len(set(reply_ways.written())) >= 400
    assert len(reply_traps.TRAPS) >= 200


@pytest.mark.parametrize("thought", THOUGHTS, ids=lambda t: t.families)
def test_thoughts_of_every_family_are_left_out(thought: Thought) -> None:
    opens, closes = thought.opens, thought.closes
    assert extract(f"{opens}\nThe answer is A.{closes}\nB", ORGANS) == ((1,), "letter")
    assert extract(f"The answer is A.{closes}\nB", ORGANS) == ((1,), "letter")
    assert extract(f"{opens}\nThe answer is A.", ORGANS) == ((), "cut")
    assert opened_thought(f"question {opens}\n") == opens and not opened_thought(
        f"{opens}\n{closes}\n"
    )


@pytest.mark.parametrize(
    "reply",
    ["A " * 50_000, "A or " * 2_000, "<think>" * 20_000, '{"a":' * 5_000, "\\boxed{" * 20_000,
     "most likely " * 5_000 + "B", "liver x " * 10_000],
)  # fmt: skip
def test_no_reply_takes_long(reply: str) -> None:
    begun = time.process_time()
    extract(reply, ORGANS)
    assert time.process_time() - begun < 20


WORDS = st.lists(
    st.text("abcdefghij klmnop", min_size=3, max_size=12).map(str.strip).filter(lambda t: len(t) > 2),
    min_size=2,
    max_size=9,
    unique=True,
)  # fmt: skip


@given(st.text(), st.booleans())
def test_nothing_that_a_model_says_breaks_it(reply: str, several: bool) -> None:
    found = extract(reply, ORGANS, several=several)
    assert all(0 <= i < len(ORGANS) for i in found.picked)
    assert list(found.picked) == sorted(set(found.picked))
    assert several or len(found.picked) < 2


@given(
    st.integers(0, 8),
    st.sampled_from(
        ["{}", "({})", "{}.", "Answer: {}", "The answer is ({}).", "答案：{}", "**{}**"]
    ),
)
def test_every_letter_is_read_in_every_dress(place: int, dress: str) -> None:
    assert extract(dress.format(LETTERS[place]), NINE).picked == (place,)


@given(WORDS, st.data())
def test_a_letter_with_its_own_words_is_that_letter_and_with_another_s_is_none(
    options: list[str], data: st.DataObject
) -> None:
    i = data.draw(st.integers(0, len(options) - 1))
    j = data.draw(st.integers(0, len(options) - 1))
    plain = [" ".join(o.split()) for o in options]
    found = extract(f"{LETTERS[i]}. {options[j]}", options)
    if plain[i] == plain[j]:
        assert found.picked == (i,)
    elif not (plain[j] + " ").startswith(plain[i] + " "):
        assert found.picked == ()
