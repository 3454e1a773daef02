"""Labels of readers whom a recipe does not name leave a row each, and change no label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.core.reasons import REASONS
from benchsmith.documents.recipe import Data, Recipe, Samples, Source
from benchsmith.stages.usable_images import UsableImages, usable_images
from tests.merged_readers import photographs
from tests.test_readers_tables import write_table

SHEET = {"kind": "sheet", "file": "votes.csv", "key": "id", "one_hot": ("mass",)}
MASKS = {"kind": "masks", "file": "m/{key}_{reader}.png", "label": "lesion"}


def usable(folder: Path, *labels: dict[str, Any]) -> UsableImages:
    """List the pictures of a folder as a build does."""
    entry = {"images": "img/{key}.png", "modality": "x-ray", "labels": labels}
    recipe = Recipe(
        title="t", version="1", homepage="https://example.org", licence="mit", citation="none",
        labels_are="manual", verified=True, data=Data(path="data"),
        samples=(Samples.model_validate(entry),),
    )  # fmt: skip
    source = Source("set", folder, folder / "recipe.yaml", recipe)
    return usable_images(source, {"": folder, "recipe": folder}, plugins.readers())


def merge(of: dict[str, Any], *readers: str, **more: Any) -> dict[str, Any]:
    return {"kind": "merge", "how": "union", "readers": readers, "of": of, **more}


def rows(found: UsableImages) -> list[tuple[str, str, str]]:
    return [(r.reason, r.subject, r.detail) for r in found.rejected]


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    """Return a folder with two pictures and the masks of readers A, B and C."""
    photographs(tmp_path, "p", "q")
    (tmp_path / "m").mkdir()
    for name in ("p_A", "p_B", "p_C", "q_A", "q_B"):
        PIL.Image.fromarray(np.eye(100, 120, dtype=np.uint8)).save(tmp_path / f"m/{name}.png")
    return tmp_path


def test_a_file_of_another_reader_has_a_row(masks: Path) -> None:
    found = usable(masks, merge(MASKS, "A", "B"))
    assert rows(found) == [
        ("reader-unwanted", "m/p_C.png", "`readers` does not name 'C'"),
    ]
    assert not REASONS["reader-unwanted"].fault
    read = {path.name for own in found.members for path in own}
    assert read == {"p.png", "q.png", "p_A.png", "p_B.png", "q_A.png", "q_B.png"}


@pytest.mark.parametrize("others", [(merge(MASKS),), (merge(MASKS, "C"),)])
def test_a_file_that_another_entry_reads_has_none(
    masks: Path, others: tuple[dict[str, Any], ...]
) -> None:
    (masks / "m/q_C.png").write_bytes((masks / "m/p_C.png").read_bytes())
    assert rows(usable(masks, merge(MASKS, "A", "B"), *others)) == []


def test_rows_of_another_reader_are_counted(tmp_path: Path) -> None:
    """A reader's name is compared without the spaces around it; a row of no picture has its own reason."""
    photographs(tmp_path, "a", "b")
    table = [("id", "who", "mass"), ("a", "x", 1), ("a", " y ", 0), ("b", "x", 1), ("b", "y", 0),
             ("b", "w", 0), ("c", "y", 1)]  # fmt: skip
    write_table(tmp_path / "votes.csv", table)
    assert rows(usable(tmp_path, merge(SHEET, "x", column="who"))) == [
        ("no-picture", "votes.csv:7", "there is no file for 'c'"),
        ("reader-unwanted", "votes.csv w", "1 row not read: `readers` does not name 'w'"),
        ("reader-unwanted", "votes.csv y", "2 rows not read: `readers` does not name 'y'"),
    ]
    assert rows(usable(tmp_path, merge(SHEET, column="who")))[1:] == []
