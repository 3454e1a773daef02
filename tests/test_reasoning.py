"""Reasoning by the cardiothoracic ratio: numpy measures the values again, and conclusions are drawn by hand."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest

from benchsmith.skills.plane_measures import flat
from tests import world
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.unaudited import unaudited

SIDE = 192
RADIOGRAPHS = 16
RECIPE = (
    world.HEAD.format(title="Chest")
    + """
  - images: images/{key}.png
    modality: x-ray
    about: {view: PA, age: adult}
    labels:
      - kind: masks
        file: "masks/{label}/{key}.png"
        only: [heart, left lung, right lung]
        exhaustive: true
"""
)


BENCHMARK = """title: Chest
description: A test.
seed: 5
sources: [chest]
skills: [reasoning]
views: [image, contour]
margins: {min_contrast: 0}
near: {radius: 0, similarity: 1, aligned: 1}
split: {val: 1, test: 1}
quota: {per_answer: 30}
picture: {long_side: 192}
options: {min_pool: 1, fewest: 2}
per_skill: {questions: 40, subject: 40}
"""


def ratio_of(number: int) -> float:
    """Return the cardiothoracic ratio of a radiograph, about: from 0.36 to 0.66."""
    return 0.36 + 0.02 * number


def masks_of(number: int) -> dict[str, np.ndarray]:
    """Return the masks of a radiograph: two lungs that are 144 wide together, and a heart."""
    y, x = np.indices((SIDE, SIDE))
    heart = ((x - 98) / (72 * ratio_of(number))) ** 2 + ((y - 120) / 34) ** 2 <= 1
    lungs = {
        side: (((x - cx) / 30) ** 2 + ((y - 90) / 70) ** 2 <= 1)
        for side, cx in (("right lung", 54), ("left lung", 138))
    }
    return {"heart": heart, **{name: lung & ~heart for name, lung in lungs.items()}}


def write(folder: Path) -> None:
    """Write radiographs, their masks and the documents that are not the shipped ones."""
    world.put(folder / "raw_sources/chest/recipe.yaml", RECIPE)
    world.put(folder / "benchmarks/chest.yaml", BENCHMARK)
    data = folder / "raw_sources/chest/data"
    y, x = np.indices((SIDE, SIDE))
    for number in range(RADIOGRAPHS):
        masks = masks_of(number)
        # no two look alike, or they would be copies
        grey = 90 + 25 * np.sin((number + 1) * x / 31 + y / (9 + number)) * np.cos(number * y / 37)
        for name, mask in masks.items():
            grey[mask] = {"heart": 200}.get(name, 40) + 10 * np.sin(number + y[mask] / 7)
            path = data / f"masks/{name}/r{number:02}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(path)
        path = data / f"images/r{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(grey.astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a built project that asks for the cardiothoracic ratio; tests must not change it."""

    def build(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        write(folder)
        with unaudited():
            benchsmith("build", "chest", "--workers", "1", folder=folder)

    return Project(once(tmp_path_factory, "chest", build))


def test_an_enlarged_heart_is_wider_than_half_of_the_lungs(project: Project) -> None:
    release = project.folder / "output/chest/release"
    origin = {r["id"]: r for r in pq.read_table(release / "provenance.parquet").to_pylist()}
    found = [r for f in sorted((release / "data").glob("*")) for r in pq.read_table(f).to_pylist()]
    asked = [r for r in found if r["skill"] == "reasoning"]
    assert len(asked) >= 6
    images = project.folder / "raw_sources/chest/data/images"
    numbers = {
        hashlib.sha256((images / f"r{n:02}.png").read_bytes()).hexdigest(): n
        for n in range(RADIOGRAPHS)
    }
    for row in asked:
        masks = masks_of(numbers[origin[row["id"]]["image_sha256"]])
        wide = np.flatnonzero(masks["heart"].any(axis=0))
        lungs = np.flatnonzero((masks["left lung"] | masks["right lung"]).any(axis=0))
        ratio = (wide[-1] + 1 - wide[0]) / (lungs[-1] + 1 - lungs[0])
        said = row["options"]["AB".index(row["answer"])]
        assert said == ("enlarged" if ratio > 0.5 else "not enlarged")
        assert abs(ratio - 0.5) >= 0.05
        assert "cardiothoracic ratio" in row["question"]
    keys = Counter((r["split"], r["options"]["AB".index(r["answer"])]) for r in asked)
    assert all(keys[s, "enlarged"] == keys[s, "not enlarged"] for s, _ in keys)
    said = benchsmith("explain", asked[0]["id"], folder=project.folder)
    assert "cardiothoracic-ratio" in said and "doi:10.3390/jcm10092016" in said
    left = (project.folder / "output/chest/left_out.tsv").read_text("utf-8")
    assert "near-bound" in left


def test_diameters_and_mean_in_the_plane_are_those_of_the_mask() -> None:
    mask = cv2.ellipse(np.zeros((80, 90), np.uint8), (45, 40), (30, 12), 30, 0, 360, 1, -1) > 0
    values = np.arange(80 * 90, dtype=np.float32).reshape(80, 90)
    found = flat(mask, values, None, (1.5, 1.5), ())
    points = np.argwhere(mask) * 1.5
    far = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2)).max()
    assert found.long == pytest.approx(far, abs=1e-6)
    assert found.short == pytest.approx(2 * 12 * 1.5, rel=0.05)
    assert found.mean == pytest.approx(float(values[mask].mean(dtype=np.float64)))
    assert flat(mask, np.zeros((80, 90, 3)), None, (1, 1), ()).mean is None
