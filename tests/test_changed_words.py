"""Which words mean something else after an update, against what a second build makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import benchsmith
from benchsmith.documents import shipped
from tests.conftest import Project
from tests.light_builds import exporting
from tests.unaudited import unaudited

Labels = dict[tuple[str, str], set[str]]


def labels_of(project: Project) -> Labels:
    """Return the labels of each word by source and word, from the build's own tables."""
    folder = project.folder / "output/small"
    latest = json.loads((folder / "latest.json").read_text("utf-8"))["normalise"]
    found: Labels = {}
    for key in latest.values():
        for row in pq.read_table(folder / "stages/normalise" / key / "rows.parquet").to_pylist():
            side = f" ({row['laterality']})" if row["laterality"] else ""
            found.setdefault((row["source"], row["raw"]), set()).add(row["label"] + side)
    return found


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new), "utf-8")


def test_check_lists_the_words_whose_label_changed_until_they_are_built(copy: Project) -> None:
    opened = benchsmith.Project(copy.folder)
    first = json.loads(copy.run("check", "--json"))
    recorded = json.loads((copy.folder / "output/small/build.json").read_text("utf-8"))
    assert first["changed"] == [] == opened.changed_words()
    assert recorded["lexicon"] == first["lexicon"]
    before = labels_of(copy)

    lexicon = copy.folder / "lexicon"
    edit(lexicon / "tree/label.tsv", "\thepar\t", "\tjecur\t")
    edit(lexicon / "abbreviations.tsv", "LK\tleft kidney", "LK\tleft rib")
    with (lexicon / "mappings/abdomen.tsv").open("a", encoding="utf-8") as table:
        table.write("hepar\texact\tstomach\tme\t\nkidney_left\tdrop\t\tme\tfor the test\n")

    said = json.loads(copy.run("check", "--json"))
    assert said["lexicon"]["project"] != first["lexicon"]["project"]
    lines = copy.run("check").splitlines()
    assert lines[1].startswith(f"lexicon: benchsmith {benchsmith.__version__}, project ")
    assert len(lines) == 2 + len(said["changed"])
    assert any("abdomen: 'hepar' in ct: was liver, is now stomach" in line for line in lines)
    assert any("'kidney_left' in ct: was kidney (left), is now dropped-label" in x for x in lines)

    with unaudited():
        exporting(copy).run("build", "small", "--workers", "1")
    after = labels_of(copy)
    differ = {
        (source, word, was, now)
        for source, word in before.keys() | after.keys()
        for was in before.get((source, word), {"none"})
        for now in after.get((source, word), {"none"})
        if was != now
    }
    told = {
        (
            c["source"],
            c["word"],
            *(c[k] if "-label" not in c[k] else "none" for k in ("was", "now")),
        )
        for c in said["changed"]
    }
    assert differ and differ <= told
    # words that only neighbours have stand in no row, and are listed too
    assert {row for row in told - differ if row[:2] in before.keys() | after.keys()} == set()
    assert json.loads(copy.run("check", "--json"))["changed"] == []


def test_a_build_that_was_cut_short_or_removed_is_passed_over(copy: Project) -> None:
    edit(copy.folder / "lexicon/tree/label.tsv", "\thepar\t", "\tjecur\t")
    assert benchsmith.Project(copy.folder).changed_words()
    assert benchsmith.Project(copy.folder, copy.folder / "other").changed_words() == []
    latest = copy.folder / "output/small/latest.json"
    for text in ("", "[]", '{"normalise": {}}', '{"normalise": {"abdomen": "gone"}, "ingest": {}}'):
        latest.write_text(text, "utf-8")
        assert benchsmith.Project(copy.folder).changed_words() == []


def test_the_version_distinguishes_the_package_s_tables_from_the_project_s(
    copy: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchsmith.documents.lexicon_version import lexicon_version

    monkeypatch.setattr(shipped, "root", lambda: copy.folder)
    home = tmp_path / "home"
    (home / "lexicon").mkdir(parents=True)
    first = lexicon_version(home)
    assert first.shipped and not first.project
    (home / "lexicon/drops.tsv").write_text("word\n", "utf-8")
    second = lexicon_version(home)
    assert (second.shipped, bool(second.project)) == (first.shipped, True)
    (copy.folder / "lexicon/drops.tsv").write_bytes(b"changed")
    third = lexicon_version(home)
    assert third.shipped != first.shipped and third.project == second.project
    (copy.folder / "lexicon/votes").mkdir(exist_ok=True)
    (copy.folder / "lexicon/votes/x.tsv").write_text("no part of it", "utf-8")
    assert lexicon_version(home) == third
