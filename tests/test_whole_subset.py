"""A subset with every question of its build has the same bytes, made from the build's files or from scratch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchsmith import plugins
from benchsmith.api.project import Project as Documents
from benchsmith.core.build_files import MANIFEST
from benchsmith.core.silent_progress import Silent
from benchsmith.documents.query import Query
from benchsmith.engine import engine
from benchsmith.pipeline import cut_subset, whole_subset, write_release
from benchsmith.pipeline.build import Build
from benchsmith.release import export
from tests.conftest import Project

EVERYTHING = "granularity=*"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def cut(project: Project, place: Path, query: str = EVERYTHING) -> dict[str, bytes]:
    project.run("subset", query, "--from", "small", "--to", str(place))
    return files_of(place)


def anew(project: Project, place: Path, query: str = EVERYTHING) -> dict[str, bytes]:
    """Cut a subset of which nothing but pictures' copies is taken over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cut_subset, "is_whole", lambda release, exported: False)
        patch.setattr(cut_subset, "published_in", lambda found: None)
        return cut(project, place, query)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The files of each search for identifiers."""
    found: list[set[str]] = []
    search = write_release.search

    def noted(context: Any, sources: Any, release: Any, folder: Path) -> str:
        found.append(set(files_of(folder)))
        return search(context, sources, release, folder)

    monkeypatch.setattr(write_release, "search", noted)
    monkeypatch.setattr(whole_subset, "search", noted)
    return found


def test_the_bytes_are_the_same_and_only_new_files_are_searched(
    built: Project, searched: list[set[str]], tmp_path: Path
) -> None:
    wanted = anew(built, tmp_path / "new/folders/anew")
    assert searched.pop() == wanted.keys()
    assert cut(built, tmp_path / "taken") == wanted
    assert searched == [{"README.md", MANIFEST}]
    assert json.loads(wanted[MANIFEST])["subset"] == EVERYTHING
    whole = built.bytes_of_release()
    assert {name for name in whole if whole[name] != wanted[name]} == {"README.md", MANIFEST}


def test_a_changed_file_of_the_build_is_not_taken_over(copy: Project, tmp_path: Path) -> None:
    wanted = anew(copy, tmp_path / "anew")
    (report,) = copy.folder.glob("output/small/stages/export/*/release/report.html")
    report.write_text("another page")
    assert cut(copy, tmp_path / "changed") == wanted
    report.unlink()
    assert cut(copy, tmp_path / "lost") == wanted
    (report.parent / "more.txt").write_text("a note")
    assert cut(copy, tmp_path / "more") == wanted


def test_all_is_searched_again_if_the_texts_of_the_project_changed(
    copy: Project, searched: list[set[str]], tmp_path: Path
) -> None:
    """A word that a document had when the build was searched may be a name now."""
    (copy.folder / "benchmarks/notes.txt").write_text("no longer here")
    found = cut(copy, tmp_path / "cut")
    assert searched == [found.keys()]


def test_no_other_export_states_the_query(built: Project, tmp_path: Path) -> None:
    home = built.folder
    document, library = Documents(home).benchmark("small")
    build = Build("small", document, library, home / "output", engine(1), Silent())
    said = {}
    for text in ("label=*", "task=*"):
        release = build.built()
        release.subset = text
        said[text] = tmp_path / text.partition("=")[0]
        export.export(release.public(), plugins.EXPORTS, said[text])
    one, other = (files_of(folder) for folder in said.values())
    assert one.keys() == other.keys()
    differ = {name for name in one if one[name] != other[name]}
    assert differ == {*export.NAME_SUBSET.values(), MANIFEST}


@pytest.mark.parametrize("query", ["granularity=box|mask", "split=test", "label=liver"])
def test_figures_of_the_published_rule_are_those_of_the_build(
    built: Project, query: str, tmp_path: Path
) -> None:
    wanted = anew(built, tmp_path / "anew", query)
    assert cut(built, tmp_path / "cut", query) == wanted
    checks = {c["check"]: c for c in json.loads(wanted["validity.json"])["checks"]}
    assert checks["published-rule"]["parts"] or checks["published-rule"]["outcome"] == "NOT RUN"


def test_a_query_that_leaves_one_question_out_is_no_whole_subset(
    built: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken: list[str] = []
    take_over = whole_subset.take_over

    def noted(*words: Any) -> bool:
        taken.append(words[2].subset)
        return take_over(*words)

    monkeypatch.setattr(cut_subset, "take_over", noted)
    cut(built, tmp_path / "some", "label!=liver")
    assert not taken
    cut(built, tmp_path / "all", "label=*")
    assert taken == [Query("label=*", ()).text]
