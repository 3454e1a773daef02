"""A small project whose questions are asked twice: of pictures as they are, and altered.

Four CT-like volumes of 96 x 96 x 24 voxels with round organs, a gallbladder inside the liver. Every organ
is largest at a height of its own, so that some of what is in a picture is not a target of its own.
"""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np

from tests import world

SHAPE = (96, 96, 24)
"""Voxels as (x, y, z)."""
ORGANS = {
    # value: name, x, y, z of the centre, radius in the plane, HU
    3: ("liver", 34, 34, 10, 26, 60),
    8: ("gallbladder", 28, 30, 12, 5, 15),
    4: ("spleen", 78, 24, 13, 9, 110),
    2: ("kidney_right", 20, 72, 8, 9, 30),
    1: ("kidney_left", 76, 74, 15, 8, 30),
    5: ("stomach", 56, 76, 11, 9, 90),
}
LACKS = {"a": (5,), "b": (4,), "c": (8,), "d": (1, 2)}
"""By case, the organs that it lacks."""
HEIGHT = 8
"""Half of an organ's extent along z, in voxels."""
BENCHMARK = """title: Twice
description: A test.
seed: 5
sources: [abdomen]
slices: {axes: [axial], per_label: 2}
quota: {per_answer: 20, per_volume: 9}
split: {val: 1, test: 1}
picture: {long_side: 192}
options: {min_pool: 1, fewest: 2}
answers: [one, several]
several: {fewest_options: 3}
prominence: {max_rank: 9, min_of_task: 0}
counterfactuals: [erase, move, mirror, turn, shift]
audit:
  waive:
    - {check: near-duplicates, who: me, why: four phantoms of the same organs}
    - {check: prior-attack, who: me, why: five labels of unequal number}
    - {check: prior-attack-strata, who: me, why: five labels of unequal number}
    - {check: blind-attack, who: me, why: five labels of unequal number}
    - {check: pair-prior, who: me, why: five labels}
"""


def write(folder: Path, more: str = "") -> Path:
    """Write the project; `more` is added to the benchmark file `twice`. Return its folder."""
    world.documents(folder)
    world.table(folder / "lexicon/confusables.tsv", "a;b;reason;reviewed_by", [])
    recipe = folder / "raw_sources/abdomen/recipe.yaml"
    text = recipe.read_text("utf-8").replace("7: rib_left_7", "7: rib_left_7, 8: gallbladder")
    recipe.write_text(text, encoding="utf-8")
    for case in LACKS:
        _volume(folder, case)
    world.put(folder / "benchmarks/twice.yaml", BENCHMARK + more)
    return folder


def labels_of(case: str) -> np.ndarray:
    """Return the label volume (x, y, z) of a case."""
    x, y, z = np.indices(SHAPE)
    shift = "abcd".index(case)
    labels = np.zeros(SHAPE, np.uint8)
    for value, (_, cx, cy, cz, radius, _) in ORGANS.items():
        if value in LACKS[case]:
            continue
        narrow = 1 - ((z - cz) / (2 * HEIGHT)) ** 2
        inside = (x - cx - shift) ** 2 + (y - cy + shift) ** 2 <= radius**2 * narrow
        labels[inside & (abs(z - cz) <= HEIGHT)] = value
    return labels


def _volume(folder: Path, case: str) -> None:
    labels = labels_of(case)
    x, y, z = np.indices(SHAPE)
    number = "abcd".index(case) + 1
    # no two cases look alike, or they would be copies
    hu = 25 * np.sin(number * x / 17 + y / 19) * np.cos((5 - number) * y / 23 + z / 9) - 60
    for value, (*_, own) in ORGANS.items():
        hu[labels == value] = own
    hu = (hu + (7 * x + 5 * y + 3 * z) % 11 * 2).astype(np.int16)
    for name, voxels in (("images", hu), ("labels", labels)):
        place = folder / "raw_sources/abdomen/data" / name
        place.mkdir(parents=True, exist_ok=True)
        image = nib.Nifti1Image(voxels, world.AFFINE)
        image.set_sform(world.AFFINE, 1)
        nib.save(image, place / f"{case}.nii.gz")
