"""Bad input: each fault has a clear line, the rest is built, nothing is lost, and `explain` finds it."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from tests import world
from tests.conftest import Project
from tests.light_builds import exporting
from tests.unaudited import unaudited

ABDOMEN = "raw_sources/abdomen/data"


def truncate(folder: Path) -> None:
    path = folder / ABDOMEN / "images/b.nii.gz"
    path.write_bytes(path.read_bytes()[:-400])


def truncate_inside(folder: Path) -> None:
    """A whole gzip stream around half of a volume."""
    path = folder / ABDOMEN / "images/b.nii.gz"
    data = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(data[: len(data) // 2]))


def wrong_checksum(folder: Path) -> None:
    path = folder / ABDOMEN / "images/b.nii.gz"
    data = bytearray(path.read_bytes())
    data[-8] ^= 0xFF
    path.write_bytes(bytes(data))


def other_shape(folder: Path) -> None:
    labels = world.labels_of("b")[:, :, :-1]
    nib.save(nib.Nifti1Image(labels, world.AFFINE), folder / ABDOMEN / "labels/b.nii.gz")


def elsewhere(folder: Path) -> None:
    affine = world.AFFINE.copy()
    affine[0, 3] += 9
    nib.save(nib.Nifti1Image(world.labels_of("b"), affine), folder / ABDOMEN / "labels/b.nii.gz")


def nameless_value(folder: Path) -> None:
    labels = world.labels_of("b")
    labels[0:3, 0:3, 0:3] = 99
    nib.save(nib.Nifti1Image(labels, world.AFFINE), folder / ABDOMEN / "labels/b.nii.gz")


def fractions(folder: Path) -> None:
    labels = world.labels_of("b").astype(np.float32)
    labels[labels == 3] = 2.5
    nib.save(nib.Nifti1Image(labels, world.AFFINE), folder / ABDOMEN / "labels/b.nii.gz")


def no_label_file(folder: Path) -> None:
    (folder / ABDOMEN / "labels/b.nii.gz").unlink()


def bad_spacing(folder: Path) -> None:
    path = folder / ABDOMEN / "images/b.nii.gz"
    data = bytearray(gzip.decompress(path.read_bytes()))
    data[80:84] = np.array(np.nan, "<f4").tobytes()
    path.write_bytes(gzip.compress(bytes(data)))


def a_web_page(folder: Path) -> None:
    (folder / ABDOMEN / "images/b.nii.gz").write_text("<html>sign in first</html>" * 40)


def broken_picture(folder: Path) -> None:
    path = folder / "raw_sources/skin/data/pictures/p3.jpg"
    path.write_bytes(path.read_bytes()[:300])


def not_a_picture(folder: Path) -> None:
    (folder / "raw_sources/skin/data/pictures/p3.jpg").write_text("%!PS-Adobe")


def unmapped(folder: Path) -> None:
    path = folder / "raw_sources/skin/data/labels.csv"
    path.write_text(path.read_text().replace("p3,mole", "p3,wart"))


def row_without_file(folder: Path) -> None:
    (folder / "raw_sources/skin/data/pictures/p3.jpg").unlink()


def ragged_sheet(folder: Path) -> None:
    path = folder / "raw_sources/skin/data/labels.csv"
    path.write_text(path.read_text() + "p9,mole\n")


CASES: dict[str, tuple[Callable[[Path], None], str, str, str]] = {
    "truncated stream": (truncate, "truncated", "abdomen/b", "images/b.nii.gz"),
    "truncated volume": (truncate_inside, "truncated", "abdomen/b", "bytes of data declared"),
    "wrong checksum": (wrong_checksum, "checksum", "abdomen/b", "images/b.nii.gz"),
    "labels of another shape": (
        other_shape,
        "shape-mismatch",
        "abdomen/b",
        "labels 35 x 44 x 40, image 36 x 44 x 40",
    ),
    "labels elsewhere": (elsewhere, "grid-mismatch", "abdomen/b", "9.00 mm"),
    "value without name": (
        nameless_value,
        "value-without-name",
        "labels/b.nii.gz value 99",
        "27 voxels",
    ),
    "labels between labels": (fractions, "label-not-integer", "abdomen/b", "labels/b.nii.gz"),
    "no label file": (no_label_file, "file-missing", "abdomen/b", "labels/{key}.nii.gz"),
    "spacing not a number": (bad_spacing, "spacing", "abdomen/b", "nan"),
    "a web page": (a_web_page, "header", "abdomen/b", "HTML"),
    "broken picture": (broken_picture, "unreadable", "skin/p3", "pictures/p3.jpg"),
    "no picture": (not_a_picture, "unreadable", "skin/p3", "pictures/p3.jpg"),
    "unmapped label": (unmapped, "unmapped-label", "skin/p3", "'wart'"),
    "row without file": (row_without_file, "no-picture", "labels.csv:5", "'p3'"),
    "ragged sheet": (ragged_sheet, "header", "labels.csv", "line 10 has 2 cells"),
}


SELDOM = {
    "no picture",
    "spacing not a number",
    "a web page",
    "ragged sheet",
    "labels between labels",
}
"""Cases whose kin is always tried; a build each, they are for the slow tests."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow) if n in SELDOM else n for n in CASES],
)
def test_a_fault_is_one_line_and_the_rest_goes_on(copy: Project, name: str) -> None:
    """With tolerance the build ends well, without the faulty part and with its reason."""
    spoil, reason, subject, detail = CASES[name]
    project = exporting(copy, more="tolerate: {faults: 1.0}\n")
    spoil(project.folder)
    with unaudited():
        said = project.run("build", "small", "--workers", "1")
    assert "Traceback" not in said
    manifest = json.loads((project.release / "manifest.json").read_text())
    counted = sum(of.get(reason, 0) for of in manifest["rejected"].values())
    assert counted >= 1, manifest["rejected"]
    assert sum(manifest["cases"].values()) > 50
    told = project.run("explain", subject)
    assert "left out" in told
    assert detail in told


def test_too_many_faults_stop_the_build(copy: Project) -> None:
    """Exit 3, with the counts; what was finished is kept, and explain knows it."""
    project = copy
    shutil.rmtree(project.folder / "output/small/release")
    unmapped(project.folder)
    said = project.run("build", "small", "--workers", "1", code=3)
    assert "skin: 1 of 8 rows failed at normalise (1 unmapped-label)" in said
    assert not project.release.exists()
    assert "draft mapping" in project.run("explain", "wart")


def test_the_remedy_that_a_fault_names_works(copy: Project) -> None:
    """draft mapping writes the row, check wants it signed, and the signed row builds."""
    project = copy
    unmapped(project.folder)
    said = project.run("draft", "mapping", "skin")
    assert "wart" in said
    path = project.folder / "lexicon/mappings/skin.tsv"
    assert "wart\texact\t\t\tdraft: no suggestion; stated 1 times" in path.read_text()
    assert "lexicon/mappings/skin.tsv:2: is not signed" in project.run("check", code=2)
    path.write_text("raw\trelation\tlabel\treviewed_by\tnote\nwart\tbroad\tnevus\tme\t\n")
    project.run("build", "small", "--workers", "1")


def test_a_recipe_with_three_mistakes_says_all_three_at_once(project: Project) -> None:
    path = project.folder / "raw_sources/skin/recipe.yaml"
    text = path.read_text()
    text = text.replace("modality: dermoscopy", "modality: dermatoscopy")
    text = text.replace("licence: cc0-1.0", "licence: cc0")
    text = text.replace("title: Skin", "titel: Skin")
    path.write_text(text)
    said = project.run("build", "small", code=2)
    assert "raw_sources/skin/recipe.yaml:1: unknown key `titel`; did you mean title" in said
    assert "raw_sources/skin/recipe.yaml:1: `title` is missing" in said
    path.write_text(text.replace("titel", "title"))
    said = project.run("build", "small", code=2)
    assert "recipe.yaml:4: unknown licence 'cc0'; did you mean cc0-1.0?" in said
    assert "recipe.yaml:12: unknown modality 'dermatoscopy'; did you mean dermoscopy" in said


def test_a_path_out_of_the_source_is_refused(project: Project) -> None:
    path = project.folder / "raw_sources/skin/recipe.yaml"
    path.write_text(path.read_text().replace("pictures/{key}.jpg", "../cells/data/{key}.png"))
    assert "leaves its folder" in project.run("check", code=2)


def test_a_link_out_of_the_source_is_not_followed(copy: Project) -> None:
    project = exporting(copy, more="tolerate: {faults: 1.0}\n")
    pictures = project.folder / "raw_sources/skin/data/pictures"
    outside = project.folder / "secret.jpg"
    (pictures / "p3.jpg").rename(outside)
    (pictures / "p3.jpg").symlink_to(outside)
    with unaudited():
        project.run("build", "small", "--workers", "1")
    assert "there is no file for 'p3'" in project.run("explain", "labels.csv:5")


def test_a_file_that_changes_after_ingest_is_not_drawn(copy: Project) -> None:
    """Its questions are left out with the reason, not drawn from other pixels."""
    project = copy
    output = project.folder / "output/small"
    shutil.rmtree(output / "release")
    for stage in ("render", "export"):
        shutil.rmtree(output / "stages" / stage)
    picture = project.folder / "raw_sources/skin/data/pictures/p3.jpg"
    other = (project.folder / "raw_sources/skin/data/pictures/p5.jpg").read_bytes()
    # the digests' memory still believes the old bytes: same size would be needed to fool it
    picture.write_bytes(other)
    said = project.run("build", "small", "--workers", "1")
    assert "ingest skin" in said, "a changed file must be ingested again"


def test_unknown_names_are_answered_with_near_ones(project: Project) -> None:
    assert "did you mean small?" in project.run("build", "smal", code=2)
    assert "did you mean skin?" in project.run("draft", "mapping", "skim", code=2)
    assert "no 'nonsense' in the builds" in project.run("explain", "nonsense", code=2)


def test_a_full_or_forbidden_output_is_an_environment_error(project: Project) -> None:
    (project.folder / "output").write_text("a file where a folder should be")
    said = project.run("build", "small", code=4)
    assert "Traceback" not in said
