"""A build of what a recipe can say: readers merged, labels made of others, pieces as objects."""

from __future__ import annotations

from collections import defaultdict

import nibabel as nib
import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest

from tests import world
from tests.conftest import Project
from tests.merged_readers import staple_by_hand
from tests.unaudited import unaudited

LIVER, KIDNEYS = 3, (1, 2)
ABDOMEN = """  - images: images/{key}.nii.gz
    modality: ct
    labels:
      - kind: merge
        how: staple
        of:
          kind: volume
          file: "reader{reader}/{key}.nii.gz"
          names: {1: kidney_left, 2: kidney_right, 3: hepar, 4: spleen, 5: stomach, 6: T12, 7: rib_left_7}
          union: {kidney: [kidney_left, kidney_right]}
          exhaustive: true
"""
CELLS = """  - images: "{key}.png"
    modality: microscopy
    labels:
      - {kind: masks, file: "masks/{key}.png", label: nucleus, objects: components}
      - {kind: constant, label: nucleus, group: shown}
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project of two readers, whose second one marks everything one voxel further left."""
    folder = world.write(tmp_path_factory.mktemp("said") / "project")
    data = folder / "raw_sources/abdomen/data"
    for number, shift in enumerate((0, 1), start=1):
        (data / f"reader{number}").mkdir()
        for case in "abc":
            voxels = np.roll(world.labels_of(case), shift, axis=0)
            image = nib.Nifti1Image(voxels, world.AFFINE)
            image.set_sform(world.AFFINE, 1)
            nib.save(image, data / f"reader{number}/{case}.nii.gz")
    cells = folder / "raw_sources/cells"
    for path in (cells / "data/masks").iterdir():
        mask = np.asarray(PIL.Image.open(path))
        PIL.Image.fromarray((mask > 0).astype(np.uint8) * 255).save(path)
    for name, entry in (("abdomen", ABDOMEN), ("cells", CELLS)):
        recipe = folder / f"raw_sources/{name}/recipe.yaml"
        recipe.write_text(world.HEAD.format(title=name) + entry)
    project = Project(folder)
    with unaudited():
        project.run("build", "small", "--workers", "1")
    return project


def provenance(project: Project, source: str) -> list[dict[str, object]]:
    rows = pq.read_table(project.release / "provenance.parquet").to_pylist()
    return [row for row in rows if row["source"] == source]


def marked(case: str, *values: int) -> list[np.ndarray]:
    """Return what both readers mark, (x, y, z) of bool."""
    first = np.isin(world.labels_of(case), values)
    return [first, np.roll(first, 1, axis=0)]


def test_provenance_states_how_far_the_readers_agree(said: Project) -> None:
    """Dice and kappa of both readers, computed from what was written."""
    notes = defaultdict(set)
    for row in provenance(said, "abdomen"):
        notes[row["raw_label"]].add(row["labels_note"])
    expected = set()
    for case in "abc":
        a, b = marked(case, LIVER)
        dice = 2 * (a & b).sum() / (a.sum() + b.sum())
        p, q, same = a.mean(), b.mean(), (a == b).mean()
        chance = p * q + (1 - p) * (1 - q)
        kappa = (same - chance) / (1 - chance)
        expected.add(
            f"2 of 2 readers mark it, merged by staple, Dice {dice:.3f}, kappa {kappa:.3f}"
        )
    assert notes["hepar"] and notes["hepar"] <= expected
    assert all(each != {None} for each in notes.values())


def test_a_made_label_is_asked_about_with_the_pixels_of_its_parts(said: Project) -> None:
    """Each reader's kidneys are one label, and STAPLE's truth of both readers is asked about."""
    rows = [r for r in provenance(said, "abdomen") if r["raw_label"] == "kidney"]
    axial = [r for r in rows if r["axis"] == "axial"]
    truths = [staple_by_hand(marked(case, *KIDNEYS)) for case in "abc"]
    assert axial
    for row in axial:
        assert row["area_px"] in {int(t[:, :, row["plane_index"]].sum()) for t in truths}
        assert row["label"] == "kidney"


def test_each_piece_is_a_region_with_its_own_box(said: Project) -> None:
    """Ten discs of 197 pixels in two pictures."""
    stage = said.folder / "output/small/stages/ingest"
    rows = [r for p in stage.glob("*/rows.parquet") for r in pq.read_table(p).to_pylist()]
    found = [r for r in rows if r["source"] == "cells" and r["kind"] == "region"]
    assert len({(r["sample"], tuple(r["box"].values())) for r in found}) == 10
    assert {r["area_px"] for r in found} == {197}


def test_the_release_names_no_reader(said: Project) -> None:
    texts = [p for p in said.release.rglob("*") if p.suffix in (".json", ".md", ".tsv", ".html")]
    assert len(texts) > 3
    assert not [p for p in texts if "reader1" in p.read_text("utf-8")]
