"""A mask that marks the background is reported, and the kind that the note names reads the structure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations
from tests.test_annotations import read

STRUCTURE = np.zeros((60, 80), bool)
STRUCTURE[20:40, 30:50] = True
MASKS = {"kind": "masks", "file": "m.png", "label": "tumour", "exhaustive": True}
VOLUME = {"kind": "volume", "file": "m.png", "names": {255: "tumour"}, "exhaustive": True}


def answer(folder: Path, mask: np.ndarray, entry: dict[str, Any]) -> Annotations:
    PIL.Image.new("L", mask.shape[::-1], 7).save(folder / "image.png")
    PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(folder / "m.png")
    return read(entry, folder, formats.read(folder / "image.png"))


@pytest.mark.parametrize("entry", [MASKS, VOLUME])
def test_an_inverted_mask_is_reported_and_the_remedy_reads_it(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    note = answer(tmp_path, ~STRUCTURE, entry).note
    assert "marks 92% of the picture and all of its border: if 0 marks the structure" in note
    assert '`kind: colours` with `names: {"#000000": ...}` and `background: ["#ffffff"]`' in note
    mend = {"kind": "colours", "file": "m.png", "names": {"#000000": "tumour"},
            "background": ("#ffffff",), "exhaustive": True}  # fmt: skip
    found = answer(tmp_path, ~STRUCTURE, mend)
    (layer,) = found.layers
    assert np.array_equal(layer.voxels[0] != 0, STRUCTURE) and not found.faults


def frame(rows: slice, columns: slice) -> np.ndarray:
    mask = np.zeros((60, 80), bool)
    mask[rows, columns] = True
    return mask


@pytest.mark.parametrize("entry", [MASKS, VOLUME])
@pytest.mark.parametrize(
    "mask",
    [
        STRUCTURE,
        np.ones((60, 80), bool),  # nothing is left out
        frame(slice(1, None), slice(None)),  # one border is not marked
        frame(slice(None), slice(0, 79)),
        ~frame(slice(3, 57), slice(3, 77)),  # a frame of less than half of the picture
    ],
)
def test_other_masks_are_no_doubt(tmp_path: Path, entry: dict[str, Any], mask: np.ndarray) -> None:
    found = answer(tmp_path, mask, {**entry, "fill": False})
    assert len(found.layers) == 1 and not found.note
