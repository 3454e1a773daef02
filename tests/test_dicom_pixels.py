"""DICOM pixels have the values that a second decoder gives: ITK's GDCM, highdicom, or by hand."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import JPEG2000Lossless

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.text import file_endings
from tests.test_formats import write_dicom, write_multiframe

SAMPLES = Path(str(pydicom.__file__)).parent / "data/test_files"
OPEN = Reading(burned_in=True)


def by_itk(path: Path) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def picture(path: Path, pixels: np.ndarray, **tags: Any) -> Path:
    """Write one secondary-capture-like picture; `tags` override what the pixels imply."""
    folder = write_dicom(path, np.zeros((2, 2, 1), int), np.eye(4))
    data = pydicom.dcmread(folder / "001.dcm")
    shutil.rmtree(folder)
    for tag in ("ImageOrientationPatient", "ImagePositionPatient", "RescaleSlope"):
        delattr(data, tag)
    del data.RescaleIntercept
    bits = pixels.dtype.itemsize * 8
    data.Rows, data.Columns = pixels.shape[:2]
    data.SamplesPerPixel = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.ndim == 3:
        data.PlanarConfiguration = 0
    data.Modality, data.BitsAllocated, data.BitsStored, data.HighBit = "OT", bits, bits, bits - 1
    data.PixelRepresentation = int(pixels.dtype.kind == "i")
    data.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
    for tag, value in tags.items():
        setattr(data, tag, value)
        if data[tag].VR == "US or SS":
            data[tag].VR = "SS" if pixels.dtype.kind == "i" else "US"
    data.save_as(path / "one.dcm", enforce_file_format=True)
    return path / "one.dcm"


@pytest.mark.parametrize("high", [11, 13, 15])
@pytest.mark.parametrize("signed", [False, True])
def test_stored_bits_are_the_lowest_ones_or_refused(
    tmp_path: Path, high: int, signed: bool
) -> None:
    """DCMTK takes the bits below High Bit, GDCM and pydicom the lowest ones."""
    values = np.arange(-2048 * signed, 4096 - 2048 * signed, 41).reshape(10, 10)
    shift = high - 11
    words = ((values & 0xFFF) << shift) | (0xFFFF & ~(0xFFF << shift))
    path = picture(tmp_path, words.astype(np.uint16), BitsStored=12, HighBit=high,
                   PixelRepresentation=int(signed))  # fmt: skip
    if shift:
        with pytest.raises(DataFault, match=f"High Bit is {high}"):
            formats.read(path)
    else:
        assert np.array_equal(formats.read(path).voxels[0], values)
        assert np.array_equal(by_itk(path)[0], values)


@pytest.mark.parametrize(
    ("photometric", "shape", "refused"),
    [
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "INVERSE", False),
        ("MONOCHROME1", "IDENTITY", True),
    ],
)
def test_a_presentation_that_inverts_bright_pixels_is_refused(
    tmp_path: Path, photometric: str, shape: str, refused: bool
) -> None:
    """Only MONOCHROME1 goes with INVERSE (PS3.3 section C.8.11.3.1.2)."""
    path = picture(tmp_path, np.arange(16, dtype=np.uint8).reshape(4, 4), PresentationLUTShape=shape,
                   PhotometricInterpretation=photometric)  # fmt: skip
    if refused:
        with pytest.raises(DataFault, match=f"{photometric}, and its .* is {shape}"):
            formats.read(path)
    else:
        rising = formats.read(path).voxels[0, 0, 0] < formats.read(path).voxels[0, 3, 3]
        assert rising == (photometric == "MONOCHROME2")


@pytest.mark.parametrize(
    "name",
    [
        "SC_ybr_full_422_uncompressed.dcm",
        "SC_rgb_dcmtk_+eb+cy+np.dcm",
        "SC_rgb_jpeg_dcmtk.dcm",
        "SC_rgb_rle.dcm",
        "examples_jpeg2k.dcm",
        "examples_palette.dcm",
        "J2K_pixelrep_mismatch.dcm",
        "693_J2KI.dcm",
        "MR_small_RLE.dcm",
        "JPEGLSNearLossless_16.dcm",
        "image_dfl.dcm",
    ],
)
def test_pydicoms_own_files_agree_with_gdcm(name: str) -> None:
    """JPEG decoders round a colour by up to two levels differently; padding has no value."""
    ours = formats.read(SAMPLES / name, OPEN).voxels.astype(float)
    data = pydicom.dcmread(SAMPLES / name)
    real = np.ones(ours.shape, bool)
    if "PixelPaddingValue" in data:
        real[0] = data.pixel_array != data.PixelPaddingValue
    assert np.abs(ours - by_itk(SAMPLES / name))[real].max() <= 2


@pytest.mark.parametrize("name", ["SC_rgb_rle_16bit.dcm", "SC_rgb_rle_32bit.dcm"])
def test_colours_of_more_than_eight_bits_keep_their_highest(name: str) -> None:
    """The same picture with 8 bits, by GDCM, which mixes up the planes of wider RLE."""
    ours = formats.read(SAMPLES / name).voxels
    assert ours.dtype == np.uint8
    assert np.array_equal(ours, by_itk(SAMPLES / "SC_rgb_rle.dcm"))


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_FULL_422"])
def test_raw_ybr_is_turned_to_rgb_once(tmp_path: Path, photometric: str) -> None:
    """PS3.3 C.7.6.3.1.2, by hand: RGB (200, 40, 30)."""
    r, g, b = 200.0, 40.0, 30.0
    y = 0.299 * r + 0.587 * g + 0.114 * b
    ybr = np.rint([y, (b - y) / 1.772 + 128, (r - y) / 1.402 + 128]).astype(np.uint8)
    pixels = np.tile(ybr, (4, 6, 1))
    if photometric == "YBR_FULL_422":
        y, cb, cr = (int(v) for v in ybr)
        stored = np.tile(np.array([y, y, cb, cr], np.uint8), 12)
        path = picture(
            tmp_path, pixels, PhotometricInterpretation=photometric, PixelData=stored.tobytes()
        )
    else:
        path = picture(tmp_path, pixels, PhotometricInterpretation=photometric)
    ours = formats.read(path).voxels[0]
    assert ours.shape == (4, 6, 3)
    assert np.abs(ours.astype(float) - (r, g, b)).max() <= 1


def test_an_interpretation_that_is_not_known_is_refused(tmp_path: Path) -> None:
    path = picture(tmp_path, np.zeros((4, 6, 3), np.uint8), PhotometricInterpretation="HSV")
    with pytest.raises(DataFault, match="HSV"):
        formats.read(path)


@pytest.mark.parametrize("signed", [True, False])
def test_jpeg_2000_whose_sign_the_header_states_otherwise(tmp_path: Path, signed: bool) -> None:
    """The codestream states its own sign, which is the pixels'; GDCM is the second decoder."""
    pixels = (np.arange(128 * 96).reshape(96, 128) % 600 - 300).astype(np.int16)
    if not signed:
        pixels = (pixels + 300).astype(np.uint16)
    path = picture(
        tmp_path, pixels, BitsStored=12, HighBit=11, PhotometricInterpretation="MONOCHROME2"
    )
    data = pydicom.dcmread(path)
    data.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg")
    data.save_as(path)
    assert np.array_equal(formats.read(path).voxels[0], pixels)
    if not signed:
        data.PixelRepresentation = 1
        data.save_as(path)
        assert np.array_equal(formats.read(path).voxels[0], pixels)


@pytest.mark.parametrize("shared", [True, False])
def test_enhanced_ct_is_in_hounsfield_units(tmp_path: Path, shared: bool) -> None:
    """highdicom applies the Pixel Value Transformation of each frame as the second reader."""
    voxels = np.arange(5 * 4 * 6).reshape(5, 4, 6) * 7
    path = write_multiframe(tmp_path, voxels, np.diag([1.0, 1, 3, 1]))
    data = pydicom.dcmread(path)
    del data.RescaleSlope, data.RescaleIntercept
    groups = (
        [data.SharedFunctionalGroupsSequence[0]]
        if shared
        else list(data.PerFrameFunctionalGroupsSequence)
    )
    for k, group in enumerate(groups):
        item = pydicom.Dataset()
        item.RescaleSlope, item.RescaleIntercept, item.RescaleType = 1 + 0.25 * k, -1024 - k, "HU"
        group.PixelValueTransformationSequence = [item]
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
    data.save_as(path)
    image = formats.read(path)
    slopes = np.array([1.0] * 6 if shared else [1 + 0.25 * k for k in range(6)])
    offsets = np.array([-1024.0] * 6 if shared else [-1024.0 - k for k in range(6)])
    stored = data.pixel_array
    expected = stored * slopes[:, None, None] + offsets[:, None, None]
    # frames are written from the last slice to the first
    assert np.allclose(image.voxels, expected[::-1])
    assert image.unit == "HU"
    frame = highdicom.image.Image.from_dataset(data).get_frame(
        2, apply_real_world_transform=False, apply_modality_transform=True
    )
    assert np.allclose(image.voxels[::-1][1], frame)


def test_one_frame_of_many_has_no_slope(tmp_path: Path) -> None:
    path = write_multiframe(tmp_path, np.arange(60).reshape(5, 4, 3), np.eye(4))
    data = pydicom.dcmread(path)
    item = pydicom.Dataset()
    item.RescaleSlope, item.RescaleIntercept = 2, 0
    data.PerFrameFunctionalGroupsSequence[1].PixelValueTransformationSequence = [item]
    data.save_as(path)
    with pytest.raises(DataFault, match="Pixel Value Transformation"):
        formats.read(path)


@pytest.mark.parametrize("kind", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("limit", [None, 2])
def test_padding_is_the_darkest(tmp_path: Path, kind: str, limit: int | None) -> None:
    pixels = np.full((4, 6), 700, np.uint16)
    pixels[0], pixels[1, 0], pixels[2, 2] = 0, 900, 500
    tags: dict[str, Any] = {} if limit is None else {"PixelPaddingRangeLimit": limit}
    path = picture(tmp_path, pixels, PhotometricInterpretation=kind, PixelPaddingValue=0, **tags)
    found = formats.read(path).voxels[0].astype(int)
    real = found[pixels > 0]
    assert (found[0] == real.min()).all()
    assert np.ptp(real) == 400


def test_padding_in_the_other_sign_is_padding(tmp_path: Path) -> None:
    pixels = np.full((4, 6), 40, np.int16)
    pixels[0], pixels[1] = -2000, -100
    path = picture(tmp_path, pixels, PhotometricInterpretation="MONOCHROME2")
    data = pydicom.dcmread(path)
    data.add_new(0x00280120, "US", 65536 - 2000)
    data.save_as(path)
    assert formats.read(path).voxels.min() == -100


@pytest.mark.parametrize("entries", ["full", "low byte"])
def test_palettes_of_sixteen_bits(tmp_path: Path, entries: str) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(4, 6)
    path = picture(tmp_path, pixels, PhotometricInterpretation="PALETTE COLOR")
    data = pydicom.dcmread(path)
    table = np.arange(256, dtype="<u2") * (257 if entries == "full" else 1)
    for colour in ("Red", "Green", "Blue"):
        name = f"{colour}PaletteColorLookupTableDescriptor"
        setattr(data, name, [256, 0, 16])
        data[name].VR = "US"
        setattr(data, f"{colour}PaletteColorLookupTableData", table.tobytes())
    data.save_as(path)
    assert np.array_equal(formats.read(path).voxels[0, ..., 1], pixels)


def test_overlays_in_unused_bits_are_no_pixels(tmp_path: Path) -> None:
    """ITK's GDCM is the second reader."""
    values = np.arange(24, dtype=np.uint16).reshape(4, 6) * 100
    path = picture(
        tmp_path,
        values | 0x8000,
        BitsStored=12,
        HighBit=11,
        PhotometricInterpretation="MONOCHROME2",
    )
    assert np.array_equal(formats.read(path).voxels[0], values)
    assert np.array_equal(by_itk(path)[0], values)


def test_a_file_without_an_ending_is_read_by_its_bytes(tmp_path: Path) -> None:
    for name in ("IM0001", "1.2.840.113619.2.5"):
        shutil.copy(SAMPLES / "CT_small.dcm", tmp_path / name)
        assert file_endings.stem(name) == name
        ours = formats.read(tmp_path / name).voxels
        assert np.array_equal(ours, formats.read(SAMPLES / "CT_small.dcm").voxels)
        assert formats.identifiers(tmp_path / name)
    (tmp_path / "notes").write_text("no picture")
    with pytest.raises(DataFault, match="not known"):
        formats.read(tmp_path / "notes")
