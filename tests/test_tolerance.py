"""The limit on faults: of all sources, of single ones, and of rows and files without a picture."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

import pytest

from tests.conftest import Project
from tests.unaudited import unaudited


@pytest.fixture(autouse=True)
def _no_checks() -> Iterator[None]:
    with unaudited():
        yield


def tolerate(project: Project, text: str) -> None:
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(f"{path.read_text()}exports: [parquet]\ntolerate: {text}\n")


def lose_half_of_abdomen(project: Project) -> None:
    data = project.folder / "raw_sources/abdomen/data/images"
    for name in ("a", "b"):
        (data / f"{name}.nii.gz").write_bytes(b"half a download")


def test_a_source_has_a_limit_of_its_own(project: Project) -> None:
    lose_half_of_abdomen(project)
    tolerate(project, "{sources: {skin: 1.0}}")
    said = project.run("build", "small", "--workers", "1", code=3)
    assert "abdomen: 2 of 3 images gave no sample" in said
    assert "`tolerate.drop_source: true` leaves such sources out" in said
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text().replace("skin: 1.0", "abdomen: 0.9"))
    assert "left out: abdomen" not in project.run("build", "small", "--workers", "1")


def test_a_limit_of_an_unused_source_is_a_problem(project: Project) -> None:
    tolerate(project, "{sources: {torso: 0.5}}")
    said = project.run("check", "small", code=2)
    assert "`tolerate.sources` names 'torso', which is not in `sources`" in said


def test_a_faulty_source_is_left_out_as_a_whole_and_counted(project: Project) -> None:
    """The others are built; each target of the source is listed, the last lines name the source."""
    lose_half_of_abdomen(project)
    tolerate(project, "{drop_source: true}")
    said = project.run("build", "small", "--workers", "1")
    shares = "2 of 3 images gave no sample"
    assert f"left out: abdomen as a whole, for its faults: {shares}" in said
    with (project.release.parent / "left_out.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    dropped = [row for row in rows if row["reason"] == "source-faulty"]
    assert {row["source"] for row in dropped} == {"abdomen"}
    assert all(row["subject"].startswith("abdomen/c#") for row in dropped)
    assert all(shares in row["detail"] for row in dropped)
    manifest = json.loads((project.release / "manifest.json").read_text())
    assert sum(of.get("source-faulty", 0) for of in manifest["rejected"].values()) == len(dropped)
    assert sum(manifest["cases"].values()) > 0
    assert "too many faults" in project.run("explain", "abdomen/c")
    again = project.run("build", "small", "--workers", "1")
    assert "nothing to do" in again
    assert "left out: abdomen as a whole" in again


def test_no_source_is_left_to_build(project: Project) -> None:
    """A benchmark whose every source is faulty is refused, even if sources may be left out."""
    for path in sorted((project.folder / "raw_sources").glob("*/data/*/*")):
        path.write_bytes(b"half a download")
    tolerate(project, "{drop_source: true}")
    said = project.run("build", "small", "--workers", "1", code=3)
    assert "skin: 8 of 8 images gave no sample" in said


def test_rows_without_pictures_are_counted_apart(project: Project) -> None:
    """Three of eight pictures are not here: no image is lost, but rows are unpaired."""
    for name in ("p0", "p1", "p2"):
        (project.folder / f"raw_sources/skin/data/pictures/{name}.jpg").unlink()
    said = project.run("build", "small", "--workers", "1", code=3)
    assert "skin: 3 of 8 table rows and label files have no picture (3 no-picture)" in said
    assert "rows failed" not in said
    tolerate(project, "{unpaired: 0.5}")
    said = project.run("build", "small", "--workers", "1")
    assert "missing or faulty in skin: 3 no-picture; `benchsmith explain skin` lists them" in said
