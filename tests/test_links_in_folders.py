"""Files that no pattern names are read from the data folder alone: slices, and the data of a pair."""

from __future__ import annotations

import os
from pathlib import Path

import nibabel as nib
import numpy as np

from benchsmith import formats
from tests.test_formats import write_dicom
from tests.traced_sources import listed, recipe, rows, source

__all__ = ["source"]
VOXELS = np.arange(6 * 5 * 4).reshape(6, 5, 4) * 7 % 300
SERIES = '{images: "{key}/", modality: ct, labels: [{kind: volume, file: "{key}.nii", names: {1: liver}}]}'
PAIR = (
    '{images: "{key=2}.hdr", modality: ct,'
    ' labels: [{kind: volume, file: "{key}_seg.hdr", names: {1: liver}}]}'
)


def moved_out(path: Path, elsewhere: Path) -> None:
    """Put a file elsewhere, and a link to it in its place."""
    target = elsewhere / path.name
    path.rename(target)
    path.symlink_to(target)


def test_a_slice_that_is_a_link_out_of_the_data_is_not_read(source: Path, tmp_path: Path) -> None:
    data = recipe(source, SERIES)
    series = write_dicom(data, VOXELS, np.eye(4)).rename(data / "c1")
    assert [u.key for u in listed(source, tmp_path).units] == ["c1"]
    moved_out(series / "002.dcm", tmp_path)
    found = listed(source, tmp_path)
    assert not found.units
    assert rows(found)["s/c1: c1/002.dcm"] == "link-outside"


def test_a_slice_that_is_a_link_within_the_data_is_read(source: Path, tmp_path: Path) -> None:
    data = recipe(source, SERIES)
    series = write_dicom(data, VOXELS, np.eye(4)).rename(data / "c1")
    (data / ".annex").mkdir()
    moved_out(series / "002.dcm", data / ".annex")
    assert [u.key for u in listed(source, tmp_path).units] == ["c1"]
    assert np.array_equal(formats.read(series).voxels, VOXELS.T)


def test_the_data_of_a_pair_that_are_a_link_out_are_not_read(source: Path, tmp_path: Path) -> None:
    """The pair of the image, and that of the labels."""
    data = recipe(source, PAIR)
    for name in ("c1", "c1_seg", "c2", "c2_seg"):
        nib.save(nib.Nifti1Pair(VOXELS.astype(np.uint8), np.eye(4)), data / f"{name}.img")
    moved_out(data / "c1.img", tmp_path)
    moved_out(data / "c2_seg.img", tmp_path)
    found = listed(source, tmp_path)
    assert not found.units
    assert rows(found)["s/c1: c1.img"] == rows(found)["s/c2: c2_seg.img"] == "link-outside"


def test_slices_in_a_folder_of_the_folder_are_reported(tmp_path: Path) -> None:
    """Half of a series in a folder further down: the other half is a sound volume."""
    series = write_dicom(tmp_path, VOXELS, np.eye(4))
    assert not formats.read(series).note
    (series / "more").mkdir()
    (series / "more/notes.txt").write_text("no slice")
    assert not formats.read(series).note
    for path in sorted(series.glob("*.dcm"))[2:]:
        os.rename(path, series / "more" / path.name)
    image = formats.read(series)
    assert image.voxels.shape[0] == 2
    assert image.note == "not read are the slices in its folders more"
