"""`No Finding` beside a disease that its row leaves open: the picture is not asked about as normal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.model import Finding, Label
from benchsmith.core.reasons import REASONS
from benchsmith.documents.library import Library, read
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.open_denials import REASON, open_denials
from benchsmith.tables import record_tables
from tests.merged_readers import ingested, photographs
from tests.paths import PROJECT

COLUMNS = ("No Finding", "Pneumonia", "Pacemaker", "Zyxoma")
HOT = {"kind": "sheet", "file": "t.csv", "key": "id", "one_hot": COLUMNS}
NOTHING = "no-finding"
Read = tuple[dict[str, dict[str, Label]], dict[str, str]]


@pytest.fixture(scope="module")
def library() -> Library:
    return read(PROJECT)


def labelled(
    folder: Path, library: Library, *labels: dict[str, Any], unmarked: frozenset[str] = frozenset()
) -> Read:
    """Return the labels of each picture, and the detail of each one that is left open."""
    units, _ = ingested(folder, labels=labels, images="img/{key}.png")
    rows = record_tables.to_table([f for u in units.values() for f in u.findings], Finding)
    normaliser = Normaliser(library.lexicon)
    kept, lost = normalise(rows, normaliser, {REASON: open_denials(rows, normaliser, unmarked)})
    found: dict[str, dict[str, Label]] = {key: {} for key in units}
    for row in record_tables.from_table(kept, Label):
        found[row.sample.partition("/")[2]][row.label] = row
    return found, {
        row["subject"].partition("/")[2]: row["detail"]
        for row in lost.to_pylist()
        if row["reason"] == REASON
    }


# what the row says of normal, pneumonia, a pacemaker and a word that the lexicon does not know
ROWS = {
    "1,0,0,0": True,
    "1,,,": True,
    "1,-1,0,0": False,
    "1,?,0,0": False,
    "1,uncertain,,": False,
    "1,0,-1,0": True,  # a device is no finding
    "1,0,0,-1": False,  # the word may name a disease
}


@pytest.mark.parametrize("apart", [False, True])
def test_which_rows_say_that_a_picture_is_normal(
    tmp_path: Path, library: Library, apart: bool
) -> None:
    """The same is true of a file for each picture."""
    keys = "abcdefg"
    photographs(tmp_path, *keys)
    lines = [f"{key},{cells}" for key, cells in zip(keys, ROWS, strict=True)]
    head = f"id,{','.join(COLUMNS)}"
    (tmp_path / "t.csv").write_text("\n".join([head, *lines]) + "\n")
    entry = {**HOT, "present": ("1",), "absent": ("0", "")} if apart else HOT
    found, left = labelled(tmp_path, library, entry)
    normal = {key: NOTHING in found[key] for key in keys}
    assert normal == dict(zip(keys, ROWS.values(), strict=True))
    assert (
        left["c#finding:No Finding"]
        == "'No Finding' is stated of a picture that may show 'Pneumonia'"
    )
    assert len(left) == sum(not is_normal for is_normal in ROWS.values())
    assert not REASONS[REASON].fault, "the source does not contradict itself"


def test_it_is_no_wrong_option_of_the_picture_either(tmp_path: Path, library: Library) -> None:
    photographs(tmp_path, "a")
    (tmp_path / "t.csv").write_text(f"id,{','.join(COLUMNS)}\na,1,-1,1,0\n")
    found, _ = labelled(tmp_path, library, HOT)
    (device,) = found["a"].values()
    assert device.label == "pacemaker"
    assert {NOTHING, "pneumonia"} <= set(device.searched.unknown)
    assert not device.neighbours


@pytest.mark.parametrize(
    ("cells", "normal"),
    [("normal chest,-1,0", False), ("normal chest,0,-1", True), ("normal chest,0,0", True)],
)
def test_another_list_of_the_row(
    tmp_path: Path, library: Library, cells: str, normal: bool
) -> None:
    """A word of one organ denies that organ's diseases in every list of the row."""
    photographs(tmp_path, "a", "b")
    (tmp_path / "t.csv").write_text(
        f"id,dx,pneumonia,fracture of clavicle\na,{cells}\nb,pneumonia,1,0\n"
    )
    entry = {**HOT, "labels": ("dx",), "one_hot": ("pneumonia", "fracture of clavicle")}
    found, left = labelled(tmp_path, library, entry)
    assert ("normal-chest" in found["a"]) == normal
    assert len(left) == (not normal)
    if normal and "-1" in cells:
        assert "clavicle-fracture" in found["a"]["normal-chest"].searched.unknown


def test_a_column_that_is_not_understood(tmp_path: Path, library: Library) -> None:
    """A cell of another coding leaves its whole column open, and so the normality of every picture."""
    photographs(tmp_path, "a", "b")
    (tmp_path / "t.csv").write_text("id,No Finding,Pneumonia\na,1,0\nb,0,2\n")
    found, left = labelled(tmp_path, library, {**HOT, "one_hot": ("No Finding", "Pneumonia")})
    assert not found["a"] and len(left) == 1
