"""No identifier of a source gets into a release; a gate that was never seen failing proves nothing."""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.audits.identifiers import Hit, scan
from benchsmith.audits.public_texts import public_text
from benchsmith.audits.sought_identifiers import Sought
from benchsmith.core.contracts import DataFault
from benchsmith.documents.recipe import read
from benchsmith.formats import nifti_texts
from benchsmith.release import public_ids
from tests.conftest import Project
from tests.light_builds import exporting
from tests.sought_names import PUBLIC, sought


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "made of the scans of Mrs Muster-Mann"),
        ("manifest.json", '{"files": ["muster_mann_1967.nii.gz"]}'),
        ("x.tsv", f"a\t{'A' * 30_000}\tMUSTER_MANN_1967\n"),
    ],
)
def test_text_of_every_kind_is_searched(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    values = {"Muster-Mann": "PatientName", "muster_mann_1967": "the name of a sample"}
    assert {hit.file for hit in scan(tmp_path, Sought(values, PUBLIC))} == {name}


def test_tables_and_names_of_files_are_searched(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": ["a1"],
            "box": [{"note": "seen by Dr Feelgood"}],
            "image": [{"bytes": b"muster", "path": "x.png"}],
            "options": [["liver", "spleen"]],
        }
    )
    pq.write_table(table.replace_schema_metadata({"made_by": "muster"}), tmp_path / "d.parquet")
    (tmp_path / "muster.txt").write_text("")
    values = {"Feelgood": "OperatorsName", "Muster": "PatientName"}
    found = scan(tmp_path, Sought(values, PUBLIC))
    assert found == [
        Hit("d.parquet", "OperatorsName"),
        Hit("d.parquet", "PatientName"),
        Hit("muster.txt", "PatientName"),
    ]
    assert not scan(tmp_path, sought("Mustermann"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f'shard("full",["{"word " * 9000}Kowalska"]);', "Kowalska"),
        (f'<img src="data:,{"A" * 30_000}"> by Kowalska', "Kowalska"),
        (unicodedata.normalize("NFD", "by Müllerová"), "Müllerová"),
        ("by Müllerová", unicodedata.normalize("NFD", "Müllerová")),
        (html.escape("by O'Brienne"), "O'Brienne"),
        (json.dumps("by Müllerová"), "Müllerová"),
        (json.dumps("seen\nKowalska"), "Kowalska"),
        ("cases/of%20Kowalska", "Kowalska"),
        ("case_kowalska_3", "Kowalska"),
    ],
)
def test_a_name_is_found_however_it_is_written(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / "page.html").write_text(text, "utf-8")
    assert scan(tmp_path, sought(name)) == [Hit("page.html", "PatientName")]


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"Kowalska": [1]}),
        pa.table({"note": [{"Kowalska": 1}]}),
        pa.table({"note": pa.array(["Kowalska"]).dictionary_encode()}),
        pa.table({"note": pa.array([[("by", "Kowalska")]], pa.map_(pa.string(), pa.string()))}),
        pa.table({"note": pa.array([["Kowalska"]], pa.large_list(pa.string()))}),
        pa.table({"n": [1]}).replace_schema_metadata({"by": "Kowalska\nü"}),
    ],
)
def test_every_text_of_a_table_is_searched(tmp_path: Path, table: pa.Table) -> None:
    pq.write_table(table, tmp_path / "d.parquet")
    assert scan(tmp_path, sought()) == [Hit("d.parquet", "PatientName")]


def renamed(project: Project) -> str:
    """Give one of the world's pictures the name of a person; return the key."""
    folder = project.folder / "raw_sources/abdomen/data"
    for path in sorted(folder.rglob("b.nii.gz")):
        path.rename(path.with_name("muster_mann_1967.nii.gz"))
    return "muster_mann_1967"


def test_a_name_of_a_file_does_not_reach_a_release(copy: Project) -> None:
    key = renamed(copy)
    copy.run("build", "small", "--workers", "1")
    for name, data in copy.bytes_of_release().items():
        assert key.encode() not in data.lower(), name


def test_a_leak_stops_the_export_and_publishes_nothing(
    copy: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export that writes names instead of their hashes, as a mistake would."""
    project = copy
    renamed(project)
    labels = project.folder / "raw_sources/abdomen/data/labels/muster_mann_1967.nii.gz"
    image = nib.load(labels)
    image.header["descrip"] = b"drawn by Nowakowski^Ewa"
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj), image.affine, image.header), labels)
    monkeypatch.setattr(nifti_texts, "texts", but_not("a.nii.gz", nifti_texts.texts))
    said = project.run("build", "small", "--workers", "1")
    line = "NOT SEARCHED for identifiers: the headers of 2 files: abdomen/images/a.nii.gz: is damaged; "
    assert line in " ".join(said.split())
    again = project.run("build", "small", "--workers", "1")
    assert "nothing to do" in again and line in " ".join(again.split())
    said = project.run("publish", "small", "--repo", "me/small", "--dry-run")
    assert line in " ".join(said.split())
    whole = project.run("subset", "modality=ct", "--from", "small", "--to", "whole")
    assert "NOT SEARCHED for identifiers: the headers of" in " ".join(whole.split())
    before = project.bytes_of_release()
    path = project.folder / "benchmarks/small.yaml"
    text = path.read_text()
    monkeypatch.setattr(
        public_ids, "of_patient", lambda seed, choice: f"{choice.patient} ewa-nowakowski"
    )
    path.write_text(text.replace("seed: ", "seed: 1"))
    said = project.run("build", "small", "--workers", "1", code=5)
    (project.folder / "cuts").mkdir()
    path.write_text(text)
    project.run("subset", "modality=ct", "--from", "small", "--to", "cuts/ct", code=5)
    assert not list((project.folder / "cuts").iterdir()), "the leaking release is not left behind"
    assert "provenance.parquet contains an identifier of a source: the name of a" in said
    assert "provenance.parquet contains an identifier of a source: descrip" in said
    assert "muster" not in said and "nowakowski" not in said.lower()
    assert project.bytes_of_release() == before


def test_a_path_of_the_machine_stops_the_export(
    copy: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also as JSON, a URL or base64 has it."""
    project = exporting(copy, "attribution")
    path = f"{project.folder}/raw_sources/abdomen"
    spelt = (path, json.dumps({"x": path}).replace("/", "\\/"), f"file://{path.replace('/', '%2F')}",
             base64.b64encode(f"in {path}".encode()).decode())  # fmt: skip
    for number, text in enumerate(spelt):
        monkeypatch.setattr(
            "benchsmith.exporters.attribution.write",
            lambda _, folder, text=text: (folder / "leak.txt").write_text(text),
        )
        benchmark = project.folder / "benchmarks/small.yaml"
        benchmark.write_text(
            re.sub("version: .*|\\Z", f"version: 1.0.{number}", benchmark.read_text(), count=1)
        )
        said = project.run("build", "small", "--workers", "1", code=5)
        assert "leak.txt contains an identifier of a source: a path of this machine" in said


def but_not(name: str, read: Callable[[Path], dict[str, str]]) -> Callable[[Path], dict[str, str]]:
    """Return a reader of headers for which those of the files of one name are damaged."""

    def texts(path: Path) -> dict[str, str]:
        if path.name == name:
            raise DataFault("header", path, "is damaged")
        return read(path)

    return texts


def test_what_a_recipe_or_a_mapping_only_notes_is_not_public(project: Project) -> None:
    """Comments, patterns and dropped words may name a person, and would hide them from the search."""
    recipe = project.folder / "raw_sources/skin/recipe.yaml"
    recipe.write_text(recipe.read_text() + "# without Nowakowski\n")
    with (project.folder / "lexicon/mappings/abdomen.tsv").open("a") as file:
        file.write("zielinska\tdrop\t\t\tme\n")
    benchmark = project.folder / "benchmarks/small.yaml"
    benchmark.write_text(benchmark.read_text() + "# seen by Wisniewski\n")
    sources = [read(project.folder / "raw_sources" / name) for name in ("abdomen", "skin")]
    public = public_text(project.folder, sources)
    known = ("nowakowski", "zielinska", "wisniewski")
    assert not [name for name in known if name in public.lower()]
    assert "Abdomen" in public and "hepar" in public and "pictures/{key}.jpg" not in public
