"""Text in pixels without a mark in the header: which lines identify a person, and when they exclude a picture."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pydicom
import pytest

from benchsmith import plugins
from benchsmith.core.contracts import Array
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import collect
from benchsmith.imaging import picture_text
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from benchsmith.text.personal_text import personal_lines
from tests.conftest import Project
from tests.light_builds import exporting
from tests.test_formats import write_dicom

PERSONAL = {
    "DOE^JANE": "a name", "Doe, Jane": "a name", "Name: X": "a name", "Pat.Nr: 5": "a name",
    "Dr. Smith": "a name", "1987-03-12": "a date", "12.03.1987": "a date", "3/12/87": "a date",
    "12-MAR-1987": "a date", "Mar 12, 2019": "a date", "19870312": "a date",
    "1987年3月12日": "a date", "4471293": "a number", "AB123456": "a number",
    "123-45-6789": "a number", "MUSTERMANN": "an unknown word", "Charité Berlin": "an unknown word",
    "张伟明": "an unknown word",
}  # fmt: skip
OF_NOBODY = (
    "R", "L", "10 cm", "120 kVp", "MI 1.2", "TIs 0.4", "PA ERECT", "LEFT LATERAL", "AP PORTABLE",
    "14:02:11", "W 400 L 40", "0.123456", "45Y", "M", "5.0 MHz", "Gain 50%", "Frame 12/40", "120kVp",
    "512x512", "DR 70dB", "1.25 mm", "CHEST PA", "Im: 12/120", "2.1.3", "100 mAs", "Kidneys", "L MLO",
)  # fmt: skip
DRAWN = ("DOE^JANE", "1987-03-12", "R", "10 cm", "120 kVp")
MAGENTA = (255, 0, 255)


@pytest.mark.parametrize(("line", "kind"), PERSONAL.items())
def test_a_line_that_identifies_a_person_is_found(line: str, kind: str) -> None:
    assert [found.kind for found in personal_lines(["R", line, "10 cm"], {})] == [kind]


def test_markers_scales_and_settings_tell_of_nobody() -> None:
    assert personal_lines(OF_NOBODY, {}) == []


def test_values_of_the_header_are_found_as_ocr_misreads_them() -> None:
    header = {
        "Li^Bo": "PatientName",
        "PT7788": "PatientID",
        "CHEST": "StudyID",
        "R": "OperatorsName",
    }
    lines = ["L1 B0", "pt 77 8B", "CHEST", "R", "Lib"]
    assert [(f.kind, f.line) for f in personal_lines(lines, header)] == [
        ("PatientID", "pt 77 8B"),
        ("PatientName", "L1 B0"),
    ]


def read_magenta(picture: Array) -> list[str]:
    """Stand in for an OCR: a magenta bar says DOE^JANE, anything else that this is the right side."""
    if picture.ndim < 3:
        return ["R"]
    near = np.abs(picture.astype(int) - MAGENTA).max(axis=2) < 60
    return ["R", "DOE^JANE"] if near.sum() > 20 else ["R"]


def searching(project: Project, *, recipe: bool, gate: bool) -> None:
    """Write a bar into one photograph; search the source at ingest, and the release before it goes."""
    path = project.folder / "raw_sources/skin/data/pictures/p1.jpg"
    picture = PIL.Image.open(path).convert("RGB")
    picture.paste(MAGENTA, (0, 0, 60, 16))
    picture.save(path, quality=95)
    if recipe:
        path = project.folder / "raw_sources/skin/recipe.yaml"
        text = path.read_text().replace("patient: column", "burned_in: search\n    patient: column")
        path.write_text(text)
    path = project.folder / "benchmarks/small.yaml"
    text = path.read_text().replace(
        "sources: [abdomen, cells, skin]", "sources: [skin]\ntolerate: {faults: 0.2}"
    )
    found = text.replace("audit:\n", "audit:\n  burned_in_text: search\n") if gate else text
    path.write_text(found)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_text, "versions", lambda: "fake 1")
    monkeypatch.setattr(picture_text, "lines", read_magenta)


def verdict(project: Project) -> dict[str, object]:
    found = json.loads((project.folder / "output/small/audit.json").read_text())
    return next(v for v in found["checks"] if v["check"] == "burned-in-text")


@pytest.mark.usefixtures("fake")
def test_a_name_in_the_pixels_stops_the_release_and_the_recipe_leaves_it_out(
    copy: Project,
) -> None:
    project = exporting(copy)
    searching(project, recipe=False, gate=True)
    said = project.run("build", "small", "--workers", "1", code=5)
    assert "burned-in-text: Is every picture free of text" in said
    assert (verdict(project)["outcome"], verdict(project)["value"]) == ("FAIL", 1.0)
    assert "DOE" not in json.dumps(verdict(project))
    searching(project, recipe=True, gate=False)
    project.run("build", "small", "--workers", "1")
    assert (verdict(project)["outcome"], verdict(project)["value"]) == ("PASS", 0.0)
    rows = (project.folder / "output/small/left_out.tsv").read_text().splitlines()
    assert [row.split("\t")[2:5] for row in rows if "personal-text" in row] == [
        ["personal-text", "skin/p1: pictures/p1.jpg", "shows a name ('DOE^JANE')"]
    ]


def test_without_an_ocr_the_search_is_reported_as_not_run(
    copy: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = exporting(copy)
    monkeypatch.setattr(picture_text, "versions", lambda: "")
    searching(project, recipe=True, gate=True)
    said = project.run("build", "small", "--workers", "1")
    line = "NOT RUN: pictures of skin, the release were not searched for text"
    assert f"{line}; pip install 'benchsmith[ocr]'" in said
    assert verdict(project)["outcome"] == "NOT RUN"
    assert "pip install 'benchsmith[ocr]'" in str(verdict(project)["says"])
    assert line in project.run("build", "small", "--workers", "1")


def drawn(lines: tuple[str, ...]) -> Array:
    """Return a picture of waves with lines of white text, (384, 384) uint8."""
    y, x = np.indices((384, 384))
    picture = PIL.Image.fromarray((70 + 40 * np.sin(x / 17) * np.cos(y / 23)).astype(np.uint8))
    draw = PIL.ImageDraw.Draw(picture)
    for i, line in enumerate(lines):
        draw.text((12, 12 + 26 * i), line, fill=255, font=PIL.ImageFont.load_default(16))
    return np.asarray(picture)


@pytest.mark.skipif(not picture_text.versions(), reason="the extra `ocr` is not installed")
def test_text_is_read_in_a_dicom_whose_header_is_silent(tmp_path: Path) -> None:
    """Upright and mirrored: a header may turn a picture with its text."""
    for lines, found in ((DRAWN, ["personal-text"]), (DRAWN[2:], [])):
        for turn in (1, -1):
            folder = tmp_path / f"raw_sources/s{len(lines)}{turn}"
            (folder / "data").mkdir(parents=True)
            written = write_dicom(
                folder, drawn(lines)[:, ::turn].astype(int).T[..., np.newaxis], np.eye(4)
            )
            data = pydicom.dcmread(next(written.iterdir()))
            assert "BurnedInAnnotation" not in data
            data.save_as(folder / "data/a.dcm")
            assert [r.reason for r in rejected(folder)] == found


def rejected(folder: Path) -> list[object]:
    """Ingest a folder of DICOM pictures that are searched for text; return the rejections."""
    head = 'title: s\nversion: "1"\nhomepage: https://example.org/x\nlicence: cc0-1.0\n'
    head += 'citation: "T."\nlabels_are: synthetic\nverified: true\ndata: {path: data}\n'
    samples = 'samples:\n  - {images: "{key}.dcm", modality: ct, burned_in: search, labels: ['
    samples += '{kind: volume, file: "{key}.none", names: {1: x}}]}\n'
    (folder / "recipe.yaml").write_text(head + samples)
    source = collect(folder, Problems(folder))
    assert source is not None
    readers = plugins.readers()
    units, _ = list_units(source, {"": folder / "data"}, readers)
    return [r for u in units for r in ingest(u, Slices(), readers).rejected if "dcm" in r.subject]
