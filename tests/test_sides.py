"""Laterality and position: every answer is found again in the masks, by numpy and scipy alone."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from scipy import ndimage

from tests import sided_phantoms as phantoms
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.unaudited import unaudited

BENCHMARK = """skills: [recognition, laterality, position]
views: [image, contour]
per_skill: {questions: 48, subject: 8, picture: 12}
margins: {min_contrast: 0, min_share: 0.004}
near: {radius: 0, similarity: 1, aligned: 1}
"""
Row = dict[str, Any]
SCALE = 2
"""Published pixels of one voxel."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a built project that asks for sides and places; tests must not change it."""

    def build(folder: Path) -> None:
        phantoms.write(folder, BENCHMARK)
        with unaudited():
            benchsmith("build", "twice", "--workers", "1", folder=folder)

    return Project(once(tmp_path_factory, "sides", build))


@pytest.fixture(scope="module")
def rows(project: Project) -> list[Row]:
    """Return the published cases with their provenance."""
    return project.published("twice")


@pytest.fixture(scope="module")
def planes(project: Project) -> dict[str, np.ndarray]:
    """Return the phantoms' label volumes by the digest of their image."""
    return phantoms.planes(project.folder)


def of(rows: list[Row], skill: str, kind: str) -> list[Row]:
    found = [r for r in rows if r["pool"].startswith(f"{skill}/{kind}/")]
    assert found, f"nothing asks for {skill}, {kind}"
    return found


def answer_of(row: Row) -> str:
    return str(row["options"]["ABCDEFG".index(row["answer"])])


def subjects_of(row: Row) -> list[str]:
    """Return the organs that the evidence names, in their order."""
    return str(row["evidence"][0]).split()[0].split("|")


def mask_of(row: Row, name: str, planes: dict[str, np.ndarray]) -> np.ndarray:
    """Return an organ's pixels as the published picture shows them."""
    plane = planes[row["image_sha256"]][row["plane_index"]]
    mask = np.isin(plane, [v for v, own in phantoms.NAMES.items() if own == name])
    if row["altered"] == "turn":
        return np.rot90(mask, 2)
    if row["altered"] == "mirror":
        flipped = json.loads(row["alteration"])["orientation"] == 4
        return mask[::-1] if flipped else mask[:, ::-1]
    return mask


def test_the_side_of_the_patient_is_that_of_the_masks(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    found = of(rows, "laterality", "patient")
    assert len({subjects_of(r)[0] for r in found}) > 2
    for row in found:
        # x grows to the patient's left
        columns = np.flatnonzero(mask_of(row, subjects_of(row)[0], planes).any(axis=0))
        left = columns.min() > 48
        assert left or columns.max() < 48
        assert answer_of(row) == f"the patient's {'left' if left else 'right'}"
        assert "radiological convention" in row["question"] and not row["altered"]
    assert {answer_of(r) for r in found} == {"the patient's left", "the patient's right"}


def test_the_side_of_a_marked_kidney_is_the_one_that_the_source_states(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    found = of(rows, "laterality", "marked")
    both = 0
    for row in found:
        plane = planes[row["image_sha256"]][row["plane_index"]]
        both += {phantoms.LEFT, phantoms.RIGHT} <= set(np.unique(plane))
        pixels = np.asarray(PIL.Image.open(io.BytesIO(row["image"]["bytes"])).convert("RGB"))
        drawn = ndimage.center_of_mass(np.ptp(pixels.astype(int), axis=2) > 40)
        masks = {v: ndimage.center_of_mass(plane == v) for v in (1, 2) if (plane == v).any()}
        near = min(masks, key=lambda v: np.hypot(*(np.array(masks[v]) * SCALE - drawn)))
        assert np.hypot(*(np.array(masks[near]) * SCALE - drawn)) < 3
        side = {phantoms.LEFT: "left", phantoms.RIGHT: "right"}[near]
        assert answer_of(row) == f"the patient's {side}"
        assert row["granularity"] == "contour" and "outlined" in row["question"]
    assert both > 1, "no picture shows both kidneys"


def test_the_half_of_the_picture_is_that_of_the_picture_shown(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    found = of(rows, "laterality", "picture")
    assert Counter(r["altered"] for r in found)["mirror"] * 2 == len(found)
    for row in found:
        columns = np.flatnonzero(mask_of(row, subjects_of(row)[0], planes).any(axis=0))
        said = "left" if columns.max() < 48 else "right"
        assert said == "left" or columns.min() >= 48
        assert answer_of(row) == f"the {said} half of the picture"


def test_a_quarter_is_asked_of_all_four_mirrorings(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    found = of(rows, "position", "quadrant")
    by_pair: dict[str, list[Row]] = {}
    for row in found:
        ys, xs = np.nonzero(mask_of(row, subjects_of(row)[0], planes))
        assert (ys.max() < 48 or ys.min() >= 48) and (xs.max() < 48 or xs.min() >= 48)
        said = f"{'upper' if ys.max() < 48 else 'lower'} {'left' if xs.max() < 48 else 'right'}"
        assert answer_of(row) == f"the {said} quarter of the picture"
        by_pair.setdefault(row["pair"], []).append(row)
    for own in by_pair.values():
        assert len(own) == len({answer_of(r) for r in own}) == 4
        assert len({r["question"] for r in own}) == 1
        assert len({r["image"]["bytes"] for r in own}) == 4


def test_what_lies_in_front_is_further_up_in_an_axial_picture(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    for row in of(rows, "position", "depth"):
        # y grows to the patient's back
        a, b = (np.nonzero(mask_of(row, name, planes))[0] for name in subjects_of(row))
        front = a.max() < b.min()
        assert front or a.min() > b.max()
        assert answer_of(row) == f"towards the patient's {'front' if front else 'back'}"
        assert row["question"].index(subjects_of(row)[0]) >= 0


def test_what_touches_leaves_no_gap_and_the_other_one_does(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    found = of(rows, "position", "touching")
    for row in found:
        own = mask_of(row, subjects_of(row)[0], planes)
        away = ndimage.distance_transform_edt(~own)
        near = {name: away[mask_of(row, name, planes)].min() for name in row["options"]}
        assert near.pop(answer_of(row)) == 1
        assert min(near.values()) > 0.02 * 96


def test_what_is_inside_is_surrounded(rows: list[Row], planes: dict[str, np.ndarray]) -> None:
    found = of(rows, "position", "inside")
    for row in found:
        first, second = (mask_of(row, name, planes) for name in subjects_of(row))
        holes = ndimage.binary_fill_holes(second)
        assert (first & holes).sum() == (first.sum() if answer_of(row) == "inside of it" else 0)
    assert {answer_of(r) for r in found} == {"inside of it", "outside of it"}


def test_every_answer_is_as_frequent_as_the_other(rows: list[Row]) -> None:
    keys: dict[tuple[str, ...], Counter[str]] = {}
    for row in rows:
        if row["skill"] == "recognition" or row["pool"].startswith(
            ("position/beside", "position/above")
        ):
            continue
        words = (row["split"], row["pool"], *subjects_of(row))
        if row["pool"].startswith("position/touching"):
            words = (row["split"], row["pool"], subjects_of(row)[0], *sorted(row["options"]))
        keys.setdefault(words, Counter())[answer_of(row)] += 1
    assert len(keys) > 12
    for words, counted in keys.items():
        options = 4 if "quadrant" in words[1] else 2
        assert len(counted) == options and len(set(counted.values())) == 1, words
