"""The colour and the thickness of a drawn mark are measured on real pictures."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import PIL.Image
import pydicom
import pytest
from pydicom.data import get_testdata_file

from benchsmith.audits import mark_colour
from benchsmith.audits.mark_looks import MarkLook, mark_of
from benchsmith.audits.picture_measures import pixels_of


def grey(name: str) -> np.ndarray:
    """Return a real picture that pydicom carries, its grey levels from 0 to 255."""
    path = get_testdata_file(name, download=False)
    assert path is not None
    pixels = pydicom.dcmread(str(path)).pixel_array.astype(np.float64)
    low, high = np.percentile(pixels, (0.5, 99.5))
    return (np.clip((pixels - low) / (high - low), 0, 1) * 255).astype(np.uint8)


def png(pixels: np.ndarray) -> bytes:
    buffer = BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def look_of(data: bytes) -> MarkLook | None:
    pixels = pixels_of(data)
    assert pixels is not None
    return mark_of(pixels)


@pytest.mark.parametrize("view", ["box", "mask", "contour"])
def test_the_colour_of_a_drawn_mark_is_measured(view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the painter draws on a grey picture is one colour; another colour is seen as another."""
    from benchsmith.core.model import Box
    from benchsmith.imaging.rendering import marks

    plain = np.repeat(grey("CT_small.dcm")[..., None], 3, axis=2)
    mask = np.zeros(plain.shape[:2], bool)
    mask[40:70, 30:80] = True
    box = Box(x0=30, y0=40, x1=80, y1=70)
    usual = look_of(png(marks.draw(plain, view, mask, box)))
    monkeypatch.setattr(marks, "COLOUR", (255, 30, 30))
    red = look_of(png(marks.draw(plain, view, mask, box)))
    assert usual is not None and red is not None
    assert max(abs(a - b) for a, b in zip(usual.colour, red.colour, strict=True)) > 24
    monkeypatch.setattr(marks, "LINE_PX", marks.LINE_PX + 3)
    monkeypatch.setattr(marks, "EDGE_PX", marks.EDGE_PX + 3)
    thick = look_of(png(marks.draw(plain, view, mask, box)))
    assert thick is not None
    assert (thick.thickness - usual.thickness > 1) == (view != "mask")
    assert look_of(png(plain)) is None
    tinted = np.stack([plain[..., 0], plain[::-1, :, 0], plain[:, ::-1, 0]], axis=2)
    assert look_of(png(tinted)) is None, "a picture in colours tells nothing of the mark"


@pytest.mark.parametrize("view", ["box", "mask", "contour"])
@pytest.mark.parametrize("cast", [(0, 0, 14), (9, 0, 0), (0, 0, 30)])
def test_a_faint_cast_of_one_picture_is_no_other_mark(
    view: str, cast: tuple[int, int, int]
) -> None:
    """Of forty grey pictures one is a bluish film: its marks have the colour of the others."""
    from benchsmith.core.model import Box
    from benchsmith.imaging.rendering import marks

    y, x = np.indices((120, 140))
    mask = np.zeros((120, 140), bool)
    mask[20:90, 20:110] = True
    found = []
    for number in (6, 7, 8):
        level = 20 + (x * (y + number)) % 141
        plain = np.stack([level + (c if number == 7 else 0) for c in cast], axis=2).astype(np.uint8)
        assert look_of(png(plain)) is None
        drawn = marks.draw(plain, view, mask, Box(x0=20, y0=20, x1=110, y1=90))
        look = look_of(png(drawn))
        assert look is not None
        found.append(look.colour)
    apart = [max(abs(a - b) for a, b in zip(one, found[0], strict=True)) for one in found]
    assert max(apart) <= mark_colour.COLOUR_TOLERANCE
