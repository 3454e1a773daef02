"""Files that a model wrote are no labels in a draft, unless they are chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.recipes import recipe_text
from benchsmith.drafting.recipes.proposal import Candidate
from tests.shipped_documents import shipped_lexicon
from tests.test_draft_candidates import findings, such
from tests.test_draft_recipes import drafted, picture, square


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


def places(one: Candidate, folder: Path) -> set[int]:
    return {f.box.x0 for f in findings(one, folder) if f.box}


def made_by(one: Candidate) -> str:
    """Return what the recipe of a candidate says about who made the labels."""
    (line,) = [
        line
        for line in recipe_text.text("x", one.samples, []).splitlines()
        if line.startswith("labels_are:")
    ]
    return line.split()[1]


@pytest.mark.parametrize(
    ("truth", "output"),
    [("masks/p{}", "predictions/p{}"), ("p{}_mask", "p{}_pred"), ("gt/p{}", "model inference/p{}")],
)
def test_predictions_beside_masks_are_left_out_unless_chosen(
    lexicon: Lexicon, tmp_path: Path, truth: str, output: str
) -> None:
    where = "images/p{}" if "/" in truth else "p{}"
    for n in range(4):
        picture(tmp_path / f"{where.format(n)}.png", n)
        square(tmp_path / f"{truth.format(n)}.png", at=10)
        square(tmp_path / f"{output.format(n)}.png", at=40)
    made = drafted(tmp_path, lexicon)
    assert (places(made.candidates[0], tmp_path), made_by(made.candidates[0])) == ({10}, "manual")
    chosen = such(made, "labels_are: model-output")
    assert (places(chosen, tmp_path), made_by(chosen)) == ({40}, "model-output")
    assert [line for line in made.open if "the output of a model" in line]


def test_predictions_alone_are_drafted_as_such(lexicon: Lexicon, tmp_path: Path) -> None:
    for n in range(4):
        picture(tmp_path / f"images/p{n}.png", n)
        square(tmp_path / f"predictions/p{n}.png", at=40)
    made = drafted(tmp_path, lexicon)
    assert (places(made.candidates[0], tmp_path), made_by(made.candidates[0])) == (
        {40},
        "model-output",
    )
    assert {f.raw for f in findings(made.candidates[0], tmp_path)} == {"region"}


def test_a_column_of_predictions_is_no_label(lexicon: Lexicon, tmp_path: Path) -> None:
    lines = ["image,diagnosis,predicted diagnosis\n"]
    for n in range(6):
        picture(tmp_path / f"images/p{n}.png", n)
        lines.append(
            f"p{n}.png,{'normal' if n % 2 else 'pneumonia'},{'normal' if n < 3 else 'pneumonia'}\n"
        )
    (tmp_path / "labels.csv").write_text("".join(lines))
    made = drafted(tmp_path, lexicon)
    (entry,) = made.samples[0].labels
    assert entry.keys["labels"] == ["diagnosis"]
    assert "not used: labels.csv, column predicted diagnosis: the output of a model" in "\n".join(
        made.open
    )


def voc(name: str, confidence: str = "") -> str:
    corners = "<xmin>11</xmin><ymin>11</ymin><xmax>30</xmax><ymax>30</ymax>"
    mark = f"<object><name>polyp</name>{confidence}<bndbox>{corners}</bndbox></object>"
    return f"<annotation><filename>{name}</filename>{mark}</annotation>"


def test_marks_with_a_confidence_are_a_model_s(lexicon: Lexicon, tmp_path: Path) -> None:
    for n in range(4):
        picture(tmp_path / f"images/p{n}.png", n)
        (tmp_path / f"images/p{n}.xml").write_text(voc(f"p{n}.png", "<score>0.9</score>"))
    made = drafted(tmp_path, lexicon)
    first = made.candidates[0]
    assert (places(first, tmp_path), made_by(first)) == ({10}, "model-output")
    asked = recipe_text.text("x", first.samples, [])
    assert "confidence: true  # decide: did people accept these marks of a model?" in asked


def test_files_that_name_other_pictures_ask_if_these_were_renamed(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    for n in range(4):
        picture(tmp_path / f"images/p{n}.png", n)
        (tmp_path / f"images/p{n}.xml").write_text(voc(f"IMG_{n + 70}.jpg"))
    first = drafted(tmp_path, lexicon).candidates[0]
    assert places(first, tmp_path) == {10}
    asked = recipe_text.text("x", first.samples, [])
    assert (
        "picture_name: ignore  # decide: were the pictures renamed? p0.png is 'IMG_70.jpg'" in asked
    )


def test_a_file_that_names_one_other_picture_is_refused(lexicon: Lexicon, tmp_path: Path) -> None:
    """The others name their own, so that nothing says that the pictures were renamed."""
    for n in range(4):
        picture(tmp_path / f"images/p{n}.png", n)
        (tmp_path / f"images/p{n}.xml").write_text(voc(f"p{n or 9}.png"))
    first = drafted(tmp_path, lexicon).candidates[0]
    assert "picture_name" not in recipe_text.text("x", first.samples, [])
    assert {f.sample for f in findings(first, tmp_path)} == {f"draft/p{n}" for n in (1, 2, 3)}
