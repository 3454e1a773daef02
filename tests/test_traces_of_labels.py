"""Every label file below a source's folder is read, or has a row that says why not."""

from __future__ import annotations

import json
from pathlib import Path

from benchsmith.core.reasons import REASONS
from tests import world
from tests.traced_sources import BY_MASK, BY_YOLO, listed, picture, recipe, rows, source

__all__ = ["source"]


def test_a_label_file_s_ending_in_any_case_is_read(source: Path, tmp_path: Path) -> None:
    data = recipe(source, BY_YOLO)
    picture(data / "images/a.png")
    world.put(data / "labels/a.TXT", "0 0.5 0.5 0.2 0.2\n")
    found = listed(source, tmp_path)
    assert rows(found) == {}
    assert [p.name for p in found.file_digests] == ["a.png", "a.TXT"]


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
