"""A user's own recipe at the command line: adopt, audit, cut and compare."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchsmith.core.verdicts import WARN
from benchsmith.publish.release_checks import audit_findings
from tests.command import benchsmith
from tests.foreign_sets import picture, put, put_table
from tests.test_adopt_recipes import cases

YAML = """\
title: My set
version: "1"
homepage: https://example.org/my-set
licence: cc-by-4.0
citation: Who made it, where, when.
verified: true
rows:
  - files: [questions.csv]
    id: qid
    question: question
    picture: {path: "pictures/{picture}"}
    options: {columns: [A, B, C, D]}
    answer: {column: answer, form: letter}
    split: {column: part}
    task: {column: organ}
    modality: {column: kind}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Callable[..., str]:
    """Return a runner of the command line beside a set of one's own, of 24 questions."""
    rows = []
    for i in range(24):
        put(tmp_path / f"my-set/pictures/{i}.png", picture(i))
        options = dict(
            zip("ABCD", ["liver", "spleen", "kidney", "" if i % 2 else "colon"], strict=True)
        )
        rows.append({"qid": i, "picture": f"{i}.png", "question": f"Which organ is in {i}?", **options,
                     "answer": "ABC"[i % 3], "organ": "abdomen", "kind": "CT" if i % 4 else "MRI",
                     "part": "test" if i < 16 else "val"})  # fmt: skip
    put_table(tmp_path / "my-set/questions.csv", rows)
    put(tmp_path / "my-set.yaml", YAML)

    def command(*words: str, code: int = 0) -> str:
        return benchsmith(*words, code=code, folder=tmp_path)

    return command


def test_a_set_of_one_s_own_goes_the_whole_way(mine: Callable[..., str], tmp_path: Path) -> None:
    put(tmp_path / "my-set/data/a.parquet", "the download has a folder `data` too")
    said = mine("adopt", "my-set.yaml", "--data", "my-set")
    assert "my-set: 24 of 24 rows adopted (test 16, val 8)" in said
    release = tmp_path / "output/my-set/release"
    asked = {c["id"]: c for c in cases(release)}
    found = {v["check"]: v for v in json.loads(mine("audit", "my-set", "--json"))["checks"]}
    assert found["ids-unique"]["n"] == 24 and found["patients-known"]["outcome"] == WARN
    damaged = mine("audit", "./my-set", code=2)  # a path is a path
    assert "my-set/data/a.parquet:1: cannot be read" in damaged and "download" in damaged
    mine("evaluate", "my-set", "--model", "baseline:longest")
    board = json.loads(mine("scores", "my-set", "--json"))
    assert "baseline:longest" in json.dumps(board)
    wanted = {id_ for id_, c in asked.items() if c["modality"] == "MRI" and c["split"] == "test"}
    said = mine("subset", "modality=mri split=test", "--from", "my-set", "--to", "part")
    assert said == f"{len(wanted)} questions in part\n" and len(wanted) == 4
    assert {c["id"] for c in cases(tmp_path / "part")} == wanted
    assert "4 the same, 0 changed: removed 20" in mine("diff", "output/my-set/release", "part")
    predicted = [{"id": id_, "answer": "A"} for id_ in sorted(wanted)]
    put_table(tmp_path / "mine.csv", predicted)
    right = sum(asked[id_]["answer"] == "A" for id_ in wanted)
    scored = json.loads(mine("score", "mine.csv", "--key", "part", "--json"))
    (whole,) = [r for r in scored["scores"] if r["axis"] == "overall"]
    assert (whole["right"], whole["n"]) == (right, 4)
    credit = (tmp_path / "part/ATTRIBUTION.tsv").read_text().splitlines()
    assert credit[1].split("\t")[:8] == [
        "my-set", "My set", "1", "cc-by-4.0", "", "adopted", "4", "https://example.org/my-set",
    ]  # fmt: skip
    manifest = json.loads((tmp_path / "part/manifest.json").read_text())
    assert manifest["cases"] == {"test": 4} and manifest["subset"] == "modality=mri split=test"
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "part" / name).read_bytes()).hexdigest() == digest


def test_a_query_that_fits_nothing_says_what_there_is(
    mine: Callable[..., str], tmp_path: Path
) -> None:
    mine("adopt", "my-set.yaml", "--data", "my-set")
    wrong = ("subset", "--from", "my-set", "--to", "part")
    assert "there is no modality 'PET': it has CT, MRI" in mine(*wrong, "modality=PET", code=2)
    assert "is not `axis=value`: did you mean modality?" in mine(*wrong, "modalty=CT", code=2)
    assert "no question" in mine(*wrong, "modality!=*", code=4)
    put(tmp_path / "part/notes.txt", "mine")
    assert "is not a release: name another folder" in mine(*wrong, "modality=CT", code=4)
    assert (tmp_path / "part/notes.txt").read_text() == "mine"


def test_the_command_says_what_it_needs(mine: Callable[..., str], tmp_path: Path) -> None:
    assert "--data FOLDER" in mine("adopt", "my-set.yaml", code=2)
    assert "there is no recipe 'my-sets'" in mine("adopt", "my-sets", "--data", ".", code=2)
    schema = json.loads(mine("adopt", "--schema"))
    assert set(schema["required"]) == {"title", "version", "homepage", "licence", "citation", "verified", "rows"}  # fmt: skip
    put(tmp_path / "benchmarks/taken.yaml", "")
    assert "its authors decide about publishing it" in "".join(
        audit_findings(tmp_path, {"adopted": {}, "benchmark": "x"}, tmp_path).forbidden
    )
    taken = ("adopt", "my-set.yaml", "--data", "my-set", "--as", "taken")
    assert "taken is a benchmark of this project" in mine(*taken, code=2)
    put(tmp_path / "bad.yaml", YAML.replace("question: question", "questoin: question"))
    bad = mine("adopt", "bad.yaml", "--data", "my-set", code=2)
    assert "bad.yaml:10: unknown key `rows.0.questoin`; did you mean question?" in bad
    shutil.rmtree(tmp_path / "my-set/pictures")
    gone = mine("adopt", "my-set.yaml", "--data", "my-set", code=3)
    assert "no question of my-set could be adopted: no-picture 24" in gone
    assert "first: questions.csv:2: there is no file" in gone
