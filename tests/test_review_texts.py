"""Texts that people type at the desk: one line, without control characters."""

from __future__ import annotations

import pytest

from benchsmith.review.contract import Refused, text_of


@pytest.mark.parametrize("letter", [chr(n) for n in (*range(32), *range(127, 160))])
def test_a_control_character_is_a_space_or_refused(letter: str) -> None:
    given = {"name": f"a{letter}b"}
    if letter.isspace():
        assert text_of(given, "name") == "a b"
        return
    with pytest.raises(Refused, match="name has a control character"):
        text_of(given, "name")


@pytest.mark.parametrize(
    "name", ["Zoë Ångström", "\u0645\u06cc\u200c\u0645", "李 明", "👩\u200d⚕️", "O'Neil"]
)
def test_other_letters_stay(name: str) -> None:
    assert text_of({"name": name}, "name") == name
