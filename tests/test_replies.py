"""What is read in a reply: a table of real-looking ones, and laws that hold for all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.evaluate.extract import PICKED, extract
from benchsmith.release.columns import LETTERS
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
