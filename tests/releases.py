"""The small project with pictures that differ, so that both splits hold every kind of case."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import nibabel as nib
import numpy as np

from benchsmith.plugins import EXPORTS
from tests import world
from tests.conftest import Project

SETTINGS = """answers: [one, several]
several: {fewest_options: 3}
near: {similarity: 1.0}
quality: {min_middle: 0, min_region_px: 0, min_region_side: 0, max_dark: 1, max_bright: 1, max_cut: 1, min_whole: 0}
"""
SHADED = {
    "  waive:\n": """  waive:
    - {check: label-values, who: me, why: the shade across the phantoms changes their values}
"""
}
"""What to change where a draw may have planes whose values are those of no organ."""
QUOTA = "quota: {per_answer: 12, per_volume: 6, per_patient: 12, apart_mm: 0, apart_share: 0}"


def write(
    folder: Path,
    more: str = "",
    *,
    hidden: bool = False,
    exports: Iterable[str] = EXPORTS,
    **changed: str,
) -> Project:
    """Write the project, its test split hidden or not.

    `more` are lines of its benchmark, `changed` other texts in it.
    """
    project = Project(world.write(folder))
    for case, axes in (("b", (0,)), ("c", (1, 2))):
        path = folder / f"raw_sources/abdomen/data/images/{case}.nii.gz"
        image = nib.load(path)
        voxels = np.asarray(image.dataobj).astype(np.int16)
        for axis in axes:  # a shade across the body, as coils make it: pictures are not copies
            ramp = np.linspace(-120, 120, voxels.shape[axis]).astype(np.int16)
            voxels += ramp.reshape([-1 if a == axis else 1 for a in range(3)])
        nib.save(nib.Nifti1Image(voxels, image.affine, image.header), path)
    recipe = folder / "raw_sources/abdomen/recipe.yaml"  # ribs of both sides are looked for here
    recipe.write_text(recipe.read_text().replace("rib_left_7", "rib"))
    path = folder / "benchmarks/small.yaml"
    text = path.read_text().replace("quota: {per_answer: 12, per_volume: 6}", QUOTA)
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(f"{text}{SETTINGS}exports: [{', '.join(exports)}]\n{more}")
    if hidden:
        world.hide_test(folder)
    return project
