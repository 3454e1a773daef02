"""Readers for the files of the corpora: an image, a label volume, a table, as in a build."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import Annotations, DataFault, Image, Reading, Request
from benchsmith.core.reasons import REASONS
from tests.bad_file_cases import (
    COCO,
    DICOM,
    LABELME,
    LABELS,
    MASK_ENTRIES,
    MASKS,
    MATLAB,
    META,
    MGH,
    MOST_PARTS,
    NIFTI,
    NRRD,
    NUMPY,
    OME,
    PICTURES,
    SEG,
    SERIES,
    SIZE,
    TABLES,
    VALUES,
    VIA,
    VOC,
    YOLO,
    ZARR,
)
from tests.label_entries import parsed

# How each kind is read.

Reader = Callable[[Path], None]
"""Returns where the file was read, and raises DataFault where it was not."""


def read_image(path: Path) -> None:
    """Read a file as a picture or volume, its first parts, and as labels.

    What comes of it as labels does not count; it may only not crash.
    """
    from benchsmith import formats

    faults, parts = [], []
    with contextlib.suppress(DataFault):
        parts = formats.parts(path)
    ways = [partial(formats.read, path)]
    if len(parts) > 1:
        ways += [partial(formats.read, path, Reading(part=p)) for p in parts[:MOST_PARTS]]
    for way in ways:
        try:
            _sound(way())
        except DataFault as fault:
            faults.append(fault)
    with contextlib.suppress(DataFault):
        _sound(formats.read_labels(path))
    if len(faults) == len(ways):
        raise next((f for f in faults if f.reason != "dimensions"), faults[0])


def _sound(image: Image) -> None:
    """Hold an image to what `benchsmith.core.contracts` promises of it."""
    voxels = image.voxels
    assert voxels.ndim == 3 or (voxels.ndim == 4 and voxels.shape[3] == 3), voxels.shape
    assert voxels.dtype.kind in "iuf" and voxels.dtype.isnative and voxels.size, voxels.dtype
    assert voxels.ndim == 3 or voxels.dtype == np.uint8, voxels.dtype
    assert voxels.dtype.kind != "f" or np.isfinite(voxels).all(), (
        "it has voxels that are not numbers"
    )
    assert not image.planar or voxels.shape[0] == 1, voxels.shape
    assert all(0 < side < np.inf for side in image.spacing_mm), image.spacing_mm
    assert image.affine is None or np.isfinite(image.affine).all(), image.affine


def read_label_volume(path: Path) -> None:
    """Read labels of the reference volume, which lies beside them."""
    from benchsmith import formats

    read_image(path)
    _sound(formats.read_labels(path))
    image = formats.read(path.with_name("image.nii.gz"))
    _annotate(path, {"kind": "volume", "file": path.name, "names": VALUES}, image)


def read_mask(path: Path) -> None:
    """Read a mask of a picture."""
    read_image(path)
    entry = MASK_ENTRIES.get(path.name, {"kind": "volume", "names": {1: "polyp"}})
    _annotate(path, entry | {"file": path.name}, _picture())


def read_segmentation(path: Path) -> None:
    """Read a DICOM segmentation of the series that lies beside it."""
    from benchsmith import formats

    with contextlib.suppress(DataFault):
        read_image(path)
    image = formats.read(path.with_name("image"))
    _annotate(path, {"kind": "dicom-seg", "file": path.name}, image)


def read_coco(path: Path) -> None:
    """Read a COCO file's say on one picture, once by its outlines and once by its boxes."""
    entry = {"kind": "coco", "file": path.name}
    with contextlib.suppress(DataFault):
        _annotate(path, entry | {"use": "bbox"}, _picture())
    _annotate(path, entry, _picture())


def read_voc(path: Path) -> None:
    """Read a VOC file."""
    _annotate(path, {"kind": "voc", "file": path.name}, _picture())


def read_labelme(path: Path) -> None:
    """Read a LabelMe file."""
    _annotate(path, {"kind": "labelme", "file": path.name}, _picture())


def read_via(path: Path) -> None:
    """Read a file of the VGG Image Annotator."""
    _annotate(path, {"kind": "via", "file": path.name, "attribute": "type"}, _picture())


def read_yolo(path: Path) -> None:
    """Read a YOLO file; of a list of names, a box of its first name."""
    if path.suffix == ".yaml":
        entry = {"kind": "yolo", "file": "boxes.txt", "names_file": path.name}
    else:
        entry = {"kind": "yolo", "file": path.name, "names": {0: "polyp"}}
    _annotate(path, entry, _picture())


def read_table(path: Path) -> None:
    """Read every row of a table, then what it says of one picture."""
    from benchsmith.annotations import text_tables
    from benchsmith.documents.labels import Sheet

    entry = {"kind": "sheet", "file": path.name, "key": "image", "labels": ("label",)}
    sheet = Sheet.model_validate(entry)
    for _ in text_tables.rows(path, sheet):
        pass
    rows = text_tables.by_key(path, sheet)
    if rows and "a.png" not in rows:
        raise DataFault("not-listed", path, "has no row of a.png")
    if rows:
        _annotate(path, entry, _picture(), key="a.png", rows=rows["a.png"])


READERS: dict[str, Reader] = {
    NIFTI: read_image,
    LABELS: read_label_volume,
    NRRD: read_image,
    META: read_image,
    DICOM: read_image,
    SERIES: read_image,
    SEG: read_segmentation,
    PICTURES: read_image,
    MASKS: read_mask,
    NUMPY: read_image,
    COCO: read_coco,
    VOC: read_voc,
    YOLO: read_yolo,
    TABLES: read_table,
    MGH: read_image,
    MATLAB: read_image,
    OME: read_image,
    ZARR: read_image,
    LABELME: read_labelme,
    VIA: read_via,
}
"""In the order of the table in docs/reliability.md."""


def _picture() -> Image:
    return Image(np.zeros((1, *SIZE), np.uint8), None, planar=True)


def _annotate(
    path: Path, entry: dict[str, Any], image: Image, key: str = "good", rows: Sequence[Any] = ()
) -> None:
    """Read an entry's labels of `good.png`; a fault of one of them is a fault of the file."""
    from benchsmith import annotations, formats
    from benchsmith.text import path_patterns

    request = Request(
        image=image,
        fields={"key": key},
        find=lambda pattern: [(m.path, m.fields) for m in path_patterns.find(path.parent, pattern)],
        show=lambda p: p.name,
        read_labels=formats.read_labels,
        read_image=formats.read,
        path=path.with_name("good.png"),
        part="",
        own_labels=lambda: np.zeros(1),
        rows={path.name: rows},
    )
    found = annotations.read(parsed(entry), request)
    assert isinstance(found, Annotations)
    bad = [f for f in found.faults if REASONS[f.reason].fault]
    if not bad and not found.layers and not found.stated:
        bad = list(found.faults)
    if bad:
        raise DataFault(bad[0].reason, path, f"{bad[0].subject}: {bad[0].detail}")
