"""What `start`, `draft mapping`, `check` and `build` do with a label of another part of the body."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS
from tests.conftest import Project
from tests.test_draft_recipes import picture

WORDS = ("polyp", "pedunculated polyp", "leukoplakia", "laryngeal cancer")
GIVEN = ("--licence", "cc0-1.0", "--modality", "endoscopy", "--patient", "key", "--workers", "1")


@pytest.fixture(scope="module")
def larynx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of four classes of pictures of the larynx."""
    folder = tmp_path_factory.mktemp("pictures") / "larynx-endoscopy"
    for k, word in enumerate(WORDS):
        for n in range(3):
            picture(folder / word / f"p{n}.png", 31 * k + 7 * n)
    return folder


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, larynx: Path) -> tuple[Project, str]:
    """Return a project that was started with what is exact, and what was said; tests must not change it."""
    project = Project(tmp_path_factory.mktemp("home"))
    said = project.run("start", str(larynx), *GIVEN, "--sign", "ann", "--yes-exact")
    return project, said


def rows_of(home: Path) -> dict[str, tuple[str, str]]:
    rows = tsv.read(home / "lexicon/mappings/larynx-endoscopy.tsv", MAPPING_COLUMNS, home)
    return {row["raw"]: (row["relation"], row["label"]) for row in rows}


def test_exact_labels_of_another_part_are_not_taken(started: tuple[Project, str]) -> None:
    project, said = started
    assert "pedunculated polyp -> pedunculated-polyp" in said
    assert "look: belongs to another part of the body than the source" in said, (
        "though words are open"
    )
    rows = rows_of(project.folder)
    assert rows["polyp"] == rows["pedunculated polyp"] == ("unknown", "")
    assert "leukoplakia" not in rows
    notes = (project.folder / "lexicon/mappings/larynx-endoscopy.tsv").read_text("utf-8")
    assert "but adds digestive, which the source does not state" in notes
    assert (
        "pedunculated-polyp 100 (the lexicon's, but is of the digestive, and the source of the neck"
        in notes
    )


def test_a_person_may_sign_it_and_is_warned_until_then(
    started: tuple[Project, str], tmp_path: Path, larynx: Path
) -> None:
    project = started[0].copy(tmp_path / "home")
    mapping = project.folder / "lexicon/mappings/larynx-endoscopy.tsv"
    mapping.unlink()
    said = project.run("build", "larynx-endoscopy", "--workers", "1", code=3)
    line = "look: larynx-endoscopy: 1 word with a label of another part of the body: 'pedunculated polyp'"
    assert said.count(line) == 1
    project.run("start", str(larynx), *GIVEN, "--sign", "ann", "--accept", "none",
                "--map", "pedunculated polyp=pedunculated-polyp")  # fmt: skip
    assert rows_of(project.folder)["pedunculated polyp"] == ("exact", "pedunculated-polyp")
    said = project.run("build", "larynx-endoscopy", "--workers", "1")
    assert "another part of the body" not in said
