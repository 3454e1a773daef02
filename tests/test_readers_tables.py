"""Tables of several readers: boxes, votes, and rows that an entry wants."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pydantic
import pytest

from benchsmith.core.reader_agreement import words_of
from tests.label_entries import parsed
from tests.merged_readers import ingested, photographs


def write_table(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def test_the_boxes_of_three_radiologists_become_one_target(tmp_path: Path) -> None:
    photographs(tmp_path, "p0", "p1", "p2")
    rows: list[Sequence[object]] = [("image_id", "rad_id", "class_name", "x0", "y0", "x1", "y1")]
    for name in ("p0", "p1"):
        rows += [
            (name, "R8", "Cardiomegaly", 20, 20, 80, 70),
            (name, "R9", "Cardiomegaly", 24, 20, 84, 70),
            (name, "R10", "Cardiomegaly" if name == "p0" else "No finding",
             *((22, 24, 82, 74) if name == "p0" else ("",) * 4)),
        ]  # fmt: skip
    rows += [("p2", r, "No finding", "", "", "", "") for r in ("R8", "R9", "R10")]
    write_table(tmp_path / "train.csv", rows)
    of = {"kind": "boxes", "file": "train.csv", "key": "image_id", "label_column": "class_name",
          "box": ("x0", "y0", "x1", "y1"), "silent": ("", "No finding"),
          "exhaustive": True, "nothing": "No finding"}  # fmt: skip
    merged = {"kind": "merge", "how": "majority", "column": "rad_id", "of": of}
    found, refused = ingested(tmp_path, images="img/{key}.png", labels=(merged,))
    assert not refused
    marked = {
        key: [(f.raw, f.kind, f.box and (f.box.x0, f.box.y0, f.box.x1, f.box.y1)) for f in one.findings]
        for key, one in found.items()
    }  # fmt: skip
    assert marked == {
        "p0": [("Cardiomegaly", "image", None), ("Cardiomegaly", "box", (22, 20, 82, 70))],
        "p1": [("Cardiomegaly", "image", None), ("Cardiomegaly", "box", (22, 20, 82, 70))],
        "p2": [("No finding", "image", None)],
    }
    assert words_of(found["p1"].samples[0].note, "Cardiomegaly").startswith(
        "2 of 3 readers mark it"
    )


def test_labels_of_whole_pictures_are_merged_by_votes(tmp_path: Path) -> None:
    photographs(tmp_path, "a", "b")
    write_table(
        tmp_path / "votes.csv",
        [("id", "who", "effusion", "mass"), ("a", "x", 1, 0), ("a", "y", 1, 1), ("a", "z", 1, 0),
         ("b", "x", 0, 1), ("b", "y", -1, 0), ("b", "z", 1, 0)],
    )  # fmt: skip
    of = {"kind": "sheet", "file": "votes.csv", "key": "id", "one_hot": ("effusion", "mass")}
    labels = {"kind": "merge", "how": "majority", "column": "who", "of": of}
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(labels,))
    (effusion,) = found["a"].findings
    assert effusion.raw == "effusion"
    assert effusion.searched.unknown == ("mass",), "one of three saw it: it is not a wrong option"
    assert [r.reason for r in found["a"].rejected] == ["readers-differ"]
    assert not found["b"].findings
    both = ingested(tmp_path, images="img/{key}.png", labels=({**labels, "how": "union"},))[0]
    assert {f.raw for f in both["b"].findings} == {"mass"}, "one of three does not know of effusion"
    assert {u for f in both["b"].findings for u in f.searched.unknown} == {"effusion"}


@pytest.mark.parametrize("how", ["union", "intersection", "majority", "first"])
@pytest.mark.parametrize("third", ["-1", "-1.0", "u", "0.5"])
def test_a_label_that_one_reader_is_uncertain_of_is_unknown(
    tmp_path: Path, how: str, third: str
) -> None:
    """Two of three state the effusion of each picture, and nobody is outvoted who does not know."""
    photographs(tmp_path, "a", "b", "c")
    rows = [("id", "who", "effusion", "mass", "edema")]
    for name, mass in (("a", "1"), ("b", "0"), ("c", "1")):
        rows += [(name, who, "1", mass, "0") for who in "xy"]
        rows.append((name, "z", "1" if name == "c" else third, mass, "0"))
    write_table(tmp_path / "votes.csv", rows)
    of = {
        "kind": "sheet",
        "file": "votes.csv",
        "key": "id",
        "one_hot": ("effusion", "mass", "edema"),
    }
    labels = {"kind": "merge", "how": how, "column": "who", "of": of}
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(labels,))
    assert {k: {f.raw for f in one.findings} for k, one in found.items()} == {
        "a": {"mass"}, "b": set(), "c": {"effusion", "mass"},
    }  # fmt: skip
    assert found["a"].findings[0].searched.unknown == ("effusion",), "edema is absent"
    assert found["c"].findings[0].searched.unknown == ()
    differ = [r.detail for k in "ab" for r in found[k].rejected if r.reason == "readers-differ"]
    assert differ == ["effusion is unknown to one of 3 readers"] * 2


def test_a_word_that_is_not_understood_of_one_reader_leaves_the_list_unknown(
    tmp_path: Path,
) -> None:
    """It may be the label that the others state, or its contrary; other lists keep theirs."""
    photographs(tmp_path, "a")
    rows = [
        ("id", "who", "grade", "side"),
        *(("a", who, "2", "L") for who in "xy"),
        ("a", "z", "3?", "L"),
    ]
    write_table(tmp_path / "votes.csv", rows)
    of = {"kind": "sheet", "file": "votes.csv", "key": "id", "labels": ("grade", "side"),
          "values": {"2": "moderate", "3": "severe", "L": "left"}}  # fmt: skip
    labels = {"kind": "merge", "how": "majority", "column": "who", "of": of}
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(labels,))
    assert {f.raw for f in found["a"].findings} == {"left"}
    assert {r.reason for r in found["a"].rejected} == {"value-without-name", "readers-differ"}


def test_where_selects_rows_and_pictures(tmp_path: Path) -> None:
    """Only frontal views of the test set are read; the other picture and rows are counted."""
    photographs(tmp_path, "a", "b", "c")
    write_table(
        tmp_path / "t.csv",
        [("id", "view", "split", "label"), ("a", "PA", "test", "mass"), ("a", "LL", "test", "none"),
         ("b", "LL", "test", "mass"), ("c", "AP", "test", "nodule"), ("d", "PA", "train", "mass")],
    )  # fmt: skip
    table = {"kind": "sheet", "file": "t.csv", "key": "id", "labels": ("label",),
             "where": {"view": ("PA", "AP"), "split": "test"}}  # fmt: skip
    found, refused = ingested(tmp_path, images="img/{key}.png", labels=(table,))
    assert {k: [f.raw for f in one.findings] for k, one in found.items()} == {
        "a": ["mass"],
        "c": ["nodule"],
    }
    assert refused == {
        "row-unwanted": [
            "t.csv 3 rows have cells that `where` does not accept",
            "img/b.png no row of it is accepted by `where`",
        ]
    }
    table["where"] = {"vue": "PA"}
    _, refused = ingested(tmp_path, images="img/{key}.png", labels=(table,))
    assert refused["header"] == ["t.csv there is no column 'vue' for `where`"]


def test_a_table_without_labels_selects_pictures(tmp_path: Path) -> None:
    """Masks of good pictures; one picture is bad, and one is not in the table."""
    photographs(tmp_path, "a", "b", "c")
    (tmp_path / "m").mkdir()
    mask = np.zeros((100, 120), np.uint8)
    mask[20:60, 20:60] = 255
    for name in "abc":
        PIL.Image.fromarray(mask).save(tmp_path / f"m/{name}.png")
    write_table(tmp_path / "q.csv", [("id", "q", "age"), ("a", "good", 40), ("b", "bad", 50)])
    write_table(tmp_path / "l.csv", [("id", "label"), ("a", "x"), ("b", "x"), ("c", "x")])
    labels = (
        {"kind": "sheet", "file": "q.csv", "key": "id", "where": {"q": "good"}},
        {"kind": "sheet", "file": "l.csv", "key": "id", "labels": ("label",)},
        {"kind": "masks", "file": "m/{key}.png", "label": "lesion"},
    )
    found, refused = ingested(
        tmp_path, images="img/{key}.png", about={"age": "column:age"}, labels=labels
    )
    assert {k: {f.raw for f in one.findings} for k, one in found.items()} == {"a": {"x", "lesion"}}
    assert found["a"].samples[0].age == "40"
    assert [r.split()[0] for r in refused["row-unwanted"]] == ["q.csv", "img/b.png", "img/c.png"]
    with pytest.raises(pydantic.ValidationError, match="`labels` or `one_hot`"):
        parsed({"kind": "sheet", "file": "q.csv", "key": "id"})


def test_two_entries_of_one_table_read_the_rows_that_each_wants(tmp_path: Path) -> None:
    photographs(tmp_path, "a", "b")
    write_table(
        tmp_path / "t.csv",
        [("path", "eye", "label"), ("x/img/a.png", "left", "one"), ("x/img/a.png", "right", "two"),
         ("x/img/b.png", "right", "three")],
    )  # fmt: skip
    entries = tuple(
        {"kind": "sheet", "file": "t.csv", "key": "path", "key_is": "path", "labels": ("label",),
         "where": {"eye": eye}}
        for eye in ("left", "right")
    )  # fmt: skip
    found, refused = ingested(tmp_path, images="img/{key}.png", labels=entries)
    assert {k: sorted(f.raw for f in one.findings) for k, one in found.items()} == {
        "a": ["one", "two"],
        "b": ["three"],
    }
    assert set(refused) == {"row-unwanted"}
    other_key = {**entries[1], "key": "label", "key_is": "as-is"}
    with pytest.raises(pydantic.ValidationError, match="by different keys"):
        ingested(tmp_path, images="img/{key}.png", labels=(entries[0], other_key))


def test_a_constant_label_is_that_of_every_picture_of_its_entry(tmp_path: Path) -> None:
    photographs(tmp_path, "a", "b")
    labels = {"kind": "constant", "label": "healthy", "group": "diagnosis"}
    found, _ = ingested(tmp_path, images="img/{key}.png", labels=(labels,))
    rows = {k: [(f.raw, f.group, f.kind) for f in one.findings] for k, one in found.items()}
    assert rows == {
        "a": [("healthy", "diagnosis", "image")],
        "b": [("healthy", "diagnosis", "image")],
    }


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        ({"how": "union", "of": {"kind": "masks", "file": "a.png", "label": "a"}}, "reader"),
        ({"how": "union", "column": "r", "of": {"kind": "masks", "file": "{reader}.png", "label": "a"}}, "reader"),
        ({"how": "union", "of": {"kind": "sheet", "file": "a.csv", "key": "k", "labels": ("a",)}}, "column"),
        ({"how": "staple", "of": {"kind": "voc", "file": "{reader}.xml"}}, "STAPLE merges masks"),
        ({"how": "apart", "column": "r", "of": {"kind": "sheet", "file": "a.csv", "key": "k", "labels": ("a",)}}, "apart"),
        ({"how": "first", "readers": ("a", "a"), "of": {"kind": "voc", "file": "{reader}.xml"}}, "twice"),
        ({"how": "first", "of": {"kind": "merge"}}, "kind"),
    ],
)  # fmt: skip
def test_a_merge_that_means_nothing_is_refused(entry: dict[str, Any], match: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=match):
        parsed({"kind": "merge", **entry})
