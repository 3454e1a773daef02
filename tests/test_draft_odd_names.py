"""Drafts of folders as laboratories name them: dates, other scripts, spaces, words of two meanings."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.recipes import name_words
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.modality_guess import guess
from tests.shipped_documents import shipped_lexicon
from tests.test_draft_candidates import findings, such, units
from tests.test_draft_recipes import drafted, picture, read, square


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


def volumes(folder: Path) -> None:
    """Write a volume and its labels into two folders of cases, below folders of days."""
    labels = np.zeros((24, 24, 8), np.uint8)
    labels[4:14, 4:14, 2:6], labels[7:10, 7:10, 3:5] = 1, 2
    for n, day in enumerate(("20190115", "20190215", "20190116")):
        case = folder / day / f"anon{n % 2}"
        case.mkdir(parents=True)
        image = (np.arange(labels.size).reshape(labels.shape) % 97 - 50 + n).astype(np.int16)
        for name, data in (("portal venous", image), ("portal venous seg", labels)):
            nib.save(nib.Nifti1Image(data, np.diag([-1.0, -1, 3, 1])), case / f"{name}.nii.gz")
    (folder / "labels.txt").write_text("1\tright kidney\n2\trenal cyst\n", "utf-8")


def test_a_folder_of_a_day_is_no_patient(lexicon: Lexicon, tmp_path: Path) -> None:
    volumes(tmp_path)
    made = drafted(tmp_path, lexicon)
    assert sorted(u.patient for u in units(made.candidates[0], tmp_path)) == [
        "draft/anon0", "draft/anon0", "draft/anon1",
    ]  # fmt: skip
    whole = such(made, "union: {right kidney: [right kidney, renal cyst]}")
    found = {(f.raw, f.area_px) for f in findings(whole, tmp_path) if f.axis == "axial"}
    assert found == {("right kidney", 100), ("renal cyst", 9)}


def test_a_day_may_be_one_person_s(lexicon: Lexicon, tmp_path: Path) -> None:
    for n in range(6):
        day = f"2023-01-1{n // 2}"
        picture(tmp_path / f"画像/{day}/症例{n}.png", n)
        square(tmp_path / f"マスク/{day}/症例{n}_腫瘍.png", at=5 * n)
    made = drafted(tmp_path, lexicon)
    assert {raw for _, raw, _ in read(made, tmp_path)} == {"腫瘍"}
    assert len({u.patient for u in units(made.candidates[0], tmp_path)}) == 6
    assert len({u.patient for u in units(such(made, "one day"), tmp_path)}) == 3


@pytest.mark.parametrize("place", ["classes.txt", "labels/classes.txt", "labels/obj.txt"])
def test_a_list_of_classes_names_those_of_yolo(
    lexicon: Lexicon, tmp_path: Path, place: str
) -> None:
    for n in range(4):
        picture(tmp_path / f"images/IMG_{n}.png", n)
        (tmp_path / "labels").mkdir(exist_ok=True)
        (tmp_path / f"labels/IMG_{n}.txt").write_text(f"{n % 2} 0.5 0.5 0.25 0.5\n")
    (tmp_path / place).write_text("thyroid nodule\nlymph node\n", "utf-8")
    found = read(drafted(tmp_path, lexicon), tmp_path)
    assert {(file, raw) for file, raw, _ in found} == {
        (f"images/IMG_{n}.png", ("thyroid nodule", "lymph node")[n % 2]) for n in range(4)
    }


def test_a_list_with_too_few_classes_names_none(lexicon: Lexicon, tmp_path: Path) -> None:
    for n in range(4):
        picture(tmp_path / f"images/IMG_{n}.png", n)
        (tmp_path / "labels").mkdir(exist_ok=True)
        (tmp_path / f"labels/IMG_{n}.txt").write_text(f"{n % 2} 0.5 0.5 0.25 0.5\n")
    (tmp_path / "classes.txt").write_text("thyroid nodule\n", "utf-8")
    assert {raw for _, raw, _ in read(drafted(tmp_path, lexicon), tmp_path)} == {
        "class 0", "class 1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "modality", "sure"),
    [
        (["study", "X ray images Visit PT"], "x-ray", "likely"),
        (["PT"], "pet", "a guess"),
        (["us_thyroid"], "ultrasound", "a guess"),
        (["chest ct", "he said"], "ct", "likely"),
        (["petct", "FDG scans"], "pet", "likely"),
    ],
)
def test_words_of_two_meanings_say_less_than_others(
    lexicon: Lexicon, words: list[str], modality: str, sure: str
) -> None:
    found = guess(words, Look("picture"), "", list(lexicon.modalities.terms))
    assert (found.modality, found.sure) == (modality, sure)


def test_names_are_divided_into_words_in_any_script() -> None:
    assert name_words.tokens("Färbung_HE Präparate2") == ["färbung", "he", "präparate", "2"]
    assert name_words.tokens("症例00_ポリープ") == ["症例", "00", "ポリープ"]
    assert name_words.tokens("imagesTr") == ["images", "tr"]
    assert name_words.means_marks("Masken") and name_words.means_picture("画像")
