"""Sixteen CT-like phantoms in air whose organs change sides, depth and contact, and their masks.

Bits of a case's number say where its organs are, so that each question has either answer somewhere.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import nibabel as nib
import numpy as np

from tests import twice, world
from tests.paths import PROJECT

CASES = [f"case{n:02}" for n in range(16)]
SHAPE = (96, 96, 8)
"""Voxels as (x, y, z); x grows to the patient's left, y to the back."""
NAMES = {1: "kidney", 2: "kidney", 3: "liver", 4: "spleen", 5: "stomach", 8: "gallbladder"}
LEFT, RIGHT = 1, 2
"""The values of the left and the right kidney."""


def organs(number: int) -> dict[int, tuple[float, float, float]]:
    """Return x, y and radius of each organ of a case, by its value."""
    sx, sy = (1 if number >> bit & 1 else -1 for bit in (0, 1))
    side = 1 if (number ^ number >> 1 ^ number >> 2) & 1 else -1
    found = {
        3: (48, 48 + 2 * sy, 14),
        4: (48 + 26 * sx, 48 - 18 * sy, 8),
        5: (48 - 24 * sx, 48 + 20 * sy, 8),
        8: (48, 48 + 2 * sy, 4) if number >> 2 & 1 else (48 - 14 * sx, 48 + 20 * sy, 4),
    }
    for own in (side, -side) if number >> 3 & 1 else (side,):
        found[LEFT if own > 0 else RIGHT] = (48 + 21 * own, 48 + 2 * sy, 6)
    return found


def labels_of(number: int) -> np.ndarray:
    """Return the label volume (x, y, z) of a case."""
    x, y, z = np.indices(SHAPE)
    labels = np.zeros(SHAPE, np.uint8)
    for value, (cx, cy, radius) in organs(number).items():
        labels[((x - cx) ** 2 + (y - cy) ** 2 <= radius**2) & (z > 0) & (z < 7)] = value
    return labels


def write(folder: Path, benchmark: str) -> Path:
    """Write the project with the shipped axis and stems; `benchmark` replaces the counterfactuals."""
    twice.write(folder)
    data = folder / "raw_sources/abdomen/data"
    shutil.rmtree(data)
    x, y, z = np.indices(SHAPE)
    for number, case in enumerate(CASES):
        labels = labels_of(number)
        # no two cases look alike, or they would be copies
        hu = 30 * np.sin((number + 1) * x / 31 + y / (9 + number)) * np.cos(number * y / 37) - 20
        for value, own in {1: 90, 2: 90, 3: 60, 4: 120, 5: 150, 8: 10}.items():
            hu[labels == value] = own
        hu = hu + (7 * x + 5 * y + 3 * z) % 11
        hu[(x - 47) ** 2 + (y - 48) ** 2 > 44**2] = -1000
        for name, voxels in (("images", hu.astype(np.int16)), ("labels", labels)):
            (data / name).mkdir(parents=True, exist_ok=True)
            image = nib.Nifti1Image(voxels, world.AFFINE)
            image.set_sform(world.AFFINE, 1)
            nib.save(image, data / name / f"{case}.nii.gz")
    shutil.copy(PROJECT / "lexicon/tree/skill.tsv", folder / "lexicon/tree/skill.tsv")
    shutil.copytree(PROJECT / "question_pools/skills", folder / "question_pools/skills")
    path = folder / "benchmarks/twice.yaml"
    text = path.read_text("utf-8").replace(
        "counterfactuals: [erase, move, mirror, turn, shift]\n", benchmark
    )
    signed = "    - {check: label-places, who: me, why: organs change sides on purpose}\n"
    text = text.replace("  waive:\n", f"  waive:\n{signed}")
    path.write_text(text, encoding="utf-8")
    return folder


def planes(folder: Path) -> dict[str, np.ndarray]:
    """Return the label volumes (z, y, x) by the digest of their image, read by nibabel."""
    data = folder / "raw_sources/abdomen/data"
    return {
        hashlib.sha256((data / f"images/{case}.nii.gz").read_bytes()).hexdigest(): np.asarray(
            nib.load(data / f"labels/{case}.nii.gz").dataobj
        ).T
        for case in CASES
    }
