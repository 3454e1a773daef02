"""Masks in colours: each structure has one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchsmith.annotations.label_grid import check_level, scaled
from benchsmith.annotations.label_parts import reading_of
from benchsmith.annotations.label_volume import one_file, regions
from benchsmith.annotations.value_names import colours_in
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Layer,
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
    names = labels.names
    if names is None:
        assert labels.names_file is not None
        listed = colours_in(one_file(labels.names_file, request))
        names = {code: raw for code, raw in listed.items() if code not in labels.background}
    codes = _codes(labels, request, path)
    present, index = np.unique(codes, return_inverse=True)
    nearest = _nearest(present, [*names, *labels.background], labels.tolerance)
    named = {int(colour[1:], 16): raw for colour, raw in names.items()}
    background = {int(colour[1:], 16) for colour in labels.background}
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
    voxels, outlined = regions(values[index.reshape(codes.shape)], structures, labels.fill)
    return Annotations(
        layers=[Layer(voxels, structures)],
        faults=faults + outlined,
        looked_for=frozenset(names.values()),
    )


def _codes(labels: Colours, request: Request, path: Path) -> Array:
    """Return the colours of a mask, (1, rows, columns) of 0xRRGGBB. Raises DataFault."""
    mask = request.read_image(path, reading_of(labels, request, path, mask=True))
    check_level(request.image, mask, path)
    voxels = mask.voxels
    if voxels.ndim == 3 and voxels.dtype == np.uint8:
        voxels = np.repeat(voxels[..., None], 3, axis=3)
    if voxels.ndim != 4 or voxels.shape[0] != 1:
        raise DataFault("dimensions", path, "is no picture in colour")
    shape = request.image.voxels.shape[:3]
    if voxels.shape[:3] != shape:
        voxels = scaled(voxels, shape, path, labels.resize)
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
