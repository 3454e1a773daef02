"""Facts that ingest measures of whole sources: volumes, mask files that overlap, and marks of pictures."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pytest
from scipy import ndimage

from benchsmith import plugins
from benchsmith.core.structures import StructureFacts, structure_of
from benchsmith.documents import recipe
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.problems import Problems
from benchsmith.measurements.measure_pair import measure_pair
from benchsmith.stages.ingest import Ingested, ingest
from benchsmith.stages.list_units import list_units
from tests.test_ingest import HEAD


def ingested(folder: Path, samples: str, *, facts: bool = True) -> Ingested:
    """Ingest the one image of a source."""
    (folder / "recipe.yaml").write_text(HEAD + samples)
    problems = Problems(folder)
    source = recipe.collect(folder, problems)
    assert source is not None, problems.found
    readers = plugins.readers()
    (unit,), rejected = list_units(source, {"": folder / "data"}, readers)
    assert not rejected
    return ingest(unit, Slices(min_share=0), readers, facts=facts)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write a flipped, oblique volume with two overlapping organs and three lesions."""
    (tmp_path / "data/masks").mkdir(parents=True)
    z, y, x = np.indices((24, 40, 44))
    turn = np.deg2rad(12)
    affine = np.array(
        [
            [-0.8 * np.cos(turn), 0.8 * np.sin(turn), 0, 33],
            [-0.8 * np.sin(turn), -0.8 * np.cos(turn), 0, -7],
            [0, 0, 2.5, 120],
            [0, 0, 0, 1],
        ]
    )
    organ = ((z - 12) / 8) ** 2 + ((y - 20) / 12) ** 2 + ((x - 15) / 10) ** 2 < 1
    other = ((z - 12) / 6) ** 2 + ((y - 20) / 9) ** 2 + ((x - 26) / 9) ** 2 < 1
    lesions = np.zeros(organ.shape, bool)
    for k, j, i, r in ((8, 18, 12, 2), (14, 26, 16, 3), (12, 12, 14, 1)):
        lesions[k - r : k + r + 1, j - r : j + r + 1, i - r : i + r + 1] = True
    voxels = (10 * z + 3 * y - 2 * x + 40 * organ).astype(np.int16)
    for name, array in (
        ("image", voxels), ("masks/liver", organ), ("masks/spleen", other), ("masks/tumour", lesions)
    ):  # fmt: skip
        stored = array.astype(np.int16 if name == "image" else np.uint8)
        nib.save(
            nib.Nifti1Image(stored.transpose(2, 1, 0), affine), tmp_path / f"data/{name}.nii.gz"
        )
    return tmp_path


FILES = """  - images: image.nii.gz
    modality: ct
    labels:
      - kind: masks
        file: "masks/{label}.nii.gz"
"""


def by_structure(found: Ingested) -> dict[str, StructureFacts]:
    return {row.id.rpartition("#")[2]: row for row in found.structures}


def test_mask_files_that_overlap_are_measured_on_their_own(data: Path) -> None:
    found = ingested(data, FILES)
    rows = by_structure(found)
    assert set(rows) == {"liver", "spleen", "tumour", "tumour/1", "tumour/2", "tumour/3"}
    image = nib.load(data / "data/image.nii.gz")
    values = np.asarray(image.dataobj)
    for name in ("liver", "spleen", "tumour"):
        mask = np.asarray(nib.load(data / f"data/masks/{name}.nii.gz").dataobj) > 0
        row = rows[name]
        assert row.voxels == mask.sum()
        assert row.volume_ml == pytest.approx(mask.sum() * 0.8 * 0.8 * 2.5 / 1000)
        assert (row.mean, row.unit) == (pytest.approx(values[mask].mean()), "")
        assert row.deviation == pytest.approx(values[mask].std())
        ras = image.affine @ [*ndimage.center_of_mass(mask), 1]
        assert row.centroid_mm == pytest.approx((-ras[0], -ras[1], ras[2]))
        assert row.parts == ndimage.label(mask, np.ones((3, 3, 3)))[1]
    assert rows["tumour"].part_voxels == (343, 125, 27)
    assert rows["tumour/2"].long_mm == pytest.approx(4 * 0.8 * np.sqrt(2))


def test_pairs_are_measured_from_shapes_alone(data: Path) -> None:
    found = ingested(data, FILES)
    shapes = {shape.id.rpartition("#")[2]: shape for shape in found.shapes}
    assert set(shapes) == {"liver", "spleen", "tumour"}
    masks = [
        np.asarray(nib.load(data / f"data/masks/{n}.nii.gz").dataobj) > 0
        for n in ("liver", "spleen")
    ]
    pair = measure_pair(shapes["spleen"], shapes["liver"], found.samples[0].spacing_mm)
    assert pair.overlap_voxels == (masks[0] & masks[1]).sum() > 0
    assert pair.distance_mm == 0
    far = ndimage.distance_transform_edt(~masks[1], sampling=(0.8, 0.8, 2.5))
    tumour = np.asarray(nib.load(data / "data/masks/tumour.nii.gz").dataobj) > 0
    apart = measure_pair(shapes["tumour"], shapes["spleen"], found.samples[0].spacing_mm)
    assert apart.distance_mm == pytest.approx(far[tumour].min())


def test_findings_know_their_structure_and_are_the_same_without_facts(data: Path) -> None:
    found, plain = ingested(data, FILES), ingested(data, FILES, facts=False)
    assert plain.findings == found.findings
    assert plain.structures == plain.shapes == ()
    ids = {row.id for row in found.structures if not row.part}
    assert {structure_of(finding) for finding in found.findings} == ids


def test_marks_of_a_picture_are_measured_where_they_overlap(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    y, x = np.indices((40, 50))
    pixels = (y * 5 + x).astype(np.uint8)
    PIL.Image.fromarray(pixels).save(tmp_path / "data/a.png")
    boxes = {"nodule": [4, 6, 20, 10], "effusion": [10, 8, 30, 32]}
    document = {
        "images": [{"id": 1, "file_name": "a.png", "width": 50, "height": 40}],
        "categories": [{"id": i, "name": n} for i, n in enumerate(boxes, 1)],
        "annotations": [
            {"id": i, "image_id": 1, "category_id": i, "bbox": b, "iscrowd": 0}
            for i, b in enumerate(boxes.values(), 1)
        ],
    }
    (tmp_path / "data/boxes.json").write_text(json.dumps(document))
    found = ingested(
        tmp_path,
        "  - images: '*.png'\n    modality: chest-x-ray\n"
        "    labels:\n      - kind: coco\n        file: boxes.json\n        use: bbox\n",
    )
    rows = by_structure(found)
    for name, (left, top, width, height) in boxes.items():
        row = rows[name]
        inside = pixels[top : top + height, left : left + width]
        assert (row.kind, row.planar, row.voxels) == ("box", True, width * height)
        assert row.mean == pytest.approx(inside.mean())
        assert row.centroid == pytest.approx((0, top + (height - 1) / 2, left + (width - 1) / 2))
        assert row.long_px == pytest.approx(np.hypot(width - 1, height - 1))
        assert row.volume_ml is row.area_mm2 is row.long_mm is None
    assert rows["effusion"].borders == ("bottom",)
