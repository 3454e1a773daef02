"""Keys of tables are cut as pictures' names are: at endings that readers know, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.annotations import text_tables
from benchsmith.core.contracts import DataFault
from benchsmith.text import file_endings, one_hot_cells, path_patterns
from tests.label_entries import parsed

SHEET: Any = parsed({"kind": "sheet", "file": "t.json", "key": "key", "labels": ("value",)})
UID = "1.2.826.0.1.3680043.8.498.{}"


def keys(path: Path, cells: list[str], key_is: str) -> list[str]:
    path.write_text("file,kind\n" + "".join(f'"{c}",x\n' for c in cells))
    entry: dict[str, Any] = {"kind": "sheet", "file": path.name, "key": "file", "key_is": key_is}
    labels = parsed({**entry, "labels": ("kind",)})
    return list(text_tables.by_key(path, labels))


def test_the_endings_are_those_of_the_readers() -> None:
    assert set(file_endings.ENDINGS) == set(formats.FORMATS) - {"/"}
    for end in file_endings.ENDINGS:
        assert file_endings.stem(f"a.b{end.upper()}") == file_endings.without_ending(f"a.b{end}")


@pytest.mark.parametrize("key_is", ["stem", "path"])
@pytest.mark.parametrize("ending", ["", ".png", ".dcm", ".nii.gz", ".PNG"])
def test_names_with_dots_stay_apart(tmp_path: Path, key_is: str, ending: str) -> None:
    names = [UID.format(n) for n in range(4)]
    assert keys(tmp_path / "t.csv", [n + ending for n in names], key_is) == names


@pytest.mark.parametrize(
    ("cell", "stem", "path"),
    [
        ("train/a.v2.png", "a.v2", "train/a.v2"),
        ("train\\a.png", "a", "train/a"),
        ("a.b", "a.b", "a.b"),
        (".png", ".png", ".png"),
        ("x/case.nii.gz", "case", "x/case"),
    ],
)
def test_cells(tmp_path: Path, cell: str, stem: str, path: str) -> None:
    assert keys(tmp_path / "t.csv", [cell], "stem") == [stem]
    assert keys(tmp_path / "t.csv", [cell], "path") == [path]


@pytest.mark.parametrize(
    ("cells", "key_is"),
    [(["a/1.png", "b/1.png"], "stem"), (["1.png", "1.jpg"], "stem"), (["a.png", "a.dcm"], "path")],
)
def test_two_cells_of_one_key_are_a_fault(tmp_path: Path, cells: list[str], key_is: str) -> None:
    with pytest.raises(DataFault, match="both mean"):
        keys(tmp_path / "t.csv", cells, key_is)


def test_one_cell_may_have_several_rows(tmp_path: Path) -> None:
    assert keys(tmp_path / "t.csv", ["a/1.png", "a\\1.png", "2.png"], "stem") == ["1", "2"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{key}.jpg", {"x0.jpg", "y0.JPG", "y1.jpeg"}),
        ("{key}.png", {"z.Png"}),
        ("y0.jpg", {"y0.JPG"}),
        ("{key}.tiff", {"t.tif"}),
        ("*", {"x0.jpg", "y0.JPG", "y1.jpeg", "z.Png", "t.tif", "n.jpg.txt"}),
    ],
)
def test_endings_match_in_any_case(tmp_path: Path, pattern: str, expected: set[str]) -> None:
    for name in ("x0.jpg", "y0.JPG", "y1.jpeg", "z.Png", "t.tif"):
        PIL.Image.new("L", (2, 2)).save(tmp_path / name)
    (tmp_path / "n.jpg.txt").write_text("")
    assert {m.path.name for m in path_patterns.find(tmp_path, pattern)} == expected


@pytest.mark.parametrize(
    ("tree", "rows"),
    [
        ('{"a.png": "mass", "b.png": null}', [("a.png", "mass"), ("b.png", "")]),
        ('{"a.png": 2, "b.png": true}', [("a.png", "2"), ("b.png", "true")]),
        ('{"a.png": {"value": "cyst", "age": 50}}', [("a.png", "cyst")]),
    ],
)
def test_an_object_is_a_table_by_the_names_of_its_values(
    tmp_path: Path, tree: str, rows: list[tuple[str, str]]
) -> None:
    (tmp_path / "t.json").write_text(tree)
    found = text_tables.rows(tmp_path / "t.json", SHEET)
    assert [(r["key"], r["value"]) for _, r in found] == rows


@pytest.mark.parametrize(
    "tree", ['{"a.png": ["mass"]}', '{"a": {"x": 1}, "b": {"y": 1}}', '{"a": {}, "b": {}}', "{}"]
)
def test_an_object_that_is_no_table_is_refused(tmp_path: Path, tree: str) -> None:
    (tmp_path / "t.json").write_text(tree)
    with pytest.raises(DataFault):
        list(text_tables.rows(tmp_path / "t.json", SHEET))


@pytest.mark.parametrize(
    ("cell", "present"), [("X", True), ("x", True), ("\u2713", True), ("1", True), ("", False)]
)
def test_a_cross_says_that_a_label_is_present(cell: str, present: bool) -> None:
    assert (cell.lower() in one_hot_cells.YES, cell.lower() in one_hot_cells.NO) == (
        present,
        not present,
    )
