"""Drafting a recipe from a folder: what is drafted reads what the files hold, or says that it may not."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pytest
from ruamel.yaml import YAML

from benchsmith import plugins
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import UNDECIDED, collect
from benchsmith.drafting.recipes.draft_recipe import draft
from benchsmith.drafting.recipes.proposal import Draft
from benchsmith.drafting.recipes.trial import source_of
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from tests import miniature_drafts
from tests.conftest import PROJECT, Project
from tests.miniature_drafts import NOT_THERE, SAME, SILENT
from tests.shipped_documents import shipped_lexicon

SOURCES = sorted(p.parent.name for p in (PROJECT / "raw_sources").glob("*/recipe.yaml"))
SOME = (
    "aptos2019", "bccd", "brain-tumor-mri", "cholecseg8k", "flare22", "kits23", "kvasir-seg",
    "pneumoniamnist", "rsna-pneumonia", "totalsegmentator-v2", "vindr-cxr", "word",
)  # fmt: skip
"""One of each layout: a sheet, VOC, class folders, colours, suffixes, cases, JPEG masks, arrays,
boxes, a mask per structure, one-hot columns, two folders."""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


def compare(name: str, lexicon: Lexicon, folder: Path) -> miniature_drafts.Compared:
    problems = Problems(PROJECT)
    source = collect(PROJECT / "raw_sources" / name, problems)
    assert source is not None, problems.found
    return miniature_drafts.compare(source, lexicon, folder)


@pytest.mark.parametrize("name", SOME)
def test_a_draft_reads_what_the_shipped_recipe_reads(
    lexicon: Lexicon, tmp_path: Path, name: str
) -> None:
    found = compare(name, lexicon, tmp_path)
    assert (found.verdict, found.wrong_words) == (SAME, 0)
    assert found.true > 0


@pytest.mark.slow
def test_nine_of_ten_miniatures_are_read_alike_and_none_otherwise_in_silence(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    rows = [compare(name, lexicon, tmp_path / name) for name in SOURCES]
    verdicts = Counter(r.verdict for r in rows)
    sys.stdout.write(f"{miniature_drafts.table(rows)}\n{dict(verdicts)}\n")
    there = len(rows) - verdicts[NOT_THERE]
    assert verdicts[SAME] >= 0.9 * there
    assert not [r.name for r in rows if r.verdict == SILENT]
    assert not [r.name for r in rows if r.wrong_words and r.verdict == SAME]


def picture(path: Path, seed: int = 0, size: int = 96) -> None:
    """Write a grey picture with many values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    y, x = np.indices((size, size))
    grey = ((x * 7 + y * 13 + seed * 29 + (x * y) % 37) % 251).astype(np.uint8)
    PIL.Image.fromarray(grey).save(path)


def square(path: Path, value: int = 255, at: int = 20) -> None:
    """Write a mask with one square of 30 pixels a side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mask = np.zeros((96, 96), np.uint8)
    mask[at : at + 30, at : at + 30] = value
    PIL.Image.fromarray(mask).save(path)


def read(made: Draft, folder: Path) -> set[tuple[str, str, tuple[int, ...] | None]]:
    """Return file, word and box of every finding that a draft reads."""
    readers = plugins.readers()
    units, _ = list_units(source_of(made.samples, folder), {"": folder, "recipe": folder}, readers)
    return {
        (
            unit.path.relative_to(folder.resolve()).as_posix(),
            f.raw,
            (f.box.x0, f.box.y0, f.box.x1, f.box.y1) if f.box else None,
        )
        for unit in units
        for f in ingest(unit, Slices(), readers).findings
    }


def drafted(folder: Path, lexicon: Lexicon) -> Draft:
    return draft(folder, plugins.readers(), lexicon)


def test_masks_beside_their_pictures_are_no_pictures(lexicon: Lexicon, tmp_path: Path) -> None:
    """`{name}.png` alone would match the masks too."""
    for n in (3, 17, 28):
        picture(tmp_path / f"polyps/p{n}.png", n)
        square(tmp_path / f"polyps/p{n}_lesion_mask.png", at=n)
    made = drafted(tmp_path, lexicon)
    assert read(made, tmp_path) == {
        (f"polyps/p{n}.png", "lesion", (n, n, n + 30, n + 30)) for n in (3, 17, 28)
    }
    assert {s.modality for s in made.samples} == {"colonoscopy"}


def test_a_mask_of_each_structure_is_named_by_its_file(lexicon: Lexicon, tmp_path: Path) -> None:
    for case in ("s01", "s02"):
        picture(tmp_path / f"pics/{case}.png")
        for at, name in enumerate(("liver", "left_kidney", "aorta")):
            square(tmp_path / f"outlines/{case}/{name}.png", 1, 5 + 20 * at)
    made = drafted(tmp_path, lexicon)
    assert {(f, raw) for f, raw, _ in read(made, tmp_path)} == {
        (f"pics/{c}.png", raw) for c in ("s01", "s02") for raw in ("liver", "left_kidney", "aorta")
    }


def test_classes_in_folders_below_a_split_keep_their_names(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    for part in ("Train", "Test"):
        for label in ("pneumonia", "healthy"):
            for n in (1, 2):
                picture(tmp_path / part / label / f"{part[1]}{n}.png", n)
    made = drafted(tmp_path, lexicon)
    assert {raw for _, raw, _ in read(made, tmp_path)} == {"pneumonia", "healthy"}
    assert len(read(made, tmp_path)) == 8
    assert [s.about.get("official") for s in made.samples] == ["{split}"]


def test_a_table_with_semicolons_patients_and_codes(lexicon: Lexicon, tmp_path: Path) -> None:
    rows = ["file;subject;age;severity"]
    for n in range(8):
        picture(tmp_path / f"eyes/e{n:02}.png", n)
        rows.append(f"e{n:02}.png;p{n // 2};{50 + n};{n % 3}")
    (tmp_path / "grades.csv").write_text("\ufeff" + "\r\n".join(rows) + "\r\n", "utf-8")
    made = drafted(tmp_path, lexicon)
    (samples,) = made.samples
    (labels,) = samples.labels
    assert labels.keys["values"] == {str(c): f"severity {c}" for c in range(3)}
    assert "codes" in labels.decide["values"]
    assert (samples.patient, samples.about["age"]) == ("column:subject", "column:age")
    assert len(read(made, tmp_path)) == 8


def test_values_of_volumes_are_named_by_the_json_beside_them(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    x, y, z = np.indices((20, 20, 20))
    labels = np.zeros((20, 20, 20), np.uint8)
    labels[3:10, 3:10, 3:10], labels[12:18, 12:18, 5:15] = 1, 2
    for case in ("ab_001", "ab_002"):
        for kind, voxels in (("imagesTr", x * 9 + y * 5 + z - 900), ("labelsTr", labels)):
            name = f"{case}_0000.nii.gz" if kind == "imagesTr" else f"{case}.nii.gz"
            (tmp_path / kind).mkdir(exist_ok=True)
            nib.save(nib.Nifti1Image(voxels.astype(np.int16), np.eye(4)), tmp_path / kind / name)
    said = {"labels": {"background": 0, "liver": 1, "spleen": 2}, "channel_names": {"0": "CT"}}
    (tmp_path / "dataset.json").write_text(json.dumps(said))
    made = drafted(tmp_path, lexicon)
    assert {(f, raw) for f, raw, _ in read(made, tmp_path)} == {
        (f"imagesTr/{c}_0000.nii.gz", raw)
        for c in ("ab_001", "ab_002")
        for raw in ("liver", "spleen")
    }
    assert [s.modality for s in made.samples] == ["ct"]


def test_what_is_not_understood_is_reported(lexicon: Lexicon, tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "notes.json").write_text('{"a": [1, 2]}')
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    made = drafted(tmp_path, lexicon)
    assert not made.samples
    said = "\n".join(made.open)
    assert "pictures without labels: a.png" in said
    assert "notes.json" in said and "broken.png" in said


def test_names_that_no_pattern_can_hold_are_reported(lexicon: Lexicon, tmp_path: Path) -> None:
    for n in (1, 2):
        picture(tmp_path / f"images/a{n}.png", n)
        square(tmp_path / f"masks/a{n}.png")
    picture(tmp_path / "images/a{3}.png", 3)
    (tmp_path / "images/gone.png").symlink_to(tmp_path / "nowhere")
    made = drafted(tmp_path, lexicon)
    assert {file for file, _, _ in read(made, tmp_path)} == {"images/a1.png", "images/a2.png"}
    assert "images/a{3}.png: a path pattern cannot hold braces" in "\n".join(made.open)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    for n in (1, 2):
        picture(tmp_path / f"Scans 2024/images/a{n}.png", n)
        square(tmp_path / f"Scans 2024/masks/a{n}.png")
    return tmp_path / "Scans 2024"


def test_the_command_writes_a_recipe_that_is_refused_until_it_is_decided(
    project: Project, pairs: Path
) -> None:
    said = project.run("draft", "recipe", str(pairs))
    path = project.folder / "raw_sources/scans-2024/recipe.yaml"
    text = path.read_text("utf-8")
    assert "raw_sources/scans-2024/data -> " in said
    assert (path.parent / "data").resolve() == pairs.resolve()
    lines = text.splitlines()
    marked = [n for n, line in enumerate(lines, 1) if UNDECIDED in line and line[0] != "#"]
    assert len(marked) >= 5
    refused = project.run("check", code=2)
    for number in marked:
        assert f"raw_sources/scans-2024/recipe.yaml:{number}: " in refused
    assert "then delete the comment" in refused
    decided = [line.partition(f"  {UNDECIDED}")[0] for line in lines]
    path.write_text("\n".join(decided).replace('licence: ""', "licence: cc0-1.0") + "\n", "utf-8")
    assert "not decided" not in project.run("check", code=0)
    assert YAML(typ="safe").load(path.read_text("utf-8"))["title"] == "Scans 2024"


def test_a_recipe_is_never_overwritten(project: Project, pairs: Path) -> None:
    project.run("draft", "recipe", str(pairs), "--id", "own")
    before = (project.folder / "raw_sources/own/recipe.yaml").read_bytes()
    said = project.run("draft", "recipe", str(pairs), "--id", "own", code=2)
    assert "raw_sources/own/recipe.yaml:1: the recipe exists and is not overwritten" in said
    assert (project.folder / "raw_sources/own/recipe.yaml").read_bytes() == before


def test_a_draft_has_the_same_bytes_each_time(lexicon: Lexicon, pairs: Path) -> None:
    from benchsmith.drafting.recipes import recipe_text

    texts = {recipe_text.text("t", drafted(pairs, lexicon).samples, []) for _ in range(2)}
    assert len(texts) == 1
