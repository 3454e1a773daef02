"""A build of two sources that have pictures in common: saved again, turned, resized, inverted and cropped."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2

from tests.conftest import Project
from tests.copied_pictures import cut
from tests.pictures import CHANGES, picture
from tests.unaudited import unaudited
from tests.world import BENCHMARK as BENCHMARK_FILE
from tests.world import HEAD, documents, put

RECIPES = {
    "first": "{kind: sheet, file: labels.csv, key: picture, labels: [finding]}",
    "second": "{kind: sheet, file: labels.csv, key: picture, one_hot: [nevus, melanoma]}",
}
COPIES = {
    # name in the second source: picture of the first one, change, row of both columns
    "other": (0, CHANGES["turned_back"], "0,1"),
    "same": (2, CHANGES["smaller"], "1,0"),
    "none": (4, CHANGES["inverted"], "0,0"),
    "open": (6, cut, ","),
    # the same pixels twice: the source contradicts itself, and the picture of the first source too
    "twin": (8, CHANGES["turned"], "1,0"),
    "twin again": (8, CHANGES["turned"], "0,1"),
}


def write_project(folder: Path) -> None:
    """Write two sources with twelve pictures each, and copies of some of the first in the second."""
    documents(folder)
    text = BENCHMARK_FILE.replace("[abdomen, cells, skin]", "[first, second]")
    text = text.replace("per_answer: 12", "per_answer: 40") + "tolerate: {faults: 0.2}\n"
    put(folder / "benchmarks/copies.yaml", text)
    for source, labels in RECIPES.items():
        head = HEAD.format(title=source.title())
        samples = (
            f"  - images: '{{key}}.*'\n    modality: dermoscopy\n    labels:\n      - {labels}\n"
        )
        put(folder / f"raw_sources/{source}/recipe.yaml", head + samples)
    tables = {"first": ["picture,finding"], "second": ["picture,nevus,melanoma"]}
    for source, rows in tables.items():
        data = folder / f"raw_sources/{source}/data"
        data.mkdir()
        for n in range(12):
            cv2.imwrite(str(data / f"{source}{n}.png"), picture(source, n))
            label = ("nevus", "melanoma")[n % 2]
            rows.append(f"{source}{n},{label if source == 'first' else ('1,0', '0,1')[n % 2]}")
        for name, (n, change, row) in COPIES.items() if source == "second" else ():
            cv2.imwrite(str(data / f"{name}.jpg"), change(picture("first", n)), [1, 90])
            rows.append(f"{name},{row}")
        put(data / "labels.csv", "\n".join(rows) + "\n")


def digest_of(project: Project, sample: str) -> str:
    source, _, key = sample.partition("/")
    (file,) = (project.folder / f"raw_sources/{source}/data").glob(f"{key}.*")
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_build_opens_copies_in_two_sources(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    write_project(project.folder)
    with unaudited():
        project.run("build", "copies", "--workers", "1")
    lines = (project.folder / "output/copies/left_out.tsv").read_text("utf-8").splitlines()
    rows = [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]
    left = {row["subject"].partition("#")[0]: row for row in rows if row["stage"] == "select"}
    duplicate = left.keys() & {"first/first2", "second/same"}
    assert len(duplicate) == 1 and left[duplicate.pop()]["reason"] == "near-duplicate"
    contradicting = {
        name: row for name, row in left.items() if row["reason"] == "copies-contradict"
    }
    assert set(contradicting) == {"first/first0", "second/other", "first/first4", "first/first8"}
    assert contradicting["first/first8"]["detail"] == (
        "first/first8 and second/twin again are copies of one picture, and one is 'nevus', the other 'melanoma'"
    )
    disputed = {row["subject"] for row in rows if row["reason"] == "labels-contradict"}
    assert disputed == {"second/twin#finding:nevus", "second/twin again#finding:melanoma"}
    assert contradicting["first/first4"]["detail"] == (
        "first/first4 and second/none are copies of one picture, and one is 'nevus', the other none of its labels"
    )
    asked = {row["image_sha256"] for row in project.published("copies")}
    digests = {name: digest_of(project, name) for name in contradicting}
    assert not asked & set(digests.values())
    assert digest_of(project, "first/first6") in asked, "nobody filled in the row of its copy"
    said = project.run("explain", "second/other")
    assert "does not have this label" in said and "first/first0" in said
    folder = project.folder / "output/copies"
    latest = json.loads((folder / "latest.json").read_text())
    manifest = folder / "stages/select" / latest["select"]["all"] / "manifest.json"
    pictures = json.loads(manifest.read_text())["pictures"]
    assert (pictures["pairs_opened"], pictures["labels_contradicted"]) == (3, 4)
    table = project.folder / "raw_sources/second/data/labels.csv"
    table.write_text(
        table.read_text()
        .replace("none,0,0", "none,1,0")
        .replace("other,0,1", "other,1,0")
        .replace("twin again,0,1", "twin again,1,0")
    )
    with unaudited():
        project.run("build", "copies", "--workers", "1")
    assert "copies-contradict" not in (folder / "left_out.tsv").read_text("utf-8")
