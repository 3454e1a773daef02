"""Slides of one person stay on one side of the split: by their headers, and by the codes in their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import Reading
from benchsmith.formats.slide_person import slide_person
from benchsmith.imaging.dicom.header_person import header_person
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.selectors.people import patient_groups
from tests.backwards_layouts import dicom_slide
from tests.merged_readers import ingested

BASE = np.indices((256, 256)).sum(axis=0).astype(np.uint8)[..., None].repeat(3, axis=2)
PART = "0,0,0,64,64"
REGION = {"name": "r", "level": 0, "x": 0, "y": 0, "width": 64, "height": 64}


def scan(path: Path, number: int, described: str = "") -> None:
    """Write a slide of one level; `described` follows what Aperio's scanners write before the properties."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f"Aperio Image Library v1\r\n256x256 [0,0 256x256]|AppMag = 20{described}"
    tifffile.imwrite(
        path, np.roll(BASE, 9 * number, axis=1), tile=(128, 128), photometric="rgb",
        compression="zlib", description=head if described else None, metadata=None,
    )  # fmt: skip


def groups(folder: Path, images: str = "{key}.svs", **keys: Any) -> dict[str, str]:
    """Return the group of each slide's patient, by key."""
    names = [
        p.relative_to(folder / "img").as_posix() for p in sorted((folder / "img").rglob("*.*"))
    ]
    stems = [name.rpartition("/")[2].rpartition(".")[0] for name in names]
    (folder / "t.csv").write_text("id,c\n" + "".join(f"{n},x\n" for n in stems))
    sheet = {"kind": "sheet", "file": "t.csv", "key": "id", "labels": ("c",)}
    units, _ = ingested(folder, images=f"img/{images}", labels=(sheet,), parts=(REGION,), **keys)
    samples = [s for u in units.values() for s in u.samples]
    assert len(samples) == len(names)
    assert not any(s.person and s.key.partition("~")[0] in s.person for s in samples)
    found = patient_groups(from_rows([], samples), {})
    return {s.key.partition("~")[0]: found.group(s.patient) for s in samples}


@pytest.mark.parametrize(
    ("one", "two", "other"),
    [
        ("TCGA-A1-A0SB-01Z-00-DX1.ABC", "TCGA-A1-A0SB-01Z-00-DX2.DEF", "TCGA-A1-A0SC-01Z-00-DX1.ABC"),
        ("C3L-00001-21", "C3L-00001-26", "C3L-00010-21"),
        ("GTEX-1117F-0126", "GTEX-1117F-0226", "GTEX-111CU-0126"),
        ("patient_010_node_0", "patient_010_node_4", "patient_100_node_0"),
    ],
)  # fmt: skip
def test_slides_whose_names_have_one_code(tmp_path: Path, one: str, two: str, other: str) -> None:
    for number, name in enumerate((one, two, other)):
        scan(tmp_path / f"img/{name}.svs", number)
    own = groups(tmp_path)
    assert own[one] == own[two] != own[other]


def test_numbers_in_two_folders_are_two_persons(tmp_path: Path) -> None:
    for number, name in enumerate(("a/patient_1/s1", "a/patient_1/s2", "b/patient_1/s3")):
        scan(tmp_path / f"img/{name}.svs", number)
    own = groups(tmp_path, "{centre}/{folder}/{key}.svs")
    assert own["s1"] == own["s2"] != own["s3"]


@pytest.mark.parametrize("keys", [{"patient": "{key}"}, {"identity": "ignore"}])
def test_a_recipe_that_says_whose_slides_they_are(tmp_path: Path, keys: dict[str, str]) -> None:
    names = ("patient_1_a", "patient_1_b")
    for number, name in enumerate(names):
        scan(tmp_path / f"img/{name}.svs", number)
    assert len(set(groups(tmp_path, **keys).values())) == 2


def test_properties_of_the_scanner(tmp_path: Path) -> None:
    for number, patient in enumerate(("P-7", "P-8", "P-7", "unknown", "unknown")):
        scan(tmp_path / f"img/s{number}.svs", number, f"|Patient = {patient}")
    own = groups(tmp_path)
    assert own["s0"] == own["s2"]
    assert len(set(own.values())) == 4


def test_a_dicom_slide_has_the_person_of_its_header(tmp_path: Path) -> None:
    dicom_slide(tmp_path / "slide", BASE)
    for path in (tmp_path / "slide").iterdir():
        data = pydicom.dcmread(path)
        data.PatientID, data.IssuerOfPatientID = "P-7", "here"
        data.save_as(path)
    found = formats.read(tmp_path / "slide", Reading(part=PART)).person
    assert found == header_person(data) != ""


def test_numbers_count_before_names() -> None:
    one = slide_person({"aperio.Patient": "Doe", "aperio.Patient ID": "7"})
    assert one == slide_person({"aperio.Patient": "Roe", "hamamatsu.patient_id": "7"})
    assert one != slide_person({"aperio.Patient": "Doe"})
