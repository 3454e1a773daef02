"""Pictures of a foreign benchmark: which bytes are kept, and which pictures are refused."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.adopting import TWO, encoded, one, recipe, run
from tests.foreign_sets import picture, put, put_lines, put_parquet, shown
from tests.test_adopt_recipes import cases


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "L"), ("PNG", "P"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "I;16"),
     ("BMP", "RGB"), ("TIFF", "L"), ("WEBP", "RGB"), ("GIF", "P")],
)  # fmt: skip
def test_png_and_jpeg_keep_their_bytes_and_others_their_pixels(
    form: str, mode: str, tmp_path: Path
) -> None:
    data = encoded(form, mode)
    put(tmp_path / "data/1.dat", data)
    put_lines(tmp_path / "data/rows.jsonl", [{"q": "?", "p": "1.dat", "o": TWO, "a": "A"}])
    (case,) = cases(run(tmp_path, recipe()).folder)
    written = case["image"]["bytes"]
    if form in ("PNG", "JPEG"):
        assert written == data
    else:
        before, after = (
            np.asarray(PIL.Image.open(io.BytesIO(d)).convert("RGB")) for d in (data, written)
        )
        assert written.startswith(b"\x89PNG") and (before == after).all()
    assert case["image"]["path"].endswith(".jpg" if form == "JPEG" else ".png")


def bomb() -> bytes:
    """Return a small PNG that says it has 20,000 x 20,000 pixels."""
    data = bytearray(picture(1))
    data[16:24] = (20_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (picture(1)[:600], "truncated"),
        (bomb(), "too-large"),
        (b"<html>not found</html>", "header"),
        (b"version https://git-lfs.github.com/spec/v1\n", "header"),
        (b"", "truncated"),
        (b"\x00" * 300, "unreadable"),
        (encoded("TIFF", "I;16"), "dimensions"),
    ],
)
def test_a_picture_that_cannot_be_opened_is_left_out(
    data: bytes, reason: str, tmp_path: Path
) -> None:
    put(tmp_path / "data/2.png", data)
    assert one(tmp_path, {"p": "2.png", "o": TWO, "a": "A"}) == reason


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "secret.png", picture(3))
    put_lines(tmp_path / "other.jsonl", [{"q": "?", "p": "1.png", "o": TWO, "a": "A"}])
    put(tmp_path / "data/1.png", picture(1))
    (tmp_path / "data/2.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "data/more.jsonl").symlink_to(tmp_path / "other.jsonl")
    row = {"q": "?", "p": "1.png", "o": TWO, "a": "A"}
    put_lines(tmp_path / "data/rows.jsonl", [row, {**row, "p": "2.png"}])
    found = run(tmp_path, recipe({"files": ("*.jsonl",)}))
    assert found.left_out == {"link-outside": 1, "path-outside": 1}
    assert (found.rows, found.cases) == (2, {"test": 1})


def test_a_picture_in_columns_is_bytes_a_path_or_base64(tmp_path: Path) -> None:
    put(tmp_path / "data/1.png", picture(1))
    put_parquet(tmp_path / "data/a.parquet", [
        {"q": "one", "i": shown(picture(2)), "a": "A"},
        {"q": "two", "i": {"bytes": None, "path": "1.png"}, "a": "A"},
        {"q": "none", "i": {"bytes": None, "path": None}, "a": "A"},
    ])  # fmt: skip
    put_parquet(tmp_path / "data/b.parquet", [{"q": "three", "i": [picture(3)], "a": "B"}])
    put_lines(tmp_path / "data/c.jsonl", [
        {"q": "four", "i": "data:image/png;base64,iVBORw0KGgo=", "a": "A"},
        {"q": "five", "i": "pictures/1.png", "a": "A"},
        {"q": "six", "i": {"x": 1}, "a": "A"},
    ])  # fmt: skip
    entry = {"files": ("a.parquet", "b.parquet", "c.jsonl"), "picture": {"columns": ("i",)},
             "options": {"fixed": ("x", "y")}}  # fmt: skip
    found = run(tmp_path, recipe(entry))
    assert {(c["question"], c["image"]["bytes"]) for c in cases(found.folder)} == {
        ("one", picture(2)), ("two", picture(1)), ("three", picture(3)),
    }  # fmt: skip
    assert found.left_out == {"no-picture": 1, "row-unsound": 2, "unreadable": 1}
