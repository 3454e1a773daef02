"""The share of a tumour in its organ, from files to published answers: in one label volume, and as masks that overlap.

A label volume marks the liver around its tumour, a mask of the liver may hold the tumour too. The share is the
same: of all that is liver or tumour in the picture.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from benchsmith.audits.stated_numbers import numbers_of
from tests import world
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.unaudited import unaudited

SHAPE = (80, 72, 10)
"""Voxels as (x, y, z), of 1.5 x 1.5 x 3 mm."""
LIVER_PX = 24
RADII = (5, 8, 12, 17)
"""Of tumours in pixels: about 4, 11, 25 and 50 % of the liver."""
CASES = 12
RATIO = 2.0
"""Of numbers, as `margins.area_ratio` has it by default."""
RECIPE = (
    world.HEAD.format(title="Livers")
    + """
  - images: volumes/{key}/image.nii.gz
    modality: ct
    patient: "{key}"
    labels:
      - kind: volume
        file: volumes/{key}/labels.nii.gz
        exhaustive: true
        names: {1: liver, 2: liver tumor}
  - images: masks/{key}/image.nii.gz
    modality: ct
    patient: "{key}"
    labels:
      - kind: masks
        file: "masks/{key}/segmentations/{label}.nii.gz"
        exhaustive: true
"""
)
BENCHMARK = """title: Livers
description: A test.
seed: 8
sources: [livers]
skills: [measurement]
views: [image]
slices: {axes: [axial], per_label: 1}
quota: {per_answer: 40, per_volume: 2, per_patient: 9}
per_skill: {questions: 90, subject: 60, picture: 9}
margins: {min_contrast: 0, least_px: 60}
near: {radius: 0, similarity: 1, aligned: 1}
split: {val: 1, test: 2}
picture: {long_side: 224}
options: {min_pool: 1, fewest: 2}
exports: [parquet, provenance]
"""
Row = dict[str, Any]


def masks_of(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the liver with its tumour, and the tumour (x, y, z), of a case."""
    x, y, z = np.indices(SHAPE)
    inside = (z > 0) & (z < 9)
    liver = ((x - 40) ** 2 + (y - 36) ** 2 <= LIVER_PX**2) & inside
    middle = 38 + number % 3
    tumour = ((x - middle) ** 2 + (y - 35) ** 2 <= RADII[number % 4] ** 2) & inside
    return liver, tumour


def write(folder: Path) -> None:
    """Write the phantoms with recipe and benchmark, under the shipped lexicon."""
    world.put(folder / "raw_sources/livers/recipe.yaml", RECIPE)
    world.put(folder / "benchmarks/livers.yaml", BENCHMARK)
    affine = np.diag([-1.5, -1.5, 3.0, 1.0])
    x, y, z = np.indices(SHAPE)
    for number in range(2 * CASES):
        liver, tumour = masks_of(number)
        values = (
            30 * np.sin((number + 1) * x / 31 + y / (9 + number)) * np.cos(number * y / 37) - 90
        )
        values[liver], values[tumour] = 110, 40
        values += (7 * x + 5 * y + 3 * z) % 7
        whole = {"image": values.astype(np.int16)}
        if number < CASES:
            place = f"volumes/{number:02}"
            whole["labels"] = (liver + tumour.astype(np.uint8)).astype(np.uint8)
        else:
            place = f"masks/{number:02}"
            whole["segmentations/liver"] = liver.astype(np.uint8)
            whole["segmentations/liver tumor"] = tumour.astype(np.uint8)
        for name, voxels in whole.items():
            path = folder / f"raw_sources/livers/data/{place}/{name}.nii.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            image = nib.Nifti1Image(voxels, affine)
            image.header.set_xyzt_units("mm")
            nib.save(image, path)


def build(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    write(folder)
    with unaudited():
        benchsmith("build", "livers", "--workers", "1", folder=folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(once(tmp_path_factory, "livers", build))


@pytest.fixture(scope="module")
def shares(project: Project) -> dict[str, tuple[str, np.ndarray]]:
    """Return the folder of each image, and the share of the tumour in % in each of its planes."""
    found = {}
    data = project.folder / "raw_sources/livers/data"
    for path in sorted(data.glob("*/*/image.nii.gz")):
        if (labels := path.with_name("labels.nii.gz")).exists():
            marked = np.asarray(nib.load(labels).dataobj)
            liver, tumour = marked == 1, marked == 2
        else:
            liver, tumour = (
                np.asarray(nib.load(path.parent / f"segmentations/{name}.nii.gz").dataobj) > 0
                for name in ("liver", "liver tumor")
            )
        of = np.maximum((liver | tumour).sum(axis=(0, 1)), 1)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found[digest] = path.parents[1].name, 100 * tumour.sum(axis=(0, 1)) / of
    return found


def test_the_answer_is_the_share_of_all_that_is_liver_or_tumour(
    project: Project, shares: dict[str, tuple[str, np.ndarray]]
) -> None:
    rows = [r for r in project.published("livers") if r["evidence"][0].endswith(" %")]
    folders: Counter[str] = Counter()
    answers = set()
    for row in rows:
        folder, of_planes = shares[row["image_sha256"]]
        true = of_planes[row["plane_index"]]
        assert float(row["evidence"][0].split()[-2]) == pytest.approx(true, abs=0.05)
        numbers = numbers_of(row["options"])
        assert numbers is not None and all(o.endswith(" %") for o in row["options"])
        key = numbers["ABCDEFG".index(row["answer"])]
        off = {n: max(n / true, true / n) for n in numbers}
        assert off[key] <= RATIO**0.2 + 1e-9
        assert all(off[n] >= RATIO**0.8 - 1e-9 for n in numbers if n != key)
        folders[folder] += 1
        answers.add(key)
    assert min(folders["volumes"], folders["masks"]) >= 4, folders
    assert len(answers) >= 3
