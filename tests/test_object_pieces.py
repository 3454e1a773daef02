"""An object mask with a value in several pieces: one object that another covers, or a value that is used twice."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith.annotations import object_pieces
from benchsmith.core.contracts import DataFault
from tests.test_annotations import picture, read

CELL = {"kind": "instances", "file": "m.png", "label": "nucleus"}
COUNT = {"kind": "count", "file": "m.png", "tiles": (1, 1), "smallest_px": 4}


def bars(*values: int, wide: int = 8, gap: int = 0) -> np.ndarray:
    """Return a mask (40, 80) of upright bars side by side, each with its value."""
    mask = np.zeros((40, 80), np.uint8)
    for n, value in enumerate(values):
        left = 4 + n * (wide + gap)
        mask[10:30, left : left + wide] = value
    return mask


def specks() -> np.ndarray:
    """Return an object with a speck of its value, which is less than a tenth of it."""
    mask = bars(1, 0, 0, 2)
    mask[2:4, 2:4] = 1
    return mask


def pieces_by_hand(mask: np.ndarray, value: int) -> list[int]:
    """Return the sizes of a value's pieces, found pixel by pixel."""
    left = {tuple(at) for at in np.argwhere(mask == value).tolist()}
    sizes = []
    while left:
        todo, size = [left.pop()], 1
        while todo:
            y, x = todo.pop()
            near = {(y + a, x + b) for a in (-1, 0, 1) for b in (-1, 0, 1)} & left
            left -= near
            size += len(near)
            todo += near
        sizes.append(size)
    return sorted(sizes)


# the mask, the objects if nothing is stated (None: refused), and the values that are not understood
MASKS = {
    "an object covers another one": (bars(1, 2, 1), 2, ()),
    "with a rim of one pixel": (bars(1, 2, 1, gap=1), 2, ()),
    "two cover it": (bars(1, 2, 1, 3, 1), 3, ()),
    "a value is used twice": (bars(1, 0, 2, 0, 1), 1, (1,)),
    "a value is used twice beside others": (bars(1, 2, 0, 3, 1), 2, (1,)),
    "covered, and used a second time": (bars(1, 2, 1, 0, 1), 1, (1,)),
    "a speck": (specks(), 2, ()),
    "whole": (bars(1, 0, 2), 2, ()),
}


def save(folder: Path, mask: np.ndarray) -> Any:
    import PIL.Image

    PIL.Image.fromarray(mask).save(folder / "m.png")
    return picture(folder, np.add.outer(np.arange(40), np.arange(80)).astype(np.uint8))


@pytest.mark.parametrize("name", MASKS)
def test_what_pieces_are_if_nothing_is_stated(tmp_path: Path, name: str) -> None:
    mask, objects, unsure = MASKS[name]
    image = save(tmp_path, mask)
    found = read(CELL, tmp_path, image)
    assert len(found.layers[0].structures) == objects
    assert [f.subject for f in found.faults] == [f"m.png value {value}" for value in unsure]
    assert {f.reason for f in found.faults} <= {"objects-merged"}
    assert found.is_unknown("nucleus") == bool(unsure)
    if unsure:
        with pytest.raises(DataFault, match="value 1 stands in 2 pieces with no object between"):
            read(COUNT, tmp_path, image)
    else:
        assert [s.raw for s in read(COUNT, tmp_path, image).stated] == [f"count {objects}"]


@pytest.mark.parametrize("name", [name for name in MASKS if name != "a speck"])
def test_what_pieces_are_if_it_is_stated(tmp_path: Path, name: str) -> None:
    mask, _, _ = MASKS[name]
    image = save(tmp_path, mask)
    values = set(np.unique(mask).tolist()) - {0}
    by_hand = [pieces_by_hand(mask, value) for value in sorted(values)]
    for pieces, objects in (("one", len(values)), ("objects", sum(map(len, by_hand)))):
        found = read({**CELL, "pieces": pieces}, tmp_path, image)
        (layer,) = found.layers
        assert len(layer.structures) == objects and not found.faults
        sizes = Counter(layer.voxels[layer.voxels > 0].tolist())
        expected = [sum(own) for own in by_hand] if pieces == "one" else list(chain(*by_hand))
        assert sorted(sizes.values()) == sorted(expected)
        counted = read({**COUNT, "pieces": pieces}, tmp_path, image)
        assert [s.raw for s in counted.stated] == [f"count {objects}"]


def test_each_piece_names_its_value(tmp_path: Path) -> None:
    image = save(tmp_path, bars(5, 0, 9, 0, 5))
    found = read({**CELL, "pieces": "objects"}, tmp_path, image)
    said = [s.stated_at for _, s in sorted(found.layers[0].structures.items())]
    assert said == ["m.png value 5 object 1", "m.png value 5 object 2", "m.png value 9"]


def test_pieces_of_a_volume_are_connected_by_planes() -> None:
    voxels = np.zeros((5, 10, 10), np.uint8)
    voxels[0, 2:4, 2:4] = voxels[1, 4:6, 4:6] = 1  # corners touch
    voxels[0, 7:9, 7:9] = voxels[4, 7:9, 7:9] = 2
    assert object_pieces.apart(voxels) == {2: 2}
    voxels[1:4, 7:9, 7:9] = 3
    assert object_pieces.apart(voxels) == {}


def test_more_pieces_than_objects_may_be(tmp_path: Path) -> None:
    mask = np.zeros((40, 80), np.uint8)
    mask[::2, ::2] = 1
    image = save(tmp_path, mask)
    found = read({**CELL, "pieces": "objects"}, tmp_path, image)
    assert len(found.layers[0].structures) == 800
    many = np.zeros((1, 200, 200), np.uint8)
    many[0, ::2, ::2] = 1
    with pytest.raises(ValueError, match="more than 5000 objects"):
        object_pieces.each_piece(many, {1: "value 1"})
