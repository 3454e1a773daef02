"""Vertebral levels from files to published answers: each is found again in the label volumes, by world heights.

Twelve CT-like phantoms of 2 mm voxels, half of them stored from left to right and from head to foot. Organs lie
at the height of a vertebra, between two, or at the sacrum; some volumes end above the sacrum.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import nibabel as nib
import numpy as np
import pytest

from tests import world
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.unaudited import unaudited

SHAPE = (72, 56, 128)
"""Voxels as (x, y, z); x to the patient's right, y to the front, z to the head."""
SIDE_MM = 2.0
SPINE = {"sacrum": (4, 20), "L5": (24, 36), "L4": (40, 52), "L3": (56, 68), "L2": (72, 84),
         "L1": (88, 100), "T12": (104, 116)}  # fmt: skip
"""Of each vertebra the first voxel along z, and one past its last."""
ORGANS = {"liver": 54, "spleen": 18}
"""Voxel x of each organ's centre."""
NAMES = {1: "sacrum", **{n: f"vertebrae_{name}" for n, name in enumerate(list(SPINE)[1:], 2)},
         8: "liver", 9: "spleen"}  # fmt: skip
WITHOUT_END = (4, 9)
"""Cases that show no end of the spine from which levels are counted."""
CASES = 12
RECIPE = (
    world.HEAD.format(title="Spines")
    + f"""
  - images: images/{{key}}.nii.gz
    modality: ct
    patient: "{{key}}"
    labels:
      - kind: volume
        file: labels/{{key}}.nii.gz
        exhaustive: true
        names: {{{", ".join(f"{value}: {name}" for value, name in NAMES.items())}}}
"""
)
BENCHMARK = """title: Spines
description: A test.
seed: 3
sources: [spines]
skills: [position]
views: [image]
slices: {axes: [coronal], per_label: 1}
quota: {per_answer: 12, per_volume: 3, per_patient: 3}
per_skill: {questions: 200, subject: 200, picture: 20}
margins: {min_contrast: 0}
near: {radius: 0, similarity: 1, aligned: 1}
split: {val: 1, test: 3}
picture: {long_side: 192}
options: {min_pool: 1, fewest: 2}
prominence: {max_rank: 9, min_of_task: 0}
exports: [parquet, provenance]
"""
Row = dict[str, Any]


class Spine(NamedTuple):
    """A case's labels by word, in the frame of its file."""

    labels: np.ndarray
    affine: np.ndarray

    def heights(self, value: int) -> tuple[float, float]:
        """Return the world heights in mm between which a label lies."""
        z = np.argwhere(self.labels == value)[:, 2]
        ends = [
            self.affine[2, 2] * (edge - 0.5) + self.affine[2, 3] for edge in (z.min(), z.max() + 1)
        ]
        return min(ends), max(ends)


def centre_of(number: int, organ: int) -> int:
    """Return voxel z of an organ's centre: at a vertebra, and in every fourth case between two."""
    first, last = list(SPINE.values())[1 + (number + 2 * organ) % 5]
    return last + 2 if number % 4 == 3 else (first + last) // 2 + number % 3 - 1


def write(folder: Path) -> None:
    """Write the phantoms with recipe and benchmark, under the shipped lexicon."""
    data = folder / "raw_sources/spines/data"
    world.put(folder / "raw_sources/spines/recipe.yaml", RECIPE)
    world.put(folder / "benchmarks/spines.yaml", BENCHMARK)
    x, y, z = np.indices(SHAPE)
    for number in range(CASES):
        labels = np.zeros(SHAPE, np.uint8)
        for value, (low, high) in enumerate(SPINE.values(), 1):
            labels[30:42, 18:34, low:high] = value
        for organ, (name, middle) in enumerate(ORGANS.items()):
            centre, own = centre_of(number, organ), 8 + organ
            far = ((x - middle) / 10) ** 2 + ((y - 28) / 14) ** 2 + ((z - centre) / 9) ** 2
            labels[far <= 1] = own
        values = 30 * np.sin((number + 1) * x / 31 + z / (9 + number)) * np.cos(number * y / 37)
        values = np.where(labels > 7, 90 + 5 * labels, np.where(labels > 0, 300, values - 40))
        values = (values + (7 * x + 5 * y + 3 * z) % 7).astype(np.int16)
        affine = np.diag([SIDE_MM, SIDE_MM, SIDE_MM, 1.0])
        affine[:3, 3] = -70, -60, 400
        if number in WITHOUT_END:
            labels, values = labels[..., 22:], values[..., 22:]
        if number % 2:
            labels, values = labels[::-1, :, ::-1], values[::-1, :, ::-1]
            affine[:3, 3] += SIDE_MM * (np.array(labels.shape) - 1) * (1, 0, 1)
            affine[0, 0] = affine[2, 2] = -SIDE_MM
        for kind, voxels in (("images", values), ("labels", labels)):
            path = data / kind / f"{number:02}.nii.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            image = nib.Nifti1Image(np.ascontiguousarray(voxels), affine)
            image.header.set_xyzt_units("mm")
            nib.save(image, path)


def build(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    write(folder)
    with unaudited():
        benchsmith("build", "spines", "--workers", "1", folder=folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(once(tmp_path_factory, "spines", build))


@pytest.fixture(scope="module")
def spines(project: Project) -> dict[str, tuple[int, Spine]]:
    """Return number and labels of each case, by the digest of its image."""
    data, found = project.folder / "raw_sources/spines/data", {}
    for number in range(CASES):
        image = nib.load(data / f"labels/{number:02}.nii.gz")
        digest = hashlib.sha256((data / f"images/{number:02}.nii.gz").read_bytes()).hexdigest()
        found[digest] = number, Spine(np.asarray(image.dataobj), np.asarray(image.affine))
    return found


@pytest.fixture(scope="module")
def asked(project: Project) -> list[Row]:
    """Return the questions about levels: those whose evidence names one."""
    rows = project.published("spines")
    return [r for r in rows if any(" centre at " in fact for fact in r["evidence"] or ())]


def test_the_answer_is_the_vertebra_at_the_height_of_the_centre(
    asked: list[Row], spines: dict[str, tuple[int, Spine]]
) -> None:
    order = list(SPINE)
    for row in asked:
        _, spine = spines[row["image_sha256"]]
        organ = next(value for value, name in NAMES.items() if name == row["raw_label"])
        centre = sum(spine.heights(organ)) / 2
        holding = [
            name
            for value, name in enumerate(SPINE, 1)
            if (spine.labels == value).any()
            and spine.heights(value)[0] < centre < spine.heights(value)[1]
        ]
        right = row["options"]["AB".index(row["answer"])]
        assert [right] == holding, row["id"]
        places = sorted(order.index(option) for option in row["options"])
        assert places[1] - places[0] == 1
        # how far down in the vertebra, as the evidence has it
        low, high = spine.heights(order.index(right) + 1)
        share = float(row["evidence"][0].rsplit(" ", 1)[1])
        assert share == pytest.approx((high - centre) / (high - low), abs=0.01)
        assert 0.2 <= share <= 0.8
    assert len({row["raw_label"] for row in asked}) == 2
    assert {row["axis"] for row in asked} == {"coronal"}


def test_either_of_two_levels_is_right_as_often(asked: list[Row]) -> None:
    sets: dict[str, Counter[str]] = {}
    for row in asked:
        right = row["options"]["AB".index(row["answer"])]
        sets.setdefault(row["mirror"], Counter())[right] += 1
    assert len(sets) >= 6
    for times in sets.values():
        assert len(times) == 2 and len(set(times.values())) == 1, times


def test_between_vertebrae_and_without_an_end_of_the_spine_nothing_is_asked(
    asked: list[Row], spines: dict[str, tuple[int, Spine]], project: Project
) -> None:
    numbers = {spines[row["image_sha256"]][0] for row in asked}
    assert not numbers & {*WITHOUT_END, *range(3, CASES, 4)}
    # and of the others most are asked about
    assert len(numbers) >= 5
    left_out = (project.folder / "output/spines/left_out.tsv").read_text("utf-8").splitlines()
    unclear = {line.split("\t")[3][:9] for line in left_out if "\tlevel-unclear\t" in line}
    assert {f"spines/{n:02}" for n in range(3, CASES, 4)} <= unclear
