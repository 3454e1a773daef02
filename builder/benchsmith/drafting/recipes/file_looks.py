"""Inspects one file: whether it is a picture or a mask, and which values a mask has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image, Plugins, Reading
from benchsmith.drafting.recipes import mask_shapes
from benchsmith.text import file_endings
from benchsmith.text.name_numbers import without_numbers

FEW_VALUES = 16
"""A file with at most so many values is neither a photograph nor a scan."""
FEW_EXACT = 3
"""Values of a mask that was not saved as JPEG."""
MOST_VALUES = 400
"""Values of a label volume."""
SAME_NEIGHBOURS = 0.85
"""Share of neighbouring marked pixels with one value; drawn structures reach it, pictures do not."""
EDGE = 40
"""Largest distance from black or white of the pixels of a mask that was saved as JPEG."""
NEAR_ENDS = 0.97
GREY_HALF = 128
"""Smallest value inside a mask with grey edges."""
MOST_COLOURS = 64
NEAR_COLOURS = 0.96
QUANTUM = 32


@dataclass(frozen=True, slots=True)
class Look:
    """What a file holds."""

    kind: str
    """``picture``, ``mask``, ``colours`` or ``unread``."""
    values: tuple[int, ...] = ()
    """Values of a mask beside its background."""
    background: int = 0
    palette: tuple[tuple[str, int], ...] = ()
    """Colours of a coloured mask as ``#rrggbb``, with their pixels, the most frequent first."""
    grey_edges: bool = False
    """Whether a mask has values between black and white at its edges."""
    smooth_edges: bool = False
    """Whether a coloured mask has mixed colours at its edges."""
    many_pieces: bool = False
    """Whether the marked pixels of a mask fall into many pieces, which may be objects."""
    field: bool = False
    """Whether the marked pixels may be the field of view: one disc or rectangle over most of the picture."""
    whole_values: bool = False
    """Whether each of several values of a mask is one piece."""
    around: tuple[tuple[str, str], ...] = ()
    """Pairs of values or colours of which the first lies around the second."""
    parts: int = 1
    packed: bool = False
    """Whether the file needs the name of a part, even if it has only one."""
    planar: bool = True
    shape: tuple[int, ...] = ()
    colour: bool = False
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    why: str = ""
    words: str = ""
    """What the names of a folder's files have in common: `liver_`."""
    variable: str = ""
    """The array of a file that holds several."""


def look(path: Path, readers: Plugins, says: str = "", variable: str = "") -> Look:
    """Look at a file; `says` is ``marks`` or ``picture`` if its name says what it holds.

    `variable` is the array to look at, in files that hold several.
    """
    parts, packed = 1, False
    try:
        image = _read(path, readers, Reading(stack=path.is_dir(), variable=variable))
    except DataFault as fault:
        if fault.reason != "dimensions":
            return Look("unread", why=f"{fault.reason}: {fault.detail}")
        try:
            names = readers.parts(path)
            parts, packed = len(names), True
            image = _read(path, readers, Reading(part=names[0]))
        except (DataFault, IndexError) as second:
            return Look("unread", why=str(second))
    found = _of(image, says)
    shape = tuple(int(n) for n in image.voxels.shape[:3])
    words = _shared_words(path) if path.is_dir() else ""
    return replace(
        found,
        words=words,
        parts=parts,
        packed=packed,
        planar=image.planar,
        shape=shape,
        unit=image.unit,
    )


def _shared_words(folder: Path) -> str:
    """Return the common part of the names of a stack's pictures, without their ending."""
    names = sorted(p.name for p in folder.iterdir() if p.is_file())
    names = [file_endings.without_ending(n) for n in names if file_endings.ending(n)]
    kinds = {without_numbers(n) for n in names}
    return kinds.pop() if len(kinds) == 1 else ""


def _read(path: Path, readers: Plugins, how: Reading) -> Image:
    try:
        return readers.read_labels(path, how)
    except DataFault as fault:
        if fault.reason == "dimensions" and "number per voxel" not in fault.detail:
            raise
        return readers.read_image(path, how)


def _of(image: Image, says: str) -> Look:
    voxels = image.voxels
    if voxels.ndim == 4:
        return _coloured(voxels)
    low, high = float(voxels.min()), float(voxels.max())
    if voxels.dtype.kind == "f" and not np.array_equal(voxels, np.rint(voxels)):
        return Look("picture", low=low, high=high)
    values, counts = np.unique(voxels, return_counts=True)
    if len(values) > FEW_EXACT and _near_ends(values, counts, voxels):
        many = mask_shapes.has_many_pieces(voxels >= GREY_HALF)
        field = mask_shapes.is_field(voxels >= GREY_HALF)
        return Look(
            "mask", (255,), 0, grey_edges=True, many_pieces=many, field=field, low=low, high=high
        )
    if _is_mask(voxels, values, counts, says):
        background = 0 if 0 in values and _on_border(voxels, 0) else _border_value(voxels)
        marked = tuple(int(v) for v in values if v != background)
        many = len(marked) == 1 and mask_shapes.has_many_pieces(voxels != background)
        pairs = [(str(a), str(b)) for a, b in mask_shapes.around(voxels, background)]
        whole = len(marked) > 1 and mask_shapes.are_whole(voxels, background)
        field = len(marked) == 1 and mask_shapes.is_field(voxels != background)
        return Look("mask", marked, background, many_pieces=many, field=field, whole_values=whole,
                    around=tuple(pairs), low=low, high=high)  # fmt: skip
    return Look("picture", low=low, high=high)


def _is_mask(voxels: Array, values: Array, counts: Array, says: str) -> bool:
    if values[0] < 0 or len(values) > MOST_VALUES:
        return False
    if len(values) == 1:
        return bool(values[0] == 0) or says == "marks"
    if len(values) <= FEW_VALUES:
        return says != "picture" or len(values) <= FEW_VALUES // 2
    most = values[counts.argmax()]
    left, right = voxels[..., :-1], voxels[..., 1:]
    marked = (left != most) & (right != most)
    same = float((left == right)[marked].mean()) if marked.any() else 0.0
    needed = SAME_NEIGHBOURS if says != "marks" else SAME_NEIGHBOURS - 0.25
    return same >= needed and counts.max() >= 0.1 * counts.sum() and says != "picture"


def _near_ends(values: Array, counts: Array, voxels: Array) -> bool:
    """Return whether nearly all pixels are black or white, both many: a mask saved as JPEG."""
    if voxels.shape[0] != 1 or values[-1] > 255 or values[0] < 0:
        return False
    black = counts[values <= EDGE].sum() / counts.sum()
    white = counts[values >= 255 - EDGE].sum() / counts.sum()
    return bool(black + white >= NEAR_ENDS and black > 0.02 and white > 0.001)


def _on_border(voxels: Array, value: int) -> bool:
    return bool((_border(voxels) == value).any())


def _border_value(voxels: Array) -> int:
    values, counts = np.unique(_border(voxels), return_counts=True)
    return int(values[counts.argmax()])


def _border(voxels: Array) -> Array:
    return np.concatenate([voxels[..., 0, :].ravel(), voxels[..., -1, :].ravel(),
                           voxels[..., :, 0].ravel(), voxels[..., :, -1].ravel()])  # fmt: skip


def _coloured(voxels: Array) -> Look:
    """Return whether colours are those of a drawn mask; edges between its colours may be mixed."""
    wide = voxels.astype(np.int64)
    packed = (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]
    colours, counts = np.unique(packed, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    low, high = float(voxels.min()), float(voxels.max())
    if len(colours) <= MOST_COLOURS:
        palette = tuple((f"#{colours[i]:06x}", int(counts[i])) for i in order)
        ground = next((c for c in (0, 0xFFFFFF) if c in colours), int(colours[order[0]]))
        pairs = [(f"#{a:06x}", f"#{b:06x}") for a, b in mask_shapes.around(packed, ground)]
        return Look(
            "colours", palette=palette, around=tuple(pairs), colour=True, low=low, high=high
        )
    top: list[int] = []
    for i in order[:MOST_COLOURS]:
        if all(_apart(int(colours[i]), int(colours[j])) > QUANTUM for j in top):
            top.append(int(i))
        if len(top) == FEW_VALUES:
            break
    large = [i for i in top if counts[i] >= 0.002 * counts.sum()]
    near = np.zeros(packed.shape, bool)
    for i in large:
        rgb = np.array([(colours[i] >> s) & 255 for s in (16, 8, 0)])
        near |= np.abs(wide - rgb).max(axis=-1) <= QUANTUM // 2
    exact = counts[large].sum() / counts.sum()
    if near.mean() >= NEAR_COLOURS and exact >= 0.5:
        palette = tuple((f"#{colours[i]:06x}", int(counts[i])) for i in large)
        return Look("colours", palette=palette, smooth_edges=True, colour=True, low=low, high=high)
    return Look("picture", colour=True, low=low, high=high)


def _apart(a: int, b: int) -> int:
    return max(abs(((a >> s) & 255) - ((b >> s) & 255)) for s in (16, 8, 0))
