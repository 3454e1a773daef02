"""Masks of another size, crops with a stated place, and run lengths that count from run to run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from benchsmith import formats, plugins
from benchsmith.annotations.run_lengths import relative_runs
from benchsmith.core.contracts import DataFault, Image
from benchsmith.documents import recipe
from benchsmith.documents.problems import Problems
from benchsmith.pipeline.source_files import find_files
from benchsmith.tables.file_digests import Digests
from tests.test_annotations import read, read_sheet
from tests.test_ingest import run

HEIGHT, WIDTH = 40, 60
SMALL = np.zeros((20, 30), np.uint8)
SMALL[4:9, 6:20] = 1
LARGE = np.zeros((100, 150), np.uint8)
LARGE[21:77, 30:99] = 1


@pytest.fixture
def picture(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def entries(folder: Path, mask: np.ndarray) -> list[dict[str, Any]]:
    PIL.Image.fromarray(mask).save(folder / "m.png")
    PIL.Image.fromarray(np.where(mask[..., None], (255, 0, 0), 0).astype(np.uint8)).save(
        folder / "c.png"
    )
    return [
        {"kind": "masks", "file": "m.png", "label": "lung"},
        {"kind": "volume", "file": "m.png", "names": {1: "lung"}},
        {"kind": "instances", "file": "m.png", "label": "lung"},
        {"kind": "colours", "file": "c.png", "names": {"#ff0000": "lung"}},
    ]


def by_pillow(mask: np.ndarray) -> np.ndarray:
    resized = PIL.Image.fromarray(mask).resize((WIDTH, HEIGHT), PIL.Image.Resampling.NEAREST)
    return np.asarray(resized) > 0


def refusal(entry: dict[str, Any], folder: Path, picture: Image) -> str:
    """Return why labels are refused, be it all of the entry or one of its files."""
    try:
        (fault,) = read(entry, folder, picture).faults
    except DataFault as found:
        return f"{found.reason}: {found.detail}"
    return f"{fault.reason}: {fault.detail}"


@pytest.mark.parametrize("mask", [SMALL, LARGE])
def test_a_mask_of_another_size_is_scaled_where_the_recipe_says_so(
    tmp_path: Path, picture: Image, mask: np.ndarray
) -> None:
    expected = by_pillow(mask)
    for entry in entries(tmp_path, mask):
        why = refusal(entry, tmp_path, picture)
        assert why.startswith("shape-mismatch") and "resize: nearest" in why
        found = read({**entry, "resize": "nearest"}, tmp_path, picture)
        assert np.array_equal(found.layers[0].voxels[0] > 0, expected), entry["kind"]


def test_another_ratio_of_the_sides_is_another_field_unless_it_is_said_not_to_be(
    tmp_path: Path, picture: Image
) -> None:
    square = np.zeros((31, 31), np.uint8)  # no centre lies on the edge of two pixels
    square[8:24, 4:12] = 1
    for entry in entries(tmp_path, square)[1:]:
        with pytest.raises(DataFault, match="a different ratio of the sides"):
            read({**entry, "resize": "nearest"}, tmp_path, picture)
        found = read({**entry, "resize": "stretch"}, tmp_path, picture)
        assert np.array_equal(found.layers[0].voxels[0] > 0, by_pillow(square))


TABLE = {"kind": "mask-files", "file": "t.csv", "key": "id", "mask": "path", "label_column": "what"}
CROP = np.zeros((8, 10), np.uint8)
CROP[1:7, 2:9] = 255


def test_crops_lie_where_their_columns_say(tmp_path: Path, picture: Image) -> None:
    (tmp_path / "m").mkdir()
    for name in ("one", "two"):
        PIL.Image.fromarray(CROP).save(tmp_path / f"m/{name}.png")
    (tmp_path / "t.csv").write_text(
        "id,path,what,Left,Top\na,m/one.png,mass,5,20\na,m\\two.png,calcification,50,0\n"
        "a,m/one.png,mass,51,0\na,m/three.png,mass,0,0\na,../image.png,mass,0,0\na,,mass,0,0\n"
    )
    entry = {**TABLE, "left": "Left", "top": "Top"}
    found = read_sheet(entry, tmp_path, picture, "a")
    drawn = {s.raw: lay.voxels[0] == v for lay in found.layers for v, s in lay.structures.items()}
    for raw, x, y in (("mass", 5, 20), ("calcification", 50, 0)):
        expected = np.zeros((HEIGHT, WIDTH), bool)
        expected[y : y + 8, x : x + 10] = CROP > 0
        assert np.array_equal(drawn[raw], expected)
    assert [(f.reason, f.subject, f.raw) for f in found.faults] == [
        ("shape-mismatch", "t.csv:4", "mass"),
        ("file-missing", "t.csv:5", "mass"),
        ("path-outside", "t.csv:6", "mass"),
        ("file-missing", "t.csv:7", "mass"),
    ]


def test_of_several_files_the_one_of_the_picture_s_size_is_the_mask(
    tmp_path: Path, picture: Image
) -> None:
    """CBIS-DDSM's table names a folder by a number that also holds the crop of the picture."""
    (tmp_path / "jpeg/1.3.6").mkdir(parents=True)
    whole = np.zeros((HEIGHT, WIDTH), np.uint8)
    whole[10:20, 30:40] = 255
    PIL.Image.fromarray(whole).save(tmp_path / "jpeg/1.3.6/1-1.png")
    PIL.Image.fromarray(CROP).save(tmp_path / "jpeg/1.3.6/1-2.png")
    (tmp_path / "t.csv").write_text('id,path,what\na,"Mass-P_1/0/1.3.6/000001.dcm\n",MALIGNANT\n')
    entry = {**TABLE, "mask_at": "jpeg/{folder}/*.png"}
    found = read_sheet(entry, tmp_path, picture, "a")
    assert np.array_equal(found.layers[0].voxels[0] > 0, whole > 0)
    (tmp_path / "roi/Mass-P_1/0/1.3.6").mkdir(parents=True)
    PIL.Image.fromarray(whole).save(tmp_path / "roi/Mass-P_1/0/1.3.6/1-1.png")
    found = read_sheet({**TABLE, "mask_at": "roi/{folders}/*.png"}, tmp_path, picture, "a")
    assert np.array_equal(found.layers[0].voxels[0] > 0, whole > 0)
    PIL.Image.fromarray(whole).save(tmp_path / "jpeg/1.3.6/1-3.png")
    (fault,) = read_sheet(entry, tmp_path, picture, "a").faults
    assert (fault.reason, fault.raw) == ("file-missing", "MALIGNANT")
    assert "matches 3 files, of which 2 have the picture's size" in fault.detail


def test_masks_of_a_table_are_files_of_their_picture(tmp_path: Path) -> None:
    """A mask that changes is a change of its sample: the files are found before they are read."""
    data = tmp_path / "data"
    data.mkdir()
    rng = np.arange(HEIGHT * WIDTH, dtype=np.uint8).reshape(HEIGHT, WIDTH)
    PIL.Image.fromarray(rng).save(data / "a.png")
    (data / "m").mkdir()
    PIL.Image.fromarray(CROP).save(data / "m/one.png")
    (data / "t.csv").write_text(
        "id,path,what,Left,Top,by\na,m/one.png,mass,5,20,expert\na,m/two.png,mass,5,20,student\n"
    )
    findings, rejected, _ = run(
        tmp_path,
        """  - images: "{key}.png"
    modality: mammography
    labels:
      - kind: mask-files
        file: t.csv
        key: id
        mask: path
        label_column: what
        left: Left
        top: Top
        where: {by: expert}
""",
    )
    assert {r.reason for r in rejected} == {"row-unwanted"}
    assert [(f.raw, f.box.x0, f.box.y0, f.box.x1, f.box.y1) for f in findings] == [
        ("mass", 7, 21, 14, 27)
    ]
    source = recipe.collect(tmp_path, Problems(tmp_path))
    assert source is not None
    digests = Digests(tmp_path / "digests")
    found = find_files(source, {"": data}, plugins.readers(), digests)
    assert {p.name for p in found.file_digests} == {"a.png", "one.png"}


@given(mask=hnp.arrays(bool, (6, 7)))
def test_relative_runs_are_drawn_as_the_competition_s_own_script_draws_them(
    mask: np.ndarray,
) -> None:
    """The script adds each start to the end of the run before, down the columns."""
    flat = np.concatenate([[False], mask.T.ravel(), [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    starts, ends = edges[::2], edges[1::2]
    gaps = starts - np.concatenate([[0], ends[:-1]]) if len(starts) else starts
    text = " ".join(
        f"{gap} {end - start}" for gap, start, end in zip(gaps, starts, ends, strict=True)
    )
    counts = relative_runs(text, mask.size)
    assert counts is not None
    again = np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(mask.shape[::-1]).T
    assert np.array_equal(again, mask)


@pytest.mark.parametrize("text", ["1", "-1 3", "5 0", "40 9", "a b", "3 -1"])
def test_relative_runs_that_leave_the_picture_are_refused(text: str) -> None:
    assert relative_runs(text, 42) is None


def test_relative_run_lengths_of_a_table(tmp_path: Path, picture: Image) -> None:
    """Two runs of three pixels in the first column: rows 2 to 4, and, four further, 9 to 11."""
    (tmp_path / "t.csv").write_text("ImageId,EncodedPixels\na,2 3 4 3\nb, -1\n")
    entry = {
        "kind": "run-lengths", "file": "t.csv", "key": "ImageId", "mask": "EncodedPixels",
        "label": "pneumothorax", "starts": "relative",
    }  # fmt: skip
    found = read_sheet(entry, tmp_path, picture, "a")
    assert np.argwhere(found.layers[0].voxels[0]).tolist() == [[r, 0] for r in (2, 3, 4, 9, 10, 11)]
    assert not read_sheet(entry, tmp_path, picture, "b").layers
