"""Montages, frames, bars, boxes and tiles are drawn where they belong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchsmith.core.model import Box, Form
from benchsmith.exporters.rehydrate import _drawing as told
from benchsmith.imaging.rendering.formed_picture import cut
from benchsmith.imaging.rendering.rulers import bar_length, montage, with_boxes
from benchsmith.publish.rehydrate import _form as formed
from benchsmith.skills.montages import TILES, frame, largest_tiles
from tests.made_scenes import scene


@pytest.mark.parametrize(("peak", "places"), [(20, 3), (31, TILES)])
def test_a_montage_has_the_largest_slice_in_each_place(peak: int, places: int) -> None:
    heights = np.maximum(0, 1 - ((np.arange(60) - peak) / 19.0) ** 2)
    profile = tuple(int(n) for n in 900 * heights)
    one = SimpleNamespace(flat=SimpleNamespace(profile=profile))
    found = list(largest_tiles(scene(), one, Box(x0=10, y0=20, x1=50, y1=40), 1.15))
    assert len({f.number for f in found}) == len(found) == places
    for each in found:
        tiles = each.form.tiles
        assert len(tiles) == TILES and len(set(np.diff(tiles))) == 1 and each.form.outlined
        areas = [profile[i] for i in tiles]
        assert areas == list(each.areas) and sum(a > 0 for a in areas) >= 3
        assert areas[each.number - 1] == max(profile)
        assert sorted(areas)[-2] * 1.15 <= max(areas)
        box = each.form.frame
        assert box is not None and box.x0 <= 10 and box.x1 >= 50 and box.y0 <= 20 and box.y1 >= 40


def test_a_frame_is_square_in_millimetres_and_may_leave_the_plane() -> None:
    found = frame(Box(x0=0, y0=0, x1=100, y1=20), (1.0, 0.5))
    assert (found.x1 - found.x0) * 0.5 == pytest.approx((found.y1 - found.y0) * 1.0)
    plane = np.arange(200 * 120).reshape(200, 120).astype(np.uint8)
    part = cut(plane, found)
    assert part.shape == (found.y1 - found.y0, found.x1 - found.x0)
    inside = part[-found.y0 : -found.y0 + 20, -found.x0 : -found.x0 + 100]
    assert (inside == plane[:20, :100]).all() and part[: -found.y0].max() == 0


def test_bars_are_round_and_fit() -> None:
    for width, px_mm in ((512, 0.7), (300, 0.02), (472, 3.0)):
        length = bar_length(width, px_mm)
        assert 0.1 * width * px_mm <= length <= 0.3 * width * px_mm
        assert f"{length:g}".strip("0.")[0] in "125"


def test_boxes_and_tiles_are_drawn_where_they_are() -> None:
    plain = np.zeros((200, 300, 3), np.uint8)
    drawn = with_boxes(plain, [Box(x0=40, y0=60, x1=90, y1=120)]).astype(int)
    assert (np.abs(drawn[90, 40] - (255, 196, 0)) < 5).all()
    assert drawn[70:110, 50:80].max() == 0, "the box is empty inside"
    tiles = [np.full((50, 50, 3), 40 * (n + 1), np.uint8) for n in range(5)]
    whole = montage(tiles, 50)
    assert whole.shape == (100, 150, 3)
    for n in range(5):
        y, x = n // 3 * 50, n % 3 * 50
        assert (whole[y + 40, x + 40] == 40 * (n + 1)).all()


def test_a_form_is_read_again_from_a_release() -> None:
    form = Form(
        scale=True, tiles=(3, 5, 7), frame=Box(x0=-2, y0=0, x1=9, y1=9), apart_mm=2.5, outlined=True,
        boxes=(Box(x0=1, y0=2, x1=3, y1=4),),
    )  # fmt: skip
    question: Any = SimpleNamespace(view="image", alteration=None, form=form)
    choice: Any = SimpleNamespace(
        kind="region", axis="axial", index=5, crop=None, window="", layer=0, value=1
    )
    assert formed(told(question, choice)["form"]) == form
    question.form = None
    assert "form" not in told(question, choice)
