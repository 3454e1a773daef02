"""Volumes from pictures of a folder or pages of a file, and their label stacks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pydicom
import pytest
import SimpleITK as sitk
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from tests.made_stacks import KNOWN, SHAPE, VOXELS, folder, label_stack
from tests.test_annotations import read
from tests.test_formats import write_dicom
from tests.test_geometry import ORIENTATIONS, stored
from tests.test_ingest import run

PAGES = """  - images: "img/{key}.tif"
    modality: ct
    parts: [3, 7]
    labels:
      - kind: volume
        file: "gt/{key}.tif"
        names: {63: mitochondrion}
        part: same
"""


def test_slices_are_ordered_by_the_numbers_in_their_names(tmp_path: Path) -> None:
    image = formats.read(folder(tmp_path / "a", VOXELS), KNOWN)
    assert np.array_equal(image.voxels, VOXELS)
    assert image.spacing_mm == pytest.approx((3.0, 0.5, 0.4)) and not image.planar
    unknown = formats.read(tmp_path / "a", Reading(stack=True))
    assert unknown.spacing_mm == () and np.array_equal(unknown.voxels, VOXELS)


def test_pages_are_slices_as_tifffile_reads_them(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", VOXELS.astype(np.uint16) * 100, photometric="minisblack")
    image = formats.read(tmp_path / "a.tif", KNOWN)
    assert np.array_equal(image.voxels, tifffile.imread(tmp_path / "a.tif"))
    assert image.voxels.dtype == np.uint16


def test_a_folder_of_pictures_needs_its_spacing_stated(tmp_path: Path) -> None:
    with pytest.raises(DataFault, match="spacing_mm") as caught:
        formats.read(folder(tmp_path / "a", VOXELS))
    assert caught.value.reason == "spacing"


def other_size(path: Path) -> None:
    PIL.Image.new("L", (5, 5)).save(path / "s3.png")


def colour(path: Path) -> None:
    PIL.Image.new("RGB", (24, 20)).save(path / "s3.png")


def several_kinds(path: Path) -> None:
    (path / "s3.png").rename(path / "mask3.png")


def same_number(path: Path) -> None:
    PIL.Image.new("L", (24, 20)).save(path / "s03.png")


def no_picture(path: Path) -> None:
    (path / "notes.txt").write_text("x")


def turned(path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    PIL.Image.new("L", (24, 20)).save(path / "s3.png", exif=exif)


@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (other_size, r"s3.png has 5 x 5 of uint8, the first slice 20 x 24"),
        (colour, r"20 x 24 x 3"),
        (several_kinds, "of several kinds"),
        (same_number, "the same number"),
        (no_picture, "'notes.txt' among its slices is not a picture"),
        (turned, "turned by its header"),
    ],
)
def test_a_malformed_stack_is_refused(tmp_path: Path, spoil: object, match: str) -> None:
    path = folder(tmp_path / "a", VOXELS)
    spoil(path)  # type: ignore[operator]
    with pytest.raises(DataFault, match=match) as caught:
        formats.read(path, KNOWN)
    assert caught.value.reason == "series-gap"


@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS[::7])
def test_masks_follow_the_files_of_a_series_into_its_frame(
    tmp_path: Path, order: tuple[int, ...], signs: tuple[int, ...]
) -> None:
    """Each slice's mask marks its bright pixels: read, it marks those of the volume.

    The series' names run against its positions.
    """
    voxels, affine, _ = stored(order, signs)
    series = write_dicom(tmp_path, voxels, affine)
    for path in series.iterdir():
        slices = pydicom.dcmread(path).pixel_array
        mask = (slices > 1000 + np.median(voxels)).astype(np.uint8) * 255
        (tmp_path / "g").mkdir(exist_ok=True)
        PIL.Image.fromarray(mask).save(tmp_path / f"g/liver_{int(path.stem)}.png")
    image = formats.read(series)
    found = read({"kind": "masks", "file": "g/", "label": "liver"}, tmp_path, image, name="series")
    (layer,) = found.layers
    assert np.array_equal(layer.voxels > 0, image.voxels > np.median(voxels))
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(series))
    second = sitk.GetArrayFromImage(sitk.ReadImage(names)) > np.median(voxels)
    assert layer.voxels.astype(bool).sum() == second.sum()


@pytest.mark.parametrize(
    ("renamed", "match"),
    [({11: None}, "11 masks, but the series 12 slices"), ({11: 14}, "different gaps")],
)
def test_masks_that_do_not_match_a_series_are_refused(
    tmp_path: Path, renamed: dict[int, int | None], match: str
) -> None:
    affine = np.diag([1.0, 1, 2, 1])
    series = write_dicom(tmp_path, np.zeros((24, 20, 12), int), affine)
    path = folder(tmp_path / "g", label_stack())
    for number, other in renamed.items():
        one = path / f"s{number}.png"
        one.rename(path / f"s{other}.png") if other else one.unlink()
    entry = {"kind": "volume", "file": "g/", "names": {63: "liver"}}
    with pytest.raises(DataFault, match=match):
        read(entry, tmp_path, formats.read(series), name="series")


@pytest.mark.parametrize(
    ("lost", "gap"), [(5, "by 2 between 's4.png' and 's6.png'"), (1, "by 2"), (11, "")]
)
def test_a_missing_slice_of_a_stack_of_pictures_is_reported(
    tmp_path: Path, lost: int, gap: str
) -> None:
    """The slices beside it would be taken for neighbours; a missing one at the end cannot be detected."""
    (folder(tmp_path / "a", VOXELS) / f"s{lost}.png").unlink()
    if not gap:
        assert formats.read(tmp_path / "a", KNOWN).voxels.shape[0] == 11
        return
    with pytest.raises(DataFault, match=gap) as caught:
        formats.read(tmp_path / "a", KNOWN)
    assert caught.value.reason == "series-gap"


def test_numbers_of_slices_may_rise_by_any_step_and_begin_anywhere(tmp_path: Path) -> None:
    for k, one in enumerate(VOXELS):
        (tmp_path / "a").mkdir(exist_ok=True)
        PIL.Image.fromarray(one).save(tmp_path / "a" / f"z{100 + 25 * k}_of_400.png")
    image = formats.read(tmp_path / "a", KNOWN)
    assert np.array_equal(image.voxels, VOXELS)
    folder(tmp_path / "g", label_stack())
    entry = {"kind": "volume", "file": "g/", "names": {63: "liver"}}
    found = read(entry, tmp_path, image, name="a")
    assert np.array_equal(found.layers[0].voxels > 0, label_stack() > 0)


def test_an_imagej_stack_that_hides_its_pictures_is_refused(tmp_path: Path) -> None:
    """ImageJ writes stacks of more than 4 GB behind the directory of the first picture."""
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, VOXELS, imagej=True, metadata={"axes": "ZYX"})
    assert len(formats.parts(path)) == len(VOXELS)
    with tifffile.TiffFile(path) as file:
        order, at = file.byteorder, file.pages[0].offset
    data = bytearray(path.read_bytes())
    count = int.from_bytes(data[at : at + 2], "big" if order == ">" else "little")
    end = at + 2 + 12 * count
    path.write_bytes(bytes(data[:end]) + bytes(4) + bytes(data[end + 4 :]))
    for use in (formats.read, formats.parts):
        with pytest.raises(DataFault, match="12 pictures with pages for 1") as caught:
            use(path)
        assert caught.value.reason == "truncated"


def test_masks_without_a_place_are_no_labels_of_a_placed_volume(tmp_path: Path) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(VOXELS), str(tmp_path / "v.nii.gz"))
    folder(tmp_path / "g", label_stack())
    tifffile.imwrite(tmp_path / "g.tif", label_stack(), photometric="minisblack")
    image = formats.read(tmp_path / "v.nii.gz")
    for file in ("g/", "g.tif"):
        entry = {"kind": "volume", "file": file, "names": {63: "liver"}}
        with pytest.raises(DataFault, match="state no position") as caught:
            read(entry, tmp_path, image, name="v.nii.gz")
        assert caught.value.reason == "grid-mismatch"


@pytest.mark.parametrize("spacing", ["[3, 0.5, 0.4]", "unknown"])
def test_a_stack_is_built_with_its_label_stack(tmp_path: Path, spacing: str) -> None:
    folder(tmp_path / "data/p1/ct", VOXELS)
    folder(tmp_path / "data/p1/gt", label_stack(), "x_{}.png")
    findings, rejected, samples = run(
        tmp_path,
        f"""  - images: "{{patient}}/ct/"
    modality: ct
    patient: "{{patient}}"
    spacing_mm: {spacing}
    labels:
      - kind: volume
        file: "{{patient}}/gt/"
        names: {{63: liver}}
""",
    )
    assert not rejected
    assert {f.axis for f in findings} == {"axial"}, "no other planes: directions are not known"
    first = findings[0]
    assert (first.index, first.area_px, first.box.x0, first.box.y0) == (2, 30, 2, 4)
    assert first.area_mm2 == (None if spacing == "unknown" else pytest.approx(30 * 0.2))
    assert samples[0].shape == SHAPE and len(samples[0].files) == 12


def test_pages_of_a_label_file_belong_to_the_pages_of_the_picture(tmp_path: Path) -> None:
    for name, stack in (("img", VOXELS), ("gt", label_stack())):
        (tmp_path / "data" / name).mkdir(parents=True)
        tifffile.imwrite(tmp_path / f"data/{name}/a.tif", stack, photometric="minisblack")
    findings, rejected, _ = run(tmp_path, PAGES)
    assert not rejected
    found = [(f.sample.rpartition("/")[2], f.box.x0, f.box.x1) for f in findings]
    assert found == [("a~3", 3, 9), ("a~7", 7, 13)]


def test_a_label_file_with_another_number_of_pages_is_refused(tmp_path: Path) -> None:
    for name, stack in (("img", VOXELS), ("gt", label_stack()[:5])):
        (tmp_path / "data" / name).mkdir(parents=True)
        tifffile.imwrite(tmp_path / f"data/{name}/a.tif", stack, photometric="minisblack")
    findings, rejected, _ = run(tmp_path, PAGES)
    assert not findings
    assert {(r.reason, r.detail.partition(":")[0]) for r in rejected} == {
        (
            "shape-mismatch",
            "holds 5 pictures, and the image's file 12, so it is unclear which belong together",
        )
    }
