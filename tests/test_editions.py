"""Editions: hidden draws that share nothing, and that do not change when another one is added."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.api.project import Project as Opened
from benchsmith.documents import blind_answers, retirements
from benchsmith.documents.problems import DocumentError
from benchsmith.documents.retirements import Retirement
from benchsmith.tables import record_tables
from tests import releases
from tests.conftest import Project

SPRING = "    - {name: spring, part: 1}\n"
AUTUMN = "    - {name: autumn, part: 2, seed: 9}\n"
SETTINGS = "hidden: [test]\neditions:\n  of: 2\n  apart: structure\n  draws:\n"
EXPORTS = ("parquet", "provenance", "card", "validity")
"""What has the ids, the options and the figures of a draw; the others have nothing else of it."""
WHEN = "2026-01-31T09:00:00Z"


def rows(project: Project, edition: str) -> dict[str, dict[str, Any]]:
    folder = project.folder / f"output/small@{edition}/release/data"
    return {row["id"]: row for row in pq.read_table(folder).to_pylist()}


def answers(project: Project, edition: str) -> dict[str, dict[str, Any]]:
    path = project.folder / f"output/small@{edition}/private/answers.parquet"
    return {row["id"]: row for row in pq.read_table(path).to_pylist()}


def chosen(project: Project, edition: str) -> dict[str, str]:
    """Return the split of every chosen target, from the build's own tables."""
    folder = project.folder / f"output/small@{edition}"
    (key,) = json.loads((folder / "latest.json").read_text())["select"].values()
    table = record_tables.read(folder / "stages/select" / key / "rows.parquet", ["id", "split"])
    return {row["id"]: row["split"] for row in table.to_pylist()}


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with one edition, which is built; tests must not change it."""
    folder = tmp_path_factory.mktemp("spring") / "project"
    project = releases.write(folder, SETTINGS + SPRING, exports=EXPORTS, **releases.SHADED)
    project.run("build", "small", "--workers", "1")
    return project


@pytest.fixture(scope="module")
def both(
    spring: Project, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Project, dict[str, bytes], str]:
    """Return a project with two editions, the first one's bytes before the second was added, and what was said."""
    project = spring.copy(tmp_path_factory.mktemp("editions") / "project")
    folder = project.folder / "output/small@spring"
    before = files(folder / "release") | files(folder / "private")
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text().replace(SPRING, AUTUMN + SPRING))
    said = project.run("build", "small", "--workers", "1")
    return project, before, said


def test_adding_an_edition_changes_no_byte_of_another(
    both: tuple[Project, dict[str, bytes], str],
) -> None:
    project, before, said = both
    assert "small@spring: nothing to do" in said and "small@autumn: built" in said
    folder = project.folder / "output/small@spring"
    assert files(folder / "release") | files(folder / "private") == before
    project.run("clean")
    for path in folder.glob("stages"):
        assert path.is_dir(), "an edition is not an orphan"
    # from nothing, with the other edition in the file from the beginning: the key alone is kept
    key = (folder / "private/key").read_bytes()
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "private").mkdir()
    (folder / "private/key").write_bytes(key)
    project.run("build", "small", "--edition", "spring", "--workers", "1")
    assert files(folder / "release") | files(folder / "private") == before


def test_two_editions_share_no_hidden_question(both: tuple[Project, dict[str, bytes], str]) -> None:
    project, _, _ = both
    spring, autumn = (chosen(project, name) for name in ("spring", "autumn"))
    of = {
        name: {id_ for id_, split in own.items() if split == "test"}
        for name, own in (("spring", spring), ("autumn", autumn))
    }
    assert of["spring"] and of["autumn"] and not of["spring"] & of["autumn"]
    assert not of["spring"] & {id_ for id_, split in autumn.items() if split == "val"}
    hidden = {name: answers(project, name) for name in of}
    assert not hidden["spring"].keys() & hidden["autumn"].keys()
    shown = {name: rows(project, name) for name in hidden}
    asked = {
        name: {(shown[name][id_]["image"]["bytes"], answer["label"]) for id_, answer in own.items()}
        for name, own in hidden.items()
    }
    assert not asked["spring"] & asked["autumn"]
    # structures are divided, so only a picture without a mark may be asked about in both
    pictures = {
        name: {r["image"]["bytes"] for r in own.values() if r["granularity"] != "image"}
        for name, own in shown.items()
    }
    hidden_marks = {
        name: pictures[name] & {picture for picture, _ in asked[name]} for name in asked
    }
    assert hidden_marks["spring"] and not hidden_marks["spring"] & hidden_marks["autumn"]
    keys = {(project.folder / f"output/small@{n}/private/key").read_bytes() for n in of}
    assert len(keys) == 2


def test_the_open_split_is_the_same_in_all(both: tuple[Project, dict[str, bytes], str]) -> None:
    project, _, _ = both
    spring, autumn = (
        {id_: row for id_, row in rows(project, name).items() if row["split"] == "val"}
        for name in ("spring", "autumn")
    )
    assert spring and spring == autumn
    assert (
        "This is the edition **autumn**"
        in (project.folder / "output/small@autumn/release/README.md").read_text()
    )


def test_a_name_without_its_edition_is_reported(
    both: tuple[Project, dict[str, bytes], str],
) -> None:
    project, _, _ = both
    for name, what in (("small", "small has several editions: name one; there are: small@autumn, small@spring"),
                       ("small@sprig", "unknown edition 'sprig'; did you mean spring?"),
                       ("smal@spring", "there is no benchmark 'smal'; did you mean small?")):  # fmt: skip
        assert what in project.run("plan", name, code=2)
    assert "unknown edition 'winter'" in project.run(
        "build", "small", "--edition", "winter", code=2
    )
    assert "no problem in 1 benchmark" in project.run("check", "small")
    assert "steps are up to date" in project.run("plan", "small@spring")


def test_faults_of_the_section_are_reported(project: Project) -> None:
    path = project.folder / "benchmarks/small.yaml"
    text = path.read_text()
    for more, what in (
        ("editions: {draws: [{name: a, part: 1}]}\n", "`hidden` names none"),
        ("hidden: [test]\neditions: {draws: [{name: a, part: 1}, {name: a, part: 2}]}\n", "two editions have the name a"),
        ("hidden: [test]\neditions: {draws: [{name: a, part: 1}, {name: b, part: 1}]}\n", "two editions have the part 1"),
        ("hidden: [test]\neditions: {of: 2, draws: [{name: a, part: 3}]}\n", "there is no part 3 of 2"),
        ("hidden: [test]\neditions: {draws: [{name: A b, part: 1}]}\n", "editions.draws"),
    ):  # fmt: skip
        path.write_text(text + more)
        assert what in project.run("check", "small", code=2), what
    path.write_text(text)
    assert "the file has no `editions`" in project.run("plan", "small@spring", code=2)


def test_what_was_exposed_or_solved_blind_is_retired(spring: Project, tmp_path: Path) -> None:
    project = spring.copy(tmp_path / "project")
    hidden = answers(project, "spring")
    id_ = min(hidden, key=lambda i: hidden[i]["case"])  # ids, and so their order, are chance
    before = chosen(project, "spring")
    said = json.loads(project.run("retire", "small@spring", id_, "--who", "me", "--json"))
    (gone,) = said["new"]
    assert before[gone] == "test"
    assert "0 targets retired" in project.run("retire", "small@spring", id_, "--who", "me")
    (one,) = retirements.read(retirements.path_of(project.folder, "small"), {"me"})
    assert (one.target, one.cause, one.edition, one.who) == (gone, "exposed", "spring", "me")

    other = next(t for t, split in sorted(before.items()) if split == "test" and t != gone)
    question = next(f"{other}:{view}" for view in ("box", "image", "mask"))
    document, _ = Opened(project.folder).benchmark("small@spring")
    solved = blind_answers.BlindAnswer(
        question=question, model="m", picture="none", solved=3, asked=3, options=4, closed=False, label="x",
        task="t", modality="ct", text="f", rules=blind_answers.rules_of(document), when="2026-01-31")  # fmt: skip
    blind_answers.write(blind_answers.path_of(project.folder, "small@spring"), [solved])
    said = json.loads(project.run("retire", "small@spring", "--solved-blind", "3 of 3", "--who", "me", "--json"))  # fmt: skip
    assert said["new"] == [other]
    project.run("build", "small", "--workers", "1")
    after = chosen(project, "spring")
    assert not {gone, other} & after.keys()
    left = (project.folder / "output/small@spring/left_out.tsv").read_text()
    assert f"\tretired\t{gone}\texposed, in spring\t" in left
    assert f"\tretired\t{other}\tsolved-blind, in spring\t" in left
    there = min(answers(project, "spring"))
    for words, what in (((there, "--who", "you"), "unknown curator 'you'"),
                        (("nothing", "--who", "me"), "has no case 'nothing'"),
                        ((), "name ids, or give"), (("--solved-blind", "4 of 3"), "2 of 3")):  # fmt: skip
        assert what in project.run("retire", "small@spring", *words, code=2)


def test_every_mistake_in_the_table_of_retirements_is_reported(tmp_path: Path) -> None:
    path = retirements.path_of(tmp_path, "b@spring")
    assert path.name == "b.retired.tsv"
    good = Retirement("s/a#l", "exposed", "spring", "ann", WHEN, "")
    bad = [replace(good, target="b", cause="expozed"), replace(good, target="c", who="you"),
           replace(good, target="d", cause="other"), replace(good, target="e", time="today")]  # fmt: skip
    retirements.write(path, [good, *bad])
    with pytest.raises(DocumentError) as told:
        retirements.read(path, {"ann"})
    said = "\n".join(str(p) for p in told.value.problems)
    for what in ("unknown cause 'expozed'", "unknown curator 'you'", "has no note", "'today' is not a time"):  # fmt: skip
        assert what in said


def test_an_edition_without_a_hidden_target_is_no_benchmark(tmp_path: Path) -> None:
    """Three patients cannot be in a hundred parts."""
    lines = SETTINGS.replace("of: 2", "of: 100").replace("structure", "patient") + SPRING
    project = releases.write(tmp_path / "project", lines)
    said = project.run("build", "small", "--workers", "1", code=3)
    assert "small@spring has no hidden target: no patient of the hidden splits is in part 1" in said
    assert not (project.folder / "output/small@spring/release").exists()
