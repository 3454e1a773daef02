"""The key of a hidden split: the same bytes, its owner's alone, answers that come back."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchsmith.core.model import Question
from benchsmith.release.hidden_splits import keyed_id, load_or_make_key
from tests.conftest import Project
from tests.hidden_releases import answers, private, secret, shown, stage

__all__ = ["answers", "secret"]


def exported_again(secret: Project, place: Path, *words: str, **env: str) -> Path:
    """Return the release of a build that has the stages of the first one, and no private folder."""
    old = secret.folder / "output"
    shutil.copytree(
        old, place, ignore=lambda at, names: [n for n in names if n in ("release", "private", "export")]
    )  # fmt: skip
    secret.run("build", "small", *words, "--output", str(place), **env)
    return place / "small/release"


def test_the_same_key_gives_the_same_bytes(secret: Project, tmp_path: Path) -> None:
    """From nothing but the key: another process, more workers, another hash seed."""
    (tmp_path / "small/private").mkdir(parents=True)
    (tmp_path / "small/private/key").write_bytes((private(secret) / "key").read_bytes())
    secret.run(
        "build",
        "small",
        "--workers",
        "2",
        "--output",
        str(tmp_path),
        process=True,
        PYTHONHASHSEED="7",
    )
    again = {
        p.relative_to(tmp_path / "small/release").as_posix(): p.read_bytes()
        for p in (tmp_path / "small/release").rglob("*")
        if p.is_file()
    }
    before = secret.bytes_of_release()
    assert again == before
    assert {name.split("/")[0] for name in before} >= {
        "data", "vlmevalkit", "lmms_eval", "lm_eval", "plain", "inspect", "coco", "webdataset",
        "provenance.parquet", "ATTRIBUTION.tsv", "croissant.json", "README.md", "report.html",
    }  # fmt: skip


def test_another_key_gives_other_ids_rows_and_options(
    secret: Project, tmp_path: Path, answers: dict[str, dict[str, Any]]
) -> None:
    """And the open split stays as it is."""
    release = exported_again(secret, tmp_path / "other")
    assert (release.parent / "private/key").read_text() != (private(secret) / "key").read_text()
    mine, theirs = shown(secret.release), shown(release)
    assert {i: r for i, r in mine.items() if r["split"] == "val"} == {
        i: r for i, r in theirs.items() if r["split"] == "val"
    }
    assert not answers.keys() & theirs.keys()
    pictures = {row["image"]["bytes"]: row for row in theirs.values() if row["answers"] == "one"}
    turned = 0
    for id_ in answers:
        same = pictures.get(mine[id_]["image"]["bytes"])
        if same and sorted(same["options"]) == sorted(mine[id_]["options"]):
            turned += same["options"] != mine[id_]["options"]
    assert turned  # a key is chance: how many are turned is, too


def test_answers_are_those_of_the_stages_in_the_published_order(
    secret: Project, answers: dict[str, dict[str, Any]]
) -> None:
    asked = {q.id: q for q in stage(secret, "ask", Question)}
    cases = shown(secret.release)
    for id_, row in answers.items():
        question, case = asked[row["case"]], cases[id_]
        options = case["options"]
        assert sorted(options) == sorted(question.options)
        right = {options["ABCDEFGH".index(letter)] for letter in row["answer"].split(",")}
        assert right == {question.options[a] for a in question.answers}
        assert row["label"].split("; ") == [o for o in options if o in right]
        assert id_ == keyed_id(load_or_make_key(private(secret) / "key"), question.id)
    told = pq.read_table(private(secret) / "provenance.parquet").to_pylist()
    assert {row["id"] for row in told} == answers.keys()


def test_the_key_is_its_owner_s_and_made_once(secret: Project, tmp_path: Path) -> None:
    path = tmp_path / "private/key"
    assert load_or_make_key(path) != load_or_make_key(tmp_path / "other/key")
    assert path.stat().st_mode & 0o077 == 0
    assert len(load_or_make_key(path)) == 32 and load_or_make_key(path) == load_or_make_key(path)
    assert "nothing to do" in secret.run("build", "small", "--workers", "1")


def test_lost_answers_come_back_and_a_broken_key_is_refused(
    secret: Project, tmp_path: Path
) -> None:
    """Here with both splits hidden, so that nothing may be shown at all."""
    path = secret.folder / "benchmarks/small.yaml"
    before = path.read_text()
    every = re.search(r"exports: \[.*\]", before)
    assert every
    path.write_text(
        before.replace("hidden: [test]", "hidden: [test, val]").replace(
            every[0], "exports: [parquet, card, report]"
        )
    )
    try:
        release = exported_again(secret, tmp_path / "all")
        hidden = release.parent / "private"
        kept = (hidden / "answers.parquet").read_bytes()
        (hidden / "answers.parquet").unlink()
        secret.run("build", "small", "--output", str(tmp_path / "all"))
        assert (hidden / "answers.parquet").read_bytes() == kept
        rows = pq.read_table(hidden / "answers.parquet").to_pylist()
        assert shown(release).keys() == {r["id"] for r in rows}
        page = (release / "report.html").read_text()
        assert "are hidden" in page and '<article class="case">' not in page
        assert not (release / "examples").exists()
        (hidden / "key").write_text("not a key")
        said = secret.run("build", "small", "--output", str(tmp_path / "all"), code=2)
        assert "is not a key of 32 bytes" in said and "Traceback" not in said
    finally:
        path.write_text(before)
