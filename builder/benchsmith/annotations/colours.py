"""Masks in colours: each structure has one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchsmith.annotations import ignored_pixels, made_labels
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.label_volume import regions
from benchsmith.annotations.made_labels import MadeOf
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Layer,
    Reading,
    Request,
    Structure,
)
from benchsmith.documents.labels import Colours

MAX_UNKNOWN = 8
"""Unknown colours that are named one by one; more of them come from a JPEG or a resized mask."""


def read(labels: Colours, request: Request) -> Annotations:
    """Read the mask of one picture; a colour without a name is a fault of its own.

    With a `tolerance` each pixel has the nearest colour of the recipe. Raises DataFault.
    """
    path = one_file(labels.file, request)
    codes = _codes(request, path)
    present, index = np.unique(codes, return_inverse=True)
    names, made = _names(labels)
    known = [*names, *labels.background, *labels.ignore]
    nearest = _nearest(present, known, labels.tolerance)
    named = {int(colour[1:], 16): raw for colour, raw in names.items()}
    ignore = {int(colour[1:], 16) for colour in labels.ignore}
    background = {int(colour[1:], 16) for colour in labels.background} | ignore
    shown = request.show(path)
    counts = np.bincount(index.ravel(), minlength=len(present))
    unknown = [k for k, code in enumerate(nearest) if code not in named and code not in background]
    if len(unknown) > MAX_UNKNOWN:
        what = f"has {len(unknown)} colours that the recipe does not name"
        hint = "" if labels.tolerance else "; set `tolerance` for a JPEG or smoothed edges"
        raise DataFault("value-without-name", path, what + hint)
    faults = [
        Fault(
            "value-without-name",
            f"{shown} colour #{int(present[k]):06x}",
            f"#{int(present[k]):06x} has {counts[k]} pixels; add it to `names` or to `background`",
        )
        for k in unknown
    ]
    number = {code: v for v, code in enumerate(sorted(set(nearest) & set(named)), start=1)}
    structures = {
        value: Structure(named[code], f"{shown} colour #{code:06x}")
        for code, value in number.items()
    }
    faults += [
        Fault(
            "empty-structure", f"{shown} colour #{code:06x}", f"{raw} is not in this picture", raw
        )
        for code, raw in named.items()
        if code not in number
    ]
    values = np.array([number.get(code, 0) for code in nearest], np.uint16)
    ignored = np.array([code in ignore for code in nearest], bool)[index.reshape(codes.shape)]
    voxels, outlined = regions(values[index.reshape(codes.shape)], structures, labels, ignored)
    looked_for = frozenset(names.values())
    found = Annotations(
        layers=[Layer(voxels, structures)],
        faults=faults + outlined,
        note=ignored_pixels.note(ignored),
        not_looked_for=ignored_pixels.not_looked_for(looked_for, ignored),
        looked_for=looked_for,
    )
    return made_labels.add(found, made, voxels.shape, shown)


def _names(labels: Colours) -> tuple[dict[str, str], MadeOf]:
    """Return the names of all colours, also of those that are only a part of a made label."""
    parts = {str(p) for each in labels.made.values() for p in each}
    hidden: dict[int | str, str] = {
        colour: f"colour {colour}"
        for colour in sorted(parts - set(labels.names.values()) - set(labels.names))
    }
    made = made_labels.made_of(labels, hidden, lambda p: labels.names.get(str(p), str(p)))
    return labels.names | {str(colour): name for colour, name in hidden.items()}, made


def _codes(request: Request, path: Path) -> Array:
    """Return the colours of a mask, (1, rows, columns) of 0xRRGGBB. Raises DataFault."""
    voxels = request.read_image(path, Reading(mask=True)).voxels
    if voxels.ndim == 3 and voxels.dtype == np.uint8:
        voxels = np.repeat(voxels[..., None], 3, axis=3)
    if voxels.ndim != 4 or voxels.shape[0] != 1:
        raise DataFault("dimensions", path, "is no picture in colour")
    if voxels.shape[:3] != request.image.voxels.shape[:3]:
        here, there = voxels.shape[1:3], request.image.voxels.shape[1:3]
        raise DataFault("shape-mismatch", path, f"labels {here}, image {there} pixels")
    wide = voxels.astype(np.uint32)
    codes: Array = (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]
    return codes


def _nearest(present: Array, known: Sequence[str], tolerance: int) -> list[int]:
    """Return the known colour of each colour; the colour itself where none is near enough.

    Near is what differs in no channel by more than `tolerance`; the nearest has the smallest
    Euclidean distance in RGB.
    """
    if not tolerance:
        return [int(code) for code in present]
    codes = np.array([int(colour[1:], 16) for colour in known])
    apart = _channels(present)[:, None].astype(int) - _channels(codes)[None].astype(int)
    allowed = np.abs(apart).max(axis=2) <= tolerance
    distance = np.where(allowed, (apart**2).sum(axis=2), np.iinfo(np.int64).max)
    best = distance.argmin(axis=1)
    return [
        int(codes[k]) if allowed[i, k] else int(present[i]) for i, k in enumerate(best.tolist())
    ]


def _channels(codes: Array) -> Array:
    """Return (n, 3) of red, green and blue."""
    return np.stack([codes >> 16, (codes >> 8) & 255, codes & 255], axis=1)
