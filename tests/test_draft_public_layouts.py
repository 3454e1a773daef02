"""Drafts of layouts as public sets have them: folders named after cases, parts behind a hyphen, grades."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith.documents.lexicon import Lexicon
from tests.shipped_documents import shipped_lexicon
from tests.test_draft_candidates import units
from tests.test_draft_recipes import drafted, picture, read, square


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


def test_folders_named_after_their_case_vary_with_it(lexicon: Lexicon, tmp_path: Path) -> None:
    """As PH2 has them; the word for pictures in their name does not set each apart."""
    for n in (2, 3, 8, 13, 105, 400):
        case = f"set/IMD{n:03d}"
        picture(tmp_path / f"{case}/IMD{n:03d}_Dermoscopic_Image/IMD{n:03d}.png", n)
        square(tmp_path / f"{case}/IMD{n:03d}_lesion/IMD{n:03d}_lesion.png", at=n % 9)
    made = drafted(tmp_path, lexicon)
    assert len(made.candidates[0].samples) == 1
    assert len({u.patient for u in units(made.candidates[0], tmp_path)}) == 6
    assert len(read(made, tmp_path)) == 6


@pytest.mark.parametrize("sign", ["-", "_", " "])
def test_the_sign_before_a_structure_is_that_of_the_names(
    lexicon: Lexicon, tmp_path: Path, sign: str
) -> None:
    """As RIM-ONE has them: `G-1-L-Cup-exp1` marks `G-1-L`."""
    for state in ("Glaucoma", "Normal"):
        for n in range(1, 6):
            stem = f"{state[0]}-{n}-L"
            picture(tmp_path / f"{state}/Stereo Images/{stem}.png", n)
            for at, part in enumerate(("Cup", "Disc")):
                name = sign.join((stem, part, "exp1"))
                square(tmp_path / f"{state}/Expert1_masks/{name}.png", at=4 * at + n)
    found = read(drafted(tmp_path, lexicon), tmp_path)
    marked = {(file, raw) for file, raw, _ in found if raw in ("Cup", "Disc")}
    assert marked == {
        (f"{state}/Stereo Images/{state[0]}-{n}-L.png", part)
        for state in ("Glaucoma", "Normal")
        for n in range(1, 6)
        for part in ("Cup", "Disc")
    }


def test_boxes_are_labelled_by_what_they_mark_and_not_by_its_grade(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    """As VinDr-Mammo has them; the other columns are named for the person who decides."""
    rows = [
        "image_id,breast_birads,breast_density,finding_categories,finding_birads,xmin,ymin,xmax,ymax"
    ]
    for n in range(6):
        picture(tmp_path / f"images/im{n}.png", n)
        what = ("Mass", "Asymmetry")[n % 2]
        rows.append(f"im{n},BI-RADS {1 + n % 4},DENSITY B,{what},BI-RADS 4,{n},6,{n + 9},16")
    (tmp_path / "finding_annotations.csv").write_text("\n".join(rows) + "\n", "utf-8")
    made = drafted(tmp_path, lexicon)
    (labels,) = made.candidates[0].samples[0].labels
    assert labels.keys["label_column"] == "finding_categories"
    assert "breast_birads" in labels.decide["label_column"]
    assert {(file, raw) for file, raw, _ in read(made, tmp_path)} == {
        (f"images/im{n}.png", ("Mass", "Asymmetry")[n % 2]) for n in range(6)
    }
