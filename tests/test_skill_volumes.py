"""Facts of whole structures reach the skills that need them, and nobody else pays for them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np
import pytest

from benchsmith.cli import REJECTED
from benchsmith.core.errors import TooMuchRejected
from benchsmith.documents.benchmark import benchmark
from benchsmith.pipeline import ask_skills
from benchsmith.skills.contract import Scene
from tests import twice
from tests.command import benchsmith
from tests.test_skills import give_skills

BENCHMARK = twice.BENCHMARK.replace(
    "counterfactuals: [erase, move, mirror, turn, shift]\n",
    "skills: [recognition, presence]\nmargins: {min_contrast: 0}\n",
)


class Built(NamedTuple):
    """The same benchmark, built without facts and then with them."""

    plain: list[Scene]
    scenes: list[Scene]
    ingested: tuple[Path, Path]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("volumes")
    twice.write(folder)
    give_skills(folder)
    (folder / "benchmarks/twice.yaml").write_text(BENCHMARK, encoding="utf-8")
    plain = _scenes_of(folder, frozenset())
    (before,) = (folder / "output/twice/stages/ingest").iterdir()
    scenes = _scenes_of(folder, frozenset({"presence"}))
    (after,) = set(before.parent.iterdir()) - {before}
    return Built(plain, scenes, (before, after))


def _scenes_of(folder: Path, needing: frozenset[str]) -> list[Scene]:
    """Build with skills that need facts until they are asked; return the scenes that they are asked about."""
    seen: list[Scene] = []

    def kept(scenes: list[Scene], *_: object) -> NoReturn:
        seen.extend(scenes)
        raise TooMuchRejected("nothing of what comes after is read here")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ask_skills, "ask_skills", kept)
        patch.setattr(benchmark, "ON_FACTS", needing)
        benchsmith("build", "twice", "--workers", "1", code=REJECTED, folder=folder)
    return seen


def test_a_scene_has_the_structures_of_its_image(built: Built) -> None:
    assert {scene.anchor.sample for scene in built.scenes} == {f"abdomen/{c}" for c in twice.LACKS}
    for scene in built.scenes:
        labels = twice.labels_of(scene.anchor.sample[-1])
        volume = scene.volume
        assert volume is not None and volume.sample.id == scene.anchor.sample
        for value, (name, *_) in twice.ORGANS.items():
            label, _, side = name.partition("_")
            mask = labels == value
            solid = volume.only(label, side)
            assert (solid is not None) == mask.any()
            if solid is None:
                continue
            assert (solid.side, solid.facts.part) == (side, 0)
            assert solid.facts.voxels == mask.sum()
            voxel_ml = np.prod(volume.sample.spacing_mm) / 1000
            assert solid.facts.volume_ml == pytest.approx(mask.sum() * voxel_ml)
        both = volume.of("kidney")
        sides = {1: "left", 2: "right"}
        assert sorted(s.side for s in both) == [s for v, s in sides.items() if (labels == v).any()]
        assert volume.only("kidney") is (both[0] if len(both) == 1 else None)


def test_a_pair_is_measured_when_it_is_asked(built: Built) -> None:
    volume = built.scenes[0].volume
    assert volume is not None
    one, other = (volume.only(*name) for name in (("kidney", "left"), ("kidney", "right")))
    assert one is not None and other is not None
    found = volume.pair(one, other)
    assert found is not None and found.distance_mm is not None
    labels = twice.labels_of(volume.sample.key).T
    a, b = (np.argwhere(labels == v) * volume.sample.spacing_mm for v in (1, 2))
    nearest = min(np.linalg.norm(b - place, axis=1).min() for place in a)
    assert found.distance_mm == pytest.approx(nearest)
    assert volume.pair(other, one) == found


def test_nothing_is_measured_unless_a_skill_needs_it(built: Built) -> None:
    assert built.plain and all(scene.volume is None for scene in built.plain)
    before, after = built.ingested
    assert not (before / "structures.parquet").exists()
    assert (after / "structures.parquet").exists()
    for file in ("rows.parquet", "samples.parquet", "words.parquet"):
        assert (before / file).read_bytes() == (after / file).read_bytes()
