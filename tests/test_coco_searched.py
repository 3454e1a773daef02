"""Labels that were not looked for in an image, as LVIS states them, are neither absent nor nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.contracts import Annotations, Image
from tests.marked_files import picture
from tests.test_annotations import read
from tests.test_marked import coco

__all__ = ["picture"]

CELL = {"bbox": [10, 5, 10, 10], "category_id": 1}
ENTRY = {"kind": "coco", "file": "c.json", "exhaustive": True, "nothing": "no finding"}


def answer(folder: Path, picture: Image, *marks: dict[str, Any], **image: Any) -> Annotations:
    coco(folder / "c.json", *marks, **image)
    return read(ENTRY, folder, picture)


@pytest.mark.parametrize(
    ("image", "nothing", "unknown"),
    [
        ({}, True, set()),
        ({"neg_category_ids": [1, 2]}, True, set()),
        ({"neg_category_ids": [1, 2], "not_exhaustive_category_ids": []}, True, set()),
        ({"not_exhaustive_category_ids": [2]}, False, {"nucleus"}),
        ({"neg_category_ids": [1], "not_exhaustive_category_ids": [2]}, False, {"nucleus"}),
        ({"neg_category_ids": [1]}, False, {"nucleus"}),
        ({"neg_category_ids": []}, False, {"cell", "nucleus"}),
        ({"neg_category_ids": [1, 7]}, False, {"cell", "nucleus"}),
        ({"not_exhaustive_category_ids": "2"}, False, {"cell", "nucleus"}),
    ],
)
def test_an_image_without_marks(
    tmp_path: Path, picture: Image, image: dict[str, Any], nothing: bool, unknown: set[str]
) -> None:
    found = answer(tmp_path, picture, **image)
    assert [s.raw for s in found.stated] == (["no finding"] if nothing else [])
    assert {raw for raw in ("cell", "nucleus") if found.is_unknown(raw)} == unknown


def test_marks_of_a_label_that_is_marked_in_part(tmp_path: Path, picture: Image) -> None:
    """They are marks, but nothing follows from their number."""
    found = answer(tmp_path, picture, CELL, not_exhaustive_category_ids=[1])
    assert [s.raw for s in found.stated] == ["cell"] and found.is_unknown("cell")
    assert [(f.reason, f.raw) for f in found.faults] == [("not-looked-for", "cell")]


def test_a_label_that_was_marked_and_not_found(tmp_path: Path, picture: Image) -> None:
    found = answer(tmp_path, picture, CELL, neg_category_ids=[1, 2])
    assert [(f.reason, f.raw) for f in found.faults] == [("marks-contradict", "cell")]
    assert found.is_unknown("cell") and not found.is_unknown("nucleus")
