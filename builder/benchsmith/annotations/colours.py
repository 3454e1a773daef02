"""Colour masks: each structure has one colour."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchsmith.annotations import ignored_pixels, made_labels, mixed_edges
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.label_parts import reading_of
from benchsmith.annotations.label_volume import regions
from benchsmith.annotations.made_labels import MadeOf
from benchsmith.annotations.name_tables import colours_in
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
    """Read the mask of one picture; a colour without a name is a separate fault.

    With a `tolerance` each pixel has the nearest colour of the recipe; a mixed pixel between two
    colours becomes one of the two. Raises DataFault.
    """
    path = one_file(labels.file, request)
    stated = _stated(labels, request)
    codes, lost = _codes(labels, request, path)
    names, made = _names(labels, stated)
    known = [int(colour[1:], 16) for colour in (*names, *labels.background, *labels.ignore)]
    meant, blurred = codes, frozenset[int]()
    if labels.tolerance:
        meant, blurred = mixed_edges.meant(codes, known, labels.tolerance)
    named = {int(colour[1:], 16): raw for colour, raw in names.items()}
    ignore = [int(colour[1:], 16) for colour in labels.ignore]
    shown = request.show(path)
    strange = codes[~np.isin(meant, known)]
    unknown, counts = np.unique(strange, return_counts=True)
    if len(unknown) > MAX_UNKNOWN:
        what = f"has {len(unknown)} colours that the recipe does not name"
        hint = "" if labels.tolerance else "; set `tolerance` for a JPEG or smoothed edges"
        raise DataFault("value-without-name", path, what + hint)
    faults = [
        Fault(
            "value-without-name",
            f"{shown} colour #{code:06x}",
            f"#{code:06x} has {count} pixels; add it to `names` or to `background`",
        )
        for code, count in zip(unknown.tolist(), counts.tolist(), strict=True)
    ]
    present = np.unique(meant[np.isin(meant, list(named))]).tolist()
    number = {code: v for v, code in enumerate(present, start=1)}
    faults += [
        _without_pixel(raw, f"{shown} colour #{code:06x}", drawn=code in lost)
        for code, raw in named.items()
        if code not in number
    ]
    marked = np.isin(meant, present)
    values = np.zeros(codes.shape, np.uint16)
    values[marked] = np.searchsorted(present, meant[marked]) + 1
    hidden = np.isin(meant, ignore)
    ignored = hidden if hidden.any() else None
    beside = ignored_pixels.beside(values, ignored)
    places = {value: f"{shown} colour #{code:06x}" for code, value in number.items()}
    faults += [
        ignored_pixels.extent_unknown(named[present[v - 1]], places[v]) for v in sorted(beside)
    ]
    structures = {
        value: Structure(named[code], places[value])
        for code, value in number.items()
        if value not in beside
    }
    voxels, outlined = regions(values, structures, labels, ignored)
    looked_for = frozenset(names.values())
    # pixels of this colour may be a thin structure that was mistaken for an edge
    thin = {
        raw
        for code, raw in named.items()
        if code not in number and (code in blurred or (codes == code).any())
    }
    unsure = ignored_pixels.not_looked_for(looked_for, ignored) | thin
    found = Annotations(
        layers=[Layer(voxels, structures)],
        faults=faults + outlined,
        note=ignored_pixels.note(ignored),
        not_looked_for=unsure,
        looked_for=looked_for,
    )
    return made_labels.add(found, made, voxels.shape, shown)


def _without_pixel(raw: str, at: str, *, drawn: bool) -> Fault:
    """Return the fault of a label without a pixel: it is absent, or unknown if scaling lost it."""
    if drawn:
        return Fault(
            "structure-undrawn", at, f"{raw} is smaller than the pixels of the picture", raw
        )
    return Fault("empty-structure", at, f"{raw} is not in this picture", raw)


def _stated(labels: Colours, request: Request) -> dict[str, str]:
    """Return the names that the recipe, or the file beside the masks, states by colour."""
    if labels.names_file is None:
        return dict(labels.names)
    listed = colours_in(one_file(labels.names_file, request))
    apart = {*labels.background, *labels.ignore}
    return {code: raw for code, raw in listed.items() if code not in apart}


def _names(labels: Colours, stated: dict[str, str]) -> tuple[dict[str, str], MadeOf]:
    """Return the names of all colours, also of those that are only a part of a made label."""
    parts = {str(p) for each in labels.made.values() for p in each}
    hidden: dict[int | str, str] = {
        colour: f"colour {colour}" for colour in sorted(parts - set(stated.values()) - set(stated))
    }
    made = made_labels.made_of(labels, hidden, lambda p: stated.get(str(p), str(p)))
    return stated | {str(colour): name for colour, name in hidden.items()}, made


def _codes(labels: Colours, request: Request, path: Path) -> tuple[Array, frozenset[int]]:
    """Return the colours of a mask, (1, rows, columns) of 0xRRGGBB, and those that scaling lost.

    Raises DataFault.
    """
    mask = request.read_image(path, reading_of(labels, request, path, mask=True))
    voxels = mask.voxels
    if voxels.ndim == 3 and voxels.dtype == np.uint8:
        voxels = np.repeat(voxels[..., None], 3, axis=3)
    if voxels.ndim != 4 or voxels.shape[0] != 1:
        raise DataFault("dimensions", path, "is not a picture in colour")
    wide = voxels.astype(np.uint32)
    codes: Array = (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]
    found = onto(request.image, replace(mask, voxels=codes), path, grid="", resize=labels.resize)
    return found.voxels, found.lost
