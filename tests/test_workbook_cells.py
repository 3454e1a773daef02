"""Content of a workbook, or of a spreadsheet's text file, that people and readers see differently is never a label."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from benchsmith import formats
from benchsmith.annotations import text_tables
from benchsmith.core.contracts import DataFault, SheetRow
from tests.label_entries import parsed
from tests.test_annotations import image, read_sheet

__all__ = ["image"]
ROWS = [("id", "what", "more"), ("a", "mass", 1), ("b", "cyst", 2), ("c", "mass", 3)]
ENTRY = {"kind": "sheet", "file": "t.xlsx", "key": "id", "labels": ("what",)}


def saved(path: Path, change: Callable[[Any], None] = lambda _: None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    change(sheet)
    book.save(path / "t.xlsx")
    return path / "t.xlsx"


def rows(path: Path, **keys: Any) -> dict[str, list[SheetRow]]:
    labels = parsed({**ENTRY, "file": path.name, **keys})
    return text_tables.by_key(path, labels)


def words(path: Path, **keys: Any) -> dict[str, str]:
    return {key: row.cells["what"] for key, (row,) in rows(path, **keys).items()}


def _hide_row(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def _filter(sheet: Any) -> None:
    """Hide rows as the filter of a spreadsheet does."""
    sheet.auto_filter.ref = "A1:C4"
    sheet.auto_filter.add_filter_column(1, ["mass"])
    sheet.row_dimensions[3].hidden = True


def _strike(sheet: Any) -> None:
    sheet["B3"].font = Font(strike=True)


def _strike_a_part(sheet: Any) -> None:
    sheet["B3"] = CellRichText(["cyst ", TextBlock(InlineFont(strike=True), "mass")])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (_hide_row, "its row 3 is hidden: show the rows"),
        (_filter, "its row 3 is hidden: show the rows"),
        (_strike, "its cell B3 is struck through: delete it"),
        (_strike_a_part, "its cell B3 is struck through: delete it"),
    ],
)
def test_what_its_author_may_have_withdrawn_is_refused(
    tmp_path: Path, change: Callable[[Any], None], match: str
) -> None:
    with pytest.raises(DataFault, match=match):
        words(saved(tmp_path, change))


def _hide_column(sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True


def _hide_empty_row(sheet: Any) -> None:
    sheet.row_dimensions[9].hidden = True


def _underline(sheet: Any) -> None:
    sheet["B3"].font = Font(underline="single", bold=True)


def _strike_an_empty_cell(sheet: Any) -> None:
    sheet["E9"].font = Font(strike=True)


@pytest.mark.parametrize(
    "change", [lambda _: None, _hide_column, _hide_empty_row, _underline, _strike_an_empty_cell]
)
def test_what_leaves_no_doubt_is_read(tmp_path: Path, change: Callable[[Any], None]) -> None:
    assert words(saved(tmp_path, change)) == {"a": "mass", "b": "cyst", "c": "mass"}


def test_a_hidden_column_that_the_recipe_names_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path, _hide_column)
    assert {key: row.cells["more"] for key, (row,) in rows(path).items()} == {
        "a": "1",
        "b": "2",
        "c": "3",
    }


ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_cell_is_stated_and_not_understood(
    tmp_path: Path, image: formats.Image, error: str, ending: str
) -> None:
    def spoil(sheet: Any) -> None:
        sheet["B3"] = error
        assert sheet["B3"].data_type == "e"

    path = saved(tmp_path, spoil)
    if ending == "csv":
        path = tmp_path / "t.csv"
        path.write_text(f"id,what,mass\na,mass,1\nb,{error},{error}\n")
    entry = {**ENTRY, "file": path.name}
    assert [s.raw for s in read_sheet(entry, tmp_path, image, "a").stated] == ["mass"]
    found = read_sheet(entry, tmp_path, image, "b")
    assert not found.stated and found.is_unknown("mass") and found.is_unknown("cyst")
    assert "an error of a spreadsheet" in found.faults[0].detail
    silent = read_sheet({**entry, "silent": ("", error)}, tmp_path, image, "b")
    assert not silent.stated and not silent.faults, "the recipe says that it means nothing"
    if ending == "csv":
        hot = {"kind": "sheet", "file": "t.csv", "key": "id", "one_hot": ("mass",)}
        assert read_sheet(hot, tmp_path, image, "b").is_unknown("mass")


@pytest.mark.parametrize("named", [False, True])
def test_a_word_that_became_a_date_is_stated_and_not_understood(
    tmp_path: Path, image: formats.Image, *, named: bool
) -> None:
    """The grade 1-2 becomes the second of January."""

    def spoil(sheet: Any) -> None:
        sheet["B3"] = datetime.date(2024, 1, 2)

    saved(tmp_path, spoil)
    entry: dict[str, Any] = dict(ENTRY)
    if named:
        entry["values"] = {"mass": "mass", "2024-01-02 00:00:00": "grade 1-2"}
    found = read_sheet(entry, tmp_path, image, "b")
    assert [s.raw for s in found.stated] == ["grade 1-2"] * named
    if not named:
        assert "which a spreadsheet also makes of words" in found.faults[0].detail
        assert found.is_unknown("mass")


TEXT = "id;what\na;mass\nb;cyst\n"
READ = {"a": "mass", "b": "cyst"}


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (TEXT.encode(), {"separator": ";"}),
        (TEXT.encode("utf-8-sig"), {"separator": ";"}),
        (TEXT.encode("utf-16"), {"separator": ";", "encoding": "utf-16"}),
        (TEXT.replace(";", ",").replace("\n", ",\n").encode(), {}),  # a comma ends each line
        (TEXT.replace(";", ",").replace("\n", ",,,\r\n").encode(), {}),
        (b'id,what,note\na,mass,"two\nlines, one cell"\nb,cyst,\n', {}),
        (b'\xef\xbb\xbf"id","what"\r\n"a","mass"\r\n"b","cyst"\r\n', {}),
    ],
)
def test_text_of_many_programs_is_read(tmp_path: Path, data: bytes, keys: dict[str, Any]) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    assert words(tmp_path / "t.csv", **keys) == READ


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (TEXT.encode(), 'separator: ";"'),
        (TEXT.encode("utf-16"), "is not utf-8: save the file as UTF-8, or state its `encoding`"),
        (b"id,what,what\na,mass,mass\n", "a name occurs twice"),
        (
            b"Findings of 2024,,\nid,what,n\na,mass,1\n",
            "names in line 2: delete the lines above it",
        ),
        (
            b"# made by a tool\n# v2\nid,what\na,mass\n",
            "names in line 3: delete the lines above it",
        ),
        (b"id,what\na,mass,cyst\n", "line 2 has 3 cells, the header 2"),
        (b"id,what\na,0,5\n", "line 2 has 3 cells, the header 2"),
        (b'id,what\na,"mass\nb,cyst\n', "unexpected end of data"),
    ],
)
def test_other_text_is_refused_with_a_remedy(tmp_path: Path, data: bytes, match: str) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(DataFault, match=match):
        words(tmp_path / "t.csv")


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig"])
def test_json_is_utf_8(tmp_path: Path, code: str) -> None:
    (tmp_path / "t.json").write_bytes('[{"id": "a", "what": "Läsion"}]'.encode(code))
    assert words(tmp_path / "t.json") == {"a": "Läsion"}


@pytest.mark.parametrize("code", ["utf-16", "utf-32", "latin-1"])
def test_json_in_another_encoding_is_refused_with_a_remedy(tmp_path: Path, code: str) -> None:
    (tmp_path / "t.json").write_bytes('[{"id": "a", "what": "Läsion"}]'.encode(code))
    with pytest.raises(DataFault, match=r"it is not UTF-8 \(.*\); save it as UTF-8"):
        words(tmp_path / "t.json")


def test_tables_of_pandas(tmp_path: Path) -> None:
    """Its index has no name in a CSV; its JSON by columns has pictures as keys, and is refused."""
    frame = pd.DataFrame({"id": ["a", "b"], "what": ["mass", "cyst"]})
    frame.to_csv(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text().startswith(",id,what\n")
    assert words(tmp_path / "t.csv") == READ
    frame.to_json(tmp_path / "r.json", orient="records")
    assert words(tmp_path / "r.json") == READ
    frame.to_json(tmp_path / "c.json")
    with pytest.raises(DataFault, match="there is no column 'id'; there are: key, 0, 1"):
        words(tmp_path / "c.json")
    (tmp_path / "t.csv").write_text("id,,what\na,,mass\n")
    with pytest.raises(DataFault, match="a column has no name"):
        words(tmp_path / "t.csv")
