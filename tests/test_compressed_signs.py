"""JPEG 2000 whose sign differs from Pixel Representation: as a second decoder reads it, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, JPEG2000Lossless

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_jpeg_2000_components import frame

simpleitk = pytest.importorskip("SimpleITK")


def write(path: Path, values: np.ndarray, bits: int, header: tuple[int, int]) -> Path:
    """Write values in a stream of their own sign and `bits`; `header` has Bits Stored and Pixel Representation."""
    one = pydicom.Dataset()
    one.file_meta = pydicom.dataset.FileMetaDataset()
    one.file_meta.TransferSyntaxUID = JPEG2000Lossless
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID = CTImageStorage
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID = "1.2.3"
    one.Modality, (one.Rows, one.Columns), one.SamplesPerPixel = "CT", values.shape, 1
    one.PhotometricInterpretation, one.PixelSpacing = "MONOCHROME2", [1, 1]
    one.RescaleSlope, one.RescaleIntercept = 1, 0
    one.ImageOrientationPatient, one.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 0]
    one.BitsAllocated, one.BitsStored, one.HighBit = 8 * values.itemsize, header[0], header[0] - 1
    one.PixelRepresentation = header[1]
    one.PixelData = encapsulate([bytes(frame(values, bits))])
    one.save_as(path, enforce_file_format=True)
    return path


def ramp(low: int, high: int, kind: str) -> np.ndarray:
    return np.linspace(low, high, 32 * 40).round().astype(kind).reshape(32, 40)


@pytest.mark.parametrize(
    ("low", "high", "kind", "bits", "header", "expected"),
    [
        (-100, 100, "i2", 16, (16, 1), (-100, 100)),
        (-100, 100, "i2", 12, (16, 1), (-100, 100)),
        (0, 4095, "u2", 12, (16, 0), (0, 4095)),
        (0, 4095, "u2", 12, (12, 0), (0, 4095)),
        # the other sign, of values that both signs agree on
        (0, 100, "i2", 16, (16, 0), (0, 100)),
        (0, 2047, "i2", 12, (12, 0), (0, 2047)),
        (0, 2047, "u2", 12, (16, 1), (0, 2047)),
        (0, 127, "u1", 8, (8, 1), (0, 127)),
        # signed numbers that a writer laid into an unsigned stream bit for bit
        (65436, 65535, "u2", 16, (16, 1), (-100, -1)),
        (2048, 4095, "u2", 12, (12, 1), (-2048, -1)),
        (128, 255, "u1", 8, (8, 1), (-128, -1)),
        # what readers differ in
        (-290, -100, "i2", 16, (16, 0), None),
        (-100, 100, "i2", 12, (12, 0), None),
        (-100, 100, "i2", 12, (16, 0), None),
        (-100, 100, "i1", 8, (8, 0), None),
        (0, 2048, "u2", 12, (16, 1), None),
    ],
)  # fmt: skip
def test_signs(
    tmp_path: Path,
    low: int,
    high: int,
    kind: str,
    bits: int,
    header: tuple[int, int],
    expected: tuple[int, int] | None,
) -> None:
    """CT of -290 to -100 HU was read as of 65246 to 65436."""
    path = write(tmp_path / "a.dcm", ramp(low, high, kind), bits, header)
    if expected is None:
        with pytest.raises(DataFault, match=f"numbers of {bits} bits.*0028,0103") as fault:
            formats.read(path)
        assert fault.value.reason == "header"
        return
    found = formats.read(path).voxels[0]
    assert (int(found.min()), int(found.max())) == expected
    second = simpleitk.GetArrayFromImage(simpleitk.ReadImage(str(path)))[0]
    assert np.array_equal(found.astype(int), second.astype(int))


def test_the_published_file_of_this_kind() -> None:
    """Signed numbers of 13 bits in an unsigned stream; its padding is -2000."""
    path = get_testdata_file("J2K_pixelrep_mismatch.dcm", download=False)
    assert isinstance(path, str)
    found = formats.read(Path(path)).voxels
    second = simpleitk.GetArrayFromImage(simpleitk.ReadImage(path))
    assert found.min() == -2000 and np.array_equal(found[0].astype(int), second[0].astype(int))
