"""Marks of many polygons: their number is limited, and they are drawn one by one."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.annotations.shapes import MAX_POLYGONS
from benchsmith.core.contracts import Annotations, DataFault
from benchsmith.imaging.polygons import fill_polygon
from tests.test_annotations import read
from tests.test_marked import coco, regions

SIDE = 512
SQUARE = [0, 0, 20, 0, 20, 15, 0, 15]


def answer(folder: Path, *marks: list[list[float]], **more: float) -> Annotations:
    PIL.Image.new("L", (SIDE, SIDE), 7).save(folder / "image.png")
    listed = [{"segmentation": rings, **more} for rings in marks]
    coco(folder / "c.json", *listed, height=SIDE, width=SIDE)
    return read({"kind": "coco", "file": "c.json"}, folder, formats.read(folder / "image.png"))


def test_polygons_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataFault, match=f"{MAX_POLYGONS + 1} polygons, more than {MAX_POLYGONS}"):
        answer(tmp_path, [SQUARE] * (MAX_POLYGONS + 1))
    monkeypatch.setattr("benchsmith.annotations.shapes.MAX_POLYGONS", 10)
    with pytest.raises(DataFault, match="11 polygons"):
        answer(tmp_path, [SQUARE] * 6, [SQUARE] * 5)
    assert len(regions(answer(tmp_path, [SQUARE] * 10))) == 1


def test_polygons_are_united(tmp_path: Path) -> None:
    rings = [[(37.3 * n * n + 91.7 * i * (n + i)) % SIDE for i in range(10)] for n in range(1, 13)]
    drawn = [fill_polygon((SIDE, SIDE), np.reshape(ring, (-1, 2))) for ring in rings]
    found = regions(answer(tmp_path, rings))["cell"]
    assert np.array_equal(found, np.logical_or.reduce(drawn))
    holed = answer(tmp_path, rings, area=float(np.logical_xor.reduce(drawn).sum()))
    assert [f.reason for f in holed.faults] == ["polygon-unsound"]
    assert "is a hole" in holed.faults[0].detail


def test_large_polygons_take_the_memory_of_a_few(tmp_path: Path) -> None:
    whole = [0, 0, SIDE, 0, SIDE, SIDE, 0, SIDE]
    answer(tmp_path, [whole])
    tracemalloc.start()
    try:
        assert regions(answer(tmp_path, [whole] * 60))["cell"].all()
        assert tracemalloc.get_traced_memory()[1] < 20 * SIDE * SIDE
    finally:
        tracemalloc.stop()
