"""A value below 0 in a label file is a structure like any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from benchsmith.core.contracts import Image
from tests.numbered_objects import OBJECTS, image, marks
from tests.test_annotations import read

__all__ = ["image"]


@pytest.mark.parametrize("form", ["recipe", "made", "lines", "dataset"])
@pytest.mark.parametrize("high", [2, 70_000])
def test_a_value_below_0_is_a_structure(tmp_path: Path, image: Image, form: str, high: int) -> None:
    """It was set to 0, so that its label was absent, and the picture without a finding."""
    values = np.array([0, -1, high], np.int32)[OBJECTS]
    values[0, 0] = -7
    tifffile.imwrite(tmp_path / "m.tif", values)
    own: dict[str, Any] = {
        "recipe": {"names": {-1: "nodule", high: "mass"}},
        "made": {"names": {high: "mass"}, "union": {"nodule": (-1,)}},
        "lines": {"names_file": "names.txt"},
        "dataset": {"names_file": "dataset.json"},
    }[form]
    (tmp_path / "names.txt").write_text(f"-1\tnodule\n{high}\tmass\n")
    (tmp_path / "dataset.json").write_text(
        json.dumps({"labels": {"-1": "nodule", f"{high}": "mass"}})
    )
    entry = {"kind": "volume", "file": "m.tif", "exhaustive": True, "nothing": "none", **own}
    answer = read(entry, tmp_path, image)
    assert {
        structure.raw: np.argwhere(layer.voxels[0] == value).tolist()
        for layer in answer.layers
        for value, structure in layer.structures.items()
        if structure.raw in ("nodule", "mass")
    } == {
        "nodule": np.argwhere(OBJECTS == 1).tolist(),
        "mass": np.argwhere(OBJECTS == 2).tolist(),
    }
    assert sorted(one.raw for one in answer.stated) == ["mass", "nodule"]
    unnamed = [f.detail for f in answer.faults if f.reason == "value-without-name"]
    assert len(unnamed) == 1
    assert unnamed[0].startswith("value -7 has 1 voxels")
    ignoring = read({**entry, "ignore": (-7,)}, tmp_path, image)
    assert not [f for f in ignoring.faults if f.reason == "value-without-name"]
    assert "1 pixels were not annotated" in ignoring.note


def test_a_value_below_0_of_several_readers(tmp_path: Path, image: Image) -> None:
    for reader, number in (("r1", 1), ("r2", 2)):
        (tmp_path / reader).mkdir()
        tifffile.imwrite(tmp_path / reader / "m.tif", -(number == OBJECTS).astype(np.int16))
    of = {"kind": "volume", "file": "{reader}/m.tif", "names": {-1: "nodule"}}
    answer = read({"kind": "merge", "how": "union", "of": of}, tmp_path, image)
    assert [int(mask.sum()) for mask in marks(answer).values()] == [268]
