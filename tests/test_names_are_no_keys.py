"""Nothing that a release shows is computed from a name: a guess of one can be tested against nothing."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchsmith.core.content_names import renamed
from benchsmith.core.model import Choice, Question, Sample
from benchsmith.core.random_order import order, public_id, rank
from benchsmith.tables import record_tables
from tests import releases
from tests.conftest import Project
from tests.test_hidden import stage, texts

SEED = 7
FIRST = 4_100_000
PICTURES = {"abdomen": "abc", "cells": "mn", "skin": [f"p{n}" for n in range(8)]}
HASH = re.compile(r"[0-9a-f]{16}")
HEXADECIMAL = re.compile(r"[0-9a-f]{16,}")
CHANGED = "counterfactuals: [turn, mirror, shift]\n"


def hospital_numbers(*, backwards: bool) -> dict[str, str]:
    """Return a seven-digit number for every picture of the small project, in its order or the opposite one."""
    names = [f"{source}/{name}" for source, own in PICTURES.items() for name in own]
    given = names[::-1] if backwards else names
    return {name: str(FIRST + 37 * place) for place, name in enumerate(given)}


def rename(folder: Path, numbers: Mapping[str, str]) -> None:
    """Give pictures, their labels and their persons other names; what is in the files stays."""
    for name, number in numbers.items():
        source, _, key = name.partition("/")
        for path in sorted((folder / f"raw_sources/{source}/data").rglob(f"{key}.*")):
            path.rename(path.with_name(f"{number}.{path.name.partition('.')[2]}"))
    sheet = folder / "raw_sources/skin/data/labels.csv"
    rows = list(csv.reader(sheet.read_text().splitlines()))
    for row in rows[1:]:
        row[0] = numbers[f"skin/{row[0]}"]
        row[2] = f"{int(row[0]) + 5_000_000}"
    sheet.write_text("".join(",".join(row) + "\n" for row in [rows[0], *sorted(rows[1:])]))


def build(folder: Path, *, backwards: bool) -> Project:
    project = releases.write(folder, CHANGED)
    rename(folder, hospital_numbers(backwards=backwards))
    project.run("build", "small", "--workers", "1")
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build(tmp_path_factory.mktemp("names") / "project", backwards=False)


def hashes_in(text: str) -> set[str]:
    """Return what may be a hash, at every place of a text, also where one begins within another."""
    runs = set(HEXADECIMAL.findall(text))
    return {run[at : at + 16] for run in runs for at in range(len(run) - 15)}


def choices_of(project: Project) -> dict[str, Choice]:
    rows = stage(project, "select", Choice) + stage(project, "ask", Choice, "altered.parquet")
    return {c.id: c for c in rows}


def test_no_published_id_is_a_hash_of_a_name(built: Project) -> None:
    """The best guess is the truth: every internal id, under the public seed and the public hash."""
    asked = stage(built, "ask", Question)
    samples = stage(built, "ingest", Sample, "samples.parquet")
    names = {s.id for s in samples} | {s.patient for s in samples}
    names |= {name for q in asked for name in (q.id, q.target, q.pair, q.mirror) if name}
    names |= {c.cluster for c in choices_of(built).values()}
    names |= {str(FIRST + n) for n in range(1000)}
    names |= {f"{source}/{FIRST + n}" for n in range(1000) for source in PICTURES}
    public = {c.cluster for c in choices_of(built).values()} | {q.mirror for q in asked}
    guesses = {public_id(SEED, name) for name in names - public}
    guesses |= {f"{rank(SEED, name):016x}" for name in names - public}
    found = list(texts(built.release))
    assert any(q.pair for q in asked) and len(found) > 20
    assert hashes_in(f"x{'0' * 15}12-{'f' * 15}") == {"0" * 15 + "1", "0" * 14 + "12"}
    assert all(HASH.fullmatch(guess) for guess in guesses)
    for file, text in found:
        assert guesses.isdisjoint(hashes_in(text)), file
    ids = set(pq.read_table(built.release / "data", columns=["id"])["id"].to_pylist())
    content = choices_of(built)
    assert ids == {
        public_id(SEED, renamed(q.id, q.sample, content[q.target].content)) for q in asked
    }, "the guess that would be right, if names were contents"


def test_no_order_of_options_confirms_a_guessed_name(built: Project) -> None:
    """Wrong options stand in an order drawn by content; by the true name it would be right as often as by chance."""
    choices = choices_of(built)
    right = {"name": 0, "content": 0}
    chance = asked = 0.0
    for q in stage(built, "ask", Question):
        others = [o for i, o in enumerate(q.option_labels) if i not in q.answers]
        if q.several or q.altered or len(others) < 2:
            continue
        asked += 1
        chance += 1 / (2 if len(others) == 2 else 6)
        content = renamed(q.target, q.sample, choices[q.target].content)
        marked = "image" if q.view == "image" else "marked"
        for what, target in (("name", q.target), ("content", content)):
            drawn = order(others, SEED, "position", f"{target}:{marked}", q.view, name=str)
            right[what] += drawn == others
    assert asked > 40 and right["content"] == asked
    assert abs(right["name"] - chance) < 4 * asked**0.5 / 2


def test_other_names_give_the_same_release(built: Project, tmp_path: Path) -> None:
    """The same files under other names, in the opposite order: the same ids, rows, options and pictures."""
    other = build(tmp_path / "project", backwards=True)
    first, second = (
        {p.relative_to(r).as_posix(): p for p in sorted(r.rglob("*")) if p.is_file()}
        for r in (built.release, other.release)
    )
    assert first.keys() == second.keys()
    provenance, manifest = (
        [of[name] for of in (first, second)] for name in ("provenance.parquet", "manifest.json")
    )
    # the build's own id is a digest of all inputs together, names among them
    builds = [json.loads(path.read_text())["build"].encode() for path in manifest]
    differ = {
        name
        for name, path in first.items()
        if path.read_bytes().replace(builds[0], b"")
        != second[name].read_bytes().replace(builds[1], b"")
    }
    assert differ <= {"manifest.json", "provenance.parquet"}
    rows = [record_tables.read(path).drop_columns(["build"]).to_pylist() for path in provenance]
    assert rows[0] == rows[1] and len(rows[0]) > 100
    said = [
        {k: v for k, v in json.loads(path.read_text()).items() if k not in ("build", "files")}
        for path in manifest
    ]
    assert said[0] == said[1]
