"""Data files of more bytes than their header states: refused, unless the header says where the data begin."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from benchsmith import formats
from benchsmith.core.contracts import DataFault

VOXELS = (np.arange(8 * 6 * 5) * 7 % 200 + 1).reshape(8, 6, 5).astype(np.uint8)
"""z, y, x"""
DATA = VOXELS.tobytes()
META = (
    "ObjectType = Image\nNDims = 3\nBinaryData = True\n{}DimSize = 5 6 8\nElementType = MET_UCHAR\n"
)
NRRD = (
    "NRRD0005\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 5 6 8\n"
    "space directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\nencoding: raw\n{}\n"
)


def meta(folder: Path, line: str, data: bytes, *, local: bool = False) -> Path:
    head = (
        META.format(f"{line}\n" if line else "")
        + f"ElementDataFile = {'LOCAL' if local else 'a.raw'}\n"
    )
    if local:
        (folder / "a.mha").write_bytes(head.encode() + data)
        return folder / "a.mha"
    (folder / "a.raw").write_bytes(data)
    (folder / "a.mhd").write_text(head)
    return folder / "a.mhd"


def nrrd(folder: Path, line: str, data: bytes, *, local: bool = False) -> Path:
    head = NRRD.format(f"{line}\n" if line else "")
    if local:
        (folder / "a.nrrd").write_bytes(head.encode() + data)
        return folder / "a.nrrd"
    (folder / "a.raw").write_bytes(data)
    (folder / "a.nhdr").write_text(head.rstrip("\n") + "\ndata file: a.raw\n\n")
    return folder / "a.nhdr"


def nifti(folder: Path, ending: str, before: bytes, after: bytes) -> Path:
    image = nib.Nifti1Image(VOXELS.T, np.eye(4))
    name, data_name = f"a.{ending}", f"a.{ending.replace('hdr', 'img')}"
    nib.save(image, folder / ("a.img" if ending.startswith("hdr") else "a.nii"))
    if ending == "hdr":
        (folder / data_name).write_bytes(before + DATA + after)
    elif ending == "nii":
        (folder / name).write_bytes((folder / name).read_bytes()[:352] + before + DATA + after)
    else:
        whole = (folder / "a.nii").read_bytes()[:352] + before + DATA + after
        (folder / name).write_bytes(gzip.compress(whole, mtime=0))
    return folder / name


def detail(path: Path) -> str:
    with pytest.raises(DataFault) as found:
        formats.read(path)
    assert found.value.reason == "header"
    return found.value.detail


@pytest.mark.parametrize(
    ("before", "after"), [(bytes(352), b""), (b"", DATA), (bytes(16), b""), (b"", b"\n")]
)
@pytest.mark.parametrize("ending", ["mhd", "mha", "nhdr", "nrrd", "hdr", "nii", "nii.gz"])
def test_a_file_with_more_data_than_its_header_states_is_refused(
    tmp_path: Path, ending: str, before: bytes, after: bytes
) -> None:
    """A header that was converted away, or a second volume: the first bytes were read as the voxels."""
    data = before + DATA + after
    if ending in ("mhd", "mha"):
        path = meta(tmp_path, "", data, local=ending == "mha")
    elif ending in ("nhdr", "nrrd"):
        path = nrrd(tmp_path, "", data, local=ending == "nrrd")
    else:
        path = nifti(tmp_path, ending, before, after)
    offset = 352 if ending.startswith("nii.gz") else 0
    stated, present = len(DATA) + offset, len(data) + offset
    if ending == "nii":
        stated, present = len(DATA) + 352, len(data) + 352
    assert f"{stated} bytes of data declared, {present} present" in detail(path)


@pytest.mark.parametrize(("stated", "before"), [("16", 16), ("-1", 352), ("-1", 0), ("0", 0)])
@pytest.mark.parametrize("write", [meta, nrrd])
@pytest.mark.parametrize("local", [False, True])
def test_a_stated_offset_is_followed(
    tmp_path: Path, write: object, local: bool, stated: str, before: int
) -> None:
    """HeaderSize and `byte skip`, -1 of which places the data at the file's end; ITK is the judge."""
    if write is meta:
        if local and stated == "16":
            stated = str(
                len(META.format("HeaderSize = 100\n")) + len("ElementDataFile = LOCAL\n") + 16
            )
        path = meta(tmp_path, f"HeaderSize = {stated}", bytes(before) + DATA, local=local)
    else:
        path = nrrd(tmp_path, f"byte skip: {stated}", bytes(before) + DATA, local=local)
    read = formats.read(path).voxels
    assert np.array_equal(read, VOXELS)
    assert np.array_equal(read, sitk.GetArrayFromImage(sitk.ReadImage(str(path))))


def test_a_header_size_inside_the_header_is_refused(tmp_path: Path) -> None:
    """It was passed over where the data follow the header."""
    path = meta(tmp_path, "HeaderSize = 4", bytes(4) + DATA, local=True)
    assert "its HeaderSize is 4, inside the header" in detail(path)


@pytest.mark.parametrize("write", [meta, nrrd])
def test_data_at_the_end_of_a_file_that_is_too_short_are_truncated(
    tmp_path: Path, write: object
) -> None:
    line, make = ("HeaderSize = -1", meta) if write is meta else ("byte skip: -1", nrrd)
    with pytest.raises(DataFault) as found:
        formats.read(make(tmp_path, line, DATA[:-3]))
    assert found.value.reason == "truncated"


def test_only_mgh_has_tags_behind_its_voxels(tmp_path: Path) -> None:
    nib.save(nib.MGHImage(VOXELS.T, np.eye(4)), tmp_path / "a.mgh")
    data = (tmp_path / "a.mgh").read_bytes()
    (tmp_path / "a.mgz").write_bytes(gzip.compress(data + bytes(100_000), mtime=0))
    expected = formats.read(tmp_path / "a.mgh").voxels
    assert np.array_equal(formats.read(tmp_path / "a.mgz").voxels, expected)
    (tmp_path / "a.mgh").write_bytes(data + bytes(2 << 20))
    assert "bytes of data declared" in detail(tmp_path / "a.mgh")
