"""Arrays, stacks and headers that make contradictory or invalid statements about one volume."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading

VOXELS = (np.arange(8 * 6 * 5) * 7 % 200).reshape(8, 6, 5).astype(np.uint8)
"""z, y, x"""


def fault(path: Path, **how: Any) -> DataFault:
    with pytest.raises(DataFault) as found:
        formats.read(path, Reading(**how))
    return found.value


@pytest.mark.parametrize(("size", "sides"), [((4.0, 3.0, 2.0), (4.0, 3.0, 2.0)), ((), ())])
def test_an_npy_volume_has_the_voxel_size_of_the_recipe(
    tmp_path: Path, size: tuple[float, ...], sides: tuple[float, ...]
) -> None:
    """It had voxels of 1 mm, whatever the recipe said, and so areas in square millimetres."""
    np.save(tmp_path / "a.npy", VOXELS)
    image = formats.read(tmp_path / "a.npy", Reading(stack=True, spacing_mm=size))
    assert np.array_equal(image.voxels, VOXELS)
    assert image.spacing_mm == sides
    assert not image.oriented


def bundle(path: Path, *members: tuple[str, bytes]) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in members:
                file.writestr(name, data)
    return path


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_an_array_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """The last one was read; other programs take the first one."""
    path = bundle(
        tmp_path / "a.npz", ("imgs.npy", npy(VOXELS)), ("imgs.npy", npy(VOXELS[::-1])),
        ("gts.npy", npy(VOXELS)),
    )  # fmt: skip
    assert fault(path, variable="imgs").reason == "header"
    assert "imgs.npy more than once" in fault(path, variable="imgs").detail
    assert formats.read(path, Reading(variable="gts")).voxels.size


def test_an_array_longer_than_its_header_says_is_not_inflated(tmp_path: Path) -> None:
    """16 MiB of zeros behind a small array; it was called truncated, and was inflated as a whole."""
    path = bundle(tmp_path / "a.npz", ("imgs.npy", npy(VOXELS) + bytes(1 << 24)))
    found = fault(path, variable="imgs")
    assert found.reason == "header"
    assert f"{VOXELS.nbytes} bytes of data declared, {VOXELS.nbytes + (1 << 24)} present" in (
        found.detail
    )
    short = bundle(tmp_path / "b.npz", ("imgs.npy", npy(VOXELS)[:-7]))
    assert fault(short, variable="imgs").reason == "truncated"


@pytest.mark.parametrize("kind", ["imagej", "ome"])
@pytest.mark.parametrize(
    ("axes", "shape", "word"),
    [("ZCYX", (4, 2, 6, 5), "2 channels"), ("TZYX", (2, 4, 6, 5), "2 frames")],
)
def test_a_stack_of_several_channels_or_times_is_no_volume(
    tmp_path: Path, kind: str, axes: str, shape: tuple[int, ...], word: str
) -> None:
    """Its pages became slices, the channels of one slice beside each other."""
    path = tmp_path / "a.tif"
    form: Any = {kind: True, "metadata": {"axes": axes}}
    tifffile.imwrite(path, VOXELS.reshape(shape), photometric="minisblack", **form)
    found = fault(path, stack=True)
    assert found.reason == "dimensions" and word in found.detail
    assert formats.read(path, Reading(part="1")).planar


def test_a_stack_of_slices_is_a_volume(tmp_path: Path) -> None:
    for kind in ("imagej", "ome"):
        path = tmp_path / f"{kind}.tif"
        form: Any = {kind: True, "metadata": {"axes": "ZYX"}}
        tifffile.imwrite(path, VOXELS, photometric="minisblack", **form)
        assert np.array_equal(formats.read(path, Reading(stack=True)).voxels, VOXELS)


def test_a_stack_in_colours_is_a_volume(tmp_path: Path) -> None:
    """Three samples a pixel are not channels of pages."""
    coloured = np.stack([VOXELS, VOXELS // 2, VOXELS // 3], axis=-1)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, coloured, ome=True, photometric="rgb", metadata={"axes": "ZYXS"})
    assert np.array_equal(formats.read(path, Reading(stack=True)).voxels, coloured)


HEADER = (
    "ObjectType = Image\nNDims = 3\nBinaryData = True\n{}DimSize = 5 6 8\n"
    "ElementType = MET_USHORT\nElementDataFile = LOCAL\n"
)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [("False", "True", "header"), ("True", "False", "header"), ("True", "True", "")],
)
def test_two_byte_orders_of_a_metaimage_must_be_one(
    tmp_path: Path, one: str, other: str, reason: str
) -> None:
    lines = f"BinaryDataByteOrderMSB = {one}\nElementByteOrderMSB = {other}\n"
    path = tmp_path / "a.mha"
    path.write_bytes(HEADER.format(lines).encode() + VOXELS.astype(">u2").tobytes())
    if reason:
        assert fault(path).reason == reason
    else:
        assert np.array_equal(formats.read(path).voxels, VOXELS)


@pytest.mark.parametrize(("side", "is_read"), [(3000.0, False), (1e-30, False), (4e-6, True)])
def test_voxels_of_metres_are_no_voxels(tmp_path: Path, side: float, is_read: bool) -> None:
    """A header in metres with numbers of millimetres; an electron microscope has nanometres."""
    affine = np.diag([side, side, side, 1])
    nib.save(nib.Nifti1Image(VOXELS.T, affine), tmp_path / "a.nii")
    if is_read:
        assert formats.read(tmp_path / "a.nii").spacing_mm == pytest.approx((side,) * 3)
    else:
        assert "is its unit of length another one?" in fault(tmp_path / "a.nii").detail


NRRD = (
    "NRRD0005\ntype: {}\ndimension: 3\nspace: left-posterior-superior\nsizes: 5 6 8\n"
    "space directions: (1,0,0) (0,1,0) (0,0,1)\nendian: little\nencoding: raw\n"
)


def test_every_name_of_a_type_of_nrrd_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.nrrd"
    path.write_bytes(
        (NRRD.format("signed short int") + "\n").encode() + VOXELS.astype("<i2").tobytes()
    )
    assert np.array_equal(formats.read(path).voxels, VOXELS)


def test_a_list_of_data_files_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.nhdr"
    path.write_text(NRRD.format("short") + "data file: LIST\nz0.raw\nz1.raw\n")
    assert fault(path).reason == "path-outside"
    assert "'LIST': a list of files" in fault(path).detail


def test_nrrd_without_sides_of_voxels_has_none(tmp_path: Path) -> None:
    """Its voxels had 1 mm, and its structures areas in mm²."""
    plain = "".join(
        line + "\n" for line in NRRD.format("uchar").splitlines() if "space" not in line
    )
    path = tmp_path / "a.nrrd"
    path.write_bytes(plain.encode() + b"\n" + VOXELS.tobytes())
    image = formats.read(path)
    assert np.array_equal(image.voxels, VOXELS)
    assert (image.spacing_mm, image.oriented, image.planar) == ((), False, False)
    path.write_bytes((plain + "spacings: 3 2 4\n\n").encode() + VOXELS.tobytes())
    assert formats.read(path).spacing_mm == (4.0, 2.0, 3.0)
