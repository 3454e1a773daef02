"""Frozen features answer as well as they know the label, and their areas are counted right."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.core.random_order import rank
from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import features, probe, release_reader
from benchsmith.evaluate.contract import Ask
from benchsmith.evaluate.items import Item
from benchsmith.replies.reply_words import bare
from tests.asking import command, scores
from tests.conftest import Project

Values = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def items(built: Project) -> tuple[Item, ...]:
    return release_reader.read(built.release).items


def label(item: Item) -> str:
    return bare(item.options[item.key[0]])


def shake(*names: str) -> float:
    return rank(3, *names) / 2**64 - 0.5


def knowing(items: tuple[Item, ...], how_well: float) -> list[dict[str, Any]]:
    """Return features that hold the label, in a place of its own, under noise."""
    words = sorted({bare(o) for i in items for o in i.options})
    rows: list[dict[str, Any]] = []
    for item in items:
        right = {bare(item.options[k]) for k in item.key}
        noise = [shake(item.id, word) for word in words]
        values = [n + how_well * (w in right) for n, w in zip(noise, words, strict=True)]
        rows.append({"id": item.id, "text": None, "features": values})
    texts = [[float(w == word) for w in words] for word in words]
    return rows + [
        {"id": None, "text": w, "features": f} for w, f in zip(words, texts, strict=True)
    ]


def put(path: Path, rows: list[dict[str, Any]]) -> Path:
    schema = pa.schema(
        [("id", pa.string()), ("text", pa.string()), ("features", pa.list_(pa.float64()))]
    )
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return path


def share(items: tuple[Item, ...], values: Values) -> float:
    """Return the share of right answers in test, of the labels that val has."""
    seen = {label(i) for i in items if i.split == "val"}
    asked = [i for i in items if i.split == "test" and not i.several and label(i) in seen]
    known = probe.LabelScores(values)
    return sum(known.picks(i) == i.key for i in asked) / len(asked)


@pytest.mark.parametrize("make", [probe.linear, probe.zero_shot])
def test_features_that_know_the_label_are_right_and_noise_is_not(
    items: tuple[Item, ...], tmp_path: Path, make: Any
) -> None:
    one = tuple(i for i in items if not i.several)
    good = features.read(put(tmp_path / "good.parquet", knowing(one, 4.0)))
    bad = features.read(put(tmp_path / "bad.parquet", knowing(one, 0.0)))
    known, guessed = make(one, good, "x"), make(one, bad, "x")
    assert share(one, known) == 1.0
    assert share(one, guessed) < 0.65
    seen = {label(i) for i in one if i.split == "val"}
    areas = [
        r["auroc"] for r in probe.aurocs(one, known) if r["split"] == "test" and r["label"] in seen
    ]
    assert areas and set(areas) == {1.0}
    noise = [r["auroc"] for r in probe.aurocs(one, guessed) if r["split"] == "test"]
    assert np.mean(noise) < 0.8


def test_the_area_is_the_share_of_pairs_in_the_right_order(items: tuple[Item, ...]) -> None:
    """Counted by hand: a pair that is equal counts half."""
    words = {bare(o) for i in items for o in i.options}
    values = {i.id: {w: round(shake(i.id, w), 1) for w in words} for i in items}
    rows = probe.aurocs(items, values)
    assert rows
    for row in rows:
        cases = [
            i for i in items
            if (i.split, i.task, i.modality) == (row["split"], row["task"], row["modality"])
            and i.granularity == "image" and not i.several
        ]  # fmt: skip
        yes = [values[i.id][row["label"]] for i in cases if label(i) == row["label"]]
        no = [values[i.id][row["label"]] for i in cases if label(i) != row["label"]]
        pairs = sum((a > b) + 0.5 * (a == b) for a in yes for b in no)
        assert row["auroc"] == pytest.approx(pairs / (len(yes) * len(no)))
        assert (row["n"], row["positives"]) == (len(cases), len(yes))


def test_a_case_of_val_is_answered_by_a_probe_that_has_not_seen_its_patient(
    items: tuple[Item, ...], tmp_path: Path
) -> None:
    """With features that are the case's own and nothing else, who has seen it would be right."""
    val = tuple(replace(i, group=i.id) for i in items if i.split == "val" and not i.several)
    own = [[float(i == j) for j in range(len(val))] for i in range(len(val))]
    rows = [{"id": i.id, "text": None, "features": f} for i, f in zip(val, own, strict=True)]
    found = probe.linear(val, features.read(put(tmp_path / "own.parquet", rows)), "x")
    unseen: dict[tuple[str, ...], int] = {}
    for item in val:
        order = tuple(sorted(found[item.id], key=lambda w: (-found[item.id][w], w)))
        unseen[order] = unseen.get(order, 0) + 1
    assert len(unseen) <= 5, "one of each fold: nothing is told of the case itself"


def test_turned_options_are_answered_alike(items: tuple[Item, ...]) -> None:
    item = next(i for i in items if len(i.options) > 2 and not i.several)
    known = probe.LabelScores({item.id: {bare(item.options[2]): 1.0}})
    asks = [Ask(item=item, shift=s, system="", text="", picture=b"") for s in range(3)]
    assert [a.text for a in known.answers(asks)] == ["C", "B", "A"]


def test_the_command_scores_files_and_pixels(
    built: Project, items: tuple[Item, ...], tmp_path: Path
) -> None:
    path = put(tmp_path / "good.parquet", knowing(items, 4.0))
    where = (str(built.release), "--output", str(tmp_path))
    said = command("evaluate", *where, "--model", "zero-shot:good", "--features", str(path))
    assert f"zero-shot:good: {len(items)} answers" in said
    assert re.search(r"test: AUROC 1\.000, the mean of \d+ labels", said)
    command("evaluate", *where, "--model", "probe:pixels")
    first = sorted((tmp_path / "small/answers/").rglob("*.jsonl"))
    before = [p.read_bytes() for p in first]
    command("evaluate", *where, "--model", "probe:pixels")
    assert [p.read_bytes() for p in first] == before and len(first) == 2
    table = list(csv.DictReader((tmp_path / "small/auroc").glob("probe*").__next__().open()))
    assert table and all(0 <= float(row["auroc"]) <= 1 for row in table)
    board = scores(built.release, tmp_path)
    assert re.search(r"zero-shot:good +100\.00", board) and "probe:pixels" in board


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"id": "a", "text": "b", "features": [1.0]}], "either an `id` or a `text`"),
        ([{"id": "a", "text": None, "features": None}], "not a list of finite numbers"),
        ([{"id": "a", "text": None, "features": [float("nan")]}], "not a list of finite numbers"),
        ([{"id": "a", "text": None, "features": [1.0]},
          {"id": "b", "text": None, "features": [1.0, 2.0]}], "1 and 2 numbers"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_features_is_reported(
    tmp_path: Path, rows: list[dict[str, Any]], says: str
) -> None:
    with pytest.raises(DocumentError, match=says):
        features.read(put(tmp_path / "bad.parquet", rows))


def test_what_is_missing_is_reported(
    built: Project, items: tuple[Item, ...], tmp_path: Path
) -> None:
    rows = knowing(items, 1.0)
    path = put(tmp_path / "less.parquet", [r for r in rows if r["id"] != items[0].id])
    where = ("evaluate", str(built.release), "--output", str(tmp_path))
    said = command(*where, "--model", "probe:x", "--features", str(path), code=2)
    assert f"cases have no features, such as {items[0].id}" in said
    path = put(tmp_path / "mute.parquet", [r for r in rows if r["id"]])
    said = command(*where, "--model", "zero-shot:x", "--features", str(path), code=2)
    assert "options have no features" in said
    assert "needs features" in command(*where, "--model", "probe:siglip", code=2)
    said = command(*where, "--model", "baseline:random", "--features", str(path), code=2)
    assert "--features needs --model" in said
    assert "the file is missing" in command(
        *where, "--model", "probe:x", "--features", str(tmp_path / "gone.parquet"), code=2
    )
