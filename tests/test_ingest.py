"""What ingest measures of a source, through its own door: recipe and files in, findings out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.core.model import Finding, Rejection
from benchsmith.documents import recipe
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.problems import Problems
from benchsmith.imaging.label_runs import areas_of_runs, label_runs, voxel_counts
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units

HEAD = """title: Test
version: "1"
homepage: https://example.org
licence: mit
citation: none
labels_are: synthetic
verified: true
data: {path: data}
samples:
"""


def run(
    folder: Path, samples: str, **settings: Any
) -> tuple[list[Finding], list[Rejection], list[Any]]:
    """Ingest a source; return findings, rejections and samples."""
    (folder / "recipe.yaml").write_text(HEAD + samples)
    problems = Problems(folder)
    source = recipe.collect(folder, problems)
    assert source is not None, problems.found
    readers = plugins.readers()
    units, rejected = list_units(source, {"": folder / "data"}, readers)
    results = [ingest(unit, Slices(**settings), readers) for unit in units]
    return (
        [f for r in results for f in r.findings],
        [*rejected, *(x for r in results for x in r.rejected)],
        [s for r in results for s in r.samples],
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    x, y, z = np.indices((20, 20, 20))
    image = (x * 9 + y * 5 + z * 3).astype(np.int16)
    labels = np.zeros((20, 20, 20), np.uint8)
    labels[5:12, 5:12, 5:12] = 1
    labels[0:4, 14:19, 3:9] = 2
    for name, voxels in (("image", image), ("labels", labels)):
        nib.save(nib.Nifti1Image(voxels, np.eye(4)), tmp_path / f"data/{name}.nii.gz")
    return tmp_path


VOLUME = """  - images: image.nii.gz
    modality: ct
    labels:
      - kind: volume
        file: labels.nii.gz
        names: {1: liver, 2: spleen}
"""


def test_regions_at_the_border_are_dropped_when_asked(data: Path) -> None:
    kept, lost, _ = run(data, VOLUME)
    assert {f.raw for f in kept} == {"liver", "spleen"}
    assert not lost
    kept, lost, _ = run(data, VOLUME, border="drop")
    assert {(f.raw, f.axis) for f in kept} == {
        ("liver", "axial"), ("liver", "coronal"), ("liver", "sagittal"), ("spleen", "sagittal"),
    }  # fmt: skip
    kept, lost, _ = run(data, VOLUME, border="drop", axes=("axial",))
    assert [r.reason for r in lost] == ["region-cut"]


def test_the_window_and_what_is_known_of_a_person_are_kept(data: Path) -> None:
    about = '    window: bone\n    about: {age: "60", laterality: left}\n'
    kept, _, samples = run(data, VOLUME + about)
    assert {f.window for f in kept} == {"bone"}
    assert [(s.age, s.sex, s.laterality) for s in samples] == [("60", "", "left")]


def test_components_of_a_4d_volume_are_samples_of_their_own(data: Path) -> None:
    both = np.stack([np.indices((20, 20, 20)).sum(0) % 50, np.indices((20, 20, 20)).sum(0) % 31], 3)
    nib.save(nib.Nifti1Image(both.astype(np.int16), np.eye(4)), data / "data/image.nii.gz")
    one = VOLUME.replace("modality: ct", "modality: t1-weighted-mri\n    parts: [0]")
    two = VOLUME.replace("modality: ct", "modality: t2-weighted-mri\n    parts: [1]")
    kept, lost, samples = run(data, one + two)
    assert not lost
    assert [(s.key, s.part, s.modality) for s in samples] == [
        ("image~0", "0", "t1-weighted-mri"),
        ("image~1", "1", "t2-weighted-mri"),
    ]
    assert len({f.id for f in kept}) == len(kept)
    _, lost, _ = run(data, VOLUME)
    assert [r.reason for r in lost] == ["dimensions"]


def test_every_third_page_of_a_file(data: Path) -> None:
    pages = [PIL.Image.fromarray(np.roll(np.eye(40, dtype=np.uint8) * 200, n, 1)) for n in range(7)]
    pages[0].save(data / "data/stack.tif", save_all=True, append_images=pages[1:])
    samples = """  - images: "{label}.tif"
    modality: microscopy
    parts: {every: 3}
    labels: [{kind: path}]
"""
    kept, _, found = run(data, samples)
    assert [s.key for s in found] == ["stack~0", "stack~3", "stack~6"]
    assert {f.raw for f in kept} == {"stack"}


def test_a_label_of_a_volume_needs_a_slice(data: Path) -> None:
    samples = """  - images: "{label}.nii.gz"
    modality: ct
    labels: [{kind: path, names: {image: fracture, labels: normal}}]
"""
    _, lost, _ = run(data, samples)
    assert {r.reason for r in lost} == {"dimensions"}
    kept, lost, _ = run(data, samples + "    slice: middle\n")
    assert next((f.raw, f.axis, f.index) for f in kept) == ("fracture", "axial", 10)


def test_what_may_hold_too_is_unknown(data: Path) -> None:
    PIL.Image.fromarray(np.arange(400, dtype=np.uint8).reshape(20, 20)).save(data / "data/a.png")
    (data / "data/s.csv").write_text("id,edema,mass,nodule\na,1,0,-1\n")
    samples = """  - images: "{key}.png"
    modality: x-ray
    labels: [{kind: sheet, file: s.csv, key: id, one_hot: [edema, mass, nodule]}]
"""
    kept, _, _ = run(data, samples)
    assert [(f.raw, f.neighbours, f.searched.unknown) for f in kept] == [("edema", (), ("nodule",))]


def test_a_box_is_of_its_own_kind(data: Path) -> None:
    PIL.Image.fromarray(np.arange(400, dtype=np.uint8).reshape(20, 20)).save(data / "data/a.png")
    (data / "data/b.csv").write_text("id,a,b,c,d\na,2,3,12,9\n")
    samples = """  - images: "{key}.png"
    modality: x-ray
    labels: [{kind: boxes, file: b.csv, key: id, box: [a, b, c, d], label: mass}]
"""
    kept, _, _ = run(data, samples)
    assert [(f.kind, f.area_px) for f in kept] == [("box", 60)]


def test_a_picture_without_a_patient_is_left_out(data: Path) -> None:
    for name in "ab":
        PIL.Image.fromarray(np.arange(400, dtype=np.uint8).reshape(20, 20)).save(
            data / f"data/{name}.png"
        )
    (data / "data/s.csv").write_text("id,dx,who\na,x,p1\nb,x,\n")
    samples = """  - images: "{key}.png"
    modality: x-ray
    patient: column:who
    labels: [{kind: sheet, file: s.csv, key: id, labels: [dx]}]
"""
    kept, lost, _ = run(data, samples)
    assert [f.patient for f in kept] == [f"{data.name}/p1"]
    assert [r.reason for r in lost] == ["no-patient"]


def test_a_table_may_name_paths(data: Path) -> None:
    """Names repeat in every folder; the table's paths begin above the data folder."""
    rows = []
    for patient in ("p1", "p2"):
        (data / "data/train" / patient).mkdir(parents=True)
        grey = np.arange(400, dtype=np.uint8).reshape(20, 20)
        PIL.Image.fromarray(grey).save(data / f"data/train/{patient}/view1.png")
        rows.append(f"Set-v1/train/{patient}/view1.png,{int(patient == 'p1')}")
    rows.append("Set-v1/train/p3/view1.png,1")
    (data / "data/s.csv").write_text("\n".join(["Path,edema", *rows]) + "\n")
    samples = """  - images: "train/{patient}/{view}.png"
    modality: x-ray
    patient: "{patient}"
    labels: [{kind: sheet, file: s.csv, key: Path, key_is: path, one_hot: [edema]}]
"""
    kept, lost, found = run(data, samples)
    assert [s.key for s in found] == ["p1/view1", "p2/view1"]
    assert [(f.raw, f.patient) for f in kept] == [("edema", f"{data.name}/p1")]
    assert [(r.reason, r.subject) for r in lost] == [("no-picture", "s.csv:4")]


def test_a_row_of_two_pictures_misses_the_one_that_is_not_there(data: Path) -> None:
    """One line names a left and a right eye; each is looked for by its own column."""
    grey = np.arange(400, dtype=np.uint8).reshape(20, 20)
    PIL.Image.fromarray(grey).save(data / "data/l1.png")
    (data / "data/s.csv").write_text("left,right,dx\nl1.png,r1.png,drusen\n")
    entry = """  - images: "{side}1.png"
    modality: fundus-photography
    labels: [{kind: sheet, file: s.csv, key: COLUMN, key_is: stem, labels: [dx]}]
"""
    left, right = entry.replace("{side}", "l"), entry.replace("{side}", "r")
    kept, lost, _ = run(data, left.replace("COLUMN", "left") + right.replace("COLUMN", "right"))
    assert [f.raw for f in kept] == ["drusen"]
    assert "there is no file for 'r1'" in [r.detail for r in lost]


def test_a_key_is_made_of_what_the_recipe_says(data: Path) -> None:
    for clip in ("c1", "c2"):
        (data / "data" / clip).mkdir()
        for frame in ("f1", "f2"):
            grey = np.arange(400, dtype=np.uint8).reshape(20, 20)
            PIL.Image.fromarray(grey).save(data / f"data/{clip}/{frame}.png")
    samples = """  - images: "{clip}/{frame}.png"
    key: "{clip}-{frame}"
    modality: endoscopy
    patient: "{clip}"
    labels: [{kind: path, field: clip}]
"""
    _, _, found = run(data, samples)
    assert [s.key for s in found] == ["c1-f1", "c1-f2", "c2-f1", "c2-f2"]
    _, _, found = run(data, samples.replace('    key: "{clip}-{frame}"\n', ""))
    assert [s.key for s in found] == ["c1/f1", "c1/f2", "c2/f1", "c2/f2"]


def test_areas_by_runs_agree_with_counting(data: Path) -> None:
    """Labels at every edge, so that runs go on from one row, and one slice, to the next."""
    x, y, z = np.indices((7, 6, 5))
    labels = ((x * 5 + y * 3 + z) // 4 % 4).astype(np.uint8).transpose(2, 1, 0)
    counted = areas_of_runs(label_runs(labels), labels.shape, 3)
    for axis, number in (("axial", 0), ("coronal", 1), ("sagittal", 2)):
        for value in (1, 2, 3):
            rest = tuple(i for i in range(3) if i != number)
            assert np.array_equal(counted[axis][:, value], (labels == value).sum(axis=rest))
        assert not counted[axis][:, 0].any()
    assert voxel_counts(label_runs(labels)) == {v: int((labels == v).sum()) for v in (1, 2, 3)}
    assert voxel_counts(label_runs(np.zeros((2, 3, 4), np.uint8))) == {}
