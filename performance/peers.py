"""SA-Med2D-20M's way from volumes to pictures (arXiv 2311.11969), written with slices and OpenCV.

Every slice of three axes and a mask for each component of each label: min-max over the volume, three
equal channels, slices whose short side is under half of the long side dropped, masks under 0.153 % of
a slice dropped. It is other work than ours, which draws chosen slices: it is compared as a way to get
pictures out of a volume, and the table tells how many each makes.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import nibabel as nib
import numpy as np

from performance.layouts import LAYOUTS

SMALLEST = 100 / 256**2
"""Share of a picture below which a mask is dropped."""


def every_slice(name: str, folder: Path, scratch: Path) -> int:
    """Write every kept slice and mask as PNG; return how many files."""
    layout = LAYOUTS[name]
    voxels, marks = (
        np.asanyarray(nib.load(folder / file).dataobj) for file in (layout.image, layout.labels)
    )
    low, high = float(voxels.min()), float(voxels.max())
    grey = ((voxels.astype(np.float32) - low) * (255 / (high - low))).astype(np.uint8)
    count = 0
    for axis in range(3):
        rest = [n for i, n in enumerate(grey.shape) if i != axis]
        if min(rest) < max(rest) / 2:
            continue
        for index in range(grey.shape[axis]):
            cut = (slice(None),) * axis + (index,)
            marked = np.ascontiguousarray(marks[cut])
            masks = []
            for value in np.flatnonzero(np.bincount(marked.ravel(), minlength=2)[1:]) + 1:
                own = (marked == value).astype(np.uint8)
                parts, found, stats, _ = cv2.connectedComponentsWithStats(own)
                masks += [
                    (value, part, found == part)
                    for part in range(1, parts)
                    if stats[part, cv2.CC_STAT_AREA] >= SMALLEST * marked.size
                ]
            if not masks:
                continue
            picture = cv2.cvtColor(np.ascontiguousarray(grey[cut]), cv2.COLOR_GRAY2BGR)
            stem = f"{'xyz'[axis]}_{index:04d}"
            cv2.imwrite(str(scratch / f"{stem}.png"), picture)
            for value, part, mask in masks:
                file = str(scratch / f"{stem}--{value:04d}_{part:03d}.png")
                cv2.imwrite(file, mask.astype(np.uint8) * 255)
            count += 1 + len(masks)
    return count
