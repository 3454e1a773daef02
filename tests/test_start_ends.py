"""`benchsmith start` on sets that give no question: it says why, early, and what would give some."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import benchsmith
from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS
from benchsmith.drafting import sign_mapping
from benchsmith.drafting.sign_mapping import Drafted
from tests.conftest import PROJECT, Project
from tests.test_draft_recipes import square

SKILLS = "lexicon/tree/skill.tsv"


@pytest.fixture
def livers(tmp_path: Path) -> Path:
    """Return a folder of four pictures, none like another, each with one structure."""
    folder = tmp_path / "livers"
    (folder / "images").mkdir(parents=True)
    for n in range(4):
        grey = np.frombuffer(hashlib.sha512(b"%d" % n).digest()[:36], np.uint8).reshape(6, 6)
        image = PIL.Image.fromarray(grey.repeat(16, axis=0).repeat(16, axis=1))
        image.save(folder / f"images/p{n}.png")
        square(folder / f"masks/p{n}.png", at=5 + 15 * n)
    return folder


def test_a_set_of_one_label_says_why_nothing_is_asked_and_what_would_be(
    project: Project, livers: Path
) -> None:
    said = project.run(
        "start", str(livers), "--licence", "cc0-1.0", "--modality", "ct", "--exhaustive",
        "--label", "liver", "--patient", "key", "--workers", "1", code=3,
    )  # fmt: skip
    why = "liver is the only label of its task and modality, so the answer would always be the same"
    assert said.index(why) < said.index("ingest livers"), "before the build"
    assert said.count(why) == 2 and "nothing: no finding" in said and "kind: count" in said
    assert "4 x pool-too-small: Too few labels are admissible as wrong options. [add " in said
    assert said.count("livers/p") == 3, "three cases of four"
    table = project.folder / "output/livers/left_out.tsv"
    assert f"with its reason: {table}" in said
    rows = table.read_text("utf-8").splitlines()
    assert [line.split("\t")[:3] for line in rows[1:]] == [
        ["livers", "select", "pool-too-small"]
    ] * 4
    said = project.run("explain", "livers")
    assert "livers / select: 4 left out (4 pool-too-small)" in said
    pools = "question_pools/skills"
    shutil.copytree(PROJECT / pools, project.folder / pools)
    shutil.copyfile(PROJECT / SKILLS, project.folder / SKILLS)
    benchmark = project.folder / "benchmarks/livers.yaml"
    benchmark.write_text(benchmark.read_text("utf-8") + "skills: [presence]\n", "utf-8")
    said = project.run("build", "livers", "--workers", "1", code=3)
    assert "pool-too-small" not in said, "yes and no are not labels"
    assert "select all: 4 out, 0 left out" in said


def test_a_folder_whose_name_is_a_number_is_a_source(project: Project, livers: Path) -> None:
    words = ("--licence", "cc0-1.0", "--modality", "ct", "--label", "liver", "--workers", "1")
    for name, source in (("2023", "my-data-2023"), ("Müller_Anna", "my-data")):
        folder = livers.rename(livers.with_name(name))
        said = project.run("start", str(folder), *words, code=3)
        assert f"written: benchmarks/{source}.yaml" in said and "pool-too-small" in said
        title = (project.folder / f"benchmarks/{source}.yaml").read_text("utf-8").splitlines()[0]
        assert title == f'title: "{source.replace("-", " ")}"'
        livers = folder
    said = project.run("start", str(livers), "--id", "1e5", *words, code=3)
    assert "pool-too-small" in said


def test_without_any_label_nothing_is_signed_or_built(project: Project, livers: Path) -> None:
    words = ("start", str(livers), "--licence", "cc0-1.0", "--sign", "ann", "--workers", "1")
    said = project.run(*words, "--label", "gizmo", code=2)
    assert "none of the words has a label, so nothing can be asked: gizmo" in said
    assert "lexicon/mappings/livers.tsv:2: " in said and "--map WORD=LABEL" in said
    rows = tsv.read(project.folder / "lexicon/mappings/livers.tsv", MAPPING_COLUMNS, project.folder)
    assert [row["reviewed_by"] for row in rows] == [""], "so that the next run asks again"
    assert not (project.folder / "output/livers").exists()
    assert "1 words accepted" in project.run(*words, "--map", "gizmo=liver", code=3)


def test_a_build_above_the_limit_of_faults_names_the_first_cases(
    project: Project, livers: Path
) -> None:
    (livers / "masks/p2.png").unlink()
    square(livers / "masks/p9.png")
    words = ("--licence", "cc0-1.0", "--modality", "ct", "--label", "liver", "--workers", "1")
    said = project.run("start", str(livers), *words, code=3)
    assert "x file-missing: " in said and "livers/p2: " in said
    assert "x no-picture: " in said and "masks/p9.png: it matches" in said
    assert (project.folder / "output/livers/left_out.tsv").is_file()


def test_what_accepts_which_suggestion() -> None:
    sure, exact, weak, none = (
        Drafted("a", "liver", 93, filled=True),
        Drafted("b", "liver", 100, filled=True),
        Drafted("c", "liver", 75, filled=False),
        Drafted("d", "", 0, filled=False),
    )
    taken = {
        how: [bool(sign_mapping.taken(row, how)) for row in (sure, exact, weak, none)]
        for how in ("all", "exact", "best", "none")
    }
    assert taken == {
        "all": [True, True, False, False],
        "exact": [False, True, False, False],
        "best": [True, True, True, False],
        "none": [False] * 4,
    }


def test_files_that_contradict_one_another_stop_without_a_terminal(
    project: Project, livers: Path
) -> None:
    """The first candidate was taken, and half of the labels were wrong."""
    words = {f"p{n}": ("liver", "spleen")[n % 2] for n in range(4)}
    shutil.rmtree(livers / "masks")
    for name, finding in (("labels", words), ("checked", words | {"p2": "spleen"})):
        lines = [f"{key}.png,{word}" for key, word in finding.items()]
        (livers / f"{name}.csv").write_text("\n".join(["image,finding", *lines, ""]))
    given = ("start", str(livers), "--licence", "cc0-1.0", "--modality", "ct", "--sign", "ann",
             "--workers", "1")  # fmt: skip
    said = project.run(*given, code=2)
    assert "checked.csv and labels.csv contradict one another about 1 picture" in said
    assert "choose with `--candidate N`: 1: images/{name}.png: sheet" in said
    assert "2: images/{name}.png: if the labels of labels.csv are right" in said
    recipe = project.folder / "raw_sources/livers/recipe.yaml"
    assert not recipe.exists()
    project.run(*given, "--candidate", "2")
    assert "file: labels.csv" in recipe.read_text()
    release = benchsmith.load_release(project.folder / "output/livers/release")
    assert sorted(release.cases.label) == ["liver", "liver", "spleen", "spleen"], (
        "as labels.csv says"
    )
