"""TIFF pages of every type, layout, code and byte order have the samples that were written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from tests import tiff_pages
from tests.tiff_pages import Page
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.tiff_judge import turned_by

KINDS = ("u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8", "?")
PREDICTORS = {"u": (1, 2), "i": (1, 2), "f": (1, 3), "b": (1,)}
ORDERS = ("<", ">")
PREMULTIPLIED, ALPHA = 1, 2


def samples_of(chance: Chance, kind: str, shape: tuple[int, ...]) -> Any:
    if kind == "?":
        return chance.array(shape, 0, 1).astype(bool)
    if kind[0] == "f":
        return (chance.array(shape, -30_000, 30_000) / 128).astype(kind)
    limits = np.iinfo(kind)
    return chance.array(shape, int(limits.min), int(limits.max), kind)


def a_page(chance: Chance) -> tuple[Any, Page]:
    """Return samples (y, x, sample), and how they are stored."""
    kind, count = chance.pick(KINDS), chance.pick((1, 1, 2, 3, 4))
    pixels = samples_of(chance, kind, (chance.whole(3, 39), chance.whole(3, 44), count))
    code = chance.pick(list(tiff_pages.CODES))
    fit = PREDICTORS[pixels.dtype.kind] if code in ("lzw", "deflate") else (1,)
    extra = (chance.whole(0, 2),) if count in (2, 4) else ()
    if extra == (PREMULTIPLIED,):
        pixels[..., :-1] = np.minimum(pixels[..., :-1], pixels[..., -1:])
    layout = chance.whole(0, 2)
    white = count == 1 and chance.yes(0.3)
    page = Page(
        photometric="rgb" if count > 2 else "white" if white else "black",
        order=chance.pick(ORDERS),
        code=code,
        predictor=chance.pick(fit),
        separate=count > 1 and chance.yes(),
        rows=7 if layout == 1 else 0,
        tile=(16, 32) if layout == 2 else (0, 0),
        big=chance.yes(0.1),
        extra=extra,
        orientation=chance.whole(0, 8),
    )
    return pixels, page


def shown(pixels: Any, page: Page) -> Any:
    """Return the picture of samples by the words of the standard (TIFF 6.0, sections 4, 6 and 18)."""
    if page.photometric == "white":
        pixels = ~pixels if pixels.dtype.kind in "bu" else pixels
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    if pixels.shape[2] > 2 and pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    if page.extra:
        alpha = pixels[..., -1:].astype(float) / 255
        pixels = pixels[..., :-1]
        if page.extra == (ALPHA,):
            pixels = np.rint(pixels * alpha)
    return turned_by(pixels, page.orientation)


@pytest.mark.parametrize("seed", range(8))
def test_any_page_is_read_as_written_or_refused(seed: int, tmp_path: Path) -> None:
    chance = Chance(seed, "pages")
    read = 0
    for number in range(60):
        pixels, page = a_page(chance)
        pages = [pixels, pixels * 0 if pixels.dtype != bool else pixels][: 1 + number % 2]
        path = tiff_pages.write(tmp_path / "p.tif", pages, page)
        how = Reading(part="0") if len(pages) > 1 else Reading()
        try:
            found = formats.read(path, how).voxels[0]
        except DataFault:
            continue
        read += 1
        found = found if found.ndim == 3 else found[..., None]
        if found.shape[2] == 3 and pixels.shape[2] < 3:
            assert (found == found[..., :1]).all()
            found = found[..., :1]
        expected = shown(pixels, page)
        assert found.shape == expected.shape, page
        off = np.abs(found.astype(float) - expected.astype(float)).max()
        assert off <= (1 if page.extra else 0), (pixels.dtype, page)
    assert read >= 10


@pytest.mark.parametrize("seed", range(4))
def test_the_maker_writes_what_a_second_reader_reads(seed: int, tmp_path: Path) -> None:
    chance = Chance(seed, "pages")
    for _ in range(60):
        pixels, page = a_page(chance)
        if page.code == "lzw" or page.predictor == 3:
            continue  # tifffile needs another package for these
        path = tiff_pages.write(tmp_path / "p.tif", [pixels], page)
        found = tifffile.imread(path)
        found = np.moveaxis(found, 0, -1) if page.separate else found
        assert (found.reshape(pixels.shape) == pixels).all(), page


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("layout", [{}, {"rows": 8}, {"tile": (16, 16)}])
@pytest.mark.parametrize("code", sorted(tiff_pages.CODES))
@pytest.mark.parametrize("count", [3, 4])
def test_colour_of_16_bits_in_planes_is_read(
    order: str, layout: dict[str, Any], code: str, count: int, tmp_path: Path
) -> None:
    pixels = samples_of(Chance(3, "planes"), "u2", (33, 47, count))
    extra = (0,) if count == 4 else ()
    page = Page("rgb", order, code, separate=True, extra=extra, **layout)
    found = formats.read(tiff_pages.write(tmp_path / "p.tif", [pixels], page)).voxels[0]
    assert (found == pixels[..., :3] >> 8).all()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("code", sorted(tiff_pages.CODES))
@pytest.mark.parametrize("kind", ["i2", "u2", "i4", "f4"])
def test_grey_of_16_and_32_bits_is_read_in_both_orders(
    order: str, code: str, kind: str, tmp_path: Path
) -> None:
    pixels = samples_of(Chance(4, "samples"), kind, (20, 31, 1))
    for predictor in PREDICTORS[pixels.dtype.kind] if code in ("lzw", "deflate") else (1,):
        page = Page(order=order, code=code, predictor=predictor, rows=6)
        path = tiff_pages.write(tmp_path / "p.tif", [pixels], page)
        for how in (Reading(), Reading(labels=True)):
            assert (formats.read(path, how).voxels[0] == pixels[..., 0]).all()


def test_a_mask_in_deep_planes_keeps_its_colours_or_is_refused(tmp_path: Path) -> None:
    bytes_of = samples_of(Chance(5, "samples"), "u1", (20, 30, 3)).astype("u2")
    page = Page("rgb", separate=True)
    path = tiff_pages.write(tmp_path / "p.tif", [bytes_of * 257], page)
    assert (formats.read(path, Reading(mask=True)).voxels[0] == bytes_of).all()
    tiff_pages.write(path, [bytes_of * 257 + (bytes_of == 7)], page)
    with pytest.raises(DataFault, match="16-bit colour"):
        formats.read(path, Reading(mask=True))


@pytest.mark.parametrize("code", sorted(tiff_pages.CODES))
def test_a_strip_with_too_few_pixels_is_refused(code: str, tmp_path: Path) -> None:
    pixels = samples_of(Chance(6, "samples"), "u2", (20, 30, 3))
    path = tiff_pages.write(tmp_path / "p.tif", [pixels], Page("rgb", ">", code, separate=True))
    whole = path.read_bytes()
    with tifffile.TiffFile(path) as file:
        tag = file.pages[0].tags[279]
        at = tag.valueoffset
        count = tag.value[0]
    shorter = bytearray(whole)
    shorter[at : at + 4] = (count // 2).to_bytes(4, "big")
    path.write_bytes(bytes(shorter))
    with pytest.raises(DataFault):
        formats.read(path)
