"""On people with the usual anatomy, who knows it gains nothing by it; asked uniformly, nearly everything."""

from __future__ import annotations

import re

import pytest

from benchsmith.documents.benchmark import Marks
from benchsmith.skills.measured_scenes import LEAST_SHARE, MINOR_SHARE
from performance import skills
from performance.skill_cohort import NAMES, project
from tests.paths import PROJECT

PEOPLE = 24
"""Of fewer, some kinds have too few questions to be judged."""
ASKED = ("presence", "comparison", "laterality", "position")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[tuple[str, str], float]]:
    """Return the best guesser's gain by kind, as the questions are drawn and drawn uniformly."""
    home = project(tmp_path_factory.mktemp("cohort"), PEOPLE, ASKED)
    scenes, benchmark, library = skills.scenes_of(home)
    labels = {one.label for scene in scenes for one in scene.structures}
    minor = [one for scene in scenes for one in scene.minor]
    assert minor and all(MINOR_SHARE <= one.share < 2 * LEAST_SHARE for one in minor)
    assert {"liver", "kidney", "liver-tumor"} <= labels and len(labels) >= len(NAMES) - 2
    gains = {}
    for name, draw in (("drawn", skills.drawn), ("uniform", skills.uniform)):
        measured = skills.measured(draw(scenes, benchmark, library), scenes, benchmark.seed)
        gains[name] = {(one.skill, one.kind): one.gain for one in measured}
    return gains


def test_the_usual_anatomy_reveals_nothing(found: dict[str, dict[tuple[str, str], float]]) -> None:
    limit = Marks().anatomy_points / 100
    assert {skill for skill, _ in found["drawn"]} >= {"presence", "laterality", "position"}
    assert all(gain <= limit for gain in found["drawn"].values()), found["drawn"]


def test_questions_that_are_drawn_uniformly_are_answered_by_it(
    found: dict[str, dict[tuple[str, str], float]],
) -> None:
    for kind in (("position", "above"), ("position", "quadrant"), ("laterality", "picture")):
        assert found["uniform"][kind] > 0.3, kind


def test_the_published_table_is_within_the_marks() -> None:
    page = (PROJECT / "docs/validity.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| \d+ % \| (-?[\d.]+) \(", page, re.MULTILINE)
    assert len(rows) >= 6
    assert all(float(gain) <= Marks().anatomy_points for *_, gain in rows)
