"""Slides that are tiled TIFF files or DICOM, and masks of the same pyramid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import tifffile

from benchsmith import formats, plugins
from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.documents.benchmark import Slices
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from tests.backwards_layouts import dicom_slide, slide_segmentation
from tests.shipped_documents import shipped_library
from tests.test_annotations import read
from tests.test_ingest import run

ROWS, COLUMNS = 512, 768
Y, X = np.mgrid[:ROWS, :COLUMNS]
SLIDE = np.stack([X % 256, Y % 256, (X + Y) % 256], axis=2).astype(np.uint8)
LABELS = np.zeros((ROWS, COLUMNS), np.uint8)
LABELS[100:300, 300:500] = 3
LABELS[200:400, 460:700] = 5
PART = "1,128,32,128,96"
"""level, x, y, width and height: rows 64 to 256 and columns 256 to 512 of the finest level."""


def pyramid(path: Path, base: np.ndarray, **more: Any) -> Path:
    kind = "rgb" if base.ndim == 3 else "minisblack"
    tiles = {"tile": (128, 128), "photometric": kind, "compression": "zlib", **more}
    with tifffile.TiffWriter(path) as file:
        file.write(base, **tiles)
        file.write(np.ascontiguousarray(base[::2, ::2]), subfiletype=1, **tiles)
    return path


def region(path: Path, part: str = PART) -> Image:
    return formats.read(path, Reading(part=part))


def test_the_recipe_of_panda_reads_the_coarsest_level_and_the_red_of_its_mask(
    tmp_path: Path,
) -> None:
    red = np.stack([LABELS, 0 * LABELS, 0 * LABELS], axis=2)
    for name, base in (("train_images/a", SLIDE), ("train_images/b", SLIDE),
                       ("train_label_masks/a_mask", red)):  # fmt: skip
        path = tmp_path / f"{name}.tiff"
        path.parent.mkdir(exist_ok=True)
        with tifffile.TiffWriter(path) as file:
            for step in (1, 4, 16):
                level = np.ascontiguousarray(base[::step, ::step])
                file.write(level, tile=(128, 128), photometric="rgb", compression="zlib")
    rows = "a,radboud,2,3+4\nb,karolinska,0,0+0\n"
    (tmp_path / "train.csv").write_text("image_id,data_provider,isup_grade,gleason_score\n" + rows)
    panda = shipped_library().sources["panda"]
    units, _ = list_units(panda, {"": tmp_path, "recipe": panda.folder}, plugins.readers())
    found = {
        (f.sample, f.raw): f.area_px
        for unit in units
        for f in ingest(unit, Slices(min_share=0.0), plugins.readers()).findings
    }
    coarse = tifffile.imread(tmp_path / "train_label_masks/a_mask.tiff", key=2)[..., 0]
    assert coarse.shape == (32, 48)
    assert found == {
        ("panda/radboud-a~2", "ISUP 2"): coarse.size,
        ("panda/radboud-a~2", "Gleason 3"): int((coarse == 3).sum()),
        ("panda/radboud-a~2", "Gleason 5"): int((coarse == 5).sum()),
        ("panda/karolinska-b~2", "ISUP 0"): coarse.size,
    }


def test_a_region_of_a_tiled_tiff(tmp_path: Path) -> None:
    path = pyramid(tmp_path / "a.tiff", SLIDE)
    found = region(path)
    level = tifffile.imread(path, key=1)
    assert np.array_equal(found.voxels[0], level[32:128, 128:256])
    assert found.level_size == (256, 384)
    with pytest.raises(DataFault, match="level 1 has 384 x 256 pixels"):
        region(path, "1,300,0,128,96")


@pytest.mark.parametrize("red", [False, True])
def test_masks_of_the_same_pyramid(tmp_path: Path, red: bool) -> None:
    """Labels are grey, or the red of a picture in colour, as PANDA stores them."""
    mask = np.stack([LABELS, LABELS * 0, LABELS * 0], axis=2) if red else LABELS
    (tmp_path / "data/masks").mkdir(parents=True)
    pyramid(tmp_path / "data/a.tiff", SLIDE)
    pyramid(tmp_path / "data/masks/a_mask.tiff", mask)
    findings, rejected, samples = run(
        tmp_path,
        """  - images: "{key}.tiff"
    modality: histopathology
    parts:
      - {name: left, level: 1, x: 128, y: 32, width: 128, height: 96}
    labels:
      - kind: volume
        file: "masks/{key}_mask.tiff"
        names: {3: gleason 3, 4: gleason 4, 5: gleason 5}
        part: same
""",
    )
    (sample,) = samples
    assert sample.key == "a~left" and sample.shape == (1, 96, 128)
    expected = LABELS[::2, ::2][32:128, 128:256]
    assert {f.raw: f.area_px for f in findings} == {
        f"gleason {v}": int((expected == v).sum()) for v in (3, 5)
    }
    assert [r.reason for r in rejected] == ["empty-structure"]


def test_a_mask_of_another_size_is_of_another_place(tmp_path: Path) -> None:
    image = region(pyramid(tmp_path / "a.tiff", SLIDE))
    pyramid(tmp_path / "m.tiff", LABELS[:, :640])
    entry = {"kind": "volume", "file": "m.tiff", "names": {3: "a", 5: "b"}, "part": "same"}
    with pytest.raises(DataFault, match="its level has 256 x 320 pixels, the slide's 256 x 384"):
        read(entry, tmp_path, image, part=PART)
    coloured = {"kind": "colours", "file": "c.tiff", "names": {"#ff0000": "a"}, "part": "same"}
    red = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    red[100:200, 300:400, 0] = 255
    pyramid(tmp_path / "c.tiff", red)
    found = read(coloured, tmp_path, image, part=PART)
    assert np.array_equal(found.layers[0].voxels[0] > 0, red[::2, ::2, 0][32:128, 128:256] > 0)
    pyramid(tmp_path / "c.tiff", red[:300])
    with pytest.raises(DataFault, match="its level has"):
        read(coloured, tmp_path, image, part=PART)


def test_values_that_are_not_as_stored_are_refused(tmp_path: Path) -> None:
    """Values behind a palette, and JPEG: only its tag is written here."""
    colours = np.arange(768, dtype=np.uint16).reshape(3, 256)
    palette = pyramid(tmp_path / "p.tiff", LABELS, photometric="palette", colormap=colours)
    jpeg = pyramid(tmp_path / "j.tiff", LABELS)
    with tifffile.TiffFile(jpeg, mode="r+b") as file:
        file.pages[0].tags["Compression"].overwrite(7)  # type: ignore[union-attr]
    for path, reason in ((palette, "header"), (jpeg, "labels-lossy")):
        with pytest.raises(DataFault) as caught:
            formats.read_labels(path, Reading(part=PART))
        assert caught.value.reason == reason


@pytest.fixture
def slide(tmp_path: Path) -> Path:
    """Return the folder of a DICOM slide of two levels."""
    dicom_slide(tmp_path / "slide", SLIDE)
    return tmp_path / "slide"


def test_a_region_of_a_dicom_slide(slide: Path) -> None:
    found = region(slide)
    assert np.array_equal(found.voxels[0], SLIDE[::2, ::2][32:128, 128:256])
    assert found.level_size == (256, 384)
    with pytest.raises(DataFault, match="images` end in") as caught:
        region(slide / "a.dcm")
    assert caught.value.reason == "dimensions"
    data = pydicom.dcmread(slide / "b.dcm")
    data.BurnedInAnnotation = "YES"
    data.save_as(slide / "b.dcm")
    with pytest.raises(DataFault, match="0301"):
        region(slide)


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
@pytest.mark.parametrize("whole", [False, True])
def test_a_segmentation_of_a_slide(tmp_path: Path, slide: Path, kind: str, whole: bool) -> None:
    """Written by highdicom with empty tiles left out, or with all of them."""
    labels = LABELS[::2, ::2]
    values = np.where(labels == 3, 1, np.where(labels == 5, 2, 0)).astype(np.uint8)
    slide_segmentation(
        tmp_path / "seg.dcm",
        slide / "b.dcm",
        values,
        ["gleason 3", "gleason 5"],
        kind=kind,
        whole=whole,
    )
    image = region(slide)
    entry = {"kind": "dicom-seg", "file": "seg.dcm"}
    found = read(entry, tmp_path, image, name="slide", part=PART)
    drawn = {s.raw: lay.voxels[0] == v for lay in found.layers for v, s in lay.structures.items()}
    expected = labels[32:128, 128:256]
    assert np.array_equal(drawn["gleason 3"], expected == 3)
    assert np.array_equal(drawn["gleason 5"], expected == 5) and not found.faults
    corner = "1,0,0,100,40"
    empty = read(entry, tmp_path, region(slide, corner), name="slide", part=corner)
    assert [(f.reason, f.raw) for f in empty.faults] == [
        ("empty-structure", "gleason 3"), ("empty-structure", "gleason 5"),
    ]  # fmt: skip
    finest = "0,0,0,128,96"
    other = region(slide, finest)
    with pytest.raises(DataFault, match="its matrix has 256 x 384 pixels") as caught:
        read(entry, tmp_path, other, name="slide", part=finest)
    assert caught.value.reason == "shape-mismatch"
