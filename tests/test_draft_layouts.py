"""Drafts of the layouts of docs/recipes.md read what the recipes read, from the files alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import collect
from benchsmith.drafting.recipes.draft_recipe import draft
from tests import miniature_drafts
from tests.miniature_drafts import SAME, SILENT
from tests.shipped_documents import shipped_lexicon
from tests.test_ingest import HEAD
from tests.test_layouts import EXAMPLES

SAME_HERE = ("Ground/", "part: same", "videos/{video}", "resize: nearest", "starts: relative",
             "kind: labelme", "kind: via", "agree: 2", "aseg.mgz")  # fmt: skip
"""A word of each example whose draft reads the same."""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


@pytest.mark.parametrize("word", SAME_HERE)
def test_a_layout_is_recognised(lexicon: Lexicon, tmp_path: Path, word: str) -> None:
    example = next(e for e in EXAMPLES if word in e)
    folder = tmp_path / "source"
    (folder / "data").mkdir(parents=True)
    (folder / "recipe.yaml").write_text(HEAD + "".join(f"  {x}\n" for x in example.splitlines()))
    source = collect(folder, Problems(folder))
    assert source is not None
    found = miniature_drafts.compare(source, lexicon, tmp_path / "files")
    assert found.verdict == SAME and found.true > 0, found
    assert found.verdict != SILENT


@pytest.mark.parametrize(("first", "rate"), [(0, 25), (1, 25), (1, 30)])
def test_the_rate_of_extracted_frames_follows_from_their_tables(
    lexicon: Lexicon, tmp_path: Path, first: int, rate: int
) -> None:
    """Two videos with a row for each frame, of which one a second was extracted."""
    for video, seconds in (("v01", 12), ("v02", 9)):
        (tmp_path / "frames" / video).mkdir(parents=True)
        for n in range(seconds):
            pixels = np.indices((40, 60)).sum(axis=0).astype(np.uint8) * 2 + n
            PIL.Image.fromarray(pixels).save(tmp_path / f"frames/{video}/{n + first:05d}.jpg")
        rows = [f"{k}\t{'Dissection' if k > 4 * rate else 'Preparation'}"
                for k in range(seconds * rate - rate // 2)]  # fmt: skip
        (tmp_path / f"{video}-phase.txt").write_text("\n".join(["Frame\tPhase", *rows]) + "\n")
    (samples,) = draft(tmp_path, plugins.readers(), lexicon).samples
    (labels,) = samples.labels
    assert labels.keys["file"] == "{patient}-phase.txt"
    assert labels.keys["rows_at"] == {"picture": first, "row": 0, "step": rate}
    assert f"picture {first} is row 0, the next {rate} on?" in labels.decide["rows_at"]


@pytest.mark.parametrize(
    ("size", "said"),
    [((60, 40), ["width", "height"]), ((20, 10), "ignore")],
)
def test_a_table_of_boxes_that_states_the_size_of_its_pictures(
    lexicon: Lexicon, tmp_path: Path, size: tuple[int, int], said: object
) -> None:
    """Its columns are named, or ignored where they are the sides of the boxes."""
    rows = ["filename,width,height,class,xmin,ymin,xmax,ymax"]
    for n in range(6):
        pixels = np.indices((40, 60)).sum(axis=0).astype(np.uint8) * 2 + n
        PIL.Image.fromarray(pixels).save(tmp_path / f"c{n}.png")
        rows.append(
            f"c{n}.png,{size[0]},{size[1]},{('RBC', 'WBC')[n % 2]},{n},{n},{n + 20},{n + 10}"
        )
    (tmp_path / "boxes.csv").write_text("\n".join(rows) + "\n")
    (samples,) = draft(tmp_path, plugins.readers(), lexicon).samples
    (labels,) = samples.labels
    assert labels.keys["kind"] == "boxes" and labels.keys["picture_size"] == said
    assert "picture_size" in labels.decide
