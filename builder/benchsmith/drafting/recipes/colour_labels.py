"""The labels entry for masks in colours, and for grey ones whose background is not black."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.mask_questions import common, shells
from benchsmith.drafting.recipes.proposal import Labels


def colours(file: str, looks: Sequence[Look]) -> Labels:
    """Return the entry for masks in colours."""
    pixels: dict[str, int] = {}
    for one in looks:
        for colour, n in one.palette:
            pixels[colour] = pixels.get(colour, 0) + n
    order = sorted(pixels, key=lambda c: (-pixels[c], c))
    ground = next((c for c in ("#000000", "#ffffff") if c in pixels), order[0])
    names = {c: f"colour {c}" for c in order if c != ground}
    entry = Labels({"kind": "colours", "file": file, "names": names, "background": [ground]})
    entry.decide["names"] = "what do the colours mean? the most frequent come first"
    entry.decide["background"] = "which colours mark nothing?"
    entry.names_stated = False
    if any(one.smooth_edges for one in looks):
        entry.keys["tolerance"] = 16
        entry.decide["tolerance"] = "the edges between colours are mixed"
    common(entry, looks)
    shells(entry, looks, names)
    return entry


def _grey(value: int) -> str:
    return f"#{value:02x}{value:02x}{value:02x}"


def grey_palette(
    file: str, values: Sequence[int], background: int, looks: Sequence[Look]
) -> Labels:
    """Return the entry for grey masks whose background is not black."""
    entry = Labels({"kind": "colours", "file": file,
                    "names": {_grey(v): f"grey {v}" for v in values if v != background},
                    "background": [_grey(background)]})  # fmt: skip
    entry.decide["names"] = "what do these grey values mean?"
    entry.decide["background"] = "does the value along the border mark nothing?"
    entry.names_stated = False
    common(entry, looks)
    shells(entry, looks, {str(v): f"grey {v}" for v in values})
    return entry
