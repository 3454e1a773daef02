"""Folders of mask pictures that are the slices of a DICOM series beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from benchsmith.drafting.recipes.folder_listing import Entry, Listing
from benchsmith.text.name_numbers import without_numbers

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
UP = 2
"""Folders between a series and the folder that also holds its stack of masks."""


def joined(listing: Listing) -> Listing:
    """Return a listing in which each stack of masks beside a series of as many slices is one entry."""
    by_folder: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for entry in listing.pictures:
        if entry.end in PICTURES:
            by_folder[entry.folders].append(entry)
    inside: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for folder in by_folder:
        if folder:
            inside[folder[:-1]].append(folder)
    stacks: dict[tuple[str, ...], Entry] = {}
    for series in (e for e in listing.pictures if e.end == "/"):
        depth = len(series.folders)
        for above in (series.folders[:n] for n in range(max(0, depth - UP), depth + 1)):
            for folder in inside.get(above, ()):
                own = by_folder[folder]
                if len(own) == listing.slices.get(series.path) and _of_one_kind(own):
                    stacks[folder] = Entry(above, folder[-1], "/", folder[-1] + "/")
    kept = [e for e in listing.pictures if e.folders not in stacks or e.end not in PICTURES]
    ordered = sorted([*kept, *stacks.values()], key=_bytes)
    return replace(listing, pictures=tuple(ordered))


def _of_one_kind(entries: Sequence[Entry]) -> bool:
    return len({without_numbers(e.stem) for e in entries}) == 1


def _bytes(entry: Entry) -> bytes:
    return entry.path.encode("utf-8", "surrogateescape")
