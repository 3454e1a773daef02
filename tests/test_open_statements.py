"""Files that are not whole, or leave open what a reader needs to know: refused, never guessed."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from tests.test_microscopy import ome_tiff
from tests.value_fuzz import dicom_slides

FINE = (np.arange(64 * 96 * 3) % 251).astype(np.uint8).reshape(64, 96, 3)
REGION = Reading(part="0,8,8,40,30")


def slide(folder: Path) -> Path:
    """Write a slide of two levels, the finest one in the file 0.dcm."""
    path = folder / "slide"
    path.mkdir()
    for number in (0, 1):
        level = np.ascontiguousarray(FINE[:: 1 << number, :: 1 << number])
        made = dicom_slides.level(level, 32, number)
        made.save_as(path / f"{number}.dcm", enforce_file_format=True)
    return path


def fault(path: Path, how: Reading) -> DataFault:
    with pytest.raises(DataFault) as caught:
        formats.read(path, how)
    return caught.value


def test_a_slide_is_read_at_its_finest_level(tmp_path: Path) -> None:
    found = formats.read(slide(tmp_path), REGION)
    assert np.array_equal(found.voxels[0], FINE[8:38, 8:48])
    (tmp_path / "slide" / "readme.txt").write_text("a text")
    assert np.array_equal(formats.read(tmp_path / "slide", REGION).voxels, found.voxels)


@pytest.mark.parametrize("kept", [0, 100, 200, 700, -3000, -1])
def test_a_slide_whose_finest_level_is_cut_is_refused(tmp_path: Path, kept: int) -> None:
    """OpenSlide passes over it, so that the region came from the next level."""
    path = slide(tmp_path)
    data = (path / "0.dcm").read_bytes()
    (path / "0.dcm").write_bytes(data[:kept])
    assert fault(path, REGION).reason in ("truncated", "unreadable")


@pytest.mark.parametrize("lost", [1, 9, 4000])
def test_a_slide_with_lost_bytes_is_refused(tmp_path: Path, lost: int) -> None:
    """All tiles behind them would be shifted."""
    path = slide(tmp_path)
    data = (path / "0.dcm").read_bytes()
    (path / "0.dcm").write_bytes(data[:-9000] + data[-9000 + lost :])
    found = fault(path, REGION)
    assert found.reason == "truncated" and "tiles need" in found.detail


def test_a_slide_that_states_more_tiles_than_it_has_is_refused(tmp_path: Path) -> None:
    path = slide(tmp_path)
    made = pydicom.dcmread(path / "0.dcm")
    made.NumberOfFrames = 7
    made.save_as(path / "0.dcm")
    assert fault(path, REGION).reason == "truncated"


def test_messages_of_openslide_do_not_name_the_folders_of_a_machine(tmp_path: Path) -> None:
    path = slide(tmp_path)
    made = pydicom.dcmread(path / "0.dcm")
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    made.save_as(path / "2.dcm")
    found = fault(path, REGION)
    assert found.reason == "unreadable" and str(tmp_path) not in found.detail


def test_a_tiff_that_does_not_state_which_value_is_black_is_refused(tmp_path: Path) -> None:
    """Pillow takes white for 0 then, and libtiff black."""
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, FINE[..., 0], photometric="minisblack", metadata=None)
    assert np.array_equal(formats.read(path).voxels[0], FINE[..., 0])
    with tifffile.TiffFile(path) as file:
        at = file.pages[0].tags[262].offset
    data = bytearray(path.read_bytes())
    data[at : at + 2] = (65_000).to_bytes(2, "little")  # a tag that nobody knows
    path.write_bytes(bytes(data))
    found = fault(path, Reading())
    assert found.reason == "header" and "262" in found.detail


def test_a_tiff_whose_description_lies_beyond_its_end_is_refused(tmp_path: Path) -> None:
    """Its pages may be channels in another order."""
    path = ome_tiff(tmp_path / "a.ome.tif", FINE[..., :2].transpose(2, 0, 1), "CYX")
    with tifffile.TiffFile(path) as file:
        tag = file.pages[0].tags[270]
    data = bytearray(path.read_bytes())
    data[tag.offset + 8 : tag.offset + 12] = (1 << 30).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    assert fault(path, Reading(part="1")).reason == "unreadable"


@pytest.mark.parametrize("unit", ["µm", "μm"])
def test_a_micrometre_in_ome_xml_is_a_unit(tmp_path: Path, unit: str) -> None:
    """Programs write it in UTF-8: the micro sign, or the letter mu."""
    sides = {f"PhysicalSize{axis}Unit": unit for axis in "XYZ"}
    path = ome_tiff(tmp_path / "a.ome.tif", FINE[..., 0], "YX", PhysicalSizeZ=2, **sides)
    assert formats.read(path).spacing_mm == pytest.approx((0.002, 0.0005, 0.0004))


@pytest.mark.parametrize("flag", [0, -1])
def test_mgh_without_good_directions_is_shown_as_it_is_stored(tmp_path: Path, flag: int) -> None:
    """FreeSurfer takes it for coronal, of 1 mm (setDirectionCosine), and states neither; the grid is that one."""
    voxels = np.arange(5 * 4 * 3, dtype=np.int16).reshape(5, 4, 3)
    data = bytearray(nib.MGHImage(voxels, np.diag([2.0, 2, 2, 1])).to_bytes())
    data[28:30] = flag.to_bytes(2, "big", signed=True)
    path = tmp_path / "a.mgz"
    path.write_bytes(gzip.compress(bytes(data)))
    image = formats.read(path)
    assert np.array_equal(image.voxels, voxels.transpose(2, 1, 0))
    assert (image.spacing_mm, image.oriented) == ((), False)
    assert image.grid is not None
    assert image.grid[:3, :3].tolist() == [[1, 0, 0], [0, 0, -1], [0, -1, 0]]
