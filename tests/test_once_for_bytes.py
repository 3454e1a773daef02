"""What the tests remember of bytes is what the program finds in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchsmith.audits import (
    identifiers,
    mark_looks,
    picture_measures,
    release_texts,
    seen_pictures,
)
from benchsmith.imaging.rendering.png import encode
from tests.remembered import LARGEST_FILE, once_for_bytes


def test_measurements_are_those_of_each_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    once_for_bytes(monkeypatch)
    for shape in ((40, 60, 3), (60, 40, 3), (40, 60, 3)):
        for shade in (20, 90):
            pixels = np.full(shape, shade, np.uint8)
            pixels[10:20, 10 : 10 + shade // 10] = (255, 190, 0)
            png = encode(pixels)
            assert seen_pictures.mark_of(pixels) == mark_looks.mark_of(pixels)
            found = seen_pictures.measures_of(png, pixels)
            assert found == picture_measures.measures_of(png, pixels)


def test_texts_are_those_of_each_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    once_for_bytes(monkeypatch)
    plain, encoded = "Anna Kowalska, born 1950", "QW5uYSBLb3dhbHNrYSwgYm9ybiAxOTUw"
    latin = b"\xfc of a M\xfcller\n"  # a text by its name, and otherwise bytes
    large = f"{encoded}\n" * (LARGEST_FILE // len(encoded))
    for data in (latin, *map(str.encode, (plain, encoded, large))):
        for name in ("a.txt", "b.tsv", "a.parquet", "a.bin", "again.txt"):
            path = tmp_path / name
            path.write_bytes(data)
            assert list(identifiers.texts_of(path)) == list(release_texts.texts_of(path))
