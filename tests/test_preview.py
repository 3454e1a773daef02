"""The preview of a source shows what its recipe reads, and what would be left out."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.conftest import Project

RECIPE = """title: Eyes
version: "1"
homepage: https://example.org
licence: ""  # decide: which one?
citation: none
labels_are: manual
verified: false
data: {path: data}
samples:
  - images: "{name}.png"
    modality: ct
    labels:
      - kind: masks
        file: "{label}/{name}.png"
"""


@pytest.fixture
def eyes(project: Project) -> Project:
    """Return a project with an undecided source of three pictures; the last has no mask."""
    data = project.folder / "raw_sources/eyes/data"
    for label in ("liver", "left kidney"):
        (data / label).mkdir(parents=True)
    grey = np.arange(120 * 80, dtype=np.uint32).reshape(80, 120) % 251
    for n in (1, 2, 3):
        PIL.Image.fromarray(grey.astype(np.uint8)).save(data / f"e{n}.png")
    mask = np.zeros((80, 120), np.uint8)
    mask[10:30, 50:90] = 1
    PIL.Image.fromarray(mask).save(data / "liver/e1.png")
    PIL.Image.fromarray(mask[::-1]).save(data / "left kidney/e2.png")
    (data.parent / "recipe.yaml").write_text(RECIPE)
    return project


def test_places_counts_and_sides_are_those_of_the_files(eyes: Project) -> None:
    said = json.loads(eyes.run("preview", "eyes", "--json"))
    boxes = {
        (picture["file"], f["word"], f["side"], tuple(f["box"]))
        for picture in said["read"]
        for f in picture["findings"]
    }
    assert boxes == {
        ("e1.png", "liver", "", (50, 10, 90, 30)),
        ("e2.png", "left kidney", "left", (50, 50, 90, 70)),
    }
    assert said["labels"] == {"liver": 1, "left kidney": 1}
    assert said["sides"] == {"left": 1}
    assert (said["undecided"], said["patients"]) == (1, 3)
    assert [(r["reason"], r["count"]) for r in said["left_out"]] == [("file-missing", 1)]
    assert "eyes/e3" in said["left_out"][0]["cases"][0]


def test_the_text_says_what_would_be_left_out(eyes: Project) -> None:
    said = eyes.run("preview", "eyes")
    assert "eyes: 3 pictures of 3 patients, 3 read" in said
    assert "region  liver  x 50 to 90, y 10 to 30  8.3% of the picture" in said
    assert "sides that the words name: left 1" in said
    assert re.search(r"1 file-missing\n +eyes/e3", said)


def test_the_page_shows_the_mark_where_the_mask_is(eyes: Project, tmp_path: Path) -> None:
    page = tmp_path / "eyes.html"
    eyes.run("preview", "eyes", "--html", str(page))
    found = re.search(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    read = json.loads(found[1])["read"]
    png = base64.b64decode(read[0]["findings"][0]["png"])
    drawn = np.asarray(PIL.Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    colour = np.abs(drawn - drawn.mean(axis=2, keepdims=True)).max(axis=2) > 30
    rows, columns = np.nonzero(colour)
    scale = drawn.shape[1] / 120
    edges = (columns.min(), columns.max() + 1, rows.min(), rows.max() + 1)
    assert np.allclose(np.array(edges) / scale, (50, 90, 10, 30), atol=2)


def test_an_unknown_source_and_missing_files_are_said(eyes: Project) -> None:
    assert "did you mean eyes?" in eyes.run("preview", "eyess", code=2)
    data = eyes.folder / "raw_sources/eyes/data"
    data.rename(data.parent / "elsewhere")
    assert "data is not here" in eyes.run("preview", "eyes", code=4)
