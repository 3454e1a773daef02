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
import PIL.Image
import PIL.PngImagePlugin
import pyarrow as pa
import pyarrow.parquet as pq
import pydicom
import pytest

from benchsmith import formats
from benchsmith.audits.identifiers import Hit, scan
from benchsmith.audits.public_texts import public_text
from benchsmith.audits.sought_identifiers import Sought
from benchsmith.core.contracts import DataFault
from benchsmith.documents.recipe import read
from benchsmith.formats import nifti_texts
from benchsmith.release import public_ids
from tests.conftest import Project
from tests.test_formats import write_dicom

PUBLIC = "public words, the Liver 1234 M"


def sought(name: str = "Kowalska", kind: str = "PatientName") -> Sought:
    return Sought({name: kind}, PUBLIC)


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


def test_every_part_of_exif_is_searched(tmp_path: Path) -> None:
    said = PIL.Image.Exif()
    said.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0by Kowalska"
    PIL.Image.new("L", (3, 3)).save(tmp_path / "p.jpg", exif=said)
    assert scan(tmp_path, sought()) == [Hit("p.jpg", "PatientName")]


def test_headers_say_who(tmp_path: Path) -> None:
    folder = write_dicom(tmp_path, np.zeros((4, 5, 3), int), np.eye(4))
    assert formats.identifiers(folder)["20200101"] == "StudyDate"
    image = nib.Nifti1Image(np.zeros((3, 3, 3), np.uint8), np.eye(4))
    image.header["descrip"] = b"Jane Doe 1967"
    nib.save(image, tmp_path / "v.nii.gz")
    assert formats.identifiers(tmp_path / "v.nii.gz") == {"Jane Doe 1967": "descrip"}
    said = PIL.PngImagePlugin.PngInfo()
    said.add_text("Comment", "left breast of J. Doe")
    PIL.Image.new("L", (3, 3)).save(tmp_path / "p.png", pnginfo=said)
    assert formats.identifiers(tmp_path / "p.png") == {"left breast of J. Doe": "Comment"}


def test_every_slice_of_a_series_says_who(tmp_path: Path) -> None:
    """Also if only the middle one does, in an element that the others have too, and in its meta information."""
    folder = write_dicom(tmp_path, np.zeros((4, 5, 5), int), np.eye(4))
    for number, path in enumerate(sorted(folder.iterdir())):
        data = pydicom.dcmread(path)
        block = data.private_block(0x0031, "OURS", create=True)
        block.add_new(1, "LO", "Kowalska^Anna" if number == 2 else "nobody")
        block.add_new(2, "UN", b"\0\1" * 300 + (b"by Feelgood" if number == 3 else b"by nobody.."))
        if number == 1:
            data.file_meta.SourceApplicationEntityTitle = "NOWAKOWSKI"
            data.preamble = b"seen by Zielinska".ljust(128, b"\0")
        data.save_as(path, enforce_file_format=True)
    found = formats.identifiers(folder)
    assert found["Kowalska^Anna"] == "(0031,1001)"
    assert found["by Feelgood"] == "(0031,1002)"
    assert found["NOWAKOWSKI"] == "SourceApplicationEntityTitle"
    assert found["seen by Zielinska"] == "the preamble"
    slices = {pydicom.dcmread(path).SOPInstanceUID for path in folder.iterdir()}
    assert len(slices) == 5 and slices <= found.keys()


def test_sequences_of_a_header_say_who(tmp_path: Path) -> None:
    folder = write_dicom(tmp_path, np.zeros((4, 5, 3), int), np.eye(4))
    first = min(folder.iterdir())
    data = pydicom.dcmread(first)
    other, request, physician = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    other.PatientID = "MRN-4711"
    physician.PersonName = "Feelgood^Max"
    request.AccessionNumber = "ACC-778899"
    request.RequestingPhysicianIdentificationSequence = [physician]
    data.OtherPatientIDsSequence, data.RequestAttributesSequence = [other], [request]
    data.save_as(first)
    found = formats.identifiers(folder)
    assert found["MRN-4711"] == "PatientID"
    assert found["ACC-778899"] == "AccessionNumber"
    assert found["Feelgood^Max"] == "PersonName"
    image = nib.Nifti1Image(np.zeros((3, 3, 3), np.uint8), np.eye(4))
    image.header["intent_name"] = b"Jane Doe"
    nib.save(image, tmp_path / "v.nii.gz")
    assert formats.identifiers(tmp_path / "v.nii.gz") == {"Jane Doe": "intent_name"}


def test_of_xmp_the_values_count_and_not_the_markup(tmp_path: Path) -> None:
    packet = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/rdf#">
      <rdf:Description rdf:about="study 4711" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
      <xmp:CreatorTool>Scanner of J&#xE4;ger</xmp:CreatorTool></rdf:Description></rdf:RDF>
      </x:xmpmeta>"""
    said = PIL.PngImagePlugin.PngInfo()
    said.add_itxt("XML:com.adobe.xmp", packet)
    PIL.Image.new("L", (3, 3)).save(tmp_path / "p.png", pnginfo=said)
    found = formats.identifiers(tmp_path / "p.png")
    assert set(found) == {"Scanner of Jäger", "study 4711"}


def test_comments_and_all_parts_of_exif_are_read(tmp_path: Path) -> None:
    """The files are written by Pillow; the bytes of the fields are those of EXIF 2.32."""
    said = PIL.Image.Exif()
    said[0x9C9D] = "Author Kowalska".encode("utf-16-le")
    camera, place = said.get_ifd(0x8769), said.get_ifd(0x8825)
    camera[0xA430], camera[0xA431] = "Owner Kowalska", "SN-778899"
    camera[0x9286] = b"ASCII\0\0\0seen by Kowalska"
    place[0x1C] = b"ASCII\0\0\0Ward of Kowalska"
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>Packet of Kowalska</a></x:xmpmeta>'
    path = tmp_path / "p.jpg"
    PIL.Image.new("L", (3, 3)).save(path, exif=said, comment=b"by Kowalska", xmp=packet)
    found = formats.identifiers(path)
    wanted = {
        "Author Kowalska": "XPAuthor",
        "Owner Kowalska": "CameraOwnerName",
        "SN-778899": "BodySerialNumber",
        "seen by Kowalska": "UserComment",
        "Ward of Kowalska": "GPSAreaInformation",
        "Packet of Kowalska": "xmp",
        "by Kowalska": "comment",
    }
    assert found == wanted


def renamed(project: Project) -> str:
    """Give one of the world's pictures the name of a person; return the key."""
    folder = project.folder / "raw_sources/abdomen/data"
    for path in sorted(folder.rglob("b.nii.gz")):
        path.rename(path.with_name("muster_mann_1967.nii.gz"))
    return "muster_mann_1967"


def test_a_name_of_a_file_does_not_reach_a_release(project: Project) -> None:
    key = renamed(project)
    project.run("build", "small", "--workers", "1")
    for name, data in project.bytes_of_release().items():
        assert key.encode() not in data.lower(), name


def test_a_leak_stops_the_export_and_publishes_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export that writes names instead of their hashes, as a mistake would."""
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
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also as JSON, a URL or base64 has it."""
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
