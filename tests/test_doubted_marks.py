"""Marks that their file takes back, denies or doubts are not taken unless the recipe says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchsmith.annotations import mark_doubts
from benchsmith.core.contracts import Annotations
from tests.test_annotations import read
from tests.test_marks_of_models import boxes, coco, image, labelme, shown, voc

SAYS_SO = [("deleted", "true"), ("isRejected", 1), ("uncertain", "maybe"), ("status", "Rejected"), ("valid", "no")]  # fmt: skip
SURE = [("deleted", "0"), ("uncertain", ""), ("status", "finished"), ("valid", "yes"), ("occluded", 1), ("uncertain", "low")]  # fmt: skip


def via(folder: Path, field: str, value: object, **keys: Any) -> Annotations:
    box = {"name": "rect", "x": 10, "y": 10, "width": 20, "height": 15}
    regions = [
        {"shape_attributes": box, "region_attributes": {"what": raw, **more}}
        for raw, more in (("polyp", {field: str(value)}), ("ulcer", {}))
    ]
    tree = {"k": {"filename": "image.png", "regions": regions}}
    (folder / "v.json").write_text(json.dumps(tree))
    entry = {"kind": "via", "file": "v.json", "attribute": "what", **keys}
    return read(entry, folder, image(folder))


@pytest.mark.parametrize("kind", [coco, voc, labelme, boxes, via])
def test_a_doubted_mark_is_unknown(tmp_path: Path, kind: Any) -> None:
    for field, value in SAYS_SO:
        found = kind(tmp_path, field, value)
        assert shown(found) == {"ulcer"}, field
        assert [(f.reason, f.raw) for f in found.faults] == [("mark-doubted", "polyp")], field
        assert found.is_unknown("polyp") and not found.is_unknown("ulcer")
        assert shown(kind(tmp_path, field, value, doubted=True)) == {"polyp", "ulcer"}
    for field, value in SURE:
        found = kind(tmp_path, field, value)
        assert shown(found) == {"polyp", "ulcer"} and not found.faults, field


def test_attributes_are_fields(tmp_path: Path) -> None:
    for kind in (coco, labelme):
        for said in ({"negated": True}, {"presence": "absent"}, {"certainty": ["low"]}):
            assert shown(kind(tmp_path, "attributes", said)) == {"ulcer"}, said
        assert shown(kind(tmp_path, "attributes", {"score": 0.1})) == {"ulcer"}
        said = {"occluded": True, "negated": False, "track_id": 3}
        assert shown(kind(tmp_path, "attributes", said)) == {"polyp", "ulcer"}
    inner = "<attribute><name>deleted</name><value>1</value></attribute>"
    assert shown(voc(tmp_path, "attributes", inner)) == {"ulcer"}


def test_flags_of_a_shape(tmp_path: Path) -> None:
    found = labelme(tmp_path, "flags", {"uncertain": True})
    assert shown(found) == {"ulcer"} and found.faults[0].reason == "mark-doubted"
    found = labelme(tmp_path, "flags", {"large": True, "occluded": True})
    assert shown(found) == {"ulcer"} and "'large'" in found.faults[0].detail
    for flags, keys in (
        ({"large": False, "occluded": True}, {}),
        ({"large": True, "uncertain": True}, {"silent": ("large", "uncertain")}),
        ({"uncertain": True}, {"doubted": True}),
        ({}, {}),
        (None, {}),
    ):
        assert shown(labelme(tmp_path, "flags", flags, **keys)) == {"polyp", "ulcer"}, flags


def test_an_object_is_not_drawn_from_the_rest_of_its_shapes(tmp_path: Path) -> None:
    shapes = [
        {"label": "polyp", "group_id": 1, "points": [[x, 10], [x + 8, 10], [x, 20]], "flags": {"unsure": x > 20}}
        for x in (10, 30)
    ]  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps({"shapes": shapes}))
    found = read({"kind": "labelme", "file": "a.json"}, tmp_path, image(tmp_path))
    assert not shown(found) and found.is_unknown("polyp")


def test_a_column_that_the_recipe_reads_says_nothing_else() -> None:
    assert not mark_doubts.stated({"negative": "1", "state": "absent"}, ("negative", "state"))
