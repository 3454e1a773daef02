"""Every file below a source's folder that a recipe means is read, or has a row that says why not."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

from tests import world
from tests.conftest import Project
from tests.light_builds import exporting
from tests.traced_sources import BY_MASK, BY_YOLO, listed, picture, recipe, rows, source
from tests.unaudited import unaudited

__all__ = ["source"]
ACCENTED, DECOMPOSED = "café", "cafe\u0301"
BY_PATH = '{images: "images/{label}/{key}.jpg", modality: ct, labels: [{kind: path, field: label}]}'


def test_an_ending_in_any_case_is_read(source: Path, tmp_path: Path) -> None:
    data = recipe(source, BY_PATH)
    for name in ("x0.jpg", "x1.JPG", "x2.jpeg", "x3.Jpeg"):
        picture(data / "images/liver" / name)
    found = listed(source, tmp_path)
    assert [unit.key for unit in found.units] == ["x0", "x1", "x2", "x3"]
    assert found.rejected == []


def test_a_folder_in_another_case_is_rejected_with_a_remedy(source: Path, tmp_path: Path) -> None:
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


def test_a_build_and_explain_survive_names_in_latin_1(copy: Project) -> None:
    project = exporting(copy, more="tolerate: {sources: {skin: 0.2}}\n")
    data = project.folder / "raw_sources/skin/data/pictures"
    name = os.fsdecode(b"caf\xe9.jpg")
    shutil.copy(data / "p3.jpg", data / name)
    with unaudited():
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


def test_pictures_that_share_a_key_are_all_rejected(source: Path, tmp_path: Path) -> None:
    """Their labels cannot be distinguished, so none of them is read."""
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
