"""A small project whose organs differ in size, number and density, for skills that measure.

Sixteen CT-like volumes of 96 x 96 x 24 voxels of 1 x 1 x 2 mm. Every organ is an ellipsoid, so that all
of its measures are known: its radii, and so its diameter, area and volume, follow a row of three sizes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nibabel as nib
import numpy as np

from tests import twice
from tests.command import benchsmith

HOME = Path(__file__).resolve().parent.parent
CASES = "abcdefghijklmnop"
SHAPE = (96, 96, 24)
SPACING_MM = (1.0, 1.0, 2.0)
"""Of voxels along x, y and z."""
NAMES = {3: "liver", 4: "spleen", 2: "kidney", 1: "kidney", 5: "stomach", 8: "gallbladder"}
HEIGHTS = 9
"""Half of the axis along z of every organ, in voxels."""
BENCHMARK = """skills: [comparison, counting, grounding, measurement]
per_skill: {questions: 40, subject: 24, picture: 6}
margins: {min_contrast: 0, least_px: 12, ratio: 1.3, area_ratio: 1.5, min_share: 0.004}
near: {radius: 0, similarity: 1, aligned: 1}
"""


def organs(number: int) -> dict[int, tuple[float, float, float, float]]:
    """Return x and y of the centre, the radius in voxels and the value of each organ of a case."""
    size, other = number % 3, number // 3 % 3
    found = {
        3: (26.0, 30.0, (14, 17, 22)[size], 40 + 40 * other),
        4: (76.0, 22.0, (8, 11, 14)[other], 30 + 60 * size),
        2: (20.0, 74.0, (7, 10)[number % 2], 20),
        5: (52.0, 70.0, (8, 10, 13)[(size + other) % 3], 110),
    }
    if number // 2 % 2:
        found[1] = (80.0, 76.0, (10, 7)[number % 2], 20)
    return found


def volume_of(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return values and labels (x, y, z) of a case."""
    x, y, z = np.indices(SHAPE)
    labels = np.zeros(SHAPE, np.uint8)
    # no two cases look alike, or they would be copies
    values = 30 * np.sin((number + 1) * x / 31 + y / (9 + number)) * np.cos(number * y / 37) - 90
    for value, (cx, cy, radius, own) in organs(number).items():
        inside = ((x - cx) ** 2 + (y - cy) ** 2) / radius**2 + ((z - 11) / HEIGHTS) ** 2 <= 1
        labels[inside], values[inside] = value, own
    return (values + (7 * x + 5 * y + 3 * z) % 5).astype(np.int16), labels


def write(folder: Path, more: str = BENCHMARK) -> None:
    """Write the project, with the shipped axis and stems of skills."""
    twice.write(folder)
    data = folder / "raw_sources/abdomen/data"
    shutil.rmtree(data)
    affine = np.diag([*SPACING_MM, 1.0])
    for number, case in enumerate(CASES):
        for name, voxels in zip(("images", "labels"), volume_of(number), strict=True):
            (data / name).mkdir(parents=True, exist_ok=True)
            image = nib.Nifti1Image(voxels, affine)
            image.set_sform(affine, 1)
            nib.save(image, data / name / f"{case}.nii.gz")
    shutil.copy(HOME / "lexicon/tree/skill.tsv", folder / "lexicon/tree/skill.tsv")
    shutil.copytree(HOME / "question_pools/skills", folder / "question_pools/skills")
    path = folder / "benchmarks/twice.yaml"
    text = path.read_text("utf-8").replace(
        "counterfactuals: [erase, move, mirror, turn, shift]\n", more
    )
    path.write_text(text.replace("long_side: 192", "long_side: 288"), encoding="utf-8")


def build(folder: Path) -> None:
    """Write and build the project."""
    write(folder)
    benchsmith("build", "twice", "--workers", "1", folder=folder)
