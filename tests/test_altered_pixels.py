"""The pure parts of counterfactuals: shifts, painting out, and cycles, each against a plain count."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.counterfactual.exchange import Change, exchanged
from benchsmith.imaging.mask_fit import Shift, deepest, fits, shifted
from benchsmith.imaging.rendering.paint_out import MOST_UNEVEN, fault, grown, paint_out

MASKS = st.integers(0, 2**32 - 1)


def mask_of(seed: int, share: float, size: tuple[int, int] = (13, 17)) -> np.ndarray:
    y, x = np.indices(size)
    return ((y * 7919 + x * 104729 + seed * 31 + (y * x) ** 2) % 1000) < 1000 * share


@given(MASKS, st.integers(1, 4), st.integers(1, 5))
def test_a_mask_fits_where_every_pixel_is_inside(seed: int, height: int, width: int) -> None:
    area = mask_of(seed, 0.8)
    mask = np.zeros_like(area)
    mask[3 : 3 + height, 4 : 4 + width] = mask_of(seed // 7, 0.6, (height, width))
    mask[3, 4] = mask[2 + height, 3 + width] = True
    found = fits(mask, area)
    ys, xs = np.nonzero(mask)
    for y in range(area.shape[0] - height + 1):
        for x in range(area.shape[1] - width + 1):
            inside = all(area[a - 3 + y, b - 4 + x] for a, b in zip(ys, xs, strict=True))
            assert found[y, x] == inside
    by = deepest(mask, area)
    assert (by is None) == (not found.any())
    if by is not None:
        moved = shifted(mask, by)
        assert moved.sum() == mask.sum()
        assert not (moved & ~area).any()


def test_the_deepest_place_is_the_middle() -> None:
    area = np.zeros((40, 60), bool)
    area[5:35, 20:50] = True
    mask = np.zeros_like(area)
    mask[0:6, 0:4] = True
    by = deepest(mask, area)
    assert by is not None
    assert abs(by.dy + 3 - 20) <= 1
    assert abs(by.dx + 2 - 35) <= 1


@given(st.integers(-20, 20), st.integers(-20, 20))
def test_a_shift_moves_what_stays_in_the_picture(dx: int, dy: int) -> None:
    mask = mask_of(5, 0.3)
    moved = shifted(mask, Shift(dx, dy))
    for y, x in np.ndindex(mask.shape):
        there = 0 <= y - dy < mask.shape[0] and 0 <= x - dx < mask.shape[1]
        assert moved[y, x] == (there and mask[y - dy, x - dx])


def scene(amplitude: float = 6.0) -> tuple[np.ndarray, np.ndarray]:
    """Return a slope with fine texture, (rows, columns), and a disc that is much brighter."""
    y, x = np.indices((120, 140))
    texture = ((x * 37 + y * 57 + x * y) % 13 - 6) / 6 * amplitude
    plain = 60 + 0.4 * x + 0.2 * y + texture
    disc = (y - 50) ** 2 + (x - 60) ** 2 <= 15**2
    return np.clip(np.where(disc, 230, plain), 0, 255).astype(np.uint8), disc


def test_a_painted_region_continues_its_surroundings() -> None:
    picture, disc = scene()
    y, x = np.indices(picture.shape)
    found = paint_out(picture, disc, ~disc)
    assert (found[~grown(disc)] == picture[~grown(disc)]).all()
    error = found[disc] - (60 + 0.4 * x + 0.2 * y)[disc]
    assert abs(error.mean()) < 2  # the slope goes on
    ring = grown(grown(grown(disc))) & ~grown(disc)
    around = picture[ring] - (60 + 0.4 * x + 0.2 * y)[ring]
    assert 0.7 < error.std() / around.std() < 1.4  # and so does the texture
    assert found.dtype == np.uint8
    colours = paint_out(np.repeat(picture[:, :, None], 3, 2), disc, ~disc)
    assert (colours[:, :, 0] == found).all() and (colours[:, :, 2] == found).all()


def test_nothing_is_copied_from_outside_of_the_source() -> None:
    picture, disc = scene()
    striped = picture.copy()
    source = ~disc
    source[:, :90] = False
    striped[:, :20] = 255  # where nothing may be copied from
    assert paint_out(striped, disc, source)[disc].max() < 160


def test_a_region_without_like_surroundings_is_refused() -> None:
    picture, disc = scene()
    assert fault(picture, disc, ~disc) is None
    assert "large enough" in (fault(picture, disc, np.zeros_like(disc)) or "")
    with pytest.raises(ValueError, match="large enough"):
        paint_out(picture, disc, np.zeros_like(disc))
    # an edge runs through the region, and no other place has one
    y, x = np.indices(picture.shape)
    uneven = np.where((x < 60) & (abs(y - 50) < 25), 0, picture).astype(np.uint8)
    source = ~disc & (x > 80)
    said = fault(uneven, disc, source)
    assert said is not None and "grey levels" in said
    assert MOST_UNEVEN > 0


LABELS = st.sampled_from("abcde")


@given(st.lists(st.tuples(st.integers(0, 30), LABELS, LABELS), max_size=60), st.integers(0, 9))
def test_every_label_is_gained_as_often_as_lost(
    drawn: list[tuple[int, str, str]], seed: int
) -> None:
    before = {unit: label for unit, label, _ in drawn}
    changes = [
        Change(f"u{unit}", before[unit], after, "move", f"m{after}{unit % 7}")
        for unit, _, after in drawn
        if after != before[unit]
    ]
    found = exchanged(changes, seed, "p")
    assert set(found) <= set(changes)
    assert max(Counter(c.unit for c in found).values(), default=1) == 1
    assert max(Counter(c.mark for c in found).values(), default=1) == 1
    assert Counter(c.before for c in found) == Counter(c.after for c in found)
    assert exchanged(changes[::-1], seed, "p") == found


def test_two_units_that_offer_each_other_are_exchanged() -> None:
    changes = [
        Change("one", "liver", "spleen", "move"),
        Change("two", "spleen", "liver", "shift"),
        Change("three", "liver", "kidney", "move"),
    ]
    assert exchanged(changes, 1, "p") == sorted(changes[:2])
    ring = [
        Change("x", "a", "b", "move"),
        Change("y", "b", "c", "move"),
        Change("z", "c", "a", "move"),
    ]
    assert exchanged(ring, 1, "p") == ring
    assert exchanged(ring[:2], 1, "p") == []
