"""A volume of numbered parts and masks as pictures, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from benchsmith import formats
from benchsmith.core.contracts import Annotations, Image
from tests.test_annotations import SHAPE, save


def parts() -> np.ndarray:
    """Return three nested blocks, (x, y, z): 1 around 3 around 2."""
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[1:8, 1:9, 1:7] = 1
    voxels[2:6, 2:7, 2:6] = 3
    voxels[3:5, 3:5, 3:5] = 2
    return voxels


@pytest.fixture
def volume(tmp_path: Path) -> Image:
    save(tmp_path / "image.nii.gz", np.zeros(SHAPE, np.int16))
    save(tmp_path / "seg.nii.gz", parts())
    return formats.read(tmp_path / "image.nii.gz")


def drawn(found: Annotations) -> dict[str, np.ndarray]:
    """Return the pixels of every label, (z, y, x) of bool."""
    masks: dict[str, np.ndarray] = {}
    for layer in found.layers:
        for value, structure in layer.structures.items():
            own = masks.setdefault(structure.raw, np.zeros(layer.voxels.shape, bool))
            own |= layer.voxels == value
    return masks


def stored(path: Path) -> np.ndarray:
    """Return the values of a label file as SimpleITK reads them: (z, y, x), LPS."""
    image = sitk.ReadImage(str(path))
    return sitk.GetArrayFromImage(sitk.DICOMOrient(image, "LPS"))
