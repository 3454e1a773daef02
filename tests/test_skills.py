"""Skills: every answer is found again in the source's masks, and none can be known beforehand."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest
from scipy import ndimage

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.documents.problems import DocumentError
from tests import twice, world
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.unaudited import unaudited

HOME = Path(__file__).resolve().parent.parent
NAMES = {3: "liver", 8: "gallbladder", 4: "spleen", 2: "kidney", 5: "stomach"}
CASES = "abcdefghijkl"
SHAPE = (96, 96, 12)
"""Voxels as (x, y, z)."""
BENCHMARK = """skills: [recognition, comparison, position, presence]
per_skill: {questions: 80, subject: 8, picture: 8}
margins: {min_contrast: 0}
near: {radius: 0, similarity: 1, aligned: 1}
"""
Row = dict[str, Any]


def write_volumes(folder: Path) -> None:
    """Write twelve volumes whose spleen and stomach differ: which is larger, and which is brighter."""
    data = folder / "raw_sources/abdomen/data"
    shutil.rmtree(data)
    x, y, z = np.indices(SHAPE)
    for number, case in enumerate(CASES):
        odd, third = number % 2, number // 2 % 2
        organs = {
            3: (32, 32, 26, 20),
            4: (76, 24, 14 if odd else 9, 160 if third else 60),
            2: (20, 72, 9, 30),
            5: (58, 76, 9 if odd else 14, 60 if third else 160),
            **({8: (28, 30, 8, 120)} if number // 4 % 2 else {}),
        }
        labels = np.zeros(SHAPE, np.uint8)
        # no two cases look alike, or they would be copies
        hu = 30 * np.sin((number + 1) * x / 31 + y / (9 + number)) * np.cos(number * y / 37) - 90
        for value, (cx, cy, radius, own) in organs.items():
            narrow = 1 - (z - 6) ** 2 / 144
            inside = (x - cx - odd) ** 2 + (y - cy + third) ** 2 <= radius**2 * narrow
            inside &= (z > 0) & (z < 11)
            labels[inside], hu[inside] = value, own
        hu = (hu + (7 * x + 5 * y + 3 * z) % 11).astype(np.int16)
        for name, voxels in (("images", hu), ("labels", labels)):
            (data / name).mkdir(parents=True, exist_ok=True)
            image = nib.Nifti1Image(voxels, world.AFFINE)
            image.set_sform(world.AFFINE, 1)
            nib.save(image, data / name / f"{case}.nii.gz")


def give_skills(folder: Path) -> None:
    """Put the shipped axis and the shipped stems into a project that uses no shipped documents."""
    shutil.copy(HOME / "lexicon/tree/skill.tsv", folder / "lexicon/tree/skill.tsv")
    shutil.copytree(HOME / "question_pools/skills", folder / "question_pools/skills")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a built project that asks with every skill; tests must not change it."""

    def build(folder: Path) -> None:
        twice.write(folder)
        write_volumes(folder)
        give_skills(folder)
        path = folder / "benchmarks/twice.yaml"
        text = path.read_text("utf-8").replace(
            "counterfactuals: [erase, move, mirror, turn, shift]\n", BENCHMARK
        )
        path.write_text(text, encoding="utf-8")
        benchsmith("build", "twice", "--workers", "1", folder=folder)

    return Project(once(tmp_path_factory, "skills", build))


@pytest.fixture(scope="module")
def rows(project: Project) -> list[Row]:
    """Return the published cases with their provenance."""
    return project.published("twice")


@pytest.fixture(scope="module")
def planes(project: Project) -> dict[str, np.ndarray]:
    """Return the phantoms' label volumes (z, y, x) by the digest of their image, read by nibabel."""
    data = project.folder / "raw_sources/abdomen/data"
    return {
        hashlib.sha256((data / f"images/{case}.nii.gz").read_bytes()).hexdigest(): np.asarray(
            nib.load(data / f"labels/{case}.nii.gz").dataobj
        ).T
        for case in CASES
    }


def mask_of(row: Row, name: str, planes: dict[str, np.ndarray]) -> np.ndarray:
    plane = planes[row["image_sha256"]][row["plane_index"]]
    return np.isin(plane, [value for value, own in NAMES.items() if own == name])


def named_in(row: Row) -> list[str]:
    """Return the organs that a stem names, in their order."""
    text = row["question"]
    return sorted((n for n in set(NAMES.values()) if n in text), key=text.index)


def answer_of(row: Row) -> str:
    return str(row["options"]["ABCDEFG".index(row["answer"])])


def of(rows: list[Row], skill: str, kind: str = "") -> list[Row]:
    return [r for r in rows if r["skill"] == skill and r["pool"].startswith(f"{skill}/{kind}")]


def beside(rows: list[Row]) -> list[Row]:
    """Return the questions about the side of one structure on which another one lies."""
    return [*of(rows, "position", "beside/"), *of(rows, "position", "above/")]


def touched(row: Row) -> list[str]:
    """Return the structure of which it is asked what touches it; one that is named with two options."""
    return [n for n in named_in(row) if n not in row["options"] and len(named_in(row)) > 2]


def test_the_larger_structure_covers_more_pixels(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    found = of(rows, "comparison", "larger")
    assert len(found) >= 4
    for row in found:
        area = {name: int(mask_of(row, name, planes).sum()) for name in row["options"]}
        other = next(n for n in row["options"] if n != answer_of(row))
        assert area[answer_of(row)] >= Margins().larger * area[other] > 0
        for name in row["options"]:
            assert ndimage.label(mask_of(row, name, planes))[1] == 1


def test_the_brighter_structure_is_brighter_in_the_published_picture(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    for row in of(rows, "comparison", "brighter"):
        grey = np.asarray(PIL.Image.open(io.BytesIO(row["image"]["bytes"])).convert("L")).astype(
            float
        )
        means = {}
        for name in row["options"]:
            mask = mask_of(row, name, planes)
            scale = grey.shape[0] // mask.shape[0]
            whole = np.kron(ndimage.binary_erosion(mask), np.ones((scale, scale))) > 0
            means[name] = grey[whole].mean()
        assert max(means, key=means.__getitem__) == answer_of(row)
        assert max(means.values()) - min(means.values()) > Margins().brighter - 5


def test_a_position_is_that_of_the_picture_as_it_is_shown(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    found = beside(rows)
    assert {r["altered"] for r in found} == {None, "mirror", "turn"}
    for row in found:
        # the stem asks where <first> lies beside <second>; which one comes first in it varies
        first, second = row["evidence"][0].split()[0].split("|")
        assert sorted((first, second)) == sorted(named_in(row))
        a, b = (mask_of(row, name, planes) for name in (first, second))
        if row["altered"] == "mirror":
            a, b = a[:, ::-1], b[:, ::-1]
        elif row["altered"] == "turn":
            a, b = np.rot90(a, 2), np.rot90(b, 2)
        across, down = ([np.flatnonzero(mask.any(axis=axis)) for mask in (a, b)] for axis in (0, 1))
        said = answer_of(row)
        true = {
            "to its left in the picture": across[0].max() < across[1].min(),
            "to its right in the picture": across[0].min() > across[1].max(),
            "above it in the picture": down[0].max() < down[1].min(),
            "below it in the picture": down[0].min() > down[1].max(),
        }
        assert true[said]


def test_the_altered_picture_of_a_position_is_the_same_picture_turned(rows: list[Row]) -> None:
    originals = {r["pair"]: r for r in beside(rows) if not r["altered"]}
    altered = [r for r in beside(rows) if r["altered"]]
    assert len(altered) == len(originals) > 4
    for row in altered:
        before, after = (
            np.asarray(PIL.Image.open(io.BytesIO(r["image"]["bytes"])))
            for r in (originals[row["pair"]], row)
        )
        turned = before[:, ::-1] if row["altered"] == "mirror" else np.rot90(before, 2)
        assert (turned == after).all()
        assert row["question"] == originals[row["pair"]]["question"]
        assert answer_of(row) != answer_of(originals[row["pair"]])


def test_what_is_said_to_be_shown_is_in_the_masks(
    rows: list[Row], planes: dict[str, np.ndarray]
) -> None:
    found = of(rows, "presence")
    assert {answer_of(r) for r in found} == {"yes", "no"}
    for row in found:
        (name,) = named_in(row)
        mask = mask_of(row, name, planes)
        assert mask.any() == (answer_of(row) == "yes")
        assert not mask.any() or mask.mean() >= Margins().min_share


def test_every_answer_is_as_frequent_as_the_other_for_the_same_words(rows: list[Row]) -> None:
    asked = [r for r in rows if r["skill"] != "recognition"]
    assert len(asked) > 40
    keys: dict[tuple[str, ...], Counter[str]] = {}
    for row in asked:
        words = (row["split"], row["pool"], *sorted(named_in(row)), *touched(row))
        # a position is asked in both orders of its structures: what is frequent is the first one's side
        swapped = row["skill"] == "position" and named_in(row) != sorted(named_in(row))
        keys.setdefault((*words, str(swapped)), Counter())[answer_of(row)] += 1
    for words, counted in keys.items():
        options = 4 if "position/quadrant" in words[1] else 2
        assert len(counted) == options and len(set(counted.values())) == 1, words
    places = Counter(r["answer"] for r in asked if len(r["options"]) == 2)
    assert abs(places["A"] - places["B"]) <= 8


def test_a_question_carries_what_it_rests_on(project: Project, rows: list[Row]) -> None:
    for row in rows:
        assert bool(row["evidence"]) == (row["skill"] != "recognition")
    one = of(rows, "comparison", "larger")[0]
    said = benchsmith("explain", one["id"], folder=project.folder)
    assert "skill comparison" in said and one["evidence"][0] in said


def test_a_fact_in_words() -> None:
    fact = Fact(subject="liver", name="area", value=1203.0, unit="mm2")
    assert fact.words == "liver area 1203 mm2"


def test_queries_know_the_skill(project: Project, rows: list[Row]) -> None:
    said = benchsmith("tree", "skill", "--from", "twice", "--json", folder=project.folder)
    counts = {row["id"]: row["questions"] for row in json.loads(said)["terms"]}
    asked = Counter(r["skill"] for r in rows)
    assert {skill: count for skill, count in counts.items() if count} == asked


def test_a_skill_without_stems_is_named_with_its_line(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project.folder, folder, ignore=shutil.ignore_patterns("output", "data"))
    (folder / "question_pools/skills/presence.yaml").unlink()
    from benchsmith.documents.library import read_benchmark

    with pytest.raises(DocumentError, match=r"no stems of the skill 'presence'"):
        read_benchmark(folder, "twice", frozenset({"parquet"}))


def test_what_only_an_atlas_divides_is_not_compared(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project.folder, folder)  # with what is ingested and drawn
    path = folder / "benchmarks/twice.yaml"
    more = "quality: {edgeless: [organ-recognition-abdomen]}\nexports: [parquet]\n"
    path.write_text(path.read_text("utf-8") + more, encoding="utf-8")
    (before,) = folder.glob("output/twice/stages/ask/*")
    with unaudited():
        benchsmith("build", "twice", "--workers", "1", folder=folder)
    (after,) = set(folder.glob("output/twice/stages/ask/*")) - {before}
    asked = pq.read_table(after / "rows.parquet")
    assert set(asked["skill"].to_pylist()) == {"recognition", "position"}
