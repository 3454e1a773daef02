"""What is written beside a scale bar is whole, also where there is little room for it."""

from __future__ import annotations

import numpy as np
import pytest

from benchsmith.core.model import Form
from benchsmith.imaging.rendering.formed_picture import draw_form
from benchsmith.imaging.rendering.rulers import PAD_PX, bar_length, strip_px, with_bar

WORDS = "tiles 0.611 mm apart"


def ink(width: int, words: str) -> int:
    """Return the sum of all that is written below a picture, whose bar is 20 mm long, without the bar."""
    px_mm = 20.1 / (0.3 * width)
    assert bar_length(width, px_mm) == 20
    drawn = with_bar(np.zeros((8, width, 3), np.uint8), px_mm, words)
    assert drawn.shape[0] == 8 + strip_px(width, px_mm, words)
    bar = drawn[8 : 8 + 28, PAD_PX : PAD_PX + round(20 / px_mm)]
    return int(drawn.sum(dtype=np.int64) - bar.sum(dtype=np.int64))


@pytest.mark.parametrize("words", ["", WORDS])
def test_no_letter_is_cut_off_or_written_over(words: str) -> None:
    whole = ink(900, words)
    assert whole > ink(900, "") or not words
    for width in range(196 if words else 70, 620):
        assert ink(width, words) == whole, width


@pytest.mark.parametrize("long_side", [192, 224, 288, 384, 512])
@pytest.mark.parametrize("shape", [(90, 90), (300, 90), (90, 300)])
def test_a_picture_with_a_bar_has_the_room_that_it_is_given(
    long_side: int, shape: tuple[int, int]
) -> None:
    plane = np.full(shape, 90, np.uint8)
    for form in (Form(scale=True), Form(scale=True, tiles=(0, 1, 2, 3), apart_mm=2.5)):
        drawn = draw_form(form, plane, lambda _: (plane, None), (1.0, 1.0), long_side, None, "HU")
        assert max(drawn.shape[:2]) <= long_side
