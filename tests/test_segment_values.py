"""Segmentations that contradict their own header are refused; a label map's padding is its background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault
from tests.test_annotations import read
from tests.test_contours import voxels
from tests.test_dicom_labels import ENTRY, check, masks, segmentation, series

Edit = Callable[[pydicom.Dataset], None]


def answer(folder: Path, kind: str, edit: Edit, stored: np.ndarray | None = None) -> Annotations:
    """Read a segmentation of a series, after a change of the object that highdicom wrote."""
    drawn = masks().astype(float) if kind == "FRACTIONAL" else masks()
    seg = segmentation(folder, drawn if stored is None else stored, kind)
    edit(seg)
    seg.save_as(folder.parent / "seg.dcm")
    return read(ENTRY, folder.parent, formats.read(folder), name=folder.name)


def padded(background: int) -> Edit:
    """Return an edit of a label map: pixels of no segment have this value, as its padding says."""

    def edit(seg: pydicom.Dataset) -> None:
        values = seg.pixel_array.copy()
        values[values == 0] = background
        seg.PixelData, seg.PixelPaddingValue = values.tobytes(), background
        seg.SegmentSequence = [item for item in seg.SegmentSequence if item.SegmentNumber]

    return edit


@pytest.mark.parametrize("background", [0, 255, 7])
def test_the_padding_of_a_label_map_is_of_no_segment(tmp_path: Path, background: int) -> None:
    folder = series(tmp_path)
    found = answer(folder, "LABELMAP", padded(background))
    assert not found.faults
    for number, label in enumerate(("Liver", "Mass")):
        assert np.array_equal(voxels(found)[label], masks()[..., number] > 0)


def test_a_label_map_with_a_value_that_is_neither_is_refused(tmp_path: Path) -> None:
    def edit(seg: pydicom.Dataset) -> None:
        padded(255)(seg)
        values = seg.pixel_array.copy()
        values[0, 0, 0] = 9
        seg.PixelData = values.tobytes()

    with pytest.raises(DataFault, match="a frame belongs to segment 9, which is not described"):
        answer(series(tmp_path), "LABELMAP", edit)


def fewer_frames(seg: pydicom.Dataset) -> None:
    seg.NumberOfFrames -= 1


def without_largest(seg: pydicom.Dataset) -> None:
    del seg.MaximumFractionalValue


def small_largest(seg: pydicom.Dataset) -> None:
    seg.MaximumFractionalValue = 100


@pytest.mark.parametrize(
    ("kind", "edit", "word"),
    [
        ("BINARY", fewer_frames, "frames, [0-9]+ of them described"),
        ("FRACTIONAL", without_largest, "Maximum Fractional Value .* is None"),
        ("FRACTIONAL", small_largest, "has the value 255, and a whole pixel is 100"),
    ],
)
def test_what_contradicts_its_header_is_refused(
    tmp_path: Path, kind: str, edit: Edit, word: str
) -> None:
    with pytest.raises(DataFault, match=word) as fault:
        answer(series(tmp_path), kind, edit)
    assert fault.value.reason == "header"


def raised(millimetres: float) -> Edit:
    def edit(seg: pydicom.Dataset) -> None:
        for group in seg.PerFrameFunctionalGroupsSequence:
            place = group.PlanePositionSequence[0]
            x, y, z = place.ImagePositionPatient
            place.ImagePositionPatient = [x, y, float(z) + millimetres]

    return edit


@pytest.mark.parametrize(("millimetres", "is_read"), [(0.4, True), (0.9, True), (1.0, False)])
def test_frames_between_slices_are_of_none(
    tmp_path: Path, millimetres: float, is_read: bool
) -> None:
    """Voxels of 2 x 2 x 2 mm: half a slice away either neighbour is as near, and one was taken."""
    folder = series(tmp_path, step=2.0)
    if is_read:
        assert not answer(folder, "BINARY", raised(millimetres)).faults
        check(folder, masks())
        return
    with pytest.raises(DataFault, match=r"lie up to 1\.00 mm beside the image's slices") as fault:
        answer(folder, "BINARY", raised(millimetres))
    assert fault.value.reason == "grid-mismatch"
