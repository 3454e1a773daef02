"""Windows, square pixels and marks, by known values."""

from __future__ import annotations

import zlib
from io import BytesIO

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.core.contracts import Image, Shown
from benchsmith.core.model import Box
from benchsmith.documents.lexicon import Window
from benchsmith.imaging.percentiles import foreground_percentiles
from benchsmith.imaging.rendering import marks, picture, png, windows
from benchsmith.imaging.rendering.mask_to_contour import contour_lines

SOFT = Window("soft", "hu", 40, 400, 0, 0, ("*",), ("ct",))


@pytest.mark.parametrize(
    ("hu", "grey"),
    [
        (-2000, 0),
        (-160, 0),
        (-159, 1),
        (-60, 64),
        (40, 128),
        (140, 191),
        (239, 254),
        (240, 255),
        (3000, 255),
    ],
)
def test_soft_tissue_window(hu: int, grey: int) -> None:
    """255 * (hu + 160) / 400, rounded to even, clipped: level 40, width 400."""
    shown = windows.choose(Image(np.full((1, 1, 1), -1000, np.int16), None, planar=False), SOFT)
    assert windows.apply(np.array([[hu]], np.int16), shown).item() == grey


def test_equal_values_look_equal_in_every_slice() -> None:
    """The window's bounds are used, not the slice's own: contrast does not hang on content."""
    shown = Shown(-160, 240, "")
    narrow, wide = np.array([[0, 40]]), np.array([[-1000, 40]])
    assert windows.apply(narrow, shown)[0, 1] == windows.apply(wide, shown)[0, 1]


def test_percentiles_are_of_the_foreground_of_the_volume() -> None:
    """Half of the volume is air; without it the foreground 101..200 has known percentiles."""
    voxels = np.concatenate([np.zeros(100), np.arange(101, 201)]).reshape(2, 10, 10)
    low, high = foreground_percentiles(voxels, (0.5, 99.5))
    assert (low, high) == pytest.approx((101.495, 199.505))
    shifted = foreground_percentiles(voxels - 500, (0.5, 99.5))
    assert shifted == pytest.approx((low - 500, high - 500)), "negative volumes behave alike"


def test_a_root_window_shows_faint_objects_above_black() -> None:
    """255 * sqrt((v - low) / (high - low)), clipped, between the percentiles of the foreground."""
    window = Window("r", "root", 0, 0, 0, 100, ("*",), ("*",))
    voxels = np.array([[[101, 102, 110, 126, 201]]], np.uint16)
    shown = windows.choose(Image(voxels, None, planar=True), window)
    assert shown is not None
    low, high = foreground_percentiles(voxels, (0, 100))
    expected = [
        round(255 * min(max((v - low) / (high - low), 0), 1) ** 0.5) for v in voxels.ravel()
    ]
    assert windows.apply(voxels[0], shown).tolist() == [expected]
    assert "square root" in shown.words


def test_sa_med2d_shows_the_whole_range_of_a_volume() -> None:
    image = Image(np.array([[[-1000, 0], [40, 3000]]], np.int16), None, planar=False, unit="HU")
    shown = windows.choose(image, windows.MIN_MAX)
    assert shown is not None
    assert (shown.low, shown.high) == (-1000, 3000)
    assert windows.apply(image.voxels[0], shown).tolist() == [[0, 64], [66, 255]]


def test_a_constant_volume_is_no_division_by_zero() -> None:
    image = Image(np.full((2, 3, 3), 7.0), None, planar=False)
    assert windows.apply(image.voxels[0], windows.choose(image, None)).max() == 0


VESSEL = Window("vessel", "hu", 200, 600, 0, 0, ("*",), ("ct",), 100, 2.5, "soft-tissue", 40, 400)


@pytest.mark.parametrize(
    ("inside", "slice_mm", "bounds"),
    [
        ([40, 60, 300], 1.0, (-160, 240)),
        ([40, 100, 300], 1.0, (-100, 500)),
        (None, 1.0, (-100, 500)),
        ([40, 100, 300], 3.0, (-160, 240)),
        (None, 3.0, (-160, 240)),
    ],
)
def test_a_window_with_limits_is_used_within_them(
    inside: list[int] | None, slice_mm: float, bounds: tuple[float, float]
) -> None:
    """A median of 60 HU is no contrast medium; slices of 3 mm show no bone in detail."""
    air = np.full((2, 4, 4), -1000, np.int16)
    image = Image(air, np.diag([0.8, 0.8, slice_mm, 1]), planar=False)
    shown = windows.choose(image, VESSEL, None if inside is None else np.array(inside))
    assert shown is not None
    assert (shown.low, shown.high) == bounds
    assert shown.words.startswith("vessel" if bounds[1] == 500 else "soft-tissue")


def test_one_bright_object_does_not_dim_the_rest() -> None:
    """Greys of 100 to 199 and 1 % of 10,000: of the foreground, without the lowest 16, the fence."""
    voxels = np.tile(np.arange(100.0, 200.0), 99).reshape(1, 99, 100)
    bright = np.concatenate([voxels, np.full((1, 1, 100), 10_000.0)], axis=1)
    with_it, without = (windows.choose(Image(v, np.eye(4), planar=False), None)
                        for v in (bright, voxels))  # fmt: skip
    assert with_it is not None and without is not None
    assert without.high == pytest.approx(199, abs=1), "nothing changes without outliers"
    low, top = np.percentile(bright, (2, 98))
    quartiles = np.percentile(bright[bright > low + 0.1 * (top - low)], (25, 75))
    assert with_it.high == pytest.approx(quartiles[1] + 3 * (quartiles[1] - quartiles[0]), rel=0.02)
    assert with_it.high < 400


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.int32, np.float32])
def test_volumes_without_negative_values_are_no_hounsfield_units(dtype: type) -> None:
    """CT that was scaled to 0 to 255, or shifted by 1024, is shown between its own percentiles."""
    voxels = np.linspace(0, 200, 1000).reshape(10, 10, 10)
    shown = windows.choose(Image(voxels.astype(dtype), None, planar=False), SOFT)
    assert shown is not None and "percentiles" in shown.words and 190 < shown.high < 201
    signed = windows.choose(Image(voxels.astype(np.int16) - 80, None, planar=False), SOFT)
    assert signed is not None and "HU" in signed.words, "fat to tissue: a part of a body"


def test_pictures_of_8_bits_are_shown_as_they_are() -> None:
    assert windows.choose(Image(np.zeros((1, 2, 2), np.uint8), None, planar=True), SOFT) is None


@pytest.mark.parametrize(
    ("shape", "pixel_mm", "size"),
    [
        ((100, 100), (1, 1), (512, 512)),
        ((20, 100), (5, 1), (512, 512)),
        ((30, 120), (3, 1), (384, 512)),
        ((120, 60), (1, 1), (512, 256)),
    ],
)
def test_pixels_are_square_in_millimetres(
    shape: tuple[int, int], pixel_mm: tuple[float, float], size: tuple[int, int]
) -> None:
    assert picture.scaled_size(*shape, pixel_mm, 512) == size


def test_an_enlarged_mask_keeps_its_share() -> None:
    mask = np.zeros((20, 20), bool)
    mask[5:15, 5:15] = True
    large = picture.enlarge_mask(mask, (200, 200))
    assert large.mean() == pytest.approx(mask.mean(), rel=0.02)
    assert large[100, 100] and not large[10, 10]


GROUND = np.full((60, 60, 3), 100, np.uint8)
REGION = np.zeros((60, 60), bool)
REGION[20:40, 25:45] = True
BOX = Box(x0=25, y0=20, x1=45, y1=40)


def test_the_mask_is_one_translucent_tint_inside_the_region_only() -> None:
    marked = marks.draw(GROUND, "mask", REGION, BOX)
    # 65 of the grey, (89, 69, 0) of the colour and 43 of lift
    assert marked[30, 30].tolist() == [197, 176, 108]
    assert np.array_equal(marked[~REGION], GROUND[~REGION])
    assert (GROUND == 100).all(), "the picture that was given is not touched"


def test_the_tint_stands_out_from_every_grey_and_keeps_their_order() -> None:
    """The distance is that of CIE76 in Lab, as OpenCV converts it; 2.3 can just be seen."""
    greys = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    marked = marks.tinted(greys[0])[None]
    before, after = (
        cv2.cvtColor(p.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0] for p in (greys, marked)
    )
    assert np.linalg.norm(before - after, axis=1).min() > 30
    assert (np.diff(after[:, 0]) > -1e-3).all(), "what is brighter stays brighter"


def test_a_contour_is_one_smooth_line_around_a_ragged_region() -> None:
    """A disc of 24 voxels with notches at its edge; a pinhole has no line of its own, a hole has."""
    y, x = np.indices((24, 24))
    apart = np.hypot(y - 11.5, x - 11.5)
    notched = ((7 * y + 3 * x) % 3 == 0) & (np.abs(apart - 8.6) < 1.2)
    disc, ragged = (
        picture.enlarge_mask(m, (240, 240)) for m in (apart < 8.6, (apart < 8.6) ^ notched)
    )
    around, before = (
        sum(cv2.arcLength(line, True) for line in contour_lines(mask, voxel))
        for mask, voxel in ((disc, 10.0), (ragged, 0.0))
    )
    (line,) = contour_lines(ragged, 10.0)
    assert cv2.arcLength(line, True) < 1.25 * around < 0.9 * before
    filled = cv2.drawContours(np.zeros(disc.shape, np.uint8), [line], -1, 1, cv2.FILLED) > 0
    assert (filled | ~ragged).all(), "nothing of the region lies outside the line"
    for side, lines in ((4, 1), (40, 2)):
        holed = disc.copy()
        holed[120 : 120 + side, 120 : 120 + side] = False
        assert len(contour_lines(holed, 2.0)) == lines


def test_box_and_contour_hide_nothing_of_what_they_mark() -> None:
    for view in ("box", "contour"):
        marked = marks.draw(GROUND, view, REGION, BOX)
        assert np.array_equal(marked[REGION], GROUND[REGION]), view
        assert (marked == marks.COLOUR).all(axis=2).any(), view


def test_the_box_runs_around_the_region() -> None:
    marked = marks.draw(GROUND, "box", REGION, BOX)
    lines = (marked == marks.COLOUR).all(axis=2)
    rows, columns = np.flatnonzero(lines.any(axis=1)), np.flatnonzero(lines.any(axis=0))
    assert rows[0] < 20 and rows[-1] >= 40 and columns[0] < 25 and columns[-1] >= 45
    assert not lines[20:40, 25:45].any()


def test_a_region_at_the_edge_keeps_its_marks_in_the_picture() -> None:
    mask = np.zeros((60, 60), bool)
    mask[:10, :10] = True
    marked = marks.draw(GROUND, "box", mask, Box(x0=0, y0=0, x1=10, y1=10))
    assert (marked == marks.COLOUR).all(axis=2).sum() > 40


def test_views_of_one_target_show_the_same_pixels_outside_of_their_marks() -> None:
    plane = np.arange(400, dtype=np.uint8).reshape(20, 20)
    mask = np.zeros((20, 20), bool)
    mask[8:12, 8:12] = True
    plain = picture.compose(plane, mask, "image", (100, 100))
    for view in ("box", "mask", "contour"):
        marked = picture.compose(plane, mask, view, (100, 100))
        assert np.array_equal(marked[:20], plain[:20]), view
        assert not np.array_equal(marked, plain), view


@given(
    shape=st.tuples(st.integers(1, 9), st.integers(1, 40)), data=st.binary(min_size=1, max_size=99)
)
def test_png_is_read_back_the_same_by_other_libraries(shape: tuple[int, int], data: bytes) -> None:
    pixels = np.resize(np.frombuffer(data, np.uint8), (*shape, 3))
    encoded = png.encode(pixels)
    assert np.array_equal(np.asarray(PIL.Image.open(BytesIO(encoded))), pixels)
    by_cv2 = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(by_cv2[:, :, ::-1], pixels)


def test_png_has_pixels_and_nothing_else() -> None:
    data = png.encode(np.arange(48, dtype=np.uint8).reshape(4, 4, 3))
    chunks, place = [], 8
    while place < len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        chunks.append(data[place + 4 : place + 8])
        assert zlib.crc32(data[place + 4 : place + 8 + size]) == int.from_bytes(
            data[place + 8 + size : place + 12 + size], "big"
        )
        place += 12 + size
    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}
