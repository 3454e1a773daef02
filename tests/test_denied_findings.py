"""A picture that has a disease and none: neither is asked, and both are unknown in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith.core.model import Finding, Label
from benchsmith.core.reasons import REASONS
from benchsmith.documents.library import Library
from benchsmith.stages.denied_findings import REASON, denials, denied
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tables import record_tables
from tests.merged_readers import ingested, photographs
from tests.shipped_documents import shipped_library

HOT = {"kind": "sheet", "file": "t.csv", "key": "id"}
NOTHING = "no-finding"


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


def labelled(
    folder: Path, library: Library, *labels: dict[str, Any], unmarked: str = "", **keys: Any
) -> tuple[dict[str, dict[str, Label]], dict[str, set[str]]]:
    """Return the labels of each picture, and the words that are left out as contradicting."""
    keys = {"images": "img/{key}.png", **keys}
    units, _ = ingested(folder, labels=labels, **keys)
    rows = record_tables.to_table([f for u in units.values() for f in u.findings], Finding)
    normaliser = Normaliser(library.lexicon)
    found = denied(rows, normaliser, frozenset({unmarked} - {""}))
    kept, lost = normalise(rows, normaliser, {REASON: found})
    labels_of: dict[str, dict[str, Label]] = {key: {} for key in units}
    for row in record_tables.from_table(kept, Label):
        labels_of[row.sample.partition("/")[2]][row.label] = row
    left: dict[str, set[str]] = {}
    for row in lost.to_pylist():
        if row["reason"] == REASON:
            key, _, name = row["subject"].partition("/")[2].partition("#")
            left.setdefault(key, set()).add(name.partition(":")[2] or name.partition("@")[0])
    return labels_of, left


def test_a_one_hot_row_that_denies_its_own_disease(tmp_path: Path, library: Library) -> None:
    photographs(tmp_path, "a", "b", "c")
    columns = ("No Finding", "Cardiomegaly", "Pneumonia", "Pacemaker")
    (tmp_path / "t.csv").write_text(f"id,{','.join(columns)}\na,1,1,0,1\nb,1,0,0,1\nc,0,1,1,0\n")
    found, left = labelled(tmp_path, library, {**HOT, "one_hot": columns})
    assert left == {"a": {"No Finding", "Cardiomegaly"}}
    assert {key: set(own) for key, own in found.items()} == {
        "a": {"pacemaker"},
        "b": {NOTHING, "pacemaker"},
        "c": {"cardiomegaly", "pneumonia"},
    }
    device = found["a"]["pacemaker"]
    assert not device.neighbours, "what is unknown is no right answer of several"
    assert {NOTHING, "cardiomegaly"} <= set(device.searched.unknown)
    assert {n.name for n in found["c"]["pneumonia"].neighbours} == {"cardiomegaly"}
    assert REASONS[REASON].fault


@pytest.mark.parametrize("cell", ["No Finding|Pneumothorax", "Pneumothorax | no finding"])
def test_a_cell_with_a_disease_and_none(tmp_path: Path, library: Library, cell: str) -> None:
    photographs(tmp_path, "a", "b")
    (tmp_path / "t.csv").write_text(f"id,c\na,{cell}\nb,No Finding\n")
    found, left = labelled(tmp_path, library, {**HOT, "labels": ("c",), "delimiter": "|"})
    assert not found["a"] and len(left["a"]) == 2
    assert set(found["b"]) == {NOTHING}


def test_a_word_that_may_be_a_disease(tmp_path: Path, library: Library) -> None:
    """The lexicon does not know the word, so that `No Finding` is no certain answer either."""
    photographs(tmp_path, "a", "b")
    (tmp_path / "t.csv").write_text("id,c\na,No Finding|Zyxoma\nb,No Finding\n")
    found, left = labelled(tmp_path, library, {**HOT, "labels": ("c",), "delimiter": "|"})
    assert left == {"a": {"No Finding"}}
    assert not found["a"] and set(found["b"]) == {NOTHING}


def test_a_list_in_json(tmp_path: Path, library: Library) -> None:
    photographs(tmp_path, "a")
    row = {"id": "a", "No Finding": True, "Pneumonia": True, "Atelectasis": False}
    (tmp_path / "t.json").write_text(json.dumps([row]))
    entry = {**HOT, "file": "t.json", "one_hot": ("No Finding", "Pneumonia", "Atelectasis")}
    found, left = labelled(tmp_path, library, entry)
    assert not found["a"] and left == {"a": {"No Finding", "Pneumonia"}}


def test_a_folder_against_a_table(tmp_path: Path, library: Library) -> None:
    """`normal` is the word of another list, and denies what has its task and department."""
    for folder, name in (("normal", "a"), ("normal", "b"), ("pneumonia", "c")):
        (tmp_path / folder).mkdir(exist_ok=True)
        ramp = np.add.outer(np.arange(100), np.arange(120)).astype(np.uint8)
        PIL.Image.fromarray(ramp).save(tmp_path / folder / f"{name}.png")
    (tmp_path / "t.csv").write_text("id,c\na,pneumonia\nb,fracture of clavicle\nc,pneumonia\n")
    found, left = labelled(
        tmp_path, library,
        {"kind": "path", "field": "c", "names": {"normal": "normal chest", "pneumonia": "pneumonia"}},
        {**HOT, "labels": ("c",)}, images="{c}/{k}.png", key="{k}",
    )  # fmt: skip
    assert left == {"a": {"normal chest", "pneumonia"}}
    assert not found["a"] and "normal-chest" in found["b"] and set(found["c"]) == {"pneumonia"}


def test_readers_of_whom_one_denies(tmp_path: Path, library: Library) -> None:
    """Their union says both; what the majority says is no contradiction."""
    photographs(tmp_path, "a")
    (tmp_path / "t.csv").write_text("id,r,No Finding,Pneumonia\na,1,1,0\na,2,0,1\na,3,0,1\n")
    of = {**HOT, "one_hot": ("No Finding", "Pneumonia")}
    for how, kept in (("union", set()), ("majority", {"pneumonia"})):
        entry = {"kind": "merge", "how": how, "column": "r", "of": of}
        found, left = labelled(tmp_path, library, entry)
        assert set(found["a"]) == kept
        assert left == ({} if kept else {"a": {"No Finding", "Pneumonia"}})


def test_marks_against_a_list(tmp_path: Path, library: Library) -> None:
    """A list that says `No Finding` and a mark: neither; an entry's own `nothing` yields to the mark."""
    photographs(tmp_path, "a", "b")
    (tmp_path / "t.csv").write_text("id,c\na,No Finding\nb,Atelectasis\n")
    (tmp_path / "b.csv").write_text(
        "id,l,x,y,u,v\na,pneumonia,10,10,60,60\nb,pneumonia,10,10,60,60\n"
    )
    boxes = {
        "kind": "boxes", "file": "b.csv", "key": "id", "box": ("x", "y", "u", "v"), "label_column": "l",
    }  # fmt: skip
    found, left = labelled(tmp_path, library, {**HOT, "labels": ("c",)}, boxes)
    assert not found["a"] and left == {"a": {"No Finding", "pneumonia"}}
    assert set(found["b"]) == {"atelectasis", "pneumonia"}
    found, left = labelled(
        tmp_path, library, {**HOT, "labels": ("c",)}, boxes, unmarked="No Finding"
    )
    assert set(found["a"]) == {"pneumonia"} and left == {"a": {"No Finding"}}
    assert NOTHING in found["a"]["pneumonia"].searched.unknown


def test_organs_of_one_picture_do_not_deny_each_other(tmp_path: Path, library: Library) -> None:
    photographs(tmp_path, "a")
    columns = ("normal liver", "bowel injury", "normal spleen")
    (tmp_path / "t.csv").write_text(f"id,{','.join(columns)}\na,1,1,1\n")
    found, left = labelled(tmp_path, library, {**HOT, "one_hot": columns}, modality="ct")
    assert not left and set(found["a"]) == {"normal-liver", "bowel-injury", "normal-spleen"}


def test_what_a_word_denies_is_in_the_key_of_the_rows(library: Library) -> None:
    """A change of the lexicon by which two labels may be true together invalidates the rows."""
    words = {("No Finding", "x-ray"): NOTHING, ("p", "x-ray"): "pneumonia", ("f", "x-ray"): ""}
    assert denials(words, library.lexicon) == {
        "word 'No Finding' denies in x-ray": [["pneumonia", "list", "any"]]
    }
