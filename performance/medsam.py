"""The steps of MedSAM's two scripts for CT, `pre_CT_MR.py` and `npz_to_npy.py`, as they stand.

Both read and write what theirs do: small parts removed in 3D and in each slice, a window, the slices
with foreground as one compressed file, and then each of them as an array of 64-bit floats of three
channels. It prepares training, and makes no pictures: the comparison says how long that takes.
"""

from __future__ import annotations

from pathlib import Path

import cc3d
import numpy as np
import SimpleITK as sitk

from performance.layouts import LAYOUTS

LEVEL, WIDTH = 40, 400
LEAST_IN_3D, LEAST_IN_2D = 100, 10
"""Voxels of a part below which it is removed, in the volume and in a slice."""


def prepare(name: str, folder: Path, scratch: Path) -> int:
    """Prepare one volume; return its slices with foreground."""
    layout = LAYOUTS[name]
    marks = np.uint8(sitk.GetArrayFromImage(sitk.ReadImage(str(folder / layout.labels))))
    marks = cc3d.dust(marks, threshold=LEAST_IN_3D, connectivity=26, in_place=True)
    for z in range(marks.shape[0]):
        marks[z] = cc3d.dust(marks[z], threshold=LEAST_IN_2D, connectivity=8, in_place=True)
    present = np.unique(np.where(marks > 0)[0])
    image = sitk.ReadImage(str(folder / layout.image))
    shown = np.clip(sitk.GetArrayFromImage(image), LEVEL - WIDTH / 2, LEVEL + WIDTH / 2)
    shown = np.uint8((shown - np.min(shown)) / (np.max(shown) - np.min(shown)) * 255.0)
    kept = scratch / "volume.npz"
    spacing = image.GetSpacing()
    np.savez_compressed(kept, imgs=shown[present], gts=marks[present], spacing=spacing)
    with np.load(kept) as stored:
        images, masks = stored["imgs"], stored["gts"]
    for number in range(len(images)):
        three = np.repeat(images[number][:, :, None], 3, axis=-1)
        scaled = (three - three.min()) / np.clip(three.max() - three.min(), 1e-8, None)
        np.save(scratch / f"image-{number:03d}.npy", scaled)
        np.save(scratch / f"mask-{number:03d}.npy", masks[number])
    return len(images)
