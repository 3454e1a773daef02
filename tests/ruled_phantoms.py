"""Phantoms for each published criterion: structures of exact size and value beside each of its bounds.

Every structure is an ellipse, or an ellipsoid, of which the longest diameter ends in the centres of voxels.
So its length, calibre, volume and mean are exact. Half of the phantoms stand obliquely in the patient's frame.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nibabel as nib
import numpy as np
import numpy.typing as npt

from tests import world
from tests.command import benchsmith
from tests.unaudited import unaudited

SIDE, DEPTH = 96, 24
"""Voxels in the plane and across it."""
RADIUS = 30
"""Half of the longest diameter, in pixels."""
NAMES = (
    "liver", "spleen", "kidney", "aorta", "adrenal tumor", "pulmonary nodule", "lung tumor",
    "pancreatic tumor", "pancreatic cyst", "liver tumor", "lymph node", "kidney tumor",
)  # fmt: skip
"""Of the values 1, 2, 3 and so on."""
SPLEEN, KIDNEY = 2, 3


class Rule(NamedTuple):
    """A criterion as its publication has it, and a structure to which it is applied."""

    label: str
    measure: str
    bounds: tuple[float, ...]
    classes: tuple[str, ...]
    margin: float
    """Within which nothing is concluded."""


RULES = {
    "abdominal-aneurysm": Rule("aorta", "calibre", (30,), ("not an aneurysm", "an aneurysm"), 3),
    "adrenal-attenuation": Rule(
        "adrenal tumor", "mean", (10,), ("lipid-rich", "not lipid-rich"), 4
    ),
    "adrenal-size": Rule(
        "adrenal tumor", "longest", (40,), ("smaller than 4 cm", "4 cm or larger"), 4
    ),
    "fleischner-size": Rule(
        "pulmonary nodule", "mean-diameter", (6, 8),
        ("smaller than 6 mm", "6 to 8 mm", "larger than 8 mm"), 0.5,
    ),
    "lung-t-size": Rule(
        "lung tumor", "longest", (10, 20, 30, 40, 50, 70),
        ("T1a", "T1b", "T1c", "T2a", "T2b", "T3", "T4"), 1.5,
    ),
    "nodule-or-mass": Rule(
        "lung tumor", "longest", (30,), ("a nodule by its size", "a mass by its size"), 3
    ),
    "pancreas-t-size": Rule("pancreatic tumor", "longest", (20, 40), ("T1", "T2", "T3"), 2),
    "pancreatic-cyst-size": Rule(
        "pancreatic cyst", "longest", (30,),
        ("not of a size that is worrisome", "of a size that is worrisome"), 3,
    ),
    "recist-lesion": Rule(
        "liver tumor", "longest", (10,), ("too small to be measurable", "measurable"), 2
    ),
    "recist-node": Rule(
        "lymph node", "shortest", (10, 15),
        ("of normal size", "pathological and not measurable", "pathological and measurable"), 1,
    ),
    "renal-radius": Rule(
        "kidney tumor", "longest", (40, 70), ("1 point", "2 points", "3 points"), 4
    ),
    "renal-t-size": Rule("kidney tumor", "longest", (40, 70, 100), ("T1a", "T1b", "T2a", "T2b"), 4),
    "spleen-length": Rule("spleen", "length", (130,), ("not enlarged", "enlarged"), 8),
    "spleen-volume": Rule(
        "spleen", "volume", (107.2, 314.5),
        ("below the normal range", "within the normal range", "above the normal range"), 15,
    ),
    "steatosis-attenuation": Rule(
        "liver", "mean", (48,), ("moderate to severe steatosis", "the criterion is not met"), 5
    ),
    "steatosis-difference": Rule(
        "liver", "mean-difference", (1,), ("below the normal range", "not below the normal range"), 5
    ),
}  # fmt: skip
"""All criteria but the cardiothoracic ratio, which tests/test_reasoning.py has; from the publications."""
SCOPES = {
    "in": "ct, about: {phase: unenhanced, age: adult}",
    "portal": "ct, about: {phase: portal-venous, age: adult}",
    "unstated": "ct",
    "child": "ct, about: {phase: unenhanced, age: 012Y}",
    "mr": "mri, about: {phase: unenhanced, age: adult}",
}
"""Folders of the phantoms, with what the recipe states of them."""
OUTSIDE = {
    "abdominal-aneurysm": ("unstated", "child", "mr"),
    "adrenal-attenuation": ("portal", "unstated", "child", "mr"),
    "adrenal-size": ("unstated", "child"),
    "fleischner-size": ("unstated", "child", "mr"),
    "lung-t-size": ("mr",),
    "nodule-or-mass": ("mr",),
    "recist-lesion": ("mr",),
    "recist-node": ("mr",),
    "spleen-length": ("unstated", "child"),
    "spleen-volume": ("unstated", "child", "mr"),
    "steatosis-attenuation": ("portal", "unstated", "child", "mr"),
    "steatosis-difference": ("portal", "unstated", "child", "mr"),
}
"""Where a criterion does not hold, or is not known to."""
RECIPE = world.HEAD.format(title="Phantoms") + "".join(
    f"""
  - images: {folder}/images/{{key}}.nii.gz
    modality: {said.partition(",")[0]}
    patient: one
    {said.partition(", ")[2]}
    labels:
      - kind: volume
        file: "{folder}/labels/{{key}}.nii.gz"
        exhaustive: true
        names: {{{", ".join(f"{n}: {name}" for n, name in enumerate(NAMES, 1))}}}
"""
    for folder, said in SCOPES.items()
)
BENCHMARK = """title: Phantoms
description: A test.
seed: 5
sources: [phantoms]
skills: [reasoning]
views: [image, contour]
slices: {axes: [axial, coronal], per_label: 1}
near: {radius: 0, similarity: 1, aligned: 1}
split: {val: 1, test: 1}
quota: {per_answer: 400, per_volume: 8, per_patient: 4000}
picture: {long_side: 192}
options: {min_pool: 1, fewest: 2}
per_skill: {questions: 400, subject: 400, picture: 20}
exports: [parquet, provenance]
"""


class Phantom(NamedTuple):
    """A structure, whose measure by a criterion has a value."""

    rule: str
    value: float
    folder: str
    number: int

    @property
    def key(self) -> str:
        """Name of its files."""
        return f"{self.folder}-{self.rule}-{self.number:02}"


def phantoms() -> Iterator[Phantom]:
    """Yield two phantoms on each side of each bound, beyond the margin, and two within it."""
    for name, rule in RULES.items():
        # just beyond what a criterion leaves out
        far = 1.02 * rule.margin + (0.5 if rule.margin > 1 else 0.1)
        values = [b + s * w for b in rule.bounds for s in (-1, 1) for w in (far, far * 1.1)]
        values += [b + s * 0.5 * rule.margin for b in rule.bounds for s in (-1, 1)]
        for number, value in enumerate(values):
            yield Phantom(name, value, "in", number)
        for folder in OUTSIDE.get(name, ()):
            yield Phantom(name, rule.bounds[0] - 2 * rule.margin, folder, 90)
            yield Phantom(name, rule.bounds[-1] + 2 * rule.margin, folder, 91)


def masks_of(one: Phantom) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Return labels (x, y, z), and the sides of a voxel (x, y, z) in mm."""
    rule = RULES[one.rule]
    own = NAMES.index(rule.label) + 1
    x, y, z = np.indices((SIDE, SIDE, DEPTH)) - np.array([48, 48, 12])[:, None, None, None]
    long, short = RADIUS, 24 if rule.measure in ("longest", "shortest", "mean-diameter") else RADIUS
    labels = np.zeros((SIDE, SIDE, DEPTH), np.uint8)
    labels[(x / long) ** 2 + (y / short) ** 2 + (z / 8.5) ** 2 <= 1] = own
    if one.rule == "abdominal-aneurysm":
        labels[((x + 42) / 4) ** 2 + ((y + 30) / 12) ** 2 + (z / 8.5) ** 2 <= 1] = KIDNEY
    if rule.measure == "mean-difference":
        labels[((x + 1) / 26) ** 2 + ((y + 39) / 7) ** 2 + (z / 8.5) ** 2 <= 1] = SPLEEN
    diameter = {
        "longest": 2 * long, "calibre": 2 * short, "shortest": 2 * short,
        "mean-diameter": long + short, "length": 17,
    }.get(rule.measure, 1)  # fmt: skip
    side = one.value / diameter
    if rule.measure == "volume":
        side = float((1000 * one.value / np.count_nonzero(labels == own) / 2) ** (1 / 3))
        return labels, np.array([side, side, 2 * side])
    if rule.measure == "length":
        return labels, np.array([1.5, 1.5, side])
    if rule.measure in ("mean", "mean-difference"):
        return labels, np.array([1.0, 1.0, 2.5])
    return labels, np.array([side, side, min(5.0, 2 * side)])


def values_of(one: Phantom, labels: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    """Return Hounsfield units (x, y, z), of which the structure has the mean that it is made for."""
    x, y, z = np.indices(labels.shape, sparse=True)
    rule, seed = RULES[one.rule], zlib.crc32(one.key.encode())
    # no two look alike, or they would be copies
    wave = np.sin((seed % 97 + 9) * x / 311 + y / (9 + seed % 31)) * np.cos(seed % 53 * y / 437)
    values = np.round(-110 + 40 * wave + 5 * ((7 * x + 5 * y + 3 * z) % 9))
    level = {"mean": one.value, "mean-difference": 50 + one.value}.get(rule.measure, 45)
    for value in np.unique(labels[labels > 0]).tolist():
        mean = level if NAMES[value - 1] == rule.label else 50.0
        inside = np.flatnonzero(labels == value)
        plain = np.full(inside.size, np.floor(mean))
        plain[: round((mean - np.floor(mean)) * inside.size)] += 1
        # spread over the structure, so that each plane has about the mean of all
        spread = plain[np.argsort(np.arange(inside.size) * 0.618034 % 1)]
        values.reshape(-1)[inside] = spread + 4 * (inside % 5 - 2)
    return values.astype(np.int16)


def write(folder: Path) -> None:
    """Write all phantoms, their recipe and their benchmark."""
    world.put(folder / "raw_sources/phantoms/recipe.yaml", RECIPE)
    world.put(folder / "benchmarks/rules.yaml", BENCHMARK)
    data = folder / "raw_sources/phantoms/data"
    for one in phantoms():
        labels, sides = masks_of(one)
        turn = np.eye(3)
        if one.number % 2:
            angle = np.radians(11)
            turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        affine = np.eye(4)
        affine[:3, :3] = turn @ np.diag(sides * (-1, -1, 1))
        affine[:3, 3] = (60, 40, -300)
        for kind, voxels in (("images", values_of(one, labels)), ("labels", labels)):
            path = data / one.folder / kind / f"{one.key}.nii.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            image = nib.Nifti1Image(voxels, affine)
            image.header.set_xyzt_units("mm")
            image.set_sform(affine, 1)
            nib.save(image, path)


def build(folder: Path) -> None:
    """Write and build the project, by the shipped criteria."""
    folder.mkdir(exist_ok=True)
    write(folder)
    with unaudited():
        benchsmith("build", "rules", "--workers", "1", folder=folder)
