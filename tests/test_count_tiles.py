"""Tiles in which objects are counted: each doubt is planted, and what is clear is counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import pydantic
import pytest
from scipy import ndimage

from benchsmith.annotations.count_tiles import tiles
from benchsmith.core.contracts import Array, DataFault, Image
from benchsmith.documents.labels import Count
from tests.test_annotations import read

SIDE = 120
GROUND, BRIGHT = 100, 300


def rules(**keys: Any) -> Count:
    return Count(kind="count", file="m.png", **{"tiles": (2, 2), "smallest_px": 20, **keys})


def discs(*centres: tuple[int, int], radius: int = 8) -> Array:
    """Return an instance mask, (120, 120), with a disc at each (y, x)."""
    mask = np.zeros((SIDE, SIDE), np.uint16)
    for number, (y, x) in enumerate(centres, 1):
        cv2.circle(mask, (x, y), radius, number, -1)
    return mask


def photo(mask: Array) -> Array:
    """Return a picture of a mask: bright discs with blurred edges on a ground with some noise."""
    y, x = np.mgrid[:SIDE, :SIDE]
    noise = (y * 7 + x * 13) % 5
    return (
        cv2.GaussianBlur(np.where(mask > 0, BRIGHT, GROUND).astype(np.float32), (0, 0), 2) + noise
    )


def counted(mask: Array, grey: Array | None = None, **keys: Any) -> dict[tuple[int, int], Any]:
    return {(t.row, t.column): t.fault or t.objects for t in tiles(mask, grey, rules(**keys))}


CLEAR = discs((30, 30), (20, 90), (45, 90), (90, 30), (90, 80), (90, 100))


def test_clear_tiles_are_counted_as_by_components() -> None:
    """scipy's components, counted in each quarter, are the same numbers."""
    found = counted(CLEAR, photo(CLEAR), bright=True, most_contact=0.5, least_solid=0.9)
    quarters = {
        (r, c): ndimage.label(CLEAR[r * 60 : r * 60 + 60, c * 60 : c * 60 + 60] > 0)[1]
        for r in (0, 1)
        for c in (0, 1)
    }
    assert found == quarters == {(0, 0): 1, (0, 1): 2, (1, 0): 1, (1, 1): 2}


def test_an_object_just_outside_is_a_doubt() -> None:
    """Its blurred edge is in the tile, and readers would count it."""
    mask = discs((30, 30), (30, 71))  # the second begins at 63
    assert counted(mask, clear_px=3)[0, 0] == 1
    assert counted(mask, clear_px=4)[0, 0] == "an object ends less than 4 pixels outside"


def test_what_is_bright_and_unmarked_is_a_doubt_and_a_halo_is_none() -> None:
    mask = discs((30, 30), (90, 90))
    both = discs((30, 30), (90, 90), (90, 30))
    grey = photo(both)
    assert counted(mask, grey)[1, 0] == 0
    found = counted(mask, grey, bright=True)
    assert found[1, 0] == "something as bright as an object is not marked"
    assert (found[0, 0], found[0, 1], found[1, 1]) == (1, 0, 1)
    # ten times as bright, its glow is brighter than the other object, and still no object
    lamp = grey + 10 * cv2.GaussianBlur(
        np.where(mask == 1, BRIGHT, 0).astype(np.float32), (0, 0), 3
    )
    assert counted(both, lamp, bright=True) == {(0, 0): 1, (0, 1): 0, (1, 0): 1, (1, 1): 1}


def test_objects_that_touch_along_a_long_line_are_a_doubt() -> None:
    touching = np.zeros((SIDE, SIDE), np.uint16)
    touching[20:40, 10:30], touching[20:40, 30:50] = 1, 2
    assert counted(touching)[0, 0] == 2
    # 20 pixels, and the discs of 400 pixels have a diameter of 22.6
    assert counted(touching, most_contact=0.9)[0, 0] == 2
    assert counted(touching, most_contact=0.8)[0, 0] == "two objects lie close against each other"


def test_an_object_that_looks_like_two_is_a_doubt() -> None:
    waist = discs((20, 20), (20, 40))
    waist[waist == 2] = 1
    waist[18:23, 20:40] = 1
    assert counted(waist)[0, 0] == 1
    assert counted(waist, least_solid=0.9)[0, 0] == "readers may take an object for two"
    assert counted(CLEAR, least_solid=0.9)[0, 0] == 1


def test_a_tile_moves_to_the_nearest_clear_place_and_covers_no_other() -> None:
    """The middle line cuts a sliver off an object; every moved tile shows objects well."""
    mask = discs((15, 66), (90, 30), (90, 90), radius=9)
    sliver = np.count_nonzero(mask[:60, :60] == 1)
    assert counted(mask, smallest_px=60)[0, 0] == f"an object shows only {sliver} pixels"
    found = {(t.row, t.column): t for t in tiles(mask, None, rules(smallest_px=60, shift=True))}
    covered = np.zeros((SIDE, SIDE), int)
    for tile in found.values():
        x0, y0, x1, y1 = tile.box
        assert (x1 - x0, y1 - y0) == (60, 60)
        if tile.fault:
            continue
        covered[y0:y1, x0:x1] += 1
        sizes = np.bincount(mask[y0:y1, x0:x1].ravel())[1:]
        assert tile.objects == np.count_nonzero(sizes)
        assert min(sizes[sizes > 0], default=60) >= 60
    assert covered.max() == 1
    # one move of an eighth shows enough of the object, and leaves no place for the next tile
    assert found[0, 0].box == (7, 0, 67, 60)
    assert found[0, 1].fault == "the tiles before it cover its position"
    assert not found[1, 0].fault
    assert not found[1, 1].fault


@pytest.mark.parametrize("keys", [{"clear_px": -1}, {"most_contact": 0}, {"least_solid": 2}])
def test_rules_that_mean_nothing_are_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Input should be"):
        rules(**keys)


def test_tiles_that_a_picture_cannot_have_are_refused(tmp_path: Path) -> None:
    """Tiles without a pixel show nothing, and too many of them take too long."""
    PIL.Image.fromarray(discs((30, 30))[:40]).save(tmp_path / "m.png")
    image = Image(np.zeros((1, 40, SIDE), np.uint8), None, planar=True)
    entry: dict[str, Any] = {"kind": "count", "file": "m.png", "smallest_px": 1}
    found = read({**entry, "tiles": (40, 1)}, tmp_path, image)
    assert [s.raw for s in found.stated].count("count 1") == 17 and len(found.stated) == 40
    with pytest.raises(DataFault, match="has no 41 x 1 `tiles`") as caught:
        read({**entry, "tiles": (41, 1)}, tmp_path, image)
    assert caught.value.reason == "dimensions"
    for sizes in ((0, 1), (101, 1)):
        with pytest.raises(pydantic.ValidationError):
            rules(tiles=sizes)
