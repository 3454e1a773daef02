"""How words are compared, and when a side is removed."""

from __future__ import annotations

import pytest

from benchsmith.text.laterality import take_side
from benchsmith.text.normal_form import contains_phrase, normal


@pytest.mark.parametrize(
    ("raw", "name", "side"),
    [
        ("gluteus_maximus_left", "gluteus maximus", "left"),
        ("Precentral_R", "precentral", "right"),
        ("rib_left_7", "rib 7", "left"),
        ("left kidney", "kidney", "left"),
        ("Kidney-Right", "kidney", "right"),
        ("liver", "liver", ""),
        ("left", "left", ""),
        ("vertebrae_L1", "vertebrae l1", ""),
        ("hepatitis l b", "hepatitis l b", ""),
        ("left or right", "left or right", ""),
    ],
)
def test_sides(raw: str, name: str, side: str) -> None:
    assert take_side(normal(raw)) == (name, side)


def test_normal_form_folds_case_width_and_separators() -> None:
    assert normal("  Small__Bowel\u00a0-X ") == "small bowel x"
    assert normal("\uff2c\uff49ver") == "liver"


def test_phrases_are_found_as_whole_words_and_in_the_plural() -> None:
    assert contains_phrase("which organs are shown", "organ")
    assert contains_phrase("two bodies", "body")
    assert not contains_phrase("inorganic", "organ")
