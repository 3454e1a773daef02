"""The COCO files of a benchmark that measures: regions of bare planes alone, and each once."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pytest

from tests.conftest import Project
from tests.test_measured_questions import NAMES, Planes, project, volumes
from tests.unaudited import unaudited

__all__ = ["project", "volumes"]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def exported(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the project with further exports; its pictures are drawn already."""
    copy = project.copy(tmp_path_factory.mktemp("exported") / "project")
    path = copy.folder / "benchmarks/twice.yaml"
    more = "exports: [parquet, provenance, coco]\n"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    with unaudited():
        copy.run("build", "twice", "--workers", "1")
    return copy


@pytest.fixture(scope="module")
def cases(exported: Project) -> dict[str, Row]:
    return {row["id"]: row for row in exported.published("twice")}


def test_coco_has_each_structure_of_a_bare_plane_once(
    exported: Project, cases: dict[str, Row], volumes: Planes
) -> None:
    masks = pytest.importorskip("pycocotools.mask")
    seen: Counter[str] = Counter()
    for file in sorted((exported.folder / "output/twice/release/coco").glob("*.json")):
        document = json.loads(file.read_text("utf-8"))
        names = {one["id"]: one["name"] for one in document["categories"]}
        pictures = {one["id"]: one for one in document["images"]}
        for picture in pictures.values():
            row = cases[picture["case"]]
            # no bar, wedge, boxes or tiles: a pixel of the picture is one of the plane
            assert row["form"] is None and row["granularity"] == "image"
            assert (picture["width"], picture["height"]) == (288, 288)
        times = Counter((one["image_id"], one["category_id"]) for one in document["annotations"])
        for one in document["annotations"]:
            row, name = cases[pictures[one["image_id"]]["case"]], names[one["category_id"]]
            labels = volumes[row["image_sha256"]][1][row["plane_index"]]
            values = [value for value, known in NAMES.items() if known == name]
            # both kidneys are one label, and regions of their own
            own = [labels == value for value in values if (labels == value).any()]
            assert times[one["image_id"], one["category_id"]] <= len(own)
            # three pixels a voxel
            x, y, width, height = (round(n / 3) for n in one["bbox"])
            boxes = [
                (*np.argwhere(mask).min(axis=0), *np.ptp(np.argwhere(mask), axis=0)) for mask in own
            ]
            assert (y, x, height - 1, width - 1) in boxes, (row["id"], name)
            if one["segmentation"]:
                found = masks.decode(one["segmentation"]).astype(bool)
                assert any(np.array_equal(found[1::3, 1::3], mask) for mask in own), row["id"]
                seen["masks"] += 1
            seen[name] += 1
    assert set(seen) >= {"liver", "spleen", "kidney", "masks"} and sum(seen.values()) > 12, seen
