"""A picture has no distance of slices: what is not stated is not published, and no limit is held against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.documents.lexicon.intensity_windows import Window
from benchsmith.exporters import provenance
from benchsmith.gallery.case_facts import facts_of
from benchsmith.imaging.rendering import windows
from tests.merged_readers import ingested
from tests.test_formats import write_dicom

LABEL = {"kind": "constant", "label": "liver", "group": "organ"}
PLACE = np.diag([0.5, 0.75, 1.0, 1.0])


def series(folder: Path, slices: int, **tags: Any) -> Path:
    """Write slices of 0.75 by 0.5 mm; none states the distance to the next one."""
    voxels = np.arange(24 * 20 * slices).reshape(24, 20, slices) % 997
    path = write_dicom(folder, voxels, PLACE @ np.diag([1, 1, 4.0, 1]))
    for each in path.iterdir():
        data = pydicom.dcmread(each)
        for name, value in tags.items():
            setattr(data, name, value)
        data.save_as(each)
    return path


@pytest.mark.parametrize("tags", [{}, {"SliceThickness": 5}, {"SpacingBetweenSlices": 3}])
@pytest.mark.parametrize("images", ["series/*.dcm", "{key}/"])
def test_one_slice_has_no_distance_of_slices(
    tmp_path: Path, images: str, tags: dict[str, Any]
) -> None:
    """It was 1 mm, also where a thickness is stated, which is no distance."""
    series(tmp_path, 1, **tags)
    found, _ = ingested(
        tmp_path, images=images.replace("*", "{key}"), modality="ct", labels=(LABEL,)
    )
    (sample,) = next(iter(found.values())).samples
    assert sample.planar and sample.spacing_mm == pytest.approx((0.75, 0.5))
    assert provenance.spacing_of(sample) == [None, 0.75, 0.5]


def test_slices_of_a_series_have_the_distance_of_their_places(tmp_path: Path) -> None:
    series(tmp_path, 3, SliceThickness=9)
    found, _ = ingested(tmp_path, images="{key}/", modality="ct", labels=(LABEL,))
    (sample,) = found["series"].samples
    assert not sample.planar
    assert provenance.spacing_of(sample) == pytest.approx([4.0, 0.75, 0.5])


def test_a_volume_of_one_slice_has_what_its_header_states(tmp_path: Path) -> None:
    nib.save(
        nib.Nifti1Image(np.ones((24, 20, 1), np.int16), np.diag([1, 1, 7, 1])), tmp_path / "a.nii"
    )
    found, _ = ingested(tmp_path, images="{key}.nii", modality="ct", labels=(LABEL,))
    (sample,) = found["a"].samples
    assert provenance.spacing_of(sample) == [7.0, 1.0, 1.0]


@pytest.mark.parametrize(("thickness", "suits"), [(None, True), (2, True), (5, False)])
def test_a_window_for_thin_slices_suits_what_may_be_thin(
    tmp_path: Path, thickness: float | None, suits: bool
) -> None:
    """A slice of 5 mm counted as one of 1 mm, so that it was shown in a window for thin ones."""
    path = series(tmp_path, 1, **({} if thickness is None else {"SliceThickness": thickness}))
    image = formats.read(next(path.iterdir()))
    limited = Window(
        "bone", "hu", 400, 1800, 0, 0, ("*",), ("ct",), most_mm=2.5, otherwise="soft-tissue"
    )
    assert windows._suits(image, limited, None) is suits  # noqa: SLF001


def test_the_facts_of_a_picture_name_its_two_sides() -> None:
    more: dict[str, Any] = dict.fromkeys(
        ("source", "source_version", "labels_are", "licence", "patient", "plane_index", "window",
         "raw_label", "laterality", "area_px", "area_mm2", "decided_at", "placed_at", "stem_at",
         "labels_note", "image_sha256", "picture_sha256")
    )  # fmt: skip
    more |= {"axis": "planar", "shape_zyx": [1, 9, 9], "spacing_mm_zyx": [None, 0.75, 0.5]}
    assert ("spacing in mm, y x", "0.75, 0.5") in facts_of(more)
    more |= {"axis": "axial", "spacing_mm_zyx": [4.0, 0.75, 0.5]}
    assert ("spacing in mm, z y x", "4, 0.75, 0.5") in facts_of(more)
