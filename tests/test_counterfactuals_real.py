"""Counterfactuals of the demo's real volumes: every new answer is found again by nibabel alone.

From the published pictures of a pair alone it is seen where the new mark lies. Its pixels are brought
into the patient's frame, and from there into the source's own masks.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from tests import world
from tests.conftest import PROJECT, Project
from tests.real_volumes import ATLAS, BRAIN, CT, PACKAGES
from tests.unaudited import unaudited

BENCHMARK = """title: Real volumes
description: A test.
seed: 11
sources: [mni-aal, totalsegmentator]
views: [mask]
quota: {per_answer: 3, per_volume: 4}
split: {val: 1, test: 5}
counterfactuals: [move, shift]
exports: [parquet, provenance]
"""
Row = dict[str, Any]
Under = Callable[[np.ndarray], set[str] | Counter[str]]

pytestmark = pytest.mark.skipif(
    not (CT.is_dir() and BRAIN.is_file() and ATLAS.is_dir()), reason="the demo's data are not here"
)


def _names_of_masks() -> dict[Path, Callable[[np.ndarray], Counter[str]]]:
    """Return, by image, what counts the words of the masks at world points (n, 3)."""
    recipe = YAML(typ="safe").load(
        (PROJECT / "raw_sources/totalsegmentator/recipe.yaml").read_text("utf-8")
    )
    mr = next(s for s in recipe["samples"] if s["images"] == "example_mr_sm.nii.gz")["labels"][0]
    lines = (line.split() for line in (ATLAS / "AAL.txt").read_text("utf-8").splitlines())
    atlas = {int(words[0]): words[1] for words in lines}

    def volume(path: Path, names: dict[int, str]) -> Callable[[np.ndarray], Counter[str]]:
        return lambda points: Counter(names.get(v, "") for v in _values(path, points))

    def folder(points: np.ndarray) -> Counter[str]:
        files = sorted((CT / "example_seg_fast").glob("*.nii.gz"))
        counts = {f.name.partition(".")[0]: int((_values(f, points) > 0).sum()) for f in files}
        return Counter({name: count for name, count in counts.items() if count})

    return {
        CT / "example_ct_sm.nii.gz": folder,
        CT / "example_mr_sm.nii.gz": volume(CT / mr["file"], mr["names"]),
        BRAIN: volume(ATLAS / "AAL.nii", atlas),
    }


def _values(path: Path, points: np.ndarray) -> np.ndarray:
    """Return the value of a mask file at the voxel nearest to each world point (n, 3)."""
    stored, inverse = _stored(path)
    voxels = nib.affines.apply_affine(inverse, points)
    where = np.floor(voxels + 0.5).astype(int)
    inside = ((where >= 0) & (where < stored.shape[:3])).all(axis=1)
    found = np.zeros(len(points), int)
    found[inside] = stored[tuple(where[inside].T)]
    return found


@cache
def _stored(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of a mask file, which many pairs need, and what brings world points to its voxels."""
    image = nib.load(path)
    values = np.asarray(image.dataobj)
    least = np.min_scalar_type(int(values.max()))
    assert (values.astype(least) == values).all()
    return values.astype(least), np.linalg.inv(image.affine)


def _points(row: Row, mark: np.ndarray, image: Path) -> np.ndarray:
    """Return the world points (n, 3) of a mark's pixels, (rows, columns) of bool."""
    shown = nib.as_closest_canonical(nib.load(image))
    nx, ny, nz = shown.shape[:3]
    rows, columns = {"axial": (ny, nx), "coronal": (nz, nx), "sagittal": (nz, ny)}[row["axis"]]
    down, across = np.nonzero(mark)
    down = down * rows // mark.shape[0]
    across = across * columns // mark.shape[1]
    fixed = np.full_like(down, row["plane_index"])
    # x to the patient's left and y to the back, as pictures are hung; heads are at the top
    x, y, z = {
        "axial": (across, down, fixed),
        "coronal": (across, fixed, nz - 1 - down),
        "sagittal": (fixed, across, nz - 1 - down),
    }[row["axis"]]
    right_front = np.stack([nx - 1 - x, ny - 1 - y, z], axis=1)
    return nib.affines.apply_affine(shown.affine, right_front)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Row, Row]]:
    """Return the pairs of a build of the demo's volumes: original and altered case."""
    project = Project(tmp_path_factory.mktemp("real"))
    world.put(project.folder / "benchmarks/real.yaml", BENCHMARK)
    (project.folder / ".cache").mkdir()
    (project.folder / ".cache/packages").symlink_to(PACKAGES)
    with unaudited():
        project.run("build", "real", "--workers", "1")
    release = project.folder / "output/real/release"
    origin = {r["id"]: r for r in pq.read_table(release / "provenance.parquet").to_pylist()}
    rows = [
        {**origin[r["id"]], **r}
        for file in (release / "data").glob("*.parquet")
        for r in pq.read_table(file).to_pylist()
    ]
    originals = {r["pair"]: r for r in rows if r["pair"] and not r["altered"]}
    return [(originals[r["pair"]], r) for r in rows if r["altered"]]


def _marked(pairs: list[tuple[Row, Row]]) -> Iterator[tuple[Row, Row, Counter[str], int]]:
    """Yield the pairs of the images that are read here, with the words under the new mark."""
    images = {
        hashlib.sha256(path.read_bytes()).hexdigest(): (path, under)
        for path, under in _names_of_masks().items()
    }
    for original, altered in pairs:
        if altered["image_sha256"] not in images:
            continue
        path, under = images[altered["image_sha256"]]
        before, after = (
            np.asarray(PIL.Image.open(io.BytesIO(r["image"]["bytes"]))).astype(int)
            for r in (original, altered)
        )
        gained = (after - before)[:, :, 0] - (after - before)[:, :, 2] > 15
        yield original, altered, under(_points(altered, gained, path)), int(gained.sum())


def test_every_new_answer_is_under_the_new_mark(pairs: list[tuple[Row, Row]]) -> None:
    checked: Counter[tuple[str, str]] = Counter()
    for original, altered, under, size in _marked(pairs):
        (word, most), *_ = under.most_common(1)
        assert word == altered["raw_label"]
        assert most > 0.85 * size
        assert altered["label"] != original["label"]
        assert altered["answer"] == "ABCDEFGH"[altered["options"].index(altered["label"])]
        # no other option covers much of it, by any word of that option
        others = {r["raw_label"]: r["label"] for pair in pairs for r in pair}
        for other, count in under.items():
            if others.get(other, altered["label"]) in set(altered["options"]) - {altered["label"]}:
                assert count < 0.1 * size, (altered["id"], other)
        checked[altered["source"], altered["altered"]] += 1
    assert min(checked["mni-aal", "move"], checked["totalsegmentator", "move"]) > 5, checked
    assert checked["mni-aal", "shift"] + checked["totalsegmentator", "shift"] > 0, checked


def test_answers_of_real_volumes_are_gained_as_often_as_lost(pairs: list[tuple[Row, Row]]) -> None:
    lost = Counter((o["pool"], o["label"]) for o, _ in pairs)
    gained = Counter((a["pool"], a["label"]) for _, a in pairs)
    assert lost == gained
    assert len(pairs) > 20
