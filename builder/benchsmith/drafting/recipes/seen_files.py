"""Everything that was inspected in a folder, sorted by kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchsmith.drafting.recipes.family import Family
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.folder_listing import Entry, Listing
from benchsmith.drafting.recipes.table_views import TableView


@dataclass(slots=True)
class FolderView:
    """The contents of a folder, sorted by kind."""

    listing: Listing
    pictures: list[tuple[Family, Look]] = field(default_factory=list)
    masks: list[tuple[Family, list[Look]]] = field(default_factory=list)
    objects: list[tuple[str, Family]] = field(default_factory=list)
    """DICOM Segmentations (``dicom-seg``) and structure sets (``rtstruct``)."""
    arrays: list[tuple[Family, list[list[Look]]]] = field(default_factory=list)
    """Files that hold a picture and its labels as named arrays; the pictures are in `pictures`, too."""
    videos: list[Family] = field(default_factory=list)
    packed: list[Entry] = field(default_factory=list)
    voc: list[Family] = field(default_factory=list)
    yolo: list[tuple[Family, set[int], set[int]]] = field(default_factory=list)
    coco: list[tuple[Entry, dict[str, Any]]] = field(default_factory=list)
    labelme: list[Family] = field(default_factory=list)
    via: list[tuple[Entry, dict[str, Any]]] = field(default_factory=list)
    lidc: list[Family] = field(default_factory=list)
    names: list[tuple[Entry, Any]] = field(default_factory=list)
    """Files that name the values of label volumes."""
    class_lists: list[tuple[str, int]] = field(default_factory=list)
    """Text files with one name of a class a line, and their number of names."""
    tables: list[TableView] = field(default_factory=list)
    headers: dict[int, str] = field(default_factory=dict)
    """DICOM's code of the modality by the identity of a family."""
    unread: list[str] = field(default_factory=list)
    """What was not understood, in words."""


def all_of(family: Family) -> str:
    """Return a family in words: its first file, and how many are like it."""
    n = len(family.members)
    return family.members[0].entry.path + (f" and {n - 1} like it" if n > 1 else "")
