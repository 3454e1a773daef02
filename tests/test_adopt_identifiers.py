"""An adopted release has no identifier of its benchmark's files; the set's own words are not identifiers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.core.errors import GateFailed
from tests.adopting import recipe, run
from tests.command import benchsmith
from tests.foreign_sets import picture, put, put_lines

PATIENT = {"patient": "who"}


def rows(folder: Path, *own: dict[str, Any], file: str = "{n}.png") -> None:
    """Write rows with a picture each; `own` are the keys in which a row differs from a clean one."""
    written = []
    for n, row in enumerate(own):
        name = row.pop("file", file).format(n=n)
        put(folder / "data" / name, picture(n))
        clean = {"q": f"What is shown in {n}?", "p": name, "o": ["a liver", "a lung"], "a": "A"}
        written.append({**clean, **row})
    put_lines(folder / "data/rows.jsonl", written)


@pytest.mark.parametrize(
    ("row", "entry", "kind"),
    [
        ({"who": "MRN-778899", "q": "Is this of mrn778899?"}, PATIENT, "a patient"),
        ({"who": 778899, "q": "Is this of 778899?"}, PATIENT, "a patient"),
        ({"who": "KOWALSKI^ANNA", "o": ["Anna Kowalski", "a lung"]}, PATIENT, "a patient"),
        ({"n": "x-778899-y", "q": "What has 778899?"}, {"id": "n"}, "a row"),
        ({"file": "of_kowalska/{n}.png", "q": "Has Kowalska a liver?"}, {}, "a file or folder"),
        ({"file": "kowalska_{n}.png", "q": "Has Kowalska a liver?"}, {}, "a file or folder"),
        ({"dob": "1967-04-02", "q": "Born on 2 April 1967?"}, {}, "somebody in a table"),
        ({"note": "DOE^JANE", "q": "Of Jane Doe?"}, {}, "somebody in a table"),
        ({"of": {"mrn": "MRN-778899"}, "q": "Of MRN-778899?"}, {}, "somebody in a table"),
    ],
)
def test_a_name_in_a_question_stops_it(
    tmp_path: Path, row: dict[str, Any], entry: dict[str, Any], kind: str
) -> None:
    rows(tmp_path, row, {"who": "other"})
    with pytest.raises(GateFailed) as stopped:
        run(tmp_path, recipe(entry))
    said = str(stopped.value)
    assert (
        "data/test--not-stated--not-stated--00000.parquet contains an identifier of the benchmark's files"
        in said
    )
    assert kind in said and "kowalsk" not in said.lower() and "778899" not in said
    assert not (tmp_path / "out/release").exists()


def test_a_release_of_before_stays_when_another_is_stopped(tmp_path: Path) -> None:
    rows(tmp_path, {}, {})
    release = run(tmp_path, recipe()).folder
    before = {p.name: p.read_bytes() for p in release.rglob("*") if p.is_file()}
    rows(tmp_path, {"who": "MRN-778899", "q": "Is this of mrn778899?"})
    with pytest.raises(GateFailed):
        run(tmp_path, recipe(PATIENT))
    assert {p.name: p.read_bytes() for p in release.rglob("*") if p.is_file()} == before


def test_words_that_the_set_asks_about_identify_nobody(tmp_path: Path) -> None:
    """Folders named for classes, numbers of rows, a source that is a folder, a column `name` of a class."""
    asked = ["colitis", "gastropathy"]
    folders = [
        {"file": f"{asked[n % 2]}/{n:05}.png", "o": asked, "name": asked[n % 2]} for n in range(12)
    ]
    for n, row in enumerate(folders):
        row |= {"n": 10_000 + n, "who": f"{n}", "set": "gastroset"}
    rows(tmp_path, *folders)
    entry = {**PATIENT, "id": "n", "source": {"column": "set"}, "task": {"column": "name"}}
    found = run(tmp_path, recipe(entry))
    assert sum(found.cases.values()) == 12
    (table, *_) = sorted((found.folder / "data").glob("*.parquet"))
    assert set(pq.read_table(table).column("source").to_pylist()) == {"gastroset"}


def test_a_subset_of_a_release_of_before_is_said_to_be_not_searched(tmp_path: Path) -> None:
    """A release that an earlier version adopted has no `searched` in its manifest."""
    rows(tmp_path, {}, {})
    path = run(tmp_path, recipe()).folder / "manifest.json"
    words = ("subset", "split=test", "--from", "out", "--output", ".", "--to")
    said = benchsmith(*words, "first", folder=tmp_path)
    assert "2 questions in first" in said and "NOT SEARCHED" not in said
    manifest = json.loads(path.read_text())
    assert manifest["adopted"].pop("searched") is True
    path.write_text(json.dumps(manifest))
    said = benchsmith(*words, "second", folder=tmp_path)
    assert "NOT SEARCHED for identifiers: adopt out again" in said
    assert (tmp_path / "second/manifest.json").is_file()
