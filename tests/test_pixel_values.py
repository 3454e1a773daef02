"""Pixels of TIFF files and arrays have the values and the place that another reader gives them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats.tiff_orientation import as_stored

GREY = np.arange(6 * 10, dtype=np.uint8).reshape(6, 10) * 4
TURNED = {
    1: GREY, 2: GREY[:, ::-1], 3: GREY[::-1, ::-1], 4: GREY[::-1], 5: GREY.T,
    6: np.rot90(GREY, -1), 7: GREY[::-1, ::-1].T, 8: np.rot90(GREY),
}  # fmt: skip
"""How each orientation is shown (TIFF 6.0, section 8)."""


@pytest.mark.parametrize("code", TURNED)
@pytest.mark.parametrize("how", ["plain", "big", "other bytes", "deflated", "pages"])
def test_a_tiff_is_turned_as_its_tag_says(tmp_path: Path, code: int, how: str) -> None:
    """Pillow 13 skews uncompressed pixels whose rows and columns are exchanged."""
    path, part = tmp_path / "a.tif", ""
    tag = [(274, 3, 1, code, True)]
    more: dict[str, Any] = {"deflated": {"compression": "zlib"}}.get(how, {})
    with tifffile.TiffWriter(
        path, bigtiff=how == "big", byteorder=">" if how == "other bytes" else "<"
    ) as file:
        if how == "pages":
            file.write(GREY[:4], photometric="minisblack")
            part = "1"
        file.write(GREY, photometric="minisblack", extratags=tag, **more)
    assert np.array_equal(tifffile.imread(path, key=int(part or 0)), GREY)
    found = formats.read(path, Reading(part=part))
    assert np.array_equal(found.voxels[0], TURNED[code])
    assert found.exif_orientation == code


@pytest.mark.parametrize(
    "values",
    [
        np.array([[0, 1], [2**31, 2**32 - 1]], np.uint32),
        np.array([[-(2**31), -1], [0, 2**31 - 1]], np.int32),
        np.array([[-128, -1], [0, 127]], np.int8),
        np.array([[0, 1], [128, 255]], np.uint8),
        np.array([[-32768, -1], [0, 32767]], np.int16),
    ],
    ids=lambda v: v.dtype.name,
)
def test_a_tiff_s_numbers_have_their_sign(tmp_path: Path, values: Any) -> None:
    """Large unsigned numbers were negative, and negative bytes were bright."""
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="minisblack")
    assert np.array_equal(formats.read(tmp_path / "a.tif").voxels[0], values)


@pytest.mark.parametrize(
    ("shape", "kind", "reason"),
    [
        ((20, 30, 3), np.float64, "dimensions"),
        ((20, 30, 4), np.uint8, "dimensions"),
        ((20, 30, 3), np.uint8, ""),
        ((3, 20, 30), np.float64, ""),
    ],
)
def test_an_array_of_colours_is_no_volume(
    tmp_path: Path, shape: tuple[int, ...], kind: type[Any], reason: str
) -> None:
    """A picture in floats was a volume of as many slices as it has rows."""
    np.save(tmp_path / "a.npy", np.zeros(shape, kind))
    if reason:
        with pytest.raises(DataFault) as fault:
            formats.read(tmp_path / "a.npy")
        assert fault.value.reason == reason
    else:
        assert formats.read(tmp_path / "a.npy").planar == (kind is np.uint8)


def test_only_the_orientation_of_a_tiff_is_changed() -> None:
    stored = BytesIO()
    orientation = PIL.Image.Exif()
    orientation[274] = 6
    PIL.Image.fromarray(GREY).save(stored, "TIFF", exif=orientation)
    before, after = stored.getvalue(), as_stored(stored.getvalue())
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    for damaged in (b"", b"II*\0", b"no TIFF at all....", before[: len(before) // 2], b"MM\0*" * 9):
        assert len(as_stored(damaged)) == len(damaged)
