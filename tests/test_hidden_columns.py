"""`check` says which columns of a workbook a recipe reads, and a person who opens it does not see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from benchsmith.annotations.unseen_columns import unseen_columns
from tests.conftest import Project
from tests.test_workbook_cells import saved

RECIPE = """\
title: Hidden
version: "1"
homepage: https://example.org
licence: cc0-1.0
citation: none
labels_are: manual
verified: true
data: {path: data}
samples:
  - images: "{key}.png"
    modality: dermoscopy
    patient: "column:who"
    labels:
      - {kind: sheet, file: t.xlsx, key: id, labels: [what]}
"""


def hide(*letters: str) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        for letter in letters:
            sheet.column_dimensions[letter].hidden = True

    return change


def group(sheet: Any) -> None:
    sheet.column_dimensions.group("A", "B", hidden=True)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda _: None, []),
        (hide("C"), ["more"]),
        (hide("A", "C"), ["id", "more"]),
        (group, ["id", "what"]),
        (hide("Q"), []),
    ],
)
def test_the_names_of_hidden_columns(
    tmp_path: Path, change: Callable[[Any], None], names: list[str]
) -> None:
    assert unseen_columns(saved(tmp_path, change)) == names


@pytest.mark.parametrize(
    ("hidden", "said"), [("BC", "'what', 'who'"), ("D", ""), ("C", "'who'"), ("", "")]
)
def test_check_says_which_of_them_a_recipe_reads(project: Project, hidden: str, said: str) -> None:
    data = project.folder / "raw_sources/hiding/data"
    data.mkdir(parents=True)
    (data.parent / "recipe.yaml").write_text(RECIPE)
    book = openpyxl.Workbook()
    for row in (("id", "what", "who", "note"), ("a", "melanoma", 1, "x"), ("b", "naevus", 2, "y")):
        book.active.append(row)
    hide(*hidden)(book.active)
    book.save(data / "t.xlsx")
    for key in "ab":
        (data / f"{key}.png").write_bytes(b"not read")
    looked = [line for line in project.run("check").splitlines() if line.startswith("look: hiding")]
    assert len(looked) == bool(said)
    if said:
        assert f"t.xlsx hides {said}, which the recipe reads" in looked[0]
