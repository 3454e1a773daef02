"""A one-hot column is understood by all of its cells, or its label is unknown in every picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pydantic
import pytest

from benchsmith import formats
from benchsmith.core.contracts import SheetRow
from benchsmith.documents.labels import Sheet
from benchsmith.stages.one_hot_codings import OneHotCodings
from benchsmith.text.one_hot_cells import unclear_columns
from tests.label_entries import parsed
from tests.merged_readers import ingested, photographs

COLUMNS = ("nodule", "mass")
HOT = {"kind": "sheet", "file": "t.csv", "key": "id", "one_hot": COLUMNS}


def stated(
    folder: Path, rows: list[tuple[str, str]], **keys: Any
) -> tuple[dict[str, set[str]], dict[str, set[str]], list[str]]:
    """Return what each picture is said to show, what may be there, and the columns refused."""
    names = "abcdefgh"[: len(rows)]
    photographs(folder, *names)
    lines = [f"{name},{','.join(row)}" for name, row in zip(names, rows, strict=True)]
    (folder / "t.csv").write_text("\n".join([f"id,{','.join(COLUMNS)}", *lines]) + "\n")
    units, refused = ingested(folder, images="img/{key}.png", labels=({**HOT, **keys},))
    said = {key: {f.raw for f in u.findings} for key, u in units.items()}
    perhaps = {key: {n for f in u.findings for n in f.searched.unknown} for key, u in units.items()}
    return said, perhaps, sorted(refused.get("value-without-name", []))


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([("1", "0"), ("0", "1")], [{"nodule"}, {"mass"}]),
        ([("1.0", "0.0"), ("-1", "1")], [{"nodule"}, {"mass"}]),
        ([("x", ""), ("", "X")], [{"nodule"}, {"mass"}]),
        ([("\u2713", ""), ("", "\u2714")], [{"nodule"}, {"mass"}]),
        ([("x", "no"), ("no", "x")], [{"nodule"}, {"mass"}]),
        ([("Yes", "No"), ("?", "YES")], [{"nodule"}, {"mass"}]),
    ],
)
def test_codings_that_are_understood(
    tmp_path: Path, rows: list[tuple[str, str]], right: list[set[str]]
) -> None:
    said, _, refused = stated(tmp_path, rows)
    assert list(said.values()) == right and not refused


@pytest.mark.parametrize(
    "rows",
    [
        [("1", "2"), ("2", "1"), ("1", "1")],
        [("1", "1"), ("2", "1"), ("1", "1")],  # a mass is absent everywhere, and never coded 2
        [("1", ""), ("2", "1"), ("", "1")],
        [("\u2713", "x"), ("x", "\u2713")],
        [("\u2713", ""), ("x", "x")],
        [("+", "x"), ("x", "+")],
        [("Y", "X"), ("X", "Y")],
        [("1", "x"), ("x", "1")],
        [("\u2713", "\u2717"), ("\u2717", "\u2714")],
        [("\u2612", "\u2610"), ("\u2610", "\u2612")],
        [("+", "-"), ("-", "+")],
        [(".97", ".03"), ("1", ".9")],
    ],
)
def test_codings_that_are_not_understood(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    said, _, refused = stated(tmp_path, rows)
    assert not any(said.values())
    assert [line.split()[1] for line in refused] == ["mass", "nodule"]
    assert all("`present` and `absent`" in line for line in refused)


def test_a_check_beside_a_column_of_crosses(tmp_path: Path) -> None:
    """A check means present; a cross in another column may be what is not."""
    said, perhaps, refused = stated(tmp_path, [("\u2713", "x"), ("", "x")])
    assert said == {"a": {"nodule"}, "b": set()}
    assert perhaps == {"a": {"mass"}, "b": set()} and len(refused) == 1


def test_a_column_that_shows_its_own_coding_is_read(tmp_path: Path) -> None:
    said, perhaps, refused = stated(tmp_path, [("2", "0"), ("1", "1")])
    assert said == {"a": set(), "b": {"mass"}} and perhaps["b"] == {"nodule"}
    assert refused == [
        "t.csv nodule has the cells '1' and '2'; state what its cells mean with `present` and `absent`"
    ]


def test_the_recipe_says_what_cells_mean(tmp_path: Path) -> None:
    rows = [("1", "2"), ("2", "1"), ("2", "9")]
    said, perhaps, refused = stated(tmp_path, rows, present=("2",), absent=("1",))
    assert said == {"a": {"mass"}, "b": {"nodule"}, "c": {"nodule"}}
    assert perhaps == {"a": set(), "b": set(), "c": {"mass"}} and not refused


@pytest.mark.parametrize(
    "keys",
    [
        {"present": ("2",)},
        {"present": ("2",), "absent": ("2",)},
        {"present": ("2",), "absent": ("1",), "one_hot": (), "labels": ("c",)},
    ],
)
def test_keys_that_say_half(keys: dict[str, Any]) -> None:
    with pytest.raises(pydantic.ValidationError, match="present"):
        parsed({**HOT, **keys})


def test_rows_that_are_not_wanted_do_not_count(tmp_path: Path) -> None:
    said, _, refused = stated(
        tmp_path, [("1", "0"), ("0", "1"), ("2", "x")], where={"mass": ("0", "1")}
    )
    assert said == {"a": {"nodule"}, "b": {"mass"}} and not refused


@pytest.mark.parametrize(("numbers", "right"), [((0, 1), [{"b"}, {"a"}]), ((1, 2), [set(), set()])])
def test_arrays_of_columns(tmp_path: Path, numbers: tuple[int, int], right: list[set[str]]) -> None:
    no, yes = numbers
    pictures = np.stack(
        [np.add.outer(np.arange(40), np.arange(50) * k).astype(np.uint8) for k in (1, 2)]
    )
    np.savez(
        tmp_path / "m.npz", train_images=pictures, train_labels=np.array([[no, yes], [yes, no]])
    )
    units, _ = ingested(
        tmp_path, images="m.npz", parts="all",
        labels=({"kind": "arrays", "names": {0: "a", 1: "b"}},),
    )  # fmt: skip
    assert [{f.raw for f in u.findings} for u in units.values()] == right


def test_arrays_of_one_file_are_judged_together(tmp_path: Path) -> None:
    """The array of the test set has only 1, which means absent in that of the training set."""
    pictures = np.add.outer(np.arange(40), np.arange(50)).astype(np.uint8)[None] + np.uint8(
        [[[0]], [[9]]]
    )
    sets = {"train": [[1, 2], [2, 1]], "test": [[1, 1], [1, 1]], "other": [[0, 1, 0], [1, 0, 1]]}
    made = {f"{n}_labels": np.array(rows) for n, rows in sets.items()}
    np.savez(tmp_path / "m.npz", **made, **{f"{n}_images": pictures for n in sets})
    found = {
        n: [formats.own_labels(tmp_path / "m.npz", f"{n}_images/{i}") for i in (0, 1)] for n in sets
    }
    assert np.isnan(found["train"]).all() and np.isnan(found["test"]).all()
    assert np.array_equal(found["other"], sets["other"])


def test_every_order_of_columns_says_the_same() -> None:
    cells = {"a": ["1", "2"], "b": ["1"], "c": ["0", "1"]}
    assert (
        set(unclear_columns(cells))
        == set(unclear_columns(dict(reversed(cells.items()))))
        == {"a", "b"}
    )


def of_groups(
    folder: Path, *tables: str, file: str = "{set}.csv"
) -> tuple[dict[str, set[str]], list[str]]:
    """Return what the pictures of two sets are said to show, each set with a table, and what is refused."""
    for group, text in zip(("train", "test"), tables, strict=True):
        (folder / group).mkdir()
        for key in "ab":
            grey = np.add.outer(np.arange(100), np.arange(120)).astype(np.uint8)
            PIL.Image.fromarray(grey).save(folder / group / f"{key}.png")
        (folder / f"{group}.csv").write_text(text)
    entry = {**HOT, "file": file, "row": "{name}"}
    units, refused = ingested(
        folder, images="{set}/{name}.png", key="{set}-{name}", labels=(entry,)
    )
    said = {key: {f.raw for f in u.findings} for key, u in units.items()}
    return said, sorted(refused.get("value-without-name", []))


PLAIN, ODD = "id,nodule,mass\na,1,1\nb,1,1\n", "id,nodule,mass\na,1,2\nb,2,1\n"


@pytest.mark.parametrize("tables", [(PLAIN, ODD), (ODD, PLAIN)])
def test_the_tables_of_groups_are_judged_together(tmp_path: Path, tables: tuple[str, str]) -> None:
    """Alone, the table without a 2 says that every picture shows everything."""
    said, refused = of_groups(tmp_path, *tables)
    assert len(said) == 4 and not any(said.values())
    assert [line.split()[:2] for line in refused] == [
        [f"{group}.csv", column] for group in ("test", "train") for column in ("mass", "nodule")
    ]


def test_tables_of_groups_that_are_understood_together(tmp_path: Path) -> None:
    """A table of which each column has one kind of cell is understood beside another one."""
    said, refused = of_groups(tmp_path, PLAIN, PLAIN.replace("1,1", "0,1"))
    assert not refused
    assert said["train-a"] == {"nodule", "mass"} and said["test-b"] == {"mass"}


def test_a_table_of_a_group_that_cannot_be_read_is_refused_alone(tmp_path: Path) -> None:
    said, refused = of_groups(tmp_path, PLAIN, "id\n")
    assert said["train-a"] == {"nodule", "mass"} and not refused
    assert not said.get("test-a")


def test_tables_of_two_entries_are_judged_together(tmp_path: Path) -> None:
    """Also if they only share one column."""
    sheets = [
        Sheet(kind="sheet", file=f"{n}.csv", key="id", one_hot=columns)
        for n, columns in enumerate((("nodule", "mass"), ("mass", "scar"), ("gauze",)))
    ]
    cells = [{"nodule": "2", "mass": "1"}, {"mass": "1", "scar": "1"}, {"gauze": "1"}]
    codings = OneHotCodings(sheets, lambda sheet: [{"a": [SheetRow(2, cells[int(sheet.file[0])])]}])
    assert [set(codings.unclear(sheet)) for sheet in sheets] == [
        {"nodule", "mass"}, {"mass", "scar"}, set(),
    ]  # fmt: skip
