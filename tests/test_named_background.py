"""The value 0 is background: a name of something for it would be lost, and is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydantic
import pytest

from benchsmith.core.contracts import DataFault, Image
from tests.label_entries import parsed
from tests.test_annotations import read
from tests.test_contours import voxels

VALUES = np.zeros((3, 8, 8), np.uint8)
VALUES[1, 2:6, 2:6] = 1
LUT = "#No. Label Name: R G B A\n0 {} 0 0 0 0\n1 spleen 70 130 180 0\n"


def answer(folder: Path, file: str, text: str) -> Any:
    (folder / file).write_text(text, "utf-8")
    np.save(folder / "a.npy", VALUES)
    entry = {"kind": "volume", "file": "a.npy", "names_file": file, "exhaustive": True}
    return read(entry, folder, Image(VALUES, None, planar=False, oriented=False), name="a.npy")


@pytest.mark.parametrize("name", ["background", "BG", "Clear Label", "Unknown", "_background_"])
def test_a_background_by_its_name_is_no_label(tmp_path: Path, name: str) -> None:
    for file, text in (
        ("names.txt", f"0\t{name}\n1\tspleen\n"),
        ("lut.txt", LUT.format(name.replace(" ", "-"))),
        ("dataset.json", json.dumps({"labels": {name: 0, "spleen": 1}})),
        ("old.json", json.dumps({"labels": {"0": name, "1": "spleen"}})),
        ("list.json", json.dumps([{"name": name, "classid": 0}, {"name": "spleen", "classid": 1}])),
    ):
        found = answer(tmp_path, file, text)
        assert not found.faults, file
        assert np.array_equal(voxels(found)["spleen"], VALUES == 1)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("names.txt", "0\tliver\n1\tspleen\n"),
        ("lut.txt", LUT.format("liver")),
        ("dataset.json", json.dumps({"labels": {"background": 2, "liver": 0, "spleen": 1}})),
        ("old.json", json.dumps({"labels": {"0": "liver", "1": "spleen"}})),
        ("list.json", json.dumps([{"name": "liver", "classid": 0}])),
    ],
)
def test_a_structure_with_the_value_0_is_refused(tmp_path: Path, file: str, text: str) -> None:
    """It was passed over, so that the structure left no trace."""
    with pytest.raises(DataFault, match="its value 0 is 'liver', and 0 is the background"):
        answer(tmp_path, file, text)


def test_a_recipe_that_names_its_background_is_refused() -> None:
    entry = {"kind": "volume", "file": "{key}.nii", "background": (0, 9)}
    assert parsed({**entry, "names": {0: "background", 1: "liver"}})
    for names in ({0: "liver", 1: "spleen"}, {1: "liver", 9: "spleen"}):
        with pytest.raises(pydantic.ValidationError, match="which is in `background`"):
            parsed({**entry, "names": names})
