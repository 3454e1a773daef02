"""Marks as boxes and runs: the values are those of whole layers, and the work is bounded by counts."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith import formats
from benchsmith.annotations import mark_stack, mask_layers, shapes
from benchsmith.annotations.mark_stack import MarkStack, mark_of_runs
from benchsmith.core.contracts import Annotations, DataFault, Image, Layer, Structure
from benchsmith.core.model import PLANAR
from benchsmith.core.picture_marks import Mark
from benchsmith.imaging.geometry import box_of
from benchsmith.imaging.polygons import crossings, fill_polygon, fill_window
from benchsmith.stages.label_layers import LayerStack, SourceLayer
from tests.test_annotations import read

SHAPE = (9, 12)


def masks(draw: Any) -> list[np.ndarray]:
    """Draw boxes, ragged regions and single pixels, none empty."""
    found = []
    for _ in range(draw(st.integers(1, 9))):
        mask = np.zeros(SHAPE, bool)
        y, x = draw(st.integers(0, 8)), draw(st.integers(0, 11))
        mask[y : y + draw(st.integers(1, 9)), x : x + draw(st.integers(1, 12))] = True
        if draw(st.booleans()):
            holes = draw(st.lists(st.booleans(), min_size=mask.size, max_size=mask.size))
            mask &= np.array(holes).reshape(SHAPE)
            mask[y, x] = True
        found.append(mask)
    return found


def whole_layers(found: list[np.ndarray], names: list[str]) -> list[Layer]:
    """Put masks into whole layers, as was done for pictures before: the first without overlap."""
    layers: list[tuple[np.ndarray, dict[int, Structure]]] = []
    for number, (mask, name) in enumerate(zip(found, names, strict=True)):
        free = [one for one in layers if not one[0][0][mask].any()]
        if not free:
            layers.append((np.zeros((1, *SHAPE), np.uint16), {}))
        voxels, structures = free[0] if free else layers[-1]
        structures[len(structures) + 1] = Structure(name, str(number))
        voxels[0][mask] = len(structures)
    return [Layer(voxels, structures) for voxels, structures in layers]


@given(data=st.data())
def test_values_are_those_of_whole_layers(data: st.DataObject) -> None:
    """Layer, value, box, area and every neighbour, beside a label volume of the same picture too."""
    found = masks(data.draw)
    names = [data.draw(st.sampled_from("abc")) for _ in found]
    stack = MarkStack(*SHAPE)
    for number, (mask, name) in enumerate(zip(found, names, strict=True)):
        stack.add(Mark.of(mask, 0, 0, SHAPE[1]), Structure(name, str(number)))
    whole = whole_layers(found, names)
    beside = [whole.pop()] if len(whole) > 1 and data.draw(st.booleans()) else []
    kept = stack.layers()[: len(whole)]
    before = LayerStack([SourceLayer(one, True) for one in [*beside, *whole]], [PLANAR])
    now = LayerStack([SourceLayer(one, True) for one in [*beside, *kept]], [PLANAR])
    for number, (old, new) in enumerate(zip(before.layers, now.layers, strict=True)):
        assert dict(old.layer.structures) == dict(new.layer.structures)
        assert np.array_equal(old.layer.voxels, new.layer.voxels)
        assert np.array_equal(before.areas[number][PLANAR], now.areas[number][PLANAR])
        for value in old.layer.structures:
            one = before.region(PLANAR, 0, number, value)
            other = now.region(PLANAR, 0, number, value)
            assert np.array_equal(one.mask, other.mask)
            assert (one.box, one.area_px) == (other.box, other.area_px) == (
                box_of(one.mask), int(one.mask.sum())
            )  # fmt: skip
            assert before.neighbours(one) == now.neighbours(other)


@given(data=st.data())
def test_marks_of_masks(data: st.DataObject) -> None:
    """A mark gives back its mask, its area and its runs, and knows which marks it meets."""
    found = masks(data.draw)
    marks = [Mark.of(mask, 0, 0, SHAPE[1]) for mask in found]
    for mask, mark in zip(found, marks, strict=True):
        assert np.array_equal(mark.mask(SHAPE[0]), mask)
        assert mark.area_px == mask.sum()
        starts, stops = mark.runs()
        assert len(starts) == mark.run_count
        drawn = np.zeros(mask.size, bool)
        for start, stop in zip(starts, stops, strict=True):
            assert start < stop
            drawn[start:stop] = True
        assert np.array_equal(drawn.reshape(SHAPE), mask)
        assert [mark.meets(o) for o in marks] == [bool((mask & m).any()) for m in found]
        for flat, down in ((mask.T.ravel(), True), (mask.ravel(), False)):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(int)))
            again = mark_of_runs(edges[::2], edges[1::2], SHAPE, down_columns=down)
            assert again is not None
            assert np.array_equal(again.mask(SHAPE[0]), mask)
            assert again.box == mark.box


corner = st.one_of(st.integers(-20, 40).map(float), st.floats(-20, 40, width=32))


def filled_edge_by_edge(shape: tuple[int, int], points: list[tuple[float, float]]) -> np.ndarray:
    """Fill a polygon as it was done before: one edge after the other, in the whole picture."""
    rows, columns = shape
    toggles = np.zeros((rows, columns + 1), np.uint8)
    corners = np.asarray(points, dtype=float)
    for (xa, ya), (xb, yb) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        (x0, y0), (x1, y1) = ((xa, ya), (xb, yb)) if ya <= yb else ((xb, yb), (xa, ya))
        first, last = max(int(np.ceil(y0 - 0.5)), 0), min(int(np.ceil(y1 - 0.5)), rows)
        if first < last:
            row = np.arange(first, last)
            x = x0 + (row + 0.5 - y0) * (x1 - x0) / (y1 - y0)
            toggles[row, np.clip(np.ceil(x - 0.5), 0, columns).astype(np.int64)] ^= 1
    return np.bitwise_xor.accumulate(toggles, axis=1)[:, :columns].astype(bool)


@given(points=st.lists(st.tuples(corner, corner), min_size=3, max_size=9))
def test_polygons_are_filled_as_before_in_a_window(points: list[tuple[float, float]]) -> None:
    expected = filled_edge_by_edge((15, 18), points)
    assert np.array_equal(fill_polygon((15, 18), points), expected)
    xs, ys = zip(*points, strict=True)
    assert fill_window((15, 18), points).inside.shape[0] <= max(ys) - min(ys) + 4
    assert fill_window((15, 18), points).inside.shape[1] <= max(xs) - min(xs) + 4
    assert crossings((15, 18), points) <= 15 * len(points)


@pytest.fixture
def picture(tmp_path: Path) -> Image:
    PIL.Image.new("L", (40, 30), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def yolo(folder: Path, picture: Image, *rows: str) -> Annotations:
    (folder / "image.txt").write_text("\n".join(rows))
    return read({"kind": "yolo", "file": "image.txt", "names": {0: "a", 1: "b"}}, folder, picture)


def test_boxes_on_boxes_need_no_plane_each(tmp_path: Path) -> None:
    """Whole pictures over one another: each box covers the others, at the cost of corners and rows."""
    PIL.Image.new("L", (1024, 1024), 7).save(tmp_path / "image.png")
    image = formats.read(tmp_path / "image.png")
    tracemalloc.start()
    found = yolo(tmp_path, image, *["0 0.5 0.5 1 1"] * 299, "1 0.5 0.5 1 0.5")
    stack = LayerStack([SourceLayer(layer, True) for layer in found.layers], [PLANAR])
    beside = stack.neighbours(stack.region(PLANAR, 0, 0, 1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.layers) == 300
    shares = {n.name: (n.in_region, n.in_box, n.share) for n in beside}
    assert shares == {"a": (298.0, 298.0, 298.0), "b": (0.5, 0.5, 0.5)}
    assert peak < 40 << 20


def test_too_many_are_refused_by_number(
    tmp_path: Path, picture: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each bound is a count that does not depend on the machine, and the number is named."""

    def refused(*rows: str) -> str:
        with pytest.raises(DataFault) as caught:
            yolo(tmp_path, picture, *rows)
        assert caught.value.reason == "too-large"
        return caught.value.detail

    box, triangle = "0 0.5 0.5 1 1", "0 0.1 0.1 0.9 0.1 0.1 0.9"
    comb = "0 0.1 0.9 0.9 0.9 0.9 0.1"
    assert refused(*[box] * 5_001) == "has 5001 marks, more than 5000"
    assert refused(*["7 0.5 0.5 1 1"] * 5_001) == "has 5001 marks, more than 5000"
    for module, name, most, rows, detail in (
        (mark_stack, "MAX_PIXELS", 2_000, [box, box], "has 2400 pixels in the boxes around"),
        (shapes, "MAX_PIXELS", 1_000, [triangle] * 2, "pixels in the boxes around polygons and"),
        (mark_stack, "MAX_RUNS", 40, [triangle] * 2, "has 48 runs of pixels, more than 40"),
        (mark_stack, "MAX_NEIGHBOURS", 3, [box, "1 0.5 0.5 1 1"], "has 4 pairs of a mark and"),
        (shapes, "MAX_CROSSINGS", 50, [triangle] * 2, "rows that polygon edges cross, more"),
        (mark_stack, "MAX_COMPARED", 9, [triangle, comb], "runs of adjacent marks, more"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, most)
            assert detail in refused(*rows)


def test_overlapping_masks_of_a_volume_are_refused_by_their_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = mask_layers.LayerStack((4, 5, 6))
    monkeypatch.setattr(mask_layers, "MAX_BYTES", 500)
    mask = np.ones((4, 5, 6), bool)
    stack.add(mask, Structure("a", "one"))
    stack.add(mask, Structure("b", "two"))
    with pytest.raises(DataFault, match="needed, more than 500") as caught:
        stack.add(mask, Structure("c", "three"))
    assert caught.value.reason == "too-large"


def test_many_rings_of_one_region(tmp_path: Path, picture: Image) -> None:
    """Rings of one COCO region are one mark, and each draws its own window only."""
    rings = [[x, 1, x + 2, 1, x + 2, 29, x, 29] for x in range(0, 40, 4)]
    image = {"id": 1, "file_name": "image.png", "height": 30, "width": 40}
    note = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": rings}
    (tmp_path / "c.json").write_text(
        json.dumps(
            {"images": [image], "annotations": [note], "categories": [{"id": 1, "name": "a"}]}
        )
    )
    found = read({"kind": "coco", "file": "c.json"}, tmp_path, picture)
    assert Counter(found.layers[0].voxels.ravel().tolist()) == {1: 560, 0: 640}
