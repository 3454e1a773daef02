"""A mask of the camera's field of view is no structure in a draft."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.drafting.recipes.draft_recipe import draft
from tests.shipped_documents import shipped_lexicon

SIDE = 96


def fundus(folder: Path, field_folder: str, field: np.ndarray) -> None:
    """Write a set in the form of DRIVE (https://drive.grand-challenge.org)."""
    y, x = np.indices((SIDE, SIDE))
    for number in range(21, 27):
        for part in ("images", "1st_manual", field_folder):
            (folder / part).mkdir(parents=True, exist_ok=True)
        shade = (np.sin(x / 7 + number) * 60 + np.cos(y / 5) * 50 + 120).astype(np.uint8)
        picture = np.stack([shade, shade // 2, shade // 3], axis=2)
        PIL.Image.fromarray(picture).save(folder / f"images/{number}_training.tif")
        vessel = np.abs(y - SIDE // 2 - 9 * np.sin(x / 9 + number)) < 2
        PIL.Image.fromarray(vessel).convert("L").save(folder / f"1st_manual/{number}_manual1.gif")
        name = f"{field_folder}/{number}_training_mask.gif"
        PIL.Image.fromarray(field).convert("L").save(folder / name)


def disc(radius: float, height: int = SIDE) -> np.ndarray:
    y, x = np.indices((SIDE, SIDE))
    inside = (y - SIDE / 2) ** 2 + (x - SIDE / 2) ** 2 <= radius**2
    return inside & (np.abs(y - SIDE / 2) <= height / 2)


def entries(folder: Path) -> tuple[list[str], str]:
    found = draft(folder, plugins.readers(), shipped_lexicon())
    files = [str(e.keys["file"]) for s in found.samples for e in s.labels]
    return files, "\n".join(found.open)


@pytest.mark.parametrize("folder", ["mask", "FOV", "roi"])
@pytest.mark.parametrize("height", [SIDE, 70])
def test_the_field_of_view_is_left_out_and_reported(
    folder: str, height: int, tmp_path: Path
) -> None:
    fundus(tmp_path, folder, disc(46, height))
    files, said = entries(tmp_path)
    assert [f.split("/")[0] for f in files] == ["1st_manual"]
    assert f"not used: {folder}/21_training_mask.gif and 5 like it" in said
    assert "field of view" in said


@pytest.mark.parametrize(
    ("folder", "mark"),
    [("optic_disc", disc(46)), ("mask", disc(20)), ("mask", disc(46) & ~disc(30))],
    ids=["a structure's name", "a small disc", "a ring"],
)
def test_other_masks_are_kept(folder: str, mark: np.ndarray, tmp_path: Path) -> None:
    fundus(tmp_path, folder, mark)
    files, said = entries(tmp_path)
    assert {f.split("/")[0] for f in files} == {"1st_manual", folder}
    assert "field of view" not in said
