"""A table that a spreadsheet saved again is read as it was, or one line says how to save it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.documents import tsv
from benchsmith.documents.problems import Problems

COLUMNS = ("word", "label", "note")
CELL = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=' ,;"'), max_size=9)


def excel(cells: list[list[str]]) -> str:
    """Return cells as Excel's "Text (Tab delimited)" has them."""

    def written(cell: str) -> str:
        return f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set('",') else cell

    return "".join("\t".join(map(written, row)) + "\r\n" for row in cells)


def quoted(cells: list[list[str]]) -> str:
    """Return cells as LibreOffice has them with "quote all text cells"."""
    return "".join(
        "\t".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) + "\n" for row in cells
    )


WAYS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "Excel": lambda cells: excel(cells).encode(),
    "Excel, UTF-8 with a mark": lambda cells: excel(cells).encode("utf-8-sig"),
    "Excel, Unicode text": lambda cells: excel(cells).encode("utf-16"),
    "Excel, an empty column": lambda cells: excel([[*row, ""] for row in cells]).encode(),
    "LibreOffice, all quoted": lambda cells: quoted(cells).encode(),
}


@pytest.mark.parametrize("way", WAYS)
@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=4))
def test_what_a_spreadsheet_saves_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, way: str, rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("saved")
    ours, theirs = folder / "ours.tsv", folder / "theirs.tsv"
    tsv.write(ours, COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in rows])
    lines = ours.read_text("utf-8").rstrip("\n").split("\n")
    theirs.write_bytes(WAYS[way]([line.split("\t") for line in lines]))
    read = [tsv.read(path, COLUMNS) for path in (ours, theirs)]
    assert [dict(row.cells) for row in read[1]] == [dict(row.cells) for row in read[0]]
    assert [list(row.cells.values()) for row in read[0]] == rows


def test_quotes_of_our_own_tables_stay(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    tsv.write(path, COLUMNS, [{"word": '"quoted"', "label": 'a ""b""', "note": '"'}])
    (row,) = tsv.read(path, COLUMNS)
    assert list(row.cells.values()) == ['"quoted"', 'a ""b""', '"']


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            b"word,label,note\na,b,c\n",
            "1: separates its columns with commas instead of tabs; save it as tab-separated text",
        ),
        (
            b'"word";"label";"note"\r\n"a";"b";"c"\r\n',
            (
                "1: separates its columns with semicolons instead of tabs; "
                "save it as tab-separated text"
            ),
        ),
        (
            b"word\tlabel\tnote\ra\tb\tc\r",
            "1: has a carriage return; save it with Unix line endings",
        ),
        (
            "word\tlabel\tnote\nä\tb\tc\n".encode("latin-1"),
            "2: is not UTF-8; save the file as UTF-8",
        ),
    ],
    ids=["commas", "semicolons", "old Mac", "Latin-1"],
)
def test_what_is_not_certain_is_reported_in_one_line(
    tmp_path: Path, data: bytes, says: str
) -> None:
    path = tmp_path / "table.tsv"
    path.write_bytes(data)
    problems = Problems(tmp_path)
    assert tsv.collect(path, COLUMNS, problems) == []
    assert [str(problem) for problem in problems.found] == [f"table.tsv:{says}"]
