"""Files of one folder that contradict one another: a draft asks which is right, and reads either."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.recipes.proposal import Candidate
from tests.shipped_documents import shipped_lexicon
from tests.test_draft_candidates import findings, such
from tests.test_draft_recipes import drafted, picture


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


def yolo(folder: Path, where: str = "") -> None:
    """Write four pictures, of which two have a box of class 0 and two one of class 1."""
    for n in range(4):
        picture(folder / f"{where}images/{where[:1]}p{n}.png", n)
        text = folder / f"{where}labels/{where[:1]}p{n}.txt"
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text(f"{n % 2} 0.5 0.5 0.25 0.5\n")


def test_two_lists_of_classes_in_another_order_are_asked_about(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    yolo(tmp_path)
    (tmp_path / "data.yaml").write_text("names: [nodule, mass]\nnc: 2\n")
    (tmp_path / "labels/classes.txt").write_text("mass\nnodule\n")
    made = drafted(tmp_path, lexicon)
    asked = made.samples[0].labels[0].unsure
    assert asked == (
        "data.yaml names 0 'nodule', and labels/classes.txt names it 'mass': which file is right?"
    )
    assert any(asked in line for line in made.open)
    first = {(f.sample[-2:], f.raw) for f in findings(made.candidates[0], tmp_path)}
    other = {
        (f.sample[-2:], f.raw)
        for f in findings(such(made, "if labels/classes.txt has the right names"), tmp_path)
    }
    words = ("nodule", "mass")
    assert first == {(f"p{n}", words[n % 2]) for n in range(4)}
    assert other == {(f"p{n}", words[1 - n % 2]) for n in range(4)}


def test_each_half_reads_the_names_that_lie_nearest(lexicon: Lexicon, tmp_path: Path) -> None:
    for where, names in (("train/", "polyp, ulcer"), ("valid/", "ulcer, polyp")):
        yolo(tmp_path, where)
        (tmp_path / where / "data.yaml").write_text(f"names: [{names}]\n")
    made = drafted(tmp_path, lexicon)
    entries = [s.labels[0] for s in made.samples]
    assert [e.keys["names_file"] for e in entries] == ["train/data.yaml", "valid/data.yaml"]
    assert ["train/data.yaml" in e.unsure and "valid/data.yaml" in e.unsure for e in entries] == [
        True,
        True,
    ]


def test_names_of_two_sets_in_one_folder_are_no_contradiction(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    for where, names in (("a/", "polyp, ulcer"), ("b/", "nodule, mass")):
        yolo(tmp_path, where)
        (tmp_path / where / "data.yaml").write_text(f"names: [{names}]\n")
    (tmp_path / "b/classes.txt").write_text("Nodule\nmass\n")
    (tmp_path / "settings.yaml").write_text("epochs: 10\n")
    made = drafted(tmp_path, lexicon)
    found = {(f.sample[-3:], f.raw) for f in findings(made.candidates[0], tmp_path) if f.box}
    words = {"a": ("polyp", "ulcer"), "b": ("nodule", "mass")}
    assert found == {(f"{w}p{n}", words[w][n % 2]) for w in "ab" for n in range(4)}
    assert not any(e.unsure for s in made.samples for e in s.labels if e.keys["kind"] == "yolo")


@pytest.mark.parametrize("agree", [True, False])
def test_two_files_with_names_of_values(lexicon: Lexicon, tmp_path: Path, *, agree: bool) -> None:
    image = np.arange(20 * 24 * 6, dtype=np.int16).reshape(20, 24, 6)
    values = np.zeros(image.shape, np.uint8)
    values[2:9, 2:9, 1:4], values[11:17, 12:20, 1:4] = 1, 2
    for n in range(3):
        for path, data in (("imagesTr/a_{}_0000", image), ("labelsTr/a_{}", values)):
            file = tmp_path / f"{path.format(n)}.nii.gz"
            file.parent.mkdir(exist_ok=True)
            nib.save(nib.Nifti1Image(data, np.eye(4)), file)
    labels = {"background": 0, "liver": 1, "spleen": 2}
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": labels}))
    listed = ("liver", "spleen") if agree else ("spleen", "liver")
    (tmp_path / "labels.txt").write_text("".join(f"{v}\t{n}\n" for v, n in enumerate(listed, 1)))
    (entry,) = drafted(tmp_path, lexicon).samples[0].labels
    doubt = "labels.txt names 1 'spleen', and dataset.json names it 'liver': which file is right?"
    assert entry.keys["names_file"] == "labels.txt"
    assert entry.unsure == ("" if agree else doubt)
    assert [o.keys["names_file"] for o in entry.otherwise] == ([] if agree else ["dataset.json"])


def rows(path: Path, cells: dict[str, str], column: str = "finding") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}.png,{cell}\n" for name, cell in cells.items()]
    path.write_text(f"image,{column}\n" + "".join(lines))


def whole(one: Candidate, folder: Path) -> dict[str, set[str]]:
    """Return the words of each picture, as a candidate reads them."""
    found: dict[str, set[str]] = {}
    for each in findings(one, folder):
        found.setdefault(each.sample[-2:], set()).add(each.raw)
    return found


def test_a_corrected_table_is_asked_about(lexicon: Lexicon, tmp_path: Path) -> None:
    """One cell of six differs: both tables were read, and that picture had two labels."""
    first = {f"p{n}": ("normal", "pneumonia")[n % 2] for n in range(6)}
    second = first | {"p4": "Pneumonia"}
    for n, name in enumerate(first):
        picture(tmp_path / f"images/{name}.png", n)
    rows(tmp_path / "labels.csv", first)
    rows(tmp_path / "labels_corrected.csv", second)
    made = drafted(tmp_path, lexicon)
    (entry,) = made.samples[0].labels
    assert entry.unsure == (
        "labels.csv and labels_corrected.csv contradict one another about 1 picture, such as "
        "images/p4.png, 'normal' in labels.csv and 'pneumonia' in labels_corrected.csv: which is right?"
    )
    assert whole(made.candidates[0], tmp_path) == {k: {v} for k, v in first.items()}
    other = such(made, "if the labels of labels_corrected.csv are right")
    assert whole(other, tmp_path) == {k: {v} for k, v in second.items()}


@pytest.mark.parametrize("agree", [True, False])
def test_class_folders_and_a_table(lexicon: Lexicon, tmp_path: Path, *, agree: bool) -> None:
    names = {f"p{n}": ("normal", "pneumonia")[n % 2] for n in range(6)}
    for n, (name, word) in enumerate(names.items()):
        picture(tmp_path / f"{word}/{name}.png", n)
    rows(tmp_path / "labels.csv", names if agree else names | {"p0": "pneumonia"})
    made = drafted(tmp_path, lexicon)
    kinds = [e.keys["kind"] for e in made.samples[0].labels]
    assert kinds == (["path", "sheet"] if agree else ["path"])
    assert any("about 1 picture, such as normal/p0.png" in line for line in made.open) != agree
    if not agree:
        assert whole(such(made, "labels of labels.csv are right"), tmp_path)["p0"] == {"pneumonia"}


def test_tables_about_other_things_do_not_contradict(lexicon: Lexicon, tmp_path: Path) -> None:
    """The same words answer other questions: they mean nothing without their column."""
    for n in range(6):
        picture(tmp_path / f"images/p{n}.png", n)
    rows(tmp_path / "a.csv", {f"p{n}": ("no", "yes")[n % 2] for n in range(6)}, "pneumonia")
    rows(tmp_path / "b.csv", {f"p{n}": ("yes", "no")[n % 2] for n in range(6)}, "fracture")
    made = drafted(tmp_path, lexicon)
    assert [e.keys["file"] for e in made.samples[0].labels] == ["a.csv", "b.csv"]
    assert not any("contradict" in line for line in made.open)
