"""Label files that cover a part of their image: what they do not mark may lie outside of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.test_annotations import fine, read, save


@pytest.mark.parametrize("kind", ["volume", "masks"])
@pytest.mark.parametrize(("low", "high"), [(0, 32), (1, 32), (2, 32), (0, 28), (0, 27), (13, 32)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_nothing_is_absent_where_the_label_file_does_not_reach(
    tmp_path: Path, kind: str, low: int, high: int, axis: int
) -> None:
    """A kidney outside of a file of half the slices was absent. A rest of half a voxel is none.

    The liver is drawn and ends inside of the file, so it is known as a whole.
    """
    _, image = fine(tmp_path)
    labels = np.zeros((32, 32, 32), np.uint8)
    labels[16:24, 16:24, 16:24] = 1
    place = np.eye(4)
    place[axis, 3] = low
    labels = np.take(labels, range(low, high), axis)
    covers = low <= 1 and high >= 28  # the image's first and last voxels lie at 0 and 28 mm
    how: dict[str, Any] = {"kind": kind, "grid": "resample", "exhaustive": True}
    if kind == "volume":
        save(tmp_path / "seg.nii.gz", labels, place)
        how |= {"file": "seg.nii.gz", "names": {1: "liver", 2: "kidney"}}
    else:
        for value, name in enumerate(("liver", "kidney"), start=1):
            save(tmp_path / f"m/{name}.nii.gz", (labels == value).astype(np.uint8), place)
        how["file"] = "m/{label}.nii.gz"
    answer = read(how, tmp_path, image)
    assert [s.raw for layer in answer.layers for s in layer.structures.values()] == ["liver"]
    assert answer.is_unknown("kidney") != covers
    assert not answer.is_unknown("liver")
    lost = [(f.reason, f.raw) for f in answer.faults]
    assert lost == [("empty-structure" if covers else "not-looked-for", "kidney")]
    assert ("which cover part of the image" in answer.note) != covers
