"""Drafts of what a recipe can say: several readers, regions of nnU-Net, many objects, nested values."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pytest

from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.recipes import recipe_text
from tests.shipped_documents import shipped_lexicon
from tests.test_draft_recipes import drafted, picture, read, square


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


@pytest.mark.parametrize(
    ("names", "file"),
    [
        (("masks/reader1/{}.png", "masks/reader2/{}.png"), "masks/{reader}/{name}.png"),
        (("expert_a/{}.png", "expert_b/{}.png"), "{reader}/{name}.png"),
    ],
)
def test_folders_of_readers_are_no_labels(
    lexicon: Lexicon, tmp_path: Path, names: tuple[str, str], file: str
) -> None:
    for number in range(4):
        picture(tmp_path / f"images/p{number}.png", number)
        for at, name in enumerate(names):
            square(tmp_path / name.format(f"p{number}"), at=20 + 4 * at)
    made = drafted(tmp_path, lexicon)
    (entry,) = made.samples[0].labels
    assert (entry.keys["kind"], entry.keys["how"]) == ("merge", "majority")
    assert entry.one["file"].endswith(file), entry.one
    assert {box for _, _, box in read(made, tmp_path)} == {(24, 24, 50, 50)}, "where both marked"
    text = recipe_text.text("t", made.samples, [])
    assert "label: " in text and "# decide: what do these masks mark?" in text
    assert "# decide: what is true if readers differ" in text


def test_the_masks_of_a_second_observer_are_merged(lexicon: Lexicon, tmp_path: Path) -> None:
    for number in range(21, 25):
        picture(tmp_path / f"images/{number}_training.png", number)
        for at, observer in enumerate(("1st", "2nd"), start=1):
            folder = tmp_path / f"{observer}_manual"
            square(folder / f"{number}_manual{at}.png", at=16 + 4 * at)
    made = drafted(tmp_path, lexicon)
    (entry,) = made.samples[0].labels
    assert (entry.keys["kind"], entry.keys["how"]) == ("merge", "first")
    assert entry.one["file"] == "{reader}_manual/{name}_*.png"
    assert entry.keys["readers"] == ["1st", "2nd"]
    assert {box for _, _, box in read(made, tmp_path)} == {(20, 20, 50, 50)}
    assert any("the latter is read first" in line for line in made.open)


@pytest.mark.parametrize(
    ("names", "file"),
    [
        (("masks/p{}_polyp.png", "masks/p{}_BE.png"), "masks/{name}_{label}.png"),
        (
            ("masks/1. Haemorrhages/p{}_HE.png", "masks/2. Hard Exudates/p{}_EX.png"),
            "masks/{label}/{name}_*.png",
        ),
    ],
)
def test_words_at_the_end_of_names_are_labels_and_no_readers(
    lexicon: Lexicon, tmp_path: Path, names: tuple[str, str], file: str
) -> None:
    """Not every picture has every lesion, so the masks are one entry with the label in its path."""
    for number in range(1, 7):
        picture(tmp_path / f"images/p{number}.png", number)
        for at, name in enumerate(names):
            if at == 0 or number > 2:
                square(tmp_path / name.format(number), at=20 + 4 * at)
    made = drafted(tmp_path, lexicon)
    (entry,) = made.samples[0].labels
    assert (entry.keys["kind"], entry.one["file"]) == ("masks", file)
    assert len({word for _, word, _ in read(made, tmp_path)}) == 2
    assert not made.open


def test_numbered_parts_of_one_set_are_read_with_one_table(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    rows = ["image_id,finding"]
    for number in range(12):
        picture(tmp_path / f"images_part_{1 + number // 6}/p{number:02}.png", number)
        rows.append(f"p{number:02},{'melanoma' if number % 2 else 'nevus'}")
        picture(tmp_path / f"Overlay/p{number:02}.png", number)
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    made = drafted(tmp_path, lexicon)
    (samples,) = made.samples
    assert samples.images.startswith("images_part_{batch}/")
    assert {word for _, word, _ in read(made, tmp_path)} == {"melanoma", "nevus"}
    assert any("Overlay" in line and "are copies" in line for line in made.open)


def test_running_numbers_and_xml_of_no_known_form_are_no_labels(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    for number in range(1, 5):
        picture(tmp_path / f"train/train_{number}.png", number)
        picture(tmp_path / f"test/test_{number}.png", number)
        (tmp_path / f"train/train_{number}.xml").write_text("<Annotations><Region/></Annotations>")
    made = drafted(tmp_path, lexicon)
    assert not [entry for samples in made.samples for entry in samples.labels]
    assert any("XML in an unknown form" in line for line in made.open)


def test_a_column_of_readers_makes_a_merge(lexicon: Lexicon, tmp_path: Path) -> None:
    rows = ["image_id,rad_id,class_name,x_min,y_min,x_max,y_max"]
    votes = ["image_id,rad_id,effusion,mass,edema,nodule"]
    for number in range(6):
        picture(tmp_path / f"train/p{number}.png", number)
        for at, reader in enumerate(("R8", "R9", "R10")):
            x = 20 + 2 * at
            rows.append(f"p{number},{reader},Cardiomegaly,{x},20,{x + 40},60")
            votes.append(f"p{number},{reader},1,{int(at == 0)},0,{number % 2}")
    (tmp_path / "boxes.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "labels.csv").write_text("\n".join(votes) + "\n")
    made = drafted(tmp_path, lexicon)
    entries = made.samples[0].labels
    assert {(e.keys["kind"], e.keys["column"], e.one["kind"]) for e in entries} == {
        ("merge", "rad_id", "boxes"),
        ("merge", "rad_id", "sheet"),
    }
    found = read(made, tmp_path)
    assert {(word, box) for name, word, box in found if name == "train/p0.png"} == {
        ("Cardiomegaly", (22, 20, 62, 60)),
        ("effusion", None),
    }


def test_regions_of_a_dataset_json_are_drafted(lexicon: Lexicon, tmp_path: Path) -> None:
    for number in range(3):
        voxels = np.indices((20, 20, 20)).sum(axis=0).astype(np.int16) + number
        seg = np.zeros((20, 20, 20), np.uint8)
        seg[4:16, 4:16, 4:16], seg[6:12, 6:12, 6:12], seg[8:10, 8:10, 8:10] = 1, 2, 3
        for name, array in (
            (f"imagesTr/c_{number:03}_0000", voxels),
            (f"labelsTr/c_{number:03}", seg),
        ):
            path = tmp_path / f"{name}.nii.gz"
            path.parent.mkdir(exist_ok=True)
            nib.save(nib.Nifti1Image(array, np.eye(4)), path)
    labels = {"background": 0, "whole tumor": [1, 2, 3], "tumor core": [2, 3], "enhancing tumor": 3}
    (tmp_path / "dataset.json").write_text(
        json.dumps({"labels": labels, "channel_names": {"0": "T1"}, "file_ending": ".nii.gz"})
    )
    made = drafted(tmp_path, lexicon)
    (entry,) = made.samples[0].labels
    assert entry.keys["names_file"] == "dataset.json"
    assert {word for _, word, _ in read(made, tmp_path)} == set(labels) - {"background"}


def test_many_pieces_of_a_mask_are_drafted_as_objects(lexicon: Lexicon, tmp_path: Path) -> None:
    for number in range(3):
        picture(tmp_path / f"images/p{number}.png", number)
        mask = np.zeros((96, 96), np.uint8)
        for x in range(4, 90, 20):
            for y in range(4, 90, 20):
                mask[y : y + 8, x : x + 9] = 255
        path = tmp_path / f"masks/p{number}.png"
        path.parent.mkdir(exist_ok=True)
        PIL.Image.fromarray(mask).save(path)
    made = drafted(tmp_path, lexicon)
    (entry,) = made.samples[0].labels
    assert entry.keys["objects"] == "components"
    assert "object" in entry.decide["objects"]
    boxes = [box for name, _, box in read(made, tmp_path) if name == "images/p0.png"]
    assert len(boxes) == 25


def test_a_value_around_others_is_asked_about(lexicon: Lexicon, tmp_path: Path) -> None:
    """A rim of 1 around a cup of 2: the disc may be both. Side by side, nothing is asked."""
    for folder, at in (("nested", 25), ("apart", 60)):
        for number in range(3):
            picture(tmp_path / f"{folder}/images/p{number}.png", number)
            mask = np.zeros((96, 96), np.uint8)
            mask[20:50, 20:50] = 1
            mask[at : at + 20, at : at + 20] = 2
            path = tmp_path / f"{folder}/masks/p{number}.png"
            path.parent.mkdir(exist_ok=True)
            PIL.Image.fromarray(mask).save(path)
        made = drafted(tmp_path / folder, lexicon)
        (entry,) = made.samples[0].labels
        text = recipe_text.text("t", made.samples, [])
        assert ("union: {value 1: [value 1, value 2]}" in text) == (folder == "nested")
        assert bool(entry.unsure) == (folder == "nested")
