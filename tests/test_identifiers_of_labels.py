"""Label files of every kind state whom they are about; files of a kind that nobody reads are reported as not searched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from benchsmith import plugins
from benchsmith.core.contracts import DataFault
from tests.conftest import Project
from tests.light_builds import exporting
from tests.unaudited import unaudited

NAME = "Kowalska"


def workbook(path: Path, where: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "image"
    if where == "sheet":
        sheet.title = NAME
    elif where == "hidden sheet":
        book.create_sheet(NAME).sheet_state = "hidden"
    elif where == "author":
        book.properties.creator = NAME
    elif where == "comment":
        sheet["A1"].comment = Comment("an odd one", NAME)
    else:
        sheet["A1"].comment = Comment(f"of {NAME}", "me")
    book.save(path)


@pytest.mark.parametrize("where", ["sheet", "hidden sheet", "author", "comment", "text"])
def test_a_workbook_says_who(tmp_path: Path, where: str) -> None:
    workbook(tmp_path / "t.xlsx", where)
    found = plugins.identifiers(tmp_path / "t.xlsx")
    assert any(NAME in text for text in found)
    assert not any(text[:4].isdigit() for text in found), "when it was saved says nothing"


TEXTS: dict[str, tuple[str, str]] = {
    "a.csv": ("file;patient name;label\nx.png;Kowalska;liver\n", "patient name"),
    "b.csv": ('"file","who, patient"\n"x","Kowalska"\n', "who, patient"),
    "c.tsv": ("subject\tlabel\nKowalska\tliver\n", "subject"),
    "d.txt": ("# drawn by\npatient: Kowalska\n0 0.5 0.5 0.1 0.1\n", "patient"),
    "e.yaml": ("path: x\nannotator: Kowalska\nnames: [liver]\n", "annotator"),
    "f.txt": ("// Kowalska\n0 0.5\n", "a comment"),
    "g.geojson": (json.dumps({"features": [{"properties": {"patient_id": NAME}}]}), "patient_id"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_says_who(tmp_path: Path, name: str) -> None:
    text, field = TEXTS[name]
    for coding in ("utf-8", "utf-16"):
        if coding == "utf-16" and name.endswith("json"):
            continue
        (tmp_path / name).write_text(text, coding)
        assert plugins.identifiers(tmp_path / name)[NAME] == field


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.xlsx", b"no zip"), ("b.dat", b"by Kowalska"), ("c.csv", b"a\0b\n"), ("d.roi", b"Iout")],
)
def test_what_nobody_reads_is_a_fault(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataFault):
        plugins.identifiers(tmp_path / name)


def leak(write: Callable[[Path], None]) -> Callable[[object, Path], None]:
    return lambda release, folder: write(folder / "leak.txt")


@pytest.mark.parametrize("said", ["of_zielinska.xlsx", "Nowakowska", "Wisniewska"])
def test_a_workbook_of_labels_is_asked(
    copy: Project, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Its name, its sheet and the author of a comment do not get into a release."""
    project = exporting(copy, "attribution")
    data = project.folder / "raw_sources/skin/data"
    (old,) = data.rglob("labels.csv")
    book = openpyxl.Workbook()
    book.active.title = "Nowakowska"
    for line in old.read_text("utf-8").splitlines():
        book.active.append(line.split(","))
    book.active["A1"].comment = Comment("odd", "Wisniewska")
    book.save(old.with_name("of_zielinska.xlsx"))
    old.unlink()
    recipe = project.folder / "raw_sources/skin/recipe.yaml"
    recipe.write_text(recipe.read_text("utf-8").replace("labels.csv", "of_zielinska.xlsx"), "utf-8")
    said_to = leak(lambda path: path.write_text(f"by {said}"))
    monkeypatch.setattr("benchsmith.exporters.attribution.write", said_to)
    with unaudited():
        text = project.run("build", "small", "--workers", "1", code=5)
    assert "leak.txt contains an identifier of a source" in text and said not in text
