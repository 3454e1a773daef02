"""Slices and frames whose values are of several kinds, such as magnitude and phase, are no volume."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.functional_groups import FRAME_TYPES
from tests.test_dicom_mixed_stacks import content
from tests.test_dicom_volumes import VOXELS, Edit, edited, enhanced, magnetic, tag
from tests.test_formats import write_dicom

MAGNITUDE, PHASE = ["ORIGINAL", "PRIMARY", "M", "NONE"], ["ORIGINAL", "PRIMARY", "P", "NONE"]


def some_without(number: int, group: pydicom.Dataset) -> None:
    """Leave out the component of every second frame."""
    item = pydicom.Dataset()
    if number % 2:
        item.ComplexImageComponent = "PHASE"
    group.MRImageFrameTypeSequence = [item]


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        *((content(name, "FrameType", MAGNITUDE, PHASE), r"FrameType: ORIGINAL.*M.*, ORIGINAL.*P") for name in FRAME_TYPES),
        (
            content("MRImageFrameTypeSequence", "ComplexImageComponent", "PHASE", "MAGNITUDE"),
            "ComplexImageComponent: MAGNITUDE, PHASE",
        ),
        (some_without, "ComplexImageComponent: not all state it"),
        (content("MRModifierSequence", "InversionTimes", 100.0, 900.0), "InversionTimes"),
        (
            content("MRDiffusionSequence", "DiffusionDirectionality", "NONE", "DIRECTIONAL"),
            "DiffusionDirectionality: DIRECTIONAL, NONE",
        ),
        (content("CTReconstructionSequence", "ConvolutionKernel", "B30f", "B70f"), "Kernel: B30f, B70f"),
    ],
)  # fmt: skip
def test_frames_of_several_kinds(tmp_path: Path, edit: Edit, word: str) -> None:
    """Magnitude and phase alternately were read as one volume."""
    with pytest.raises(DataFault, match=f"its frames differ in their .*{word}") as fault:
        formats.read(enhanced(tmp_path, edit))
    assert fault.value.reason == "series-gap"


@pytest.mark.parametrize(
    "edit",
    [
        *(content(name, "FrameType", PHASE) for name in FRAME_TYPES),
        content("MRImageFrameTypeSequence", "ComplexImageComponent", "PHASE"),
        content("MRModifierSequence", "InversionTimes", [100.0, 900.0]),
        content("MRImageFrameTypeSequence", "AcquisitionContrast", "T1"),
    ],
)
def test_frames_of_one_kind_are_a_volume(tmp_path: Path, edit: Edit) -> None:
    found = formats.read(enhanced(tmp_path, edit))
    assert np.array_equal(np.sort(found.voxels, None), np.sort(VOXELS, None))


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (tag("ImageType", MAGNITUDE, PHASE), r"ImageType is ORIGINAL\\PRIMARY\\[MP]\\NONE, that"),
        (tag("ComplexImageComponent", "MAGNITUDE", "PHASE"), "ComplexImageComponent is [MP]"),
    ],
)
def test_slices_of_several_kinds(tmp_path: Path, edit: Edit, word: str) -> None:
    folder = edited(write_dicom(tmp_path, VOXELS, np.eye(4)), magnetic(edit))
    with pytest.raises(DataFault, match=word) as fault:
        formats.read(folder)
    assert fault.value.reason == "series-gap"


def test_slices_of_one_kind_are_a_volume(tmp_path: Path) -> None:
    edit = magnetic(tag("ComplexImageComponent", "PHASE"))
    image = formats.read(edited(write_dicom(tmp_path, VOXELS, np.eye(4)), edit))
    assert np.array_equal(image.voxels, VOXELS.T + 1000), (
        "stored values, without the intercept of CT"
    )
