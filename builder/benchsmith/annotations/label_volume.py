"""Label volumes and indexed masks: one file, one value per structure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchsmith.annotations import (
    ignored_pixels,
    inverted_masks,
    made_labels,
    outlined_pieces,
    outlines,
    segment_names,
    value_names,
)
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.label_parts import reading_of
from benchsmith.annotations.label_values import renumbered
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Image,
    Layer,
    Request,
    Structure,
)
from benchsmith.documents.labels import Colours, Volume
from benchsmith.imaging.file_signature import lossy_kind


def read(labels: Volume, request: Request) -> Annotations:
    """Read the label volume of one image; each value without a name is a separate fault."""
    path = one_file(labels.file, request)
    named = value_names.of(labels, request)
    names = named.names
    how = reading_of(labels, request, path)
    checked = labels.segment_names == "check"
    renamed = segment_names.differing(path, names, how.part) if checked else {}
    mask = request.read_labels(path, how)
    check_values(mask, names, labels.background, path)
    voxels, note, lost, cut, covers = onto(request.image, mask, path, labels.grid, labels.resize)
    check_lossless(voxels, path)
    voxels = without_background(voxels, labels.background)
    voxels, ignored = ignored_pixels.set_apart(voxels, named.ignore)
    shown = request.show(path)
    beside = ignored_pixels.beside(voxels, ignored)
    counted, present, numbers, runs = renumbered(voxels)
    voxels = counted
    if not named.of_data_set:
        names = {value: name for value, name in names.items() if value in present}
    faults = [
        Fault(
            "value-without-name",
            f"{shown} value {value}",
            f"value {value} has {count} voxels; add it to the names or to `background`",
        )
        for value, count in present.items()
        if value not in names
    ]
    # a structure that ends inside its file counts as whole, even if the image continues beyond the file
    whole = not cut and ignored is None
    faults += [
        _without_voxel(raw, f"{shown} value {value}", drawn=value in lost, whole=whole and covers)
        for value, raw in names.items()
        if value not in present and value not in labels.background
    ]
    faults += [
        Fault(
            "names-differ",
            f"{shown} value {value}",
            f"the file names it {own!r}, the recipe {names[value]!r}; {segment_names.MEND}",
            names[value],
        )
        for value, own in renamed.items()
        if value in names
    ]
    structures = {
        number: Structure(names[v], f"{shown} value {v}")
        for v, number in numbers.items()
        if v in names and v not in beside | cut | renamed.keys()
    }
    faults += [
        ignored_pixels.extent_unknown(names[value], f"{shown} value {value}")
        for value in sorted((beside | cut) & present.keys() & names.keys())
    ]
    doubt = ""
    if request.image.planar:
        voxels, outlined = regions(voxels, structures, labels, ignored)
        faults += outlined
        doubt = inverted_masks.doubt(voxels != 0) if len(present) == 1 else ""
    looked_for = frozenset(n for v, n in names.items() if v not in labels.background)
    found = Annotations(
        layers=[Layer(voxels, structures, runs if voxels is counted else None)],
        faults=faults,
        note="; ".join(filter(None, [note, ignored_pixels.note(ignored), doubt])),
        not_looked_for=frozenset() if whole else looked_for,
        looked_for=looked_for,
    )
    return made_labels.add(found, named.made, voxels.shape, shown)


def check_values(
    mask: Image, names: Mapping[int, str], background: tuple[int, ...], path: Path
) -> None:
    """Refuse a file of true and false for several named values, because it does not state which one it marks.

    Raises DataFault.
    """
    named = sorted(set(names) - set(background))
    if mask.boolean and len(named) > 1:
        what = (
            f"it holds only true and false, and the names are of {len(named)} values: {named[:5]}"
        )
        mend = "save the values themselves as whole numbers, or name only the value 1"
        raise DataFault("value-without-name", path, f"{what}; {mend}")


def _without_voxel(raw: str, at: str, *, drawn: bool, whole: bool) -> Fault:
    """Return the fault of a label without a voxel: it is unknown if it was drawn, or if not all was annotated."""
    if drawn:
        what = f"{raw} is smaller than the voxels of the image"
        return Fault("structure-undrawn", at, what, raw)
    if whole:
        return Fault("empty-structure", at, f"{raw} is not in this volume", raw)
    return Fault("not-looked-for", at, f"{raw} is not in the annotated part of this volume", raw)


def regions(
    voxels: Array, structures: dict[int, Structure], labels: Volume | Colours, ignored: Array | None
) -> tuple[Array, list[Fault]]:
    """Return the labels (1, rows, columns) of a picture with drawn outlines filled.

    Without `fill` each outline is a fault, and its structure is removed from `structures`. Nothing is
    filled where `ignored` is true.
    """
    faults = []
    free = ignored_pixels.without(voxels[0] == 0, ignored)
    inside = outlines.inside if labels.objects is None else outlined_pieces.inside
    for value, structure in () if labels.fill is False else list(structures.items()):
        found = inside(voxels[0] == value, free)
        if found is None:
            continue
        if labels.fill is None:
            what = f"{structure.raw}: a line around {int((found & free).sum())} pixels"
            faults.append(Fault("outline-mask", structure.stated_at, what, structure.raw))
            del structures[value]
        else:
            voxels = np.where(found[None] & free[None], voxels.dtype.type(value), voxels)
    return voxels, faults


def check_lossless(voxels: Array, path: Path) -> None:
    """Refuse values in lossy files, which change them, unless there are only two. Raises DataFault."""
    if (kind := lossy_kind(path)) and (count := len(np.unique(voxels))) > 2:
        raise DataFault("labels-lossy", path, f"it is a {kind}, and has {count} values")


def without_background(voxels: Array, background: tuple[int, ...]) -> Array:
    """Return labels with every background value set to 0."""
    for value in background:
        if value:
            voxels = np.where(voxels == value, 0, voxels)
    return voxels
