"""Queries on the tree, subsets of a release, and the tree in words."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.query import OF_TARGETS, QueryError, parse
from benchsmith.explore.tree_listing import tree
from tests.conftest import Project
from tests.light_builds import exporting
from tests.shipped_documents import shipped_lexicon
from tests.unaudited import unaudited

SOURCES = ("mni-aal", "totalsegmentator")
LEXICON = shipped_lexicon()


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return LEXICON


def row(**fields: str) -> SimpleNamespace:
    base = {
        "task": "bone", "department": "orthopedic-surgery", "modality": "ct", "label": "rib",
        "view": "mask", "source": "totalsegmentator", "split": "test",
    }  # fmt: skip
    return SimpleNamespace(**base | fields)


@pytest.mark.parametrize(
    ("query", "fields", "accepted"),
    [
        ("", {}, True),
        ("task=bone", {}, True),
        ("task=muscle|bone", {}, True),
        ("task!=bone", {}, False),
        ("modality=mri/**", {"modality": "t1-weighted-mri"}, True),
        ("modality=mri", {"modality": "t1-weighted-mri"}, False),
        ("modality=mri/**", {"modality": "ct"}, False),
        ("modality!=mri/**", {"modality": "ct"}, True),
        ("modality=*", {}, True),
        ("modality='computed tomography'", {}, True),
        ("'department=Orthopedic Surgery' granularity=mask|box", {}, True),
        ("task=bone granularity=contour", {}, False),
        ("source=mni-aal", {}, False),
        ("split=val", {}, False),
    ],
)
def test_a_query_accepts(
    lexicon: Lexicon, query: str, fields: dict[str, str], accepted: bool
) -> None:
    assert parse(query, lexicon, SOURCES).accepts(row(**fields)) == accepted


def test_a_target_is_judged_by_what_it_has(lexicon: Lexicon) -> None:
    query = parse("task=bone granularity=contour split=val", lexicon, SOURCES)
    assert query.accepts(row(), OF_TARGETS)
    assert not query.accepts(row(task="muscle"), OF_TARGETS)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tsk=bone", "did you mean task"),
        ("bone", "not `axis=value`"),
        ("modality=mir", "did you mean mri"),
        ("granularity=masks", "did you mean mask"),
        ("'task=bone", "unclosed quote"),
        ("source=totalsegmenter", "did you mean totalsegmentator"),
    ],
)
def test_a_query_that_cannot_be_understood_says_what_is_near(
    lexicon: Lexicon, query: str, said: str
) -> None:
    with pytest.raises(QueryError, match=said):
        parse(query, lexicon, SOURCES)


@given(
    term=st.sampled_from(sorted(LEXICON.labels.terms)),
    other=st.sampled_from(sorted(LEXICON.labels.terms)),
)
def test_is_and_is_not_part_every_axis(term: str, other: str) -> None:
    below = parse(f"label={term}/**", LEXICON, SOURCES).accepts(row(label=other))
    outside = parse(f"label!={term}/**", LEXICON, SOURCES).accepts(row(label=other))
    assert below != outside
    assert below == (term in LEXICON.labels.lineage(other))


def test_a_subset_is_cut_without_drawing_again(built: Project) -> None:
    to = built.folder.parent / "cut"
    words = (
        "subset",
        "granularity=mask|box label=liver|kidney",
        "--from",
        "small",
        "--to",
        str(to),
    )
    said = built.run(*words)
    columns = ["id", "image", "granularity", "label", "options", "answer"]
    whole = {r["id"]: r for r in ds.dataset(built.release / "data").to_table(columns).to_pylist()}
    cut = {r["id"]: r for r in ds.dataset(to / "data").to_table(columns).to_pylist()}
    assert f"{len(cut)} questions in" in said
    wanted = {
        i
        for i, r in whole.items()
        if r["label"] in ("liver", "kidney") and r["granularity"] in ("mask", "box")
    }
    assert set(cut) == wanted
    assert wanted
    assert all(cut[i] == whole[i] for i in cut)
    manifest = json.loads((to / "manifest.json").read_text())
    assert manifest["subset"] == "granularity=mask|box label=liver|kidney"
    assert sum(manifest["cases"].values()) == len(cut)
    assert (to / "README.md").is_file()
    before = {p.name: p.read_bytes() for p in to.rglob("*") if p.is_file()}
    built.run(*words)
    assert {p.name: p.read_bytes() for p in to.rglob("*") if p.is_file()} == before


def test_a_subset_of_nothing_is_reported(built: Project) -> None:
    to = str(built.folder.parent / "none")
    said = built.run("subset", "task=bone source=skin", "--from", "small", "--to", to, code=4)
    assert "no question of small" in said
    said = built.run("subset", "tsk=bone", "--from", "small", "--to", to, code=2)
    assert "did you mean task" in said


def test_a_folder_that_is_no_release_is_not_replaced(built: Project) -> None:
    to = built.folder.parent / "precious"
    to.mkdir()
    (to / "thesis.txt").write_text("mine")
    said = built.run("subset", "task=bone", "--from", "small", "--to", str(to), code=4)
    assert "is not a release" in said
    assert (to / "thesis.txt").read_text() == "mine"


def test_a_benchmark_may_be_a_subset(copy: Project) -> None:
    project = exporting(copy)
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "subset: label!=liver granularity!=contour\n")
    with unaudited():
        project.run("build", "small", "--workers", "1")
    rows = ds.dataset(project.release / "data").to_table(["granularity", "label"]).to_pylist()
    assert rows
    assert not [r for r in rows if r["label"] == "liver" or r["granularity"] == "contour"]
    manifest = json.loads((project.release / "manifest.json").read_text())
    assert manifest["rejected"]["select"]["outside-subset"] > 0
    path.write_text(path.read_text().replace("label!=liver", "label!=livre"))
    said = project.run("build", "small", code=2)
    assert "benchmarks/small.yaml:" in said
    assert "did you mean liver" in said


def test_the_tree_has_every_term_once_below_its_parent(lexicon: Lexicon) -> None:
    lines = list(tree(lexicon, "modality"))
    assert len(lines) == len(lexicon.modalities.terms)
    at = next(i for i, line in enumerate(lines) if line.startswith("MRI  [mri]"))
    assert lines[at + 1].startswith("  ")


def test_a_benchmark_s_counts_stand_beside_the_labels_placed(built: Project) -> None:
    lines = built.run("tree", "modality", "--from", "small").splitlines()
    assert lines[0].split() == ["placed", "labels", "targets", "questions"]
    assert lines[-1].split()[:3] == ["(any", "modality)", "[*]"]
    numbers = {line.split("[")[1].split("]")[0]: line.split("]")[1].split() for line in lines[1:]}
    asked = ds.dataset(built.release / "data").to_table(["modality", "label", "target"]).to_pylist()
    ct = [r for r in asked if r["modality"] == "CT"]
    wanted = len({r["label"] for r in ct}), len({r["target"] for r in ct}), len(ct)
    assert numbers["ct"] == [".", *map(str, wanted)]
    assert numbers["mri"] == ["."] * 4
    assert "is not built" in built.run("tree", "--from", "small", "--output", "nowhere", code=4)
    assert "did you mean small" in built.run("tree", "--from", "smal", code=2)


def test_the_tree_is_printed_by_axis(built: Project) -> None:
    assert "Bone  [bone]" in built.run("tree")
    assert "3D  [3d]" in built.run("tree", "dimension")
    assert "did you mean task" in built.run("tree", "tasks", code=2)


def test_a_picture_s_dimension_is_an_axis(built: Project, tmp_path: Path) -> None:
    said = built.run("subset", "dimension=2d", "--from", "small", "--to", str(tmp_path / "flat"))
    flat = ds.dataset(tmp_path / "flat/data").to_table(["source"]).column("source").to_pylist()
    assert f"{len(flat)} questions" in said
    whole = ds.dataset(built.release / "data").to_table(["source"]).column("source").to_pylist()
    assert flat and sorted(flat) == sorted(s for s in whole if s in ("cells", "skin"))


def test_a_new_axis_is_a_new_file(copy: Project, tmp_path: Path) -> None:
    """A file named for what targets have is asked about, counted and shown like any other axis."""
    project = exporting(copy, "provenance")
    axis = project.folder / "lexicon/tree/laterality.tsv"
    axis.write_text(
        "id\tparent\tname\tsynonyms\tmesh\tnote\n"
        "left\t\tLeft\tsinister\t\t\nright\t\tRight\tdexter\t\t\n"
    )
    bench = project.folder / "benchmarks/small.yaml"
    bench.write_text(bench.read_text() + "subset: laterality!=sinister dimension=3d\n")
    with unaudited():
        project.run("build", "small", "--workers", "1")
    told = pq.read_table(project.release / "provenance.parquet").column("laterality").to_pylist()
    assert set(told) == {"right", None}
    lines = project.run("tree", "laterality", "--from", "small").splitlines()
    counts = {line.split("[")[1].split("]")[0]: line.split()[-1] for line in lines[1:]}
    right = told.count("right")
    assert counts == {"left": ".", "right": str(right), "": str(len(told) - right)}
    words = ("--from", "small", "--to", str(tmp_path / "right"))
    assert f"{right} questions" in project.run("subset", "laterality=dexter", *words)
    axis.rename(axis.with_name("lateralty.tsv"))
    said = project.run("check", code=2)
    assert "lexicon/tree/lateralty.tsv:1: targets have no field 'lateralty'" in said
    assert "did you mean laterality" in said


def test_labels_may_have_no_department(copy: Project) -> None:
    project = exporting(copy)
    tree = project.folder / "lexicon/tree/department.tsv"
    tree.write_text(tree.read_text() + "none\t\tNone\t\t\t\n")
    placements = project.folder / "lexicon/placements.tsv"
    placements.write_text(
        placements.read_text().replace("\tcounting\tpathology", "\tcounting\tnone")
    )
    with unaudited():
        project.run("build", "small", "--workers", "1")
    lines = project.run("tree", "department", "--from", "small").splitlines()
    assert next(int(line.split()[-1]) for line in lines if "[none]" in line) > 0
    assert LEXICON.departments["none"].name == "None"
