"""Shipped recipes name label files as their sets do, also where an image's key has folders in it."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image

from benchsmith import plugins
from benchsmith.core.model import Finding
from benchsmith.documents.benchmark import Slices
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from benchsmith.text import path_patterns
from tests.shipped_documents import shipped_library

NOISE = (np.arange(120 * 100) * 7919 % 251).reshape(120, 100).astype(np.uint8)


def read(name: str, data: Path) -> tuple[list[Finding], set[str]]:
    """Return the findings of a set's files, and the reasons of what is left out."""
    source, readers = shipped_library().sources[name], plugins.readers()
    units, left = list_units(source, {"": data, "recipe": source.folder}, readers)
    results = [ingest(unit, Slices(min_share=0.0), readers) for unit in units]
    lost = [*left, *(r for result in results for r in result.rejected)]
    return [f for result in results for f in result.findings], {r.reason for r in lost}


def doubled(images: str, file: str) -> list[str]:
    """Return the folders' placeholders that a file's place has twice, the second time in `{key}`."""
    folders = images.rpartition(":")[2].rstrip("/").rpartition("/")[0]
    own = [] if "{key}" in images else path_patterns.placeholders(folders)
    before, key, _ = file.rpartition("{key}")
    return [name for name in own if key and name in path_patterns.placeholders(before)]


def test_no_label_file_has_the_folders_of_a_key_twice() -> None:
    """Without `{key}` in `images`, the key begins with the values of the folders' placeholders."""
    assert doubled("a/{finding}/{word} ({n}).png", "a/{finding}/{key}_mask*.png") == ["finding"]
    assert not doubled("a/{finding}/{word}.png", "a/{finding}/{word}_mask.png")
    assert not doubled("a/{patient}/{name}.png", "masks/{key}.png")
    wrong = {}
    for name, source in shipped_library().sources.items():
        for entry in source.recipe.samples:
            files = [getattr(labels, "file", None) for labels in entry.labels]
            if entry.key is None and any(f and doubled(entry.images, f) for f in files):
                wrong[name] = files
    assert not wrong


def test_busi_finds_the_masks_beside_its_pictures(tmp_path: Path) -> None:
    mask, second = np.zeros_like(NOISE), np.zeros_like(NOISE)
    mask[30:90, 20:70], second[5:25, 80:95] = 255, 255
    for name in ("benign", "normal"):
        folder = tmp_path / f"Dataset_BUSI_with_GT/{name}"
        folder.mkdir(parents=True)
        PIL.Image.fromarray(NOISE).save(folder / f"{name} (1).png")
        seen = mask if name == "benign" else np.zeros_like(mask)
        PIL.Image.fromarray(seen).save(folder / f"{name} (1)_mask.png")
    PIL.Image.fromarray(second).save(tmp_path / "Dataset_BUSI_with_GT/benign/benign (1)_mask_1.png")
    # a neighbour whose name begins alike, and has a mask of its own
    folder = tmp_path / "Dataset_BUSI_with_GT/benign"
    PIL.Image.fromarray(NOISE[::-1]).save(folder / "benign (10).png")
    PIL.Image.fromarray(second).save(folder / "benign (10)_mask.png")
    found, lost = read("busi", tmp_path)
    assert lost <= {"empty-structure"}
    areas = {
        key: sum(f.area_px or 0 for f in found if f.sample == f"busi/{key}" and f.raw == "tumor")
        for key in ("benign/benign (1)", "benign/benign (10)", "normal/normal (1)")
    }
    assert areas == {
        "benign/benign (1)": 60 * 50 + 20 * 15,
        "benign/benign (10)": 20 * 15,
        "normal/normal (1)": 0,
    }


def test_camus_finds_the_labels_of_each_view_and_phase(tmp_path: Path) -> None:
    folder = tmp_path / "database_nifti/patient0001"
    folder.mkdir(parents=True)
    views = ("2CH_ED", "2CH_ES", "4CH_ED", "4CH_ES")
    for number, view in enumerate(views):
        labels = np.zeros_like(NOISE)
        labels[30:70, 20 : 40 + 10 * number] = 1
        for end, pixels in (("", np.roll(NOISE, number)), ("_gt", labels)):
            image = nib.Nifti1Image(pixels, np.diag([0.3, 0.3, 1.0, 1.0]))
            nib.save(image, folder / f"patient0001_{view}{end}.nii.gz")
    found, lost = read("camus", tmp_path)
    assert lost <= {"empty-structure"}
    cavity = {f.sample: f.area_px for f in found if f.raw == "left ventricular cavity" and f.box}
    stem = "camus/patient0001/patient0001"
    assert cavity == {f"{stem}_{v}": 40 * (20 + 10 * n) for n, v in enumerate(views)}


def test_a_mask_that_is_not_found_is_named_with_the_picture_s_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "Dataset_BUSI_with_GT/benign"
    folder.mkdir(parents=True)
    PIL.Image.fromarray(NOISE).save(folder / "benign (7).png")
    source, readers = shipped_library().sources["busi"], plugins.readers()
    units, _ = list_units(source, {"": tmp_path, "recipe": source.folder}, readers)
    (lost,) = [r for unit in units for r in ingest(unit, Slices(), readers).rejected]
    assert lost.reason == "file-missing"
    assert lost.detail == "no file matches Dataset_BUSI_with_GT/benign/benign (7)_mask*.png"
