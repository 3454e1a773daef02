"""A TIFF that is not read says which kind it is, by the tags that another program wrote."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault

GREY = np.indices((40, 48)).sum(axis=0)


@pytest.mark.parametrize(
    ("kind", "colour", "big", "said"),
    [
        (">u1", False, True, "is a BigTIFF in big-endian byte order"),
        (">f4", True, True, "is a BigTIFF in big-endian byte order"),
        (">u4", False, False, "a sample a pixel, unsigned numbers of 32 bits, big-endian, with PhotometricInterpretation 1"),
        ("<u8", False, False, "a sample a pixel, unsigned numbers of 64 bits, little-endian"),
        ("<f8", False, True, "a sample a pixel, floats of 64 bits, little-endian"),
        ("<f2", False, False, "a sample a pixel, floats of 16 bits, little-endian"),
        (">i2", True, False, "3 samples a pixel, signed numbers of 16 bits, big-endian, with PhotometricInterpretation 2"),
        ("<f4", True, True, "3 samples a pixel, floats of 32 bits, little-endian, with PhotometricInterpretation 2"),
    ],
)  # fmt: skip
def test_the_kind_is_said(tmp_path: Path, kind: str, colour: bool, big: bool, said: str) -> None:
    pixels = (np.stack([GREY] * 3, axis=2) if colour else GREY).astype(kind)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, pixels, bigtiff=big, byteorder=kind[0], photometric="rgb" if colour else "minisblack",
                     planarconfig="contig" if colour else None, metadata=None)  # fmt: skip
    with pytest.raises(DataFault) as fault:
        formats.read(path)
    assert said in fault.value.detail and "save it" in fault.value.detail


READ = [
    (kind, big)
    for kind in ("<u1", "<u2", "<i2", "<u4", "<f4", ">u2", ">i4", ">f4")
    for big in (False, True)
    if not (big and kind.startswith(">"))
]


@pytest.mark.parametrize(("kind", "big"), READ)
@pytest.mark.parametrize(
    "how", [{}, {"tile": (16, 16)}, {"compression": "zlib"}, {"rowsperstrip": 7}]
)
def test_kinds_that_are_read_have_their_values(
    tmp_path: Path, kind: str, big: bool, how: dict[str, object]
) -> None:
    pixels = GREY.astype(kind)
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path, pixels, bigtiff=big, byteorder=kind[0], photometric="minisblack", metadata=None, **how
    )
    assert np.array_equal(formats.read(path).voxels[0], tifffile.imread(path))


def test_a_file_that_only_begins_as_a_tiff(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"II*\0" + bytes(20))
    with pytest.raises(DataFault, match="TIFF"):
        formats.read(tmp_path / "a.tif")


@pytest.mark.parametrize("tag", [258, 262, 277, 339])
def test_a_tag_without_a_value(tmp_path: Path, tag: int) -> None:
    entry = struct.pack("<HHII", tag, 3, 0, 0)
    (tmp_path / "a.tif").write_bytes(struct.pack("<2sHIH", b"II", 42, 8, 1) + entry + bytes(40))
    with pytest.raises(DataFault, match="TIFF"):
        formats.read(tmp_path / "a.tif")


def test_a_checksum_of_a_strip_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, GREY.astype(">u2"), byteorder=">", compression="zlib", metadata=None)
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        end = page.dataoffsets[0] + page.databytecounts[0]
    data = bytearray(path.read_bytes())
    data[end - 1] ^= 1
    assert np.array_equal(formats.read(path).voxels[0], GREY)
    path.write_bytes(data)
    with pytest.raises(DataFault):
        formats.read(path)


def test_planes_that_are_neither_together_nor_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pixels = np.stack([GREY] * 3, axis=2).astype(np.uint8)
    tifffile.imwrite(path, pixels, photometric="rgb", metadata=None)
    with tifffile.TiffFile(path) as file:
        at = file.pages[0].tags["PlanarConfiguration"].valueoffset
    data = bytearray(path.read_bytes())
    data[at + 1] = 0x40
    path.write_bytes(data)
    with pytest.raises(DataFault, match="PlanarConfiguration is 16385"):
        formats.read(path)
