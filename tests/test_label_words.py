"""Words of labels in names of folders identify nobody; names of persons in cells of labels do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.audits.identifiers import scan
from benchsmith.audits.label_words import public_labels
from benchsmith.audits.shown_hits import place_of
from benchsmith.audits.sought_identifiers import NAMES_OF, Sought
from tests.conftest import Project
from tests.light_builds import exporting

PATIENT = f"{NAMES_OF}a patient"


@pytest.mark.parametrize(
    ("labels", "patients", "persons", "known"),
    [
        # a folder of each class: its word is in the names of all its patients
        (["notumor"], ["notumor/im001", "notumor/im002", "glioma/im001"], [], True),
        (["notumor"], ["notumor/im001"], [], True),
        (["no tumor"], ["no_tumor/1", "x/2"], [], True),
        (["notumor"], ["notumor_001", "notumor_002"], [], True),
        (["notumor"], ["im001"], [], True),
        # the name of a person beside the label, or in the place of one
        (["mass (notumor)"], ["notumor/im001", "notumor/im002"], [], False),
        (["notumor"], ["im-notumor-7"], [], False),
        (["notumor"], ["notumor/im001", "notumor/im002"], ["NOTUMOR^ANNA"], False),
        (["mass (notumor)"], ["im001"], ["Notumor"], False),
    ],
)  # fmt: skip
def test_what_of_a_label_is_public(
    labels: list[str], patients: list[str], persons: list[str], *, known: bool
) -> None:
    assert ("tumor" in public_labels(labels, patients, persons).split("(")[-1]) == known


def class_folders(project: Project, nevus: str = "noskinthing") -> None:
    """Put the photographs into a folder for each class, one of which no document has a word of."""
    data = project.folder / "raw_sources/skin/data"
    names = {"melanoma": "melanoma", "mole": nevus}
    for line in (data / "labels.csv").read_text().splitlines()[1:]:
        key, finding, _ = line.split(",")
        folder = data / "pictures" / names[finding]
        folder.mkdir(exist_ok=True)
        (data / f"pictures/{key}.jpg").rename(folder / f"{key}.jpg")
    (data / "labels.csv").unlink()
    path = project.folder / "raw_sources/skin/recipe.yaml"
    head = path.read_text().partition("samples:")[0]
    path.write_text(
        head
        + 'samples:\n  - images: "pictures/{finding}/p{name}.jpg"\n    modality: dermoscopy\n    patient: key\n'
        + "    labels:\n      - {kind: path, field: finding}\n"
    )
    mapping = project.folder / "lexicon/mappings/skin.tsv"
    mapping.write_text(f"raw\trelation\tlabel\treviewed_by\tnote\n{nevus}\texact\tnevus\tme\t\n")


def test_the_word_of_a_class_folder_stops_no_release(copy: Project) -> None:
    project = copy
    class_folders(project)
    said = project.run("build", "small", "--workers", "1")
    assert "small: built" in said
    words = pq.read_table(project.release / "provenance.parquet", columns=["raw_label"])
    assert "noskinthing" in words["raw_label"].to_pylist(), "the source's word is published"


def test_a_name_in_a_cell_of_a_label_stops_the_release(copy: Project) -> None:
    """A patient's name in the cell of a label, which a signed mapping maps: the word, its column and a remedy are reported."""
    project = exporting(copy, "provenance")
    shutil.rmtree(project.folder / "output/small/release")
    sheet = project.folder / "raw_sources/skin/data/labels.csv"
    cell = "mole (Jablonowski)"
    text = sheet.read_text().replace("mole", cell).replace("person1\n", "Jablonowski\n")
    sheet.write_text(text)
    (project.folder / "lexicon/mappings/skin.tsv").write_text(
        f"raw\trelation\tlabel\treviewed_by\tnote\n{cell}\texact\tnevus\tme\t\n"
    )
    said = project.run("build", "small", "--workers", "1", code=5)
    line = f"provenance.parquet contains an identifier of a source: {PATIENT} (column raw_label)"
    assert line in said and "what to do: take them out of the files or cells" in said
    assert "Jablonowski" not in said
    words = project.folder / "output/small/identifiers.tsv"
    row = f"provenance.parquet\tcolumn raw_label\tJablonowski\t{PATIENT}\n"
    assert str(words) in said and row in words.read_text()
    assert not project.release.exists()
    # the mend that the message names, for a word that is no name
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text().replace("A test.", "A test. Jablonowski is a place."))
    assert "small: built" in project.run("build", "small", "--workers", "1")
    assert not words.exists()


def test_the_place_of_an_identifier_is_reported(tmp_path: Path) -> None:
    nested = [[], [{"a": "fine", "b": "by Kowalska-2"}]]
    pq.write_table(pa.table({"x": ["a", "b"], "n": nested}), tmp_path / "t.parquet")
    (tmp_path / "t.csv").write_text("a,b\n1,2\nkowalska,3\n")
    (tmp_path / "t.bin").write_bytes(b"\0\1kowalska")
    sought = Sought({"Kowalska": "PatientName"}, "")
    assert len(scan(tmp_path, sought)) == 3
    places = [
        place_of(tmp_path / f"t.{end}", "PatientName", sought.kinds_in)
        for end in ("parquet", "csv", "bin")
    ]
    assert places == [("column n", "Kowalska-2"), ("line 3", "kowalska"), ("", "")]
