"""Queries on the tree, subsets of a release, and the tree in words."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pyarrow.dataset as ds
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.documents.lexicon import Lexicon
from builder.documents.library import read
from builder.documents.problems import Problems
from builder.documents.query import OF_TARGETS, QueryError, parse
from builder.forest import coverage, tree
from tests.conftest import PROJECT, Project

SOURCES = ("mni-aal", "totalsegmentator")
LEXICON = read(PROJECT, Problems(PROJECT), frozenset(["totalsegmentator"])).lexicon


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
        ("bone", "no `axis=value`"),
        ("modality=mir", "did you mean mri"),
        ("granularity=masks", "did you mean mask"),
        ("'task=bone", "open quote"),
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
    assert below == (term in LEXICON.labels.line_up(other))


def test_a_subset_is_cut_without_drawing_again(built: Project) -> None:
    to = built.folder.parent / "cut"
    words = ("subset", "granularity=mask|box task=bone", "--from", "small", "--to", str(to))
    said = built.run(*words)
    columns = ["id", "image", "granularity", "task", "options", "answer"]
    whole = {r["id"]: r for r in ds.dataset(built.release / "data").to_table(columns).to_pylist()}
    cut = {r["id"]: r for r in ds.dataset(to / "data").to_table(columns).to_pylist()}
    assert f"{len(cut)} questions in" in said
    wanted = {
        i for i, r in whole.items() if r["task"] == "Bone" and r["granularity"] in ("mask", "box")
    }
    assert set(cut) == wanted
    assert wanted
    assert all(cut[i] == whole[i] for i in cut)
    manifest = json.loads((to / "manifest.json").read_text())
    assert manifest["subset"] == "granularity=mask|box task=bone"
    assert sum(manifest["cases"].values()) == len(cut)
    assert (to / "README.md").is_file()
    before = {p.name: p.read_bytes() for p in to.rglob("*") if p.is_file()}
    built.run(*words)
    assert {p.name: p.read_bytes() for p in to.rglob("*") if p.is_file()} == before


def test_a_subset_of_nothing_is_said(built: Project) -> None:
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
    assert "is no release" in said
    assert (to / "thesis.txt").read_text() == "mine"


def test_a_benchmark_may_be_a_subset(project: Project) -> None:
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "subset: label!=liver granularity!=contour\n")
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


def test_coverage_counts_every_placement_once(lexicon: Lexicon) -> None:
    _, _, counts = coverage(lexicon, "task", "department")
    assert sum(map(sum, counts)) == len(lexicon.placements)


def test_the_tree_and_its_coverage_are_printed(built: Project) -> None:
    assert "Bone  [bone]" in built.run("tree")
    assert "bone" in built.run("coverage", "--columns", "modality")
    assert "did you mean task" in built.run("tree", "tasks", code=2)
