"""Pictures have known pixels: grey, colour, palettes, alpha and MONOCHROME1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_formats import write_dicom


@pytest.mark.parametrize(
    ("mode", "pixels"),
    [
        ("L", [[0, 128, 255]]),
        ("I;16", [[0, 4095, 65535]]),
        ("RGB", [[[1, 2, 3], [250, 0, 9]]]),
    ],
)
def test_pictures_keep_their_values(tmp_path: Path, mode: str, pixels: list[list[int]]) -> None:
    array = np.array(pixels, np.uint16 if mode == "I;16" else np.uint8)
    PIL.Image.fromarray(array).save(tmp_path / "p.png")
    image = formats.read(tmp_path / "p.png")
    assert image.planar and image.affine is None
    assert image.voxels[0].tolist() == pixels


def test_an_indexed_mask_is_read_by_its_indices(tmp_path: Path) -> None:
    """Converted to grey, index 1 of a palette becomes the brightness of its colour."""
    picture = PIL.Image.fromarray(np.array([[0, 1], [2, 1]], np.uint8), "P")
    picture.putpalette([0, 0, 0, 200, 30, 90, 9, 9, 9])
    picture.save(tmp_path / "m.png")
    assert formats.read_labels(tmp_path / "m.png").voxels[0].tolist() == [[0, 1], [2, 1]]


def test_alpha_is_laid_over_black(tmp_path: Path) -> None:
    pixels = np.array([[[200, 100, 50, 255], [200, 100, 50, 0]]], np.uint8)
    PIL.Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
    assert formats.read(tmp_path / "a.png").voxels[0].tolist() == [[[200, 100, 50], [0, 0, 0]]]


def test_monochrome1_is_turned_and_slope_applied() -> None:
    """pydicom's own chest radiograph-like test files: higher must be brighter after reading."""
    folder = Path(str(pydicom.__file__)).parent / "data/test_files"
    image = formats.read(folder / "CT_small.dcm")
    data = pydicom.dcmread(folder / "CT_small.dcm")
    expected = data.pixel_array * float(data.RescaleSlope) + float(data.RescaleIntercept)
    assert np.array_equal(image.voxels[0], expected)
    assert image.unit == "HU"


def test_monochrome1(tmp_path: Path) -> None:
    voxels = np.arange(4 * 5).reshape(4, 5, 1)
    folder = write_dicom(tmp_path, voxels, np.eye(4))
    data = pydicom.dcmread(folder / "001.dcm")
    data.PhotometricInterpretation, data.Modality = "MONOCHROME1", "CR"
    data.save_as(tmp_path / "one.dcm")
    image = formats.read(tmp_path / "one.dcm")
    # 16 bits are stored: 65535 - (v + 1000), rescaled by -1000; what is brightest is highest
    assert np.array_equal(image.voxels[0], 65535 - (voxels[:, :, 0].T + 1000) - 1000)


def test_a_picture_of_several_frames_is_refused(tmp_path: Path) -> None:
    frames = [PIL.Image.new("L", (4, 4), n) for n in (1, 2)]
    frames[0].save(tmp_path / "f.tif", save_all=True, append_images=frames[1:])
    with pytest.raises(DataFault, match="2 frames"):
        formats.read(tmp_path / "f.tif")
