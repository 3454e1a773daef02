"""Readers of labels, one per kind. To add one: a module, an entry type in the recipe, a line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from benchsmith.annotations import slice_masks
from benchsmith.core.contracts import (
    Annotations,
    DataFault,
    Image,
    Layer,
    MarkLayer,
    ReadAnnotations,
    Request,
)
from benchsmith.core.picture_marks import Mark
from benchsmith.documents.labels import one
from benchsmith.imaging.picture_turns import STORED, turn, turn_box, undo

KINDS: dict[str, str] = {
    "volume": "label_volume:read",
    "masks": "masks:read",
    "colours": "colours:read",
    "instances": "instances:read",
    "count": "instances:read_count",
    "dicom-seg": "dicom_seg:read",
    "rtstruct": "rtstruct:read",
    "coco": "coco:read",
    "voc": "voc:read",
    "yolo": "yolo:read",
    "labelme": "labelme:read",
    "via": "via:read",
    "lidc": "lidc:read",
    "path": "sheet:read_path",
    "sheet": "sheet:read",
    "boxes": "table_shapes:read_boxes",
    "run-lengths": "table_shapes:read_run_lengths",
    "mask-files": "table_masks:read",
    "arrays": "sheet:read_arrays",
    "columns": "sheet:read_columns",
    "constant": "sheet:read_constant",
    "merge": "merged_readers:read",
}
"""A recipe's `kind` to its reader."""
OF_MASK_FILES = frozenset({"volume", "masks", "colours", "instances", "count"})
"""Kinds whose marks are in files of their own, which may state their place."""


def read(labels: Any, request: Request) -> Annotations:
    """Read one labels entry for one image. Raises DataFault.

    With `objects: components` each piece of a label is a separate structure, and with `nothing` the
    whole picture has labels too.
    """
    found = _read_in_frame(labels, request)
    of = one(labels)
    if getattr(of, "nothing", None) is not None:
        from benchsmith.annotations import listed_marks

        found = listed_marks.unmarked(found, of.nothing)
    if getattr(of, "objects", None) is not None:
        from benchsmith.annotations import components

        found = components.split(found, of.smallest_px)
    if getattr(of, "nothing", None) is not None:
        from benchsmith.annotations import listed_marks

        found = listed_marks.state(found, of.nothing, of.group, request)
    return found


def _read_in_frame(labels: Any, request: Request) -> Annotations:
    """Read one labels entry in the frame of its image. Raises DataFault.

    Coordinates and masks beside a picture that its header turns (EXIF, or the orientation of a single
    slice), and masks that their own header turns, are either in the stored or in the shown frame; the
    entry's `frame` states which. Without it DataFault is raised, unless both headers state a place: then a
    mask lies where its header says.
    """
    module, function = KINDS[labels.kind].split(":")
    reader = cast(
        ReadAnnotations, getattr(import_module(f"benchsmith.annotations.{module}"), function)
    )
    if not request.image.planar:
        request = slice_masks.in_volume(request)
    code = request.image.exif_orientation
    if not hasattr(labels, "frame") or labels.frame == "shown":
        return reader(labels, request)
    if labels.frame is None:
        if labels.kind not in OF_MASK_FILES or request.image.located is None:
            _check_turn(code, request.path)
        return reader(labels, _unturned(request))
    found = reader(labels, _as_stored(request))
    return found if code == STORED else _turned(found, request.image)


def _check_turn(code: int, path: Path) -> None:
    if code != STORED:
        what = f"its header turns it (as EXIF orientation {code} does), and `frame` is not given"
        raise DataFault("frame-unstated", path, what)


def _unturned(request: Request) -> Request:
    """Return a request that refuses a mask if its orientation on the picture is not known."""
    picture = request.image

    def checked(path: Path, mask: Image) -> Image:
        if picture.located is None or mask.located is None:
            _check_turn(picture.exif_orientation, request.path)
            _check_turn(mask.exif_orientation, path)
        return mask

    return replace(
        request,
        read_labels=lambda path, how: checked(path, request.read_labels(path, how)),
        read_image=lambda path, how: checked(path, request.read_image(path, how)),
    )


def named_pictures(labels: Any, path: Path) -> Sequence[str]:
    """Return the names of the pictures that a label file is about; none if it names none.

    Raises DataFault.
    """
    module = import_module(f"benchsmith.annotations.{KINDS[one(labels).kind].split(':')[0]}")
    find = getattr(module, "named_pictures", None)
    return cast("Sequence[str]", find(path)) if find else ()


def _as_stored(request: Request) -> Request:
    """Return a request about the stored picture, with masks as they are stored.

    Single slices lose their place: they are paired pixel by pixel, as the recipe says.
    """

    def stored(image: Image) -> Image:
        voxels = undo(image.voxels, image.exif_orientation)
        if len(voxels) > 1:
            return replace(image, voxels=voxels, exif_orientation=STORED)
        return replace(
            image, voxels=voxels, exif_orientation=STORED, affine=None, place=None, grid=None
        )

    return replace(
        request,
        image=stored(request.image),
        read_labels=lambda path, how: stored(request.read_labels(path, how)),
        read_image=lambda path, how: stored(request.read_image(path, how)),
    )


def _turned(found: Annotations, image: Image) -> Annotations:
    """Return annotations of a stored picture in the shown frame of `image`."""
    code = image.exif_orientation
    height, width = image.voxels.shape[1:3]
    return replace(
        found,
        layers=[_turned_layer(layer, code) for layer in found.layers],
        stated=[
            s if s.crop is None else replace(s, crop=turn_box(s.crop, code, width, height))
            for s in found.stated
        ],
    )


def _turned_layer(layer: Layer | MarkLayer, code: int) -> Layer | MarkLayer:
    """Return a layer of a stored picture in the shown frame; marks are drawn one at a time."""
    if isinstance(layer, Layer):
        return replace(layer, voxels=turn(layer.voxels, code), runs=None)
    marks = {}
    height, width = layer.height, layer.width
    for value, mark in layer.marks.items():
        drawn = turn(mark.mask(layer.height)[None], code)[0]
        height, width = drawn.shape
        marks[value] = Mark.of(drawn, 0, 0, width)
    return MarkLayer(height, width, marks, layer.structures)
