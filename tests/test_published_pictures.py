"""What is measured of published bytes, and what the crop-tolerant second look finds."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.PngImagePlugin
import pyarrow as pa
import pytest

from benchsmith.audits.picture_measures import PictureMeasures, measures_of, pixels_of
from benchsmith.documents.benchmark import Near
from benchsmith.imaging.appearance import WAVES, describe
from benchsmith.imaging.rendering import png
from benchsmith.selectors import near_copies
from benchsmith.selectors.aligned_looks import aligned
from benchsmith.selectors.alike_across import NO_HASH, alike_across, cover
from tests.pictures import CHANGES, picture

PICTURES = [picture("across", n) for n in range(10)]
HASHES = Near(aligned=1.0)
"""The rule without the second look."""


def of(planes: list[np.ndarray]) -> near_copies.Pictures:
    seen = [describe(p) for p in planes]
    return near_copies.pictures(
        pa.array([s.phash for s in seen]),
        pa.array([s.mirrors for s in seen]),
        pa.array([s.look for s in seen]),
    )


def found(
    one: list[np.ndarray], other: list[np.ndarray], near: Near | None = None
) -> list[tuple[int, int]]:
    names = ["x"] * len(one), ["x"] * len(other)
    links = alike_across(of(one), of(other), near or Near(), names)
    return list(zip(links.a.tolist(), links.b.tolist(), strict=True))


def gamma(plane: np.ndarray, power: float) -> np.ndarray:
    return np.rint((plane / 255.0) ** power * 255).astype(np.uint8)


def cut(plane: np.ndarray, *edges: float) -> np.ndarray:
    rows, columns = plane.shape
    top, bottom, left, right = (
        round(e * n) for e, n in zip(edges, (rows, rows, columns, columns), strict=True)
    )
    return np.ascontiguousarray(plane[top : rows - bottom, left : columns - right])


def bordered(plane: np.ndarray, grey: int) -> np.ndarray:
    return cv2.copyMakeBorder(plane, 6, 6, 6, 6, cv2.BORDER_CONSTANT, value=grey)


DISGUISES: dict[str, Any] = {
    "5 % off each side, darker": lambda p: gamma(cut(p, 0.05, 0.05, 0.05, 0.05), 1.4),
    "5 % off each side, brighter": lambda p: gamma(cut(p, 0.05, 0.05, 0.05, 0.05), 0.7),
    "5 % off two sides": lambda p: cut(p, 0.05, 0, 0, 0.05),
    "mirrored, 5 % off each side": lambda p: cut(np.ascontiguousarray(p[:, ::-1]), *[0.05] * 4),
    "upside down, 4 % off each side": lambda p: cut(np.ascontiguousarray(p[::-1]), *[0.04] * 4),
    "black border": lambda p: bordered(p, 0),
    "less contrast": lambda p: (p * 0.6 + 30).astype(np.uint8),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_cropped_copy_is_found_across_the_splits_and_no_other_picture(disguise: str) -> None:
    changed = [DISGUISES[disguise](p) for p in PICTURES]
    own = [(n, n) for n in range(len(PICTURES))]
    assert found(PICTURES, changed) == own
    assert found(changed, PICTURES) == own, "either may be the copy"
    if "5 % off each side" in disguise:
        assert found(PICTURES, changed, HASHES) != own, "hashes alone would do"


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_across_the_splits_the_rule_of_the_groups_holds(change: str) -> None:
    """Whatever joins two pictures into a leak group is a copy for the audit too."""
    changed = [CHANGES[change](p) for p in PICTURES]
    links = near_copies.links(of([*PICTURES, *changed]), HASHES.radius, HASHES.similarity)
    pairs = {
        (a, b - 10) for a, b in zip(links.a.tolist(), links.b.tolist(), strict=True) if a < 10 <= b
    }
    assert pairs and set(found(PICTURES, changed, HASHES)) == pairs


def test_the_aligned_look_is_that_of_the_crop_itself() -> None:
    """By an independent way: crop the pixels, describe them anew, and take the plain cosine."""
    whole = picture("aligned")
    crop = cut(whole, 0.05, 0.025, 0, 0.05)
    a, b = (np.frombuffer(describe(p).look, np.int8)[None, :WAVES] for p in (whole, crop))
    none = np.zeros(1, np.int64)
    plain = float(a[0].astype(float) @ b[0]) / float(np.linalg.norm(a) * np.linalg.norm(b))
    assert aligned(a, b, none, none)[0] > 0.97 > plain + 0.1


def test_a_modality_whose_pictures_look_alike_needs_more_and_other_modalities_are_not_compared() -> (
    None
):
    one, other = PICTURES[:2], [DISGUISES["black border"](p) for p in PICTURES[:2]]
    strict = Near(modalities={"x": 0.9999})
    assert not found(one, other, strict)
    links = alike_across(of(one), of(other), Near(), (["x"] * 2, ["y"] * 2))
    assert (links.distance < NO_HASH).all()


def test_the_smallest_cover_by_hand() -> None:
    assert cover([1, 1, 1, 2], [7, 8, 9, 9]) == [1, 2]
    assert cover([], []) == []
    edges = [(a, b) for a in range(5) for b in (10, 11)]
    assert cover(*map(list, zip(*edges, strict=True))) == [10, 11]


# Measurements of files.


def measured(grey: np.ndarray) -> PictureMeasures:
    return seen_in(png.encode(np.repeat(grey[..., None], 3, axis=2)))


def seen_in(data: bytes) -> PictureMeasures:
    pixels = pixels_of(data)
    assert pixels is not None
    return measures_of(data, pixels)


@pytest.mark.parametrize("side", [40, 700])
def test_the_tone_of_a_picture_is_that_of_its_numbers(side: int) -> None:
    """Also where a sum of all pixels has more digits than a number of 32 bits holds."""
    pixels = np.stack([cv2.resize(picture(c), (side, side)) for c in "rgb"], axis=2)
    exact = pixels.astype(np.float64)
    grey = exact.mean(axis=2)
    red, green, blue = exact.reshape(-1, 3).mean(axis=0)
    assert seen_in(png.encode(pixels)).tone == pytest.approx(
        (grey.mean(), grey.std(), *np.percentile(grey, (5, 25, 50, 75, 95)),
         red - green, green - blue), abs=5e-5,
    )  # fmt: skip


def test_each_measurement_sees_its_flaw_alone() -> None:
    plain = cv2.resize(picture("measured"), (256, 256)) // 2 + 40
    usual = measured(plain)
    compressed = cv2.imdecode(cv2.imencode(".jpg", plain, [cv2.IMWRITE_JPEG_QUALITY, 20])[1], 0)
    assert measured(compressed).blocks > 1.3
    assert usual.blocks < 1.15
    brighter = measured(np.clip(plain.astype(int) + 40, 0, 255).astype(np.uint8))
    assert brighter.tone[0] == pytest.approx(usual.tone[0] + 40, abs=1)
    assert brighter.tone[1] == pytest.approx(usual.tone[1], abs=1)
    stamped = plain.copy()
    cv2.putText(stamped, "SITE 7", (200, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 255)
    marked = measured(stamped)
    assert marked.frame[9] > usual.frame[9] + 5, "the upper right corner"
    assert marked.frame[10:] == usual.frame[10:]
    framed = measured(cv2.copyMakeBorder(plain, 9, 9, 9, 9, cv2.BORDER_CONSTANT, value=255))
    assert framed.frame[:8] == pytest.approx((255.0,) * 4 + (0.0,) * 4)


def test_the_form_of_a_file_is_its_chunks_and_compressor() -> None:
    pixels = np.repeat(picture("form")[..., None], 3, axis=2)
    ours = png.encode(pixels)
    texts = PIL.PngImagePlugin.PngInfo()
    texts.add_text("site", "7")
    forms = set()
    for options in ({}, {"pnginfo": texts}, {"compress_level": 9}):
        buffer = BytesIO()
        PIL.Image.fromarray(pixels).save(buffer, "PNG", **options)
        forms.add(seen_in(buffer.getvalue()).form)
    same = [seen_in(png.encode(np.roll(pixels, n, axis=0))) for n in range(3)]
    assert len(forms) == 3 and len({m.form for m in same}) == 1
    assert pixels_of(ours[:100]) is None and pixels_of(b"") is None
