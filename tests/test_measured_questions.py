"""Questions with numbers: every answer is found again by other libraries, and none can be known before."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from collections import Counter
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pytest
import SimpleITK
from scipy import ndimage
from scipy.spatial.distance import pdist

from benchsmith.audits.stated_numbers import numbers_of
from tests import measured_world
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.measured_world import CASES, NAMES, SPACING_MM

Row = dict[str, Any]
Planes = dict[str, tuple[np.ndarray, np.ndarray]]
RATIO, AREA_RATIO = 1.3, 1.5
INK = (232, 232, 232)
MARK = (255, 196, 0)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(once(tmp_path_factory, "measured", measured_world.build))


@pytest.fixture(scope="module")
def rows(project: Project) -> list[Row]:
    """Return the published cases with their provenance, their kind and their form."""
    joined = project.published("twice")
    return [
        {**r, "kind": r["pool"].split("/")[1], "form": json.loads(r["form"] or "null")}
        for r in joined
    ]


@pytest.fixture(scope="module")
def volumes(project: Project) -> Planes:
    """Return values and labels (z, y, x) by the digest of the image, read by nibabel."""
    data = project.folder / "raw_sources/abdomen/data"
    return {
        hashlib.sha256((data / f"images/{case}.nii.gz").read_bytes()).hexdigest(): tuple(
            # stored from right to left and from front to back, shown the other way round
            np.asarray(nib.load(data / f"{kind}/{case}.nii.gz").dataobj).T[:, ::-1, ::-1]
            for kind in ("images", "labels")
        )  # type: ignore[misc]
        for case in CASES
    }


def of(rows: list[Row], kind: str) -> list[Row]:
    found = [r for r in rows if r["kind"] == kind]
    assert len(found) >= 8, kind
    return found


def mask_of(row: Row, name: str, volumes: Planes, *, whole: bool = False) -> np.ndarray:
    labels = volumes[row["image_sha256"]][1]
    own = np.isin(labels, [value for value, known in NAMES.items() if known == name])
    return own if whole else own[row["plane_index"]]


def subjects(row: Row) -> list[str]:
    """Return the structures of a question in the order in which its facts name them."""
    return row["evidence"][0].split()[0].split("|")


def answer_of(row: Row) -> str:
    return str(row["options"]["ABCDEFG".index(row["answer"])])


def assert_answers(row: Row, true: float, ratio: float) -> None:
    """Assert that the answer is clearly the number nearest to the true one."""
    numbers = numbers_of(row["options"])
    assert numbers is not None and true > 0
    key = numbers["ABCDEFG".index(row["answer"])]
    off = {n: max(n / true, true / n) for n in numbers}
    assert off[key] <= ratio**0.2 + 1e-9
    assert all(off[n] >= ratio**0.8 - 1e-9 for n in numbers if n != key)
    ordered = sorted(numbers)
    assert all(b / a >= ratio - 1e-9 for a, b in itertools.pairwise(ordered))
    assert list(numbers) == ordered


def picture_of(row: Row) -> np.ndarray:
    return np.asarray(PIL.Image.open(io.BytesIO(row["image"]["bytes"])).convert("RGB")).astype(int)


def test_diameters_are_the_farthest_two_pixels(rows: list[Row], volumes: Planes) -> None:
    for row in of(rows, "diameter"):
        places = np.argwhere(mask_of(row, subjects(row)[0], volumes)) * SPACING_MM[:2]
        assert_answers(row, pdist(places).max(), RATIO)


def test_areas_are_counted_pixels(rows: list[Row], volumes: Planes) -> None:
    for row in of(rows, "area"):
        pixels = mask_of(row, subjects(row)[0], volumes).sum()
        assert_answers(row, pixels * SPACING_MM[0] * SPACING_MM[1] / 100, AREA_RATIO)


def test_distances_are_those_of_a_distance_map(rows: list[Row], volumes: Planes) -> None:
    for row in of(rows, "distance"):
        a, b = (mask_of(row, name, volumes) for name in subjects(row))
        far = ndimage.distance_transform_edt(~a, sampling=SPACING_MM[1::-1])
        assert_answers(row, far[b].min(), RATIO)


def test_volumes_are_those_of_simpleitk(rows: list[Row], volumes: Planes) -> None:
    for row in of(rows, "volume"):
        mask = mask_of(row, subjects(row)[0], volumes, whole=True)
        image = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
        image.SetSpacing(SPACING_MM)
        shape = SimpleITK.LabelShapeStatisticsImageFilter()
        shape.Execute(image)
        true = shape.GetPhysicalSize(1) / 1000
        assert_answers(row, true, AREA_RATIO)
        # the slices that are shown give the volume: Cavalieri's estimator
        tiles = row["form"]["tiles"]
        area = mask[tiles].sum() * SPACING_MM[0] * SPACING_MM[1]
        assert area * row["form"]["apart_mm"] / 1000 == pytest.approx(true, rel=0.1)
        assert set(np.diff(tiles)) == {round(row["form"]["apart_mm"] / SPACING_MM[2])}


def test_mean_values_are_those_of_the_plane(rows: list[Row], volumes: Planes) -> None:
    for row in of(rows, "mean"):
        mask = mask_of(row, subjects(row)[0], volumes)
        true = volumes[row["image_sha256"]][0][row["plane_index"]][mask].mean()
        numbers = numbers_of(row["options"])
        assert numbers is not None
        key = numbers["ABCDEFG".index(row["answer"])]
        # the window is 400 HU wide: options are 60 HU apart
        assert abs(key - true) <= 12 + 1e-9
        assert all(abs(n - true) >= 48 - 1e-9 for n in numbers if n != key)


def test_parts_are_connected_areas(rows: list[Row], volumes: Planes) -> None:
    for row in of(rows, "parts"):
        mask = mask_of(row, subjects(row)[0], volumes)
        assert ndimage.label(mask, np.ones((3, 3)))[1] == int(answer_of(row))
    assert len({answer_of(row) for row in of(rows, "parts")}) > 1


def test_longer_and_nearer_and_the_larger_side(rows: list[Row], volumes: Planes) -> None:
    for row in (r for r in rows if r["kind"] == "longer"):
        long = {n: pdist(np.argwhere(mask_of(row, n, volumes))).max() for n in row["options"]}
        assert max(long, key=long.__getitem__) == answer_of(row)
    for row in (r for r in rows if r["kind"] == "nearer"):
        to = subjects(row)[1]
        far = ndimage.distance_transform_edt(~mask_of(row, to, volumes))
        near = {n: far[mask_of(row, n, volumes)].min() for n in row["options"]}
        assert min(near, key=near.__getitem__) == answer_of(row)
    for row in of(rows, "side"):
        parts, count = ndimage.label(mask_of(row, subjects(row)[0], volumes))
        assert count == 2
        largest = 1 + np.bincount(parts[parts > 0])[1:].argmax()
        at_left = np.argwhere(parts == largest)[:, 1].mean() < parts.shape[1] / 2
        assert answer_of(row) == f"the one on the {'left' if at_left else 'right'} of the picture"


def test_the_numbered_box_is_the_one_around_the_structure(rows: list[Row], volumes: Planes) -> None:
    numbers: Counter[tuple[int, int]] = Counter()
    ranks: Counter[tuple[int, int]] = Counter()
    for row in of(rows, "boxed"):
        boxes = row["form"]["boxes"]
        key = int(answer_of(row).removeprefix("box ")) - 1
        places = np.argwhere(mask_of(row, subjects(row)[0], volumes))
        (y0, x0), (y1, x1) = places.min(0), places.max(0) + 1
        assert boxes[key] == {"x0": x0, "y0": y0, "x1": x1, "y1": y1}
        labels = volumes[row["image_sha256"]][1][row["plane_index"]]
        assert all(labels[b["y0"] : b["y1"], b["x0"] : b["x1"]].any() for b in boxes)
        areas = [(b["x1"] - b["x0"]) * (b["y1"] - b["y0"]) for b in boxes]
        numbers[len(boxes), key] += 1
        ranks[len(boxes), sum(a > areas[key] for a in areas)] += 1
        scale = picture_of(row).shape[0] / labels.shape[0]
        edge = picture_of(row)[round((y0 + y1) / 2 * scale), round(x0 * scale)]
        assert np.abs(edge - MARK).max() < 60
    for count in (3, 4):
        own = [n for (k, _), n in numbers.items() if k == count]
        assert max(own, default=0) - min(own, default=0) <= 1 + (len(own) < count)
        sizes = [n for (k, _), n in ranks.items() if k == count]
        assert len(set(sizes)) <= 1, "the size of the right box tells it"


def test_the_bar_has_the_length_that_is_written(rows: list[Row]) -> None:
    for row in [*of(rows, "diameter")[:3], *of(rows, "volume")[:3]]:
        picture = picture_of(row)
        if row["kind"] == "diameter":
            top, px_mm = picture.shape[0] - 40, 96 * SPACING_MM[0] / picture.shape[1]
        else:
            frame, count = row["form"]["frame"], len(row["form"]["tiles"])
            columns = int(np.ceil(np.sqrt(count)))
            side = picture.shape[1] // columns
            top = side * -(-count // columns)
            px_mm = (frame["x1"] - frame["x0"]) * SPACING_MM[0] / side
        line = np.flatnonzero((picture[top + 20] == INK).all(axis=1))
        bar = line[: int(np.argmax(np.diff(line) > 1)) + 1] if (np.diff(line) > 1).any() else line
        length = (bar[-1] + 1 - bar[0]) * px_mm
        steps = np.array([1, 2, 5, 10, 20, 50])
        assert np.abs(length / steps - 1).min() < 0.02


def test_the_wedge_has_the_values_of_the_window(rows: list[Row]) -> None:
    for row in of(rows, "mean")[:4]:
        picture = picture_of(row)
        height, width = picture.shape[:2]
        wedge = picture[28 : height - 12, width - 84 + 20]
        assert (np.diff(wedge[:, 0]) <= 0).all()
        assert (wedge[0] == 255).all() and (wedge[-1] == 0).all()
        assert "level 40 width 400 HU" in row["window"]


def test_a_montage_outlines_the_structure_in_each_tile(rows: list[Row]) -> None:
    for row in of(rows, "volume")[:4]:
        picture, tiles = picture_of(row), row["form"]["tiles"]
        columns = int(np.ceil(np.sqrt(len(tiles))))
        side = picture.shape[1] // columns
        yellow = np.abs(picture - MARK).max(axis=2) < 60
        for n in range(len(tiles)):
            y, x = n // columns * side, n % columns * side
            # below the plate with the tile's number
            assert yellow[y + 24 : y + side, x : x + side].sum() > 8


def test_each_number_is_right_equally_often_and_the_usual_one_gains_nothing(
    rows: list[Row],
) -> None:
    sets: dict[tuple[Any, ...], Counter[str]] = {}
    hits, chance = 0.0, 0.0
    usual: dict[tuple[str, str], list[float]] = {}
    numeric = [r for r in rows if numbers_of(r["options"])]
    assert len(numeric) > 100
    for row in numeric:
        words = (row["split"], row["kind"], *sorted(subjects(row)), *row["options"])
        sets.setdefault(words, Counter())[row["answer"]] += 1
        usual.setdefault((row["kind"], "|".join(subjects(row))), []).append(
            float(row["evidence"][0].split()[-2] if row["kind"] != "parts" else answer_of(row))
        )
    for words, counted in sets.items():
        # each question of a set has the same numbers, and each of these is right once
        assert len(counted) == len(words) - words.index(
            next(w for w in words if str(w)[0].isdigit() or str(w)[0] == "-")
        )
        assert len(set(counted.values())) == 1, words
    for row in numeric:
        numbers = numbers_of(row["options"]) or []
        typical = float(np.median(usual[row["kind"], "|".join(subjects(row))]))
        guess = int(np.argmin([abs(n - typical) for n in numbers]))
        hits += guess == "ABCDEFG".index(row["answer"])
        chance += 1 / len(numbers)
    assert hits == pytest.approx(chance, abs=1e-6)


def test_the_audit_sees_no_prior_in_the_numbers(project: Project) -> None:
    told = json.loads((project.folder / "output/twice/audit.json").read_text("utf-8"))
    checks = told["checks"]
    found = next(c for c in checks if c["check"] == "number-prior")
    assert found["outcome"] in ("PASS", "WARN")
    assert found["value"] <= 1.02 * found["mark"]


def test_what_is_measured_is_explained(project: Project, rows: list[Row]) -> None:
    one = of(rows, "volume")[0]
    said = benchsmith("explain", one["id"], folder=project.folder)
    assert one["evidence"][0] in said and "scale bar" in said and "tiles of planes" in said
