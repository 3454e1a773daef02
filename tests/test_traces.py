"""Every file below a source's folder that a recipe means is read, or has a row that says why not."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.core.reasons import REASONS
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import collect
from benchsmith.fetch import packages
from benchsmith.pipeline.source_files import SourceFiles, find_files
from benchsmith.tables.file_digests import Digests
from tests import world
from tests.conftest import Project

ACCENTED, DECOMPOSED = "café", "cafe\u0301"


def picture(path: Path, grey: int = 90) -> Path:
    """Write a small picture that is not blank; its format follows the ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = PIL.Image.new("L", (40, 30), grey)
    image.paste(200, (10, 10, 20, 20))
    image.save(path, path.suffix.lower().removeprefix(".").replace("jpg", "jpeg"))
    return path


def recipe(folder: Path, samples: str) -> Path:
    """Write a recipe with one `samples` entry, given as YAML in flow style."""
    head = 'title: s\nversion: "1"\nhomepage: https://example.org/x\nlicence: cc0-1.0\n'
    head += 'citation: "T."\nlabels_are: synthetic\nverified: true\ndata: {path: data}\n'
    world.put(folder / "recipe.yaml", f"{head}samples:\n  - {samples}\n")
    (folder / "data").mkdir(exist_ok=True)
    return folder / "data"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return the folder of a source."""
    folder = tmp_path / "raw_sources/s"
    folder.mkdir(parents=True)
    return folder


def listed(folder: Path, tmp_path: Path) -> SourceFiles:
    """Return the files of a source, as a build finds them."""
    problems = Problems(tmp_path)
    found = collect(folder, problems)
    problems.raise_any()
    assert found is not None

    roots = packages.roots(tmp_path, found)
    assert not isinstance(roots, str)
    return find_files(found, roots, plugins.readers(), Digests(tmp_path / "digests"))


def rows(files: SourceFiles) -> dict[str, str]:
    return {r.subject: r.reason for r in files.rejected}


BY_PATH = '{images: "images/{label}/{key}.jpg", modality: ct, labels: [{kind: path, field: label}]}'
BY_MASK = (
    '{images: "images/{key}.png", modality: ct,'
    ' labels: [{kind: masks, file: "masks/{label}/{key}.png", exhaustive: true}]}'
)
BY_YOLO = (
    '{images: "images/{key}.png", modality: ct,'
    ' labels: [{kind: yolo, file: "labels/{key}.txt", names: {0: liver}}]}'
)


def test_an_ending_in_any_case_is_read(source: Path, tmp_path: Path) -> None:
    data = recipe(source, BY_PATH)
    for name in ("x0.jpg", "x1.JPG", "x2.jpeg", "x3.Jpeg"):
        picture(data / "images/liver" / name)
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == ["x0", "x1", "x2", "x3"]
    assert found.rejected == []


def test_a_label_file_s_ending_in_any_case_is_read(source: Path, tmp_path: Path) -> None:
    data = recipe(source, BY_YOLO)
    picture(data / "images/a.png")
    world.put(data / "labels/a.TXT", "0 0.5 0.5 0.2 0.2\n")
    found = listed(source, tmp_path)
    assert rows(found) == {}
    assert [p.name for p in found.file_digests] == ["a.png", "a.TXT"]


def test_a_folder_in_another_case_is_rejected_with_a_mend(source: Path, tmp_path: Path) -> None:
    data = recipe(source, BY_PATH)
    picture(data / "images/liver/a.jpg")
    picture(data / "Images/spleen/b.jpg")
    found = listed(source, tmp_path)
    assert rows(found) == {"Images/spleen/b.jpg": "name-case"}
    assert "`images/{label}/{key}.jpg`" in found.rejected[0].detail


def test_names_are_one_in_both_normal_forms(source: Path, tmp_path: Path) -> None:
    """A picture in NFD has its mask in NFC and its row in either."""
    data = recipe(
        source,
        '{images: "images/{key}.png", modality: ct, labels: ['
        '{kind: volume, file: "masks/{key}.png", names: {1: liver}},'
        " {kind: sheet, file: labels.csv, key: id, labels: [what]}]}",
    )
    picture(data / f"images/{DECOMPOSED}.png")
    picture(data / f"masks/{ACCENTED}.png")
    world.put(data / "labels.csv", f"id,what\n{ACCENTED},mole\n")
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == [ACCENTED]
    assert rows(found) == {}
    assert {p.parent.name for p in found.file_digests} == {"images", "masks"}


def test_a_path_with_backslashes_in_a_table_finds_its_picture(source: Path, tmp_path: Path) -> None:
    data = recipe(
        source,
        '{images: "images/{key}.png", modality: ct, labels: ['
        "{kind: sheet, file: labels.csv, key: id, key_is: path, labels: [what]}]}",
    )
    picture(data / "images/a.png")
    world.put(data / "labels.csv", "id,what\nimages\\a.png,mole\n")
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == ["a"]
    assert rows(found) == {}


def test_names_that_are_not_utf8_are_rejected_by_their_bytes(source: Path, tmp_path: Path) -> None:
    data = recipe(source, BY_PATH)
    picture(data / "images/liver/a.jpg")
    picture(data / "images/liver/b.jpg").rename(
        Path(os.fsdecode(os.fsencode(data / "images/liver/caf") + b"\xe9.jpg"))
    )
    found = listed(source, tmp_path)
    assert rows(found) == {"images/liver/caf\\xe9.jpg": "name-encoding"}
    assert [unit.key for unit in found.units] == ["a"]


def test_a_build_and_explain_survive_names_in_latin_1(project: Project) -> None:
    data = project.folder / "raw_sources/skin/data/pictures"
    name = os.fsdecode(b"caf\xe9.jpg")
    shutil.copy(data / "p3.jpg", data / name)
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "tolerate: {sources: {skin: 0.2}}\n")
    said = project.run("build", "small", "--workers", "1")
    assert (
        "missing or faulty in skin: 1 name-encoding; `benchsmith explain skin` lists them" in said
    )
    with (project.release.parent / "left_out.tsv").open(newline="") as file:
        left = [r for r in csv.DictReader(file, delimiter="\t") if r["reason"] == "name-encoding"]
    assert [row["subject"] for row in left] == ["pictures/caf\\xe9.jpg"]
    for wanted in (name, "pictures/caf\\xe9.jpg", "skin"):
        told = project.run("explain", wanted)
        assert "not valid UTF-8" in told


def test_nothing_that_is_no_file_blocks_or_vanishes(source: Path, tmp_path: Path) -> None:
    data = recipe(source, BY_MASK)
    for key in ("a", "b"):
        picture(data / f"images/{key}.png")
        picture(data / f"masks/liver/{key}.png")
    os.mkfifo(data / "images/pipe.png")
    os.mkfifo(data / "masks/liver/pipe.png")
    (data / "images/nothing.png").symlink_to("not-here.png")
    (data / "images/out.png").symlink_to(picture(tmp_path / "elsewhere/out.png"))
    (data / "masks/outside").symlink_to(tmp_path / "elsewhere")
    (data / "images/folder.png").mkdir()
    (data / "images/inside.png").symlink_to(data / "images/a.png")
    picture(data / "masks/liver/inside.png")
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == ["a", "b", "inside"]
    assert rows(found) == {
        "images/folder.png": "not-a-file",
        "images/nothing.png": "not-a-file",
        "images/out.png": "link-outside",
        "images/pipe.png": "not-a-file",
        "masks/liver/pipe.png": "not-a-file",
        "masks/outside": "link-outside",
    }


def test_a_pipe_among_the_slices_of_a_series_has_a_row(source: Path, tmp_path: Path) -> None:
    data = recipe(source, '{images: "ct/{key}/", modality: ct, labels: [{kind: path, field: key}]}')
    (data / "ct/a").mkdir(parents=True)
    os.mkfifo(data / "ct/a/001.dcm")
    found = listed(source, tmp_path)
    assert rows(found) == {"ct/a/001.dcm": "not-a-file"}


def test_label_files_without_a_picture_and_masks_that_are_missing(
    source: Path, tmp_path: Path
) -> None:
    """Of an exhaustive entry each missing mask is named; without `exhaustive` nothing is missing."""
    data = recipe(source, BY_MASK)
    for key in ("a", "b"):
        picture(data / f"images/{key}.png")
        picture(data / f"masks/liver/{key}.png")
    picture(data / "masks/spleen/a.png")
    picture(data / "masks/spleen/c.png")
    found = listed(source, tmp_path)
    assert rows(found) == {
        "masks/spleen/c.png": "no-picture",
        "s/b: masks/spleen/b.png": "mask-missing",
    }
    recipe(source, BY_MASK.replace(", exhaustive: true", ""))
    assert rows(listed(source, tmp_path)) == {"masks/spleen/c.png": "no-picture"}


def test_label_files_of_pictures_that_no_table_lists_are_no_rows(
    source: Path, tmp_path: Path
) -> None:
    data = recipe(
        source,
        '{images: "images/{key}.png", modality: ct, labels: ['
        '{kind: volume, file: "masks/{key}.png", names: {1: liver}},'
        " {kind: sheet, file: labels.csv, key: id, labels: [what]}]}",
    )
    for key in ("a", "b"):
        picture(data / f"images/{key}.png")
        picture(data / f"masks/{key}.png")
    world.put(data / "labels.csv", "id,what\na,mole\nc,mole\n")
    assert rows(listed(source, tmp_path)) == {
        "images/b.png": "not-listed",
        "labels.csv:3": "no-picture",
    }


def test_pictures_that_share_a_key_are_all_rejected(source: Path, tmp_path: Path) -> None:
    """Their labels cannot be told apart, so none of them is read."""
    data = recipe(source, BY_YOLO.replace("images/{key}", "*/{key}"))
    for name in ("x/a.png", "y/a.png", "y/b.png"):
        picture(data / name)
    world.put(data / "labels/a.txt", "0 0.5 0.5 0.2 0.2\n")
    world.put(data / "labels/b.txt", "")
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == ["b"]
    assert rows(found) == {"x/a.png": "key-twice", "y/a.png": "key-twice"}
    assert found.rejected[0].detail == "'a' is also the key of y/a.png"


def test_check_and_draft_mapping_find_pictures_that_share_a_key(project: Project) -> None:
    folder = project.folder / "raw_sources/skin"
    text = (folder / "recipe.yaml").read_text()
    (folder / "recipe.yaml").write_text(text.replace("pictures/{key}.jpg", '"*/{key}.jpg"'))
    shutil.copytree(folder / "data/pictures", folder / "data/copies")
    said = project.run("check", code=2)
    assert "raw_sources/skin/recipe.yaml:" in said
    assert "pictures share a key: copies/p" in said
    assert "set `key` in the recipe" in said
    assert "left out: copies/p" in project.run("draft", "mapping", "skin") + ""


def test_a_wrong_pattern_names_itself_its_folder_and_the_nearest_names(
    source: Path, tmp_path: Path
) -> None:
    data = recipe(source, BY_YOLO)
    picture(data / "image/a.png")
    found = listed(source, tmp_path)
    assert rows(found) == {"images/{key}.png": "file-missing"}
    assert found.rejected[0].detail == (
        "no file matches `images/{key}.png`: its folder has no `images`; nearest: image"
    )


BY_COCO = (
    '{images: "images/{folder}/*.png", modality: ct,'
    ' labels: [{kind: coco, file: "c.json", exhaustive: true}]}'
)


def named(data: Path, *names: str) -> None:
    """Write a COCO file that names pictures of 40 x 30 pixels, each with a box."""
    images = [{"id": i, "file_name": name} for i, name in enumerate(names)]
    boxes = [{"id": i, "image_id": i, "category_id": 1, "bbox": [10, 10, 10, 10]}
             for i in range(len(names))]  # fmt: skip
    content = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "liver"}]}
    (data / "c.json").write_text(json.dumps(content))


def test_a_picture_that_a_coco_file_names_and_that_is_missing_has_a_row(
    source: Path, tmp_path: Path
) -> None:
    data = recipe(source, BY_COCO)
    picture(data / "images/a/1.png")
    picture(data / "images/a/2.png")
    named(data, "1.png", "images\\a\\2.png", "a/3.png", "4.png", "nested/1.jpg")
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == ["a/1", "a/2"]
    missing = {f"c.json: {name}": "no-picture" for name in ("a/3.png", "4.png", "nested/1.jpg")}
    assert rows(found) == missing
    assert all(REASONS[reason].unpaired for reason in missing.values())


def test_a_name_of_a_coco_file_that_two_pictures_have_is_of_neither(
    source: Path, tmp_path: Path
) -> None:
    """The labels of `a/1.png` were read as those of `b/1.png` too."""
    data = recipe(source, BY_COCO)
    for name in ("a/1", "b/1", "b/2"):
        picture(data / f"images/{name}.png")
    named(data, "1.png", "2.png")
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == ["b/2"]
    assert rows(found) == {"images/a/1.png": "key-twice", "images/b/1.png": "key-twice"}
    named(data, "a/1.png", "b/1.png", "2.png")
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == ["a/1", "b/1", "b/2"]
    assert rows(found) == {}


def test_a_label_file_that_two_pictures_mean_is_of_neither(source: Path, tmp_path: Path) -> None:
    """`a_left_lung.png` was the left lung of `a` as well as the lung of `a_left`."""
    samples = '{images: "images/{key}.png", modality: ct, labels: [{kind: masks, file: "%s"}]}'
    data = recipe(source, samples % "masks/{key}_{label}.png")
    for name in ("images/a", "images/a_left", "images/b", "images/b-2", "masks/a_lung",
                 "masks/a_left_lung", "masks/b_lung", "masks/b-2_lung"):  # fmt: skip
        picture(data / f"{name}.png")
    found = listed(source, tmp_path)
    assert sorted(unit.key for unit in found.units) == ["b", "b-2"]
    twice = {r.subject: r.detail for r in found.rejected if r.reason == "key-twice"}
    assert twice == {
        "images/a.png": "masks/a_left_lung.png is a label file of this and of 'a_left'",
        "images/a_left.png": "masks/a_left_lung.png is a label file of this and of 'a'",
    }
    assert {r.reason for r in found.rejected} == {"key-twice"}
    recipe(source, samples % "masks/{label}/{key}.png")
    for name in ("a", "a_left"):
        picture(data / f"masks/lung/{name}.png")
    keys = {unit.key for unit in listed(source, tmp_path).units}
    assert keys == {"a", "a_left", "b", "b-2"}


def test_a_file_for_all_pictures_of_a_folder_is_of_each(source: Path, tmp_path: Path) -> None:
    data = recipe(
        source,
        '{images: "{case}/*.png", modality: ct,'
        ' labels: [{kind: volume, file: "labels/{case}*.nii.gz", names: {1: liver}}]}',
    )
    for name in ("p1/0", "p1/1", "p10/0"):
        picture(data / f"{name}.png")
    world.put(data / "labels/p1.nii.gz", "x")
    assert [unit.key for unit in listed(source, tmp_path).units] == ["p1/0", "p1/1", "p10/0"]
    world.put(data / "labels/p10.nii.gz", "x")
    assert [unit.key for unit in listed(source, tmp_path).units] == []
