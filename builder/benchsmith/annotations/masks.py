"""One mask file for each structure, with the label in its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchsmith.annotations import (
    ignored_pixels,
    inverted_masks,
    made_labels,
    mask_names,
    outlined_pieces,
    outlines,
)
from benchsmith.annotations.binary_mask import binary
from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.label_parts import reading_of
from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Image,
    Request,
    Structure,
)
from benchsmith.documents.labels import Masks
from benchsmith.imaging.marked_box import Box3D, marked_box
from benchsmith.text import path_patterns


def read(labels: Masks, request: Request) -> Annotations:
    """Read every mask of one image; masks that do not overlap share a layer, which saves memory.

    A mask that cannot be used is a separate fault. Only labels with a mask file were looked for.
    """
    files, nameless = mask_names.labelled(labels, request)
    if labels.only is not None:
        files = [(path, label) for path, label in files if label in labels.only]
    if not files and not nameless:
        for reason, why in request.missed(labels.file)[:1]:
            raise DataFault(reason, labels.file, why)
        # with the image's own values: a folder that stands in it twice is seen only so
        place = path_patterns.fill(labels.file, request.fields)
        raise DataFault("file-missing", labels.file, f"no file matches {place}")
    faults = nameless + [
        Fault(
            "file-missing",
            path_patterns.fill(labels.file, {"label": label}),
            f"there is no mask of {label}",
            label,
        )
        for label in labels.only or ()
        if label not in {found for _, found in files}
    ]
    stack = LayerStack(request.image.voxels.shape)
    notes = []
    unsure: set[str] = set()
    for path, label in files:
        shown = request.show(path)
        try:
            found = _marked(labels, request, path, label)
        except DataFault as fault:
            found = Fault(fault.reason, shown, fault.detail, label)
        if isinstance(found, Fault):
            faults.append(found)
            continue
        mask, ignored = found.mask, found.ignored
        if ignored is not None:
            unsure.add(label)
            notes.append(f"{shown}: {ignored_pixels.note(ignored)}")
        if not mask.any() and any(value >= (labels.threshold or 1) for value in found.lost):
            what = f"{label} is smaller than the voxels of the image"
            faults.append(Fault("structure-undrawn", shown, what, label))
            continue
        if not mask.any():
            faults.append(_empty(label, shown, covers=found.covers))
            continue
        if ignored_pixels.beside(mask, ignored):
            faults.append(ignored_pixels.extent_unknown(label, shown))
            continue
        if found.note:
            notes.append(f"{shown}: {found.note}")
        if request.image.planar and (doubt := inverted_masks.doubt(mask)):
            notes.append(f"{shown}: {doubt}")
        stack.add(mask, Structure(label, shown), found.low)
    answer = Annotations(
        layers=stack.layers(),
        faults=faults,
        note="; ".join(notes),
        not_looked_for=frozenset(unsure),
        looked_for=frozenset(label for _, label in files),
    )
    made = made_labels.made_of(labels, {})
    return made_labels.add(answer, made, request.image.voxels.shape, labels.file)


class _Marked(NamedTuple):
    """What one file marks."""

    mask: Array
    """(z, y, x) of bool: the part of the image's grid around the marks."""
    low: tuple[int, int, int]
    """Where that part begins."""
    ignored: Array | None
    note: str
    lost: frozenset[int]
    covers: bool


def _marked(labels: Masks, request: Request, path: Path, label: str) -> _Marked | Fault:
    """Return what one file marks on the image's grid. Raises DataFault.

    Nothing but the marks outlives the call: the next file inflates into the same memory.
    """
    own = _mask(labels, request, path)
    found = onto(request.image, own, path, labels.grid, labels.resize)
    voxels, ignored = ignored_pixels.set_apart(found.voxels, labels.ignore)
    part = _looked_at(voxels, request.image, ignored, labels.threshold)
    mask = binary(voxels[part], path, labels.threshold)
    if found.cut:
        what = f"{label} reaches the edge of its file, but the image continues beyond it"
        return Fault("extent-unknown", request.show(path), what, label)
    if request.image.planar:
        mask = _region(mask, ignored, path, labels)
    low = part[0].start, part[1].start, part[2].start
    return _Marked(mask, low, ignored, found.note, found.lost, found.covers)


def _empty(label: str, shown: str, *, covers: bool) -> Fault:
    """Return the fault of a mask that marks nothing: its label is absent where the file covers the image."""
    if covers:
        return Fault("empty-structure", shown, f"{label} is not in this volume", label)
    what = f"{label} is not in the part of the image that this file covers"
    return Fault("not-looked-for", shown, what, label)


def _looked_at(voxels: Array, image: Image, ignored: Array | None, threshold: int | None) -> Box3D:
    """Return the relevant part of a mask file's voxels: in a volume, the box around its marks."""
    z, y, x = voxels.shape
    box = slice(0, z), slice(0, y), slice(0, x)
    if image.planar or ignored is not None or threshold is not None:
        return box
    return marked_box(voxels) or (slice(0, 0), *box[1:])


def _mask(labels: Masks, request: Request, path: Path) -> Image:
    """Read a mask; with a threshold the channels of a grey JPEG need not agree."""
    how = reading_of(labels, request, path, mask=labels.threshold is not None)
    if labels.threshold is None:
        return request.read_labels(path, how)
    image = request.read_image(path, how)
    if image.voxels.ndim == 4:
        return replace(image, voxels=image.voxels.max(axis=3))
    return image


def _region(mask: Array, ignored: Array | None, path: Path, labels: Masks) -> Array:
    """Return the region that a picture's mask (1, rows, columns) means. Raises DataFault."""
    if labels.fill is False:
        return mask
    inside = outlines.inside if labels.objects is None else outlined_pieces.inside
    found = inside(mask[0], ignored_pixels.without(~mask[0], ignored))
    if found is None:
        return mask
    if labels.fill is None:
        what = f"a line of {int(mask.sum())} pixels around {int((found & ~mask[0]).sum())}"
        raise DataFault("outline-mask", path, what)
    return found[None]
