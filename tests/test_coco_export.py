"""The COCO files show the regions that the pictures show."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image
import pytest

from tests.conftest import Project
from tests.every_format import cases, full, full_counts, pixels

__all__ = ["cases", "full"]


def test_coco_has_the_masks_that_the_marked_pictures_show(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    """pycocotools reads each; tinting the same target changed these pixels of the picture, no others."""
    coco_api = pytest.importorskip("pycocotools.coco")
    masked: dict[str, list[npt.NDArray[np.uint8]]] = {}
    for case in cases.values():
        if case["granularity"] == "mask":
            masked.setdefault(case["label"], []).append(pixels(case["image"]["bytes"]))
    seen = 0
    for split in full_counts(full):
        coco = coco_api.COCO(str(full.release / f"coco/{split}.json"))
        for a in coco.loadAnns(coco.getAnnIds()):
            if not a["segmentation"]:
                continue  # only a box is known
            region = coco.annToMask(a).astype(bool)
            rows, columns = np.nonzero(region)
            width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
            assert a["bbox"] == [columns.min(), rows.min(), width, height]
            assert a["area"] == region.sum() > 0
            (image,) = coco.loadImgs(a["image_id"])
            plain = pixels((full.release / "coco" / image["file_name"]).read_bytes())
            (category,) = coco.loadCats(a["category_id"])
            changed = [
                (plain != other).any(axis=2)
                for other in masked.get(category["name"], [])
                if other.shape == plain.shape
            ]
            within = [c for c in changed if not c.all() and c.sum() < 2 * region.sum()]
            assert not within or any((c == region).all() for c in within)
            seen += bool(within)
    assert seen >= 5


def test_coco_has_the_boxes_of_the_real_masks(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    """Each box is where a structure of the label volume lies in the picture that COCO names."""
    coco_api = pytest.importorskip("pycocotools.coco")
    boxes = bones = 0
    for split in full_counts(full):
        coco = coco_api.COCO(str(full.release / f"coco/{split}.json"))
        for image in coco.loadImgs(coco.getImgIds()):
            picture = full.release / "coco" / image["file_name"]
            grey = PIL.Image.open(picture).convert("L")
            assert grey.size == (image["width"], image["height"])
            assert cases[image["case"]]["granularity"] == "image"
            found = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
            asked = cases[image["case"]]
            names = {coco.loadCats(a["category_id"])[0]["name"] for a in found}
            right = set(asked["label"].split("; "))
            # of several structures that are seen, the options need not name the one that is marked
            assert right & names if asked["answers"] == "one" else names
            assert not names & (set(asked["options"]) - right)
            for a in found:
                x, y, w, h = a["bbox"]
                assert 0 <= x < x + w <= image["width"] + 1e-3
                assert 0 <= y < y + h <= image["height"] + 1e-3
                assert 0 < a["area"] <= w * h * 1.01
                if coco.loadCats(a["category_id"])[0]["name"] == "vertebra":
                    # 400 HU in soft tissue: whatever the window, brighter than all around it
                    grown = PIL.Image.new("L", grey.size)
                    grown.paste(grey.crop((round(x), round(y), round(x + w), round(y + h))),
                                (round(x), round(y)))  # fmt: skip
                    whole, inside = sum(grey.histogram()), grown.histogram()
                    within = sum(v * n for v, n in enumerate(inside)) / (w * h)
                    total = sum(v * n for v, n in enumerate(grey.histogram()))
                    outside = (total - within * w * h) / (whole - w * h)
                    assert within > outside + 30
                    bones += 1
                boxes += 1
    assert boxes > 10 and bones > 2
