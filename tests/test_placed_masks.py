"""Masks of single slices lie where their headers say, or their recipe says how they are paired."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pytest
import SimpleITK as sitk

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Image
from tests.test_annotations import read
from tests.test_formats import write_dicom

PICTURE = np.arange(12 * 10, dtype=np.uint8).reshape(12, 10)
"""(x, y)"""
MASK = np.zeros((12, 10), np.uint8)
MASK[1:4, 2:4] = 1
ENTRY: dict[str, Any] = {"kind": "volume", "file": "m.nii", "names": {1: "polyp"}}
LPS = np.diag([-1.0, -1, 1, 1])
AFFINE = np.array([[-2.0, 0, 0, 30], [0, 2, 0, -40], [0, 0, 1, 5], [0, 0, 0, 1]])


def nifti(path: Path, voxels: np.ndarray, affine: np.ndarray) -> Path:
    nib.save(nib.Nifti1Image(voxels, affine), path)
    return path


def marked(image: Image, folder: Path, **entry: Any) -> list[int]:
    """Return the sorted grey levels under the mark."""
    (layer,) = read({**ENTRY, **entry}, folder, image).layers
    return sorted(image.voxels[layer.voxels == 1].tolist())


RIGHT = sorted(PICTURE[MASK == 1].tolist())


def test_a_mask_is_found_by_its_place_whichever_way_it_is_stored(tmp_path: Path) -> None:
    image = formats.read(nifti(tmp_path / "i.nii", PICTURE, AFFINE))
    mirrored = AFFINE @ [[-1, 0, 0, 11], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    nifti(tmp_path / "m.nii", MASK[::-1], mirrored)
    assert marked(image, tmp_path) == RIGHT


@pytest.mark.parametrize("depth", [(), (1,)])
@pytest.mark.parametrize("change", [(0, 3, 500.0), (0, 0, -5.0), (1, 1, -2.0)])
def test_a_mask_that_lies_elsewhere_is_refused(
    tmp_path: Path, change: tuple[int, int, float], depth: tuple[int, ...]
) -> None:
    """In another place, with other pixels, or upside down: only its shape was compared."""
    image = formats.read(nifti(tmp_path / "i.nii", PICTURE, AFFINE))
    wrong = AFFINE.copy()
    wrong[change[:2]] = change[2]
    nifti(tmp_path / "m.nii", MASK.reshape(*MASK.shape, *depth), wrong)
    with pytest.raises(DataFault, match="frame: stored") as fault:
        marked(image, tmp_path)
    assert fault.value.reason == "grid-mismatch"
    assert marked(image, tmp_path, frame="stored") == RIGHT


def test_the_mask_of_a_dicom_slice(tmp_path: Path) -> None:
    """Written by nibabel at the place that the slice's header states, in RAS."""
    folder = write_dicom(tmp_path, PICTURE[..., None].astype(int), LPS @ AFFINE)
    image = formats.read(next(folder.iterdir()))
    nifti(tmp_path / "m.nii", MASK[..., None], AFFINE)
    assert marked(image, tmp_path) == RIGHT
    nifti(tmp_path / "m.nii", MASK[..., None], np.eye(4))
    with pytest.raises(DataFault, match="corners lie up to"):
        marked(image, tmp_path)


def test_a_mask_of_colours_lies_where_its_header_says(tmp_path: Path) -> None:
    folder = write_dicom(tmp_path, PICTURE[..., None].astype(int), LPS @ AFFINE)
    image = formats.read(next(folder.iterdir()))
    entry = {"kind": "colours", "file": "m.nii", "names": {"#ff0000": "polyp"}}
    for affine in (AFFINE, AFFINE @ np.diag([-1, 1, 1, 1])):
        colours = np.zeros((12, 10, 1), np.dtype([(c, np.uint8) for c in "RGB"]))
        colours["R"] = MASK[..., None] * 255
        nifti(tmp_path / "m.nii", colours, affine)
        if affine is AFFINE:
            (layer,) = read(entry, tmp_path, image).layers
            assert sorted(image.voxels[layer.voxels == 1].tolist()) == RIGHT
        else:
            with pytest.raises(DataFault, match="corners lie up to"):
                read(entry, tmp_path, image)


@pytest.mark.parametrize("depth", [(), (1,)])
def test_a_picture_without_a_place_needs_a_mask_that_is_not_turned(
    tmp_path: Path, depth: tuple[int, ...]
) -> None:
    """nibabel's eye is RAS: its mask was turned by 180 degrees against the PNG that it was drawn on."""
    PIL.Image.fromarray(PICTURE.T).save(tmp_path / "i.png")
    image = formats.read(tmp_path / "i.png")
    nifti(tmp_path / "m.nii", MASK.reshape(*MASK.shape, *depth), np.eye(4))
    with pytest.raises(DataFault) as fault:
        marked(image, tmp_path)
    assert fault.value.reason == "frame-unstated"
    assert marked(image, tmp_path, frame="stored") == RIGHT
    # ITK's identity is LPS: rows run to the left, columns to the back, as they are stored
    sitk.WriteImage(sitk.GetImageFromArray(np.ascontiguousarray(MASK.T)), str(tmp_path / "m.nii"))
    assert marked(image, tmp_path) == RIGHT


def test_a_png_beside_a_turned_nifti_needs_a_frame(tmp_path: Path) -> None:
    image = formats.read(nifti(tmp_path / "i.nii", PICTURE, np.eye(4)))
    PIL.Image.fromarray(MASK.T).save(tmp_path / "m.png")
    with pytest.raises(DataFault) as fault:
        marked(image, tmp_path, file="m.png")
    assert fault.value.reason == "frame-unstated"
    assert marked(image, tmp_path, file="m.png", frame="stored") == RIGHT


def test_a_sagittal_picture_in_two_dimensions_is_seen_from_the_side(tmp_path: Path) -> None:
    """Stored front to back and feet to head; it was read as a picture of one column."""
    affine = np.array([[0, 0, 1.0, 0], [-2, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0, 1]])
    image = formats.read(nifti(tmp_path / "i.nii", PICTURE, affine))
    assert np.array_equal(image.voxels[0], PICTURE.T[::-1])
    assert image.spacing_mm == (1.0, 3.0, 2.0)


def test_labels_without_a_frame_are_not_shifted_onto_their_image(tmp_path: Path) -> None:
    """As ITK reads them they lie a whole image away: all labels were lost, with a note."""
    voxels = np.arange(6 * 5 * 4, dtype=np.int16).reshape(6, 5, 4)
    image = formats.read(nifti(tmp_path / "i.nii", voxels, np.eye(4)))
    open_frame = nib.Nifti1Image((voxels > 60).astype(np.uint8), None)
    nib.save(open_frame, tmp_path / "m.nii")
    data = bytearray((tmp_path / "m.nii").read_bytes())
    data[252:256] = struct.pack("<hh", 0, 0)
    (tmp_path / "m.nii").write_bytes(data)
    with pytest.raises(DataFault) as fault:
        read(ENTRY, tmp_path, image)
    assert fault.value.reason == "grid-mismatch"


@pytest.mark.parametrize(
    ("field", "spacing"),
    [
        (b'units: "cm" "cm" "cm"', (2.0, 1.0, 1.0)),
        (b'units: "um" "um" "um"', (2e-4, 1e-4, 1e-4)),
        (b'units: "" "" ""', (0.2, 0.1, 0.1)),
        (b'units: "cm" "mm" "cm"', None),
        (b'units: "inch" "inch" "inch"', None),
    ],
)
def test_the_units_of_axes_of_a_nrrd(
    tmp_path: Path, field: bytes, spacing: tuple[float, ...] | None
) -> None:
    head = b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 5 4 3\nspacings: 0.1 0.1 0.2\n"
    path = tmp_path / "v.nrrd"
    path.write_bytes(head + field + b"\nencoding: raw\n\n" + bytes(60))
    if spacing is None:
        with pytest.raises(DataFault) as fault:
            formats.read(path)
        assert fault.value.reason == "spacing"
    else:
        assert np.allclose(formats.read(path).spacing_mm, spacing)


@pytest.mark.parametrize(("unit", "factor"), [("mm", 1), ("cm", 10), ("um", 1e-3), ("inch", None)])
def test_the_unit_of_a_metaimage(tmp_path: Path, unit: str, factor: float | None) -> None:
    path = tmp_path / "v.mha"
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((3, 4, 5), np.uint8)), str(path))
    stated = f"DistanceUnits = {unit}\nElementType".encode()
    path.write_bytes(path.read_bytes().replace(b"ElementType", stated))
    if factor is None:
        with pytest.raises(DataFault) as fault:
            formats.read(path)
        assert fault.value.reason == "spacing"
    else:
        assert np.allclose(formats.read(path).spacing_mm, factor)
