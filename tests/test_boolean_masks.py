"""A file of true and false marks one thing: under the names of several values it is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import scipy.io

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Image
from tests.test_annotations import read

MASK = np.zeros((40, 50), bool)
MASK[5:20, 10:30] = True


BOOLEAN: dict[str, Callable[[Path, np.ndarray], object]] = {
    "m.npy": np.save,
    "m.npz": lambda path, mask: np.savez(path, mask=mask),
    "m.png": lambda path, mask: PIL.Image.fromarray(mask).save(path),
    "m.tif": lambda path, mask: PIL.Image.fromarray(mask).save(path),
    "m.bmp": lambda path, mask: PIL.Image.fromarray(mask).save(path),
    "m.mat": lambda path, mask: scipy.io.savemat(path, {"mask": mask}),
}
WHOLE: dict[str, Callable[[Path, np.ndarray], object]] = {
    "m.npy": lambda path, mask: np.save(path, mask.astype(np.uint8)),
    "m.npz": lambda path, mask: np.savez(path, mask=mask.astype(np.int64)),
    "m.png": lambda path, mask: PIL.Image.fromarray(mask.astype(np.uint8)).save(path),
    "m.mat": lambda path, mask: scipy.io.savemat(path, {"mask": mask.astype(np.uint8)}),
}


@pytest.fixture
def image(tmp_path: Path) -> Image:
    PIL.Image.new("L", (50, 40), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def entry(file: str, names: dict[int, str]) -> dict[str, object]:
    variable = {"variable": "mask"} if file.endswith((".npz", ".mat")) else {}
    return {"kind": "volume", "file": file, "names": names, "exhaustive": True, **variable}


@pytest.mark.parametrize("file", BOOLEAN)
def test_true_marks_the_only_name_or_is_refused(tmp_path: Path, image: Image, file: str) -> None:
    """It was the label of the value 1, and the other label was absent."""
    BOOLEAN[file](tmp_path / file, MASK)
    for names in ({1: "tumour"}, {0: "background", 1: "tumour"}):
        (layer,) = read(entry(file, names), tmp_path, image).layers
        assert [s.raw for s in layer.structures.values()] == ["tumour"]
        assert np.array_equal(layer.voxels[0] != 0, MASK)
    several = {1: "tumour", 2: "cyst"}
    with pytest.raises(
        DataFault, match=r"only true and false, and the names are of 2 values"
    ) as caught:
        read(entry(file, several), tmp_path, image)
    assert "save the values themselves as whole numbers" in caught.value.detail
    # under another number than 1 the value has no name, which says what to write
    found = read(entry(file, {255: "tumour"}), tmp_path, image)
    assert found.faults[0].reason == "value-without-name" and found.is_unknown("tumour")
    assert (
        found.faults[0].detail == "value 1 has 300 voxels; add it to the names or to `background`"
    )


@pytest.mark.parametrize("file", WHOLE)
def test_whole_numbers_state_which_value_is_marked(tmp_path: Path, image: Image, file: str) -> None:
    WHOLE[file](tmp_path / file, MASK)
    found = read(entry(file, {1: "tumour", 2: "cyst"}), tmp_path, image)
    assert [s.raw for s in found.layers[0].structures.values()] == ["tumour"]
    assert [(f.reason, f.raw) for f in found.faults] == [("empty-structure", "cyst")]


def test_a_mask_of_255_under_the_name_of_1_is_unknown(tmp_path: Path, image: Image) -> None:
    PIL.Image.fromarray(MASK.astype(np.uint8) * 255).save(tmp_path / "m.png")
    found = read(entry("m.png", {1: "tumour"}), tmp_path, image)
    assert not found.layers[0].structures and found.is_unknown("tumour")
    assert "value 255 has 300 voxels; add it to the names" in found.faults[0].detail
