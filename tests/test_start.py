"""From a folder to a built benchmark: questions, answers and results are kept in files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from ruamel.yaml import YAML

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS
from benchsmith.drafting import decide_recipe, sign_mapping
from benchsmith.drafting.decide_recipe import Answers
from tests.conftest import Project
from tests.unaudited import unaudited

DRAFT = """\
# saw: 2 files  # decide: this is a comment
title: Scans
licence: ""  # decide: an id
version: "1"  # decide: which?
samples:
  - images: "{name}.nii.gz"
    modality: ct  # decide: likely
    labels:
      - kind: volume
        file: "labels/{name}.nii.gz"
        names:  # decide: what do the values mean?
          1: value 1
          2: value 2
        exhaustive: false  # decide: everywhere?
      - kind: colours
        file: "{name}.png"
        names:  # decide: what do the colours mean?
          "#ff0000": "colour #ff0000"
"""


def test_answers_replace_values_and_leave_what_was_drafted_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(DRAFT)
    assert [(line.number, line.key) for line in decide_recipe.open_lines(path)] == [
        (3, "licence"), (4, "version"), (7, "modality"), (11, "names"), (14, "exhaustive"),
        (17, "names"),
    ]  # fmt: skip
    assert list(decide_recipe.open_words(path)) == ["1", "2", "#ff0000"]
    values = {"licence": "cc0-1.0", "exhaustive": "true", "modality": "mri"}
    taken = decide_recipe.decide(path, Answers(values, {"1": "liver", "#ff0000": "no"}))
    found = YAML(typ="safe").load(path.read_text())
    volume, colours = found["samples"][0]["labels"]
    assert (found["licence"], found["version"]) == ("cc0-1.0", "1")
    assert found["samples"][0]["modality"] == "mri"
    assert volume["names"] == {1: "liver", 2: "value 2"}
    assert volume["exhaustive"] is True
    assert colours["names"] == {"#ff0000": "no"}
    assert taken == ['version: "1" - which?']
    assert decide_recipe.open_lines(path) == []
    assert 'version: "1"  # as drafted: which?' in path.read_text()


@pytest.mark.parametrize(
    ("accept", "labels"),
    [
        ("all", ["liver", "spleen", ""]),
        ("exact", ["liver", "", ""]),
        ("none", ["", "", ""]),
    ],
)
def test_only_accepted_suggestions_are_signed_as_labels(
    tmp_path: Path, accept: sign_mapping.Accept, labels: list[str]
) -> None:
    path = tmp_path / "lexicon/mappings/own.tsv"
    path.parent.mkdir(parents=True)
    rows = [
        {"raw": "Hepar!", "label": "liver", "note": "draft: liver 100 (hepar); stated 2 times"},
        {"raw": "lienn", "label": "spleen", "note": "draft: spleen 93 (lien); stated 2 times"},
        {"raw": "xyz", "label": "", "note": "draft: no suggestion; stated 2 times"},
    ]
    blank = dict.fromkeys(MAPPING_COLUMNS, "") | {"relation": "exact"}
    tsv.write(path, MAPPING_COLUMNS, [blank | row for row in rows])
    done = sign_mapping.sign(tmp_path, "own", "ann", accept)
    signed = tsv.read(path, MAPPING_COLUMNS, tmp_path)
    assert [row["label"] for row in signed] == labels
    assert [row["relation"] for row in signed] == [("exact" if n else "unknown") for n in labels]
    assert {row["reviewed_by"] for row in signed} == {"ann"}
    assert done == (sum(map(bool, labels)), sum(not n for n in labels), 0)
    assert sign_mapping.drafted(tmp_path, "own") == []


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Return a folder of six pictures with a mask of each of four organs; one name is unknown."""
    folder = tmp_path / "scans"
    y, x = np.indices((160, 160))
    for n in range(6):
        grey = ((x * (n + 3) + y * 11 + (x * y) % 41) % 251).astype(np.uint8)
        (folder / "pics").mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(grey).save(folder / f"pics/s{n}.png")
        for place, name in enumerate(("liver", "spleen", "left kidney", "gizmo")):
            mask = np.zeros((160, 160), np.uint8)
            top, left = 10 + 80 * (place // 2), 10 + 80 * (place % 2)
            mask[top : top + 40 + n, left : left + 50 - n] = 255
            (folder / "masks" / f"s{n}").mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(mask).save(folder / "masks" / f"s{n}" / f"{name}.png")
    return folder


def test_a_folder_becomes_a_benchmark_without_a_terminal(project: Project, scans: Path) -> None:
    said = project.run(
        "start", str(scans), "--licence", "cc0-1.0", "--modality", "ct", "--exhaustive",
        "--sign", "ann", "--yes-exact", "--workers", "1",
    )  # fmt: skip
    recipe = (project.folder / "raw_sources/scans/recipe.yaml").read_text("utf-8")
    assert "licence: cc0-1.0" in recipe and "# decide:" not in recipe
    assert "exhaustive: true" in recipe
    rows = tsv.read(project.folder / "lexicon/mappings/scans.tsv", MAPPING_COLUMNS, project.folder)
    assert [(r["raw"], r["relation"], r["reviewed_by"]) for r in rows] == [
        ("gizmo", "unknown", "ann")
    ]
    assert "signed by ann: 0 words accepted, 1 left open" in said
    assert "\nann\t" in (project.folder / "lexicon/curators.tsv").read_text("utf-8")
    record = json.loads((project.folder / "output/scans/build.json").read_text("utf-8"))
    assert record["finished"]
    assert "scans: built: " in said
    again = json.loads(project.run("start", str(scans), "--workers", "1", "--json"))
    assert again["benchmark"] == "scans" and not any(step["ran"] for step in again["steps"])


def test_masks_of_several_things_are_named_one_by_one(tmp_path: Path) -> None:
    """One answer went for all: a disc and its cup, or pictures with and without a letter."""
    path = tmp_path / "recipe.yaml"
    two = "".join(
        f"  - images: '{word}.png'\n    labels:\n      - kind: masks\n        label: {word}  # decide: what?\n"
        for word in ("left", "without g")
    )
    path.write_text(two)
    assert decide_recipe.open_words(path) == {"left": "left", "without g": "without g"}
    words = {"left": "lung", "without g": "no glaucoma"}
    assert decide_recipe.decide(path, Answers({}, words)) == []
    found = YAML(typ="safe").load(path.read_text())
    assert [entry["labels"][0]["label"] for entry in found] == ["lung", "no glaucoma"]
    path.write_text(two.partition("  - images: 'without")[0])
    assert decide_recipe.open_words(path) == {}


def test_one_label_for_several_masks_is_refused(project: Project, scans: Path) -> None:
    for file in (scans / "masks").rglob("*.png"):
        other = scans / f"{file.stem}Mask" / f"{file.parent.name}.png"
        other.parent.mkdir(exist_ok=True)
        file.rename(other)
    options = ("--licence", "cc0-1.0", "--label", "kidney", "--sign", "ann")
    said = project.run("start", str(scans), *options, code=2)
    assert "`--label` is one word, and the draft leaves several open: " in said
    assert "use `--names " in said


def test_what_cannot_be_guessed_is_asked_for_by_its_option(project: Project, scans: Path) -> None:
    assert "`--licence` is required" in project.run("start", str(scans), code=2)
    said = project.run("start", str(scans), "--licence", "cc0", code=2)
    assert "there is no licence 'cc0'; did you mean" in said
    assert not (project.folder / "benchmarks/scans.yaml").exists()


def test_no_project_is_made_inside_the_data(project: Project, scans: Path) -> None:
    before = sorted(scans.rglob("*"))
    said = project.run("start", str(scans), "--home", str(scans / "inside"), code=2)
    assert "would be inside the data folder" in said and "--home" in said
    assert sorted(scans.rglob("*")) == before


def test_labels_of_single_words_are_given_by_an_option(project: Project, scans: Path) -> None:
    words = ("start", str(scans), "--licence", "cc0-1.0", "--sign", "ann", "--workers", "1")
    said = project.run(*words, "--map", "gizmo=stomac", code=2)
    assert "there is no label 'stomac'" in said and "stomach" in said
    said = project.run(*words, "--map", "gizmos=stomach", code=2)
    assert "there is no unsigned word 'gizmos'" in said
    assert "'gizmo' is not a `WORD=LABEL`" in project.run(*words, "--map", "gizmo", code=2)
    with unaudited():
        assert "signed by ann: 1 words accepted" in project.run(*words, "--map", "gizmo=stomach")
    rows = tsv.read(project.folder / "lexicon/mappings/scans.tsv", MAPPING_COLUMNS, project.folder)
    assert [(r["raw"], r["relation"], r["label"]) for r in rows] == [("gizmo", "exact", "stomach")]
