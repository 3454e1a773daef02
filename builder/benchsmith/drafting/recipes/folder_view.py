"""Inspects a folder: its families of files, its tables and documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import Plugins
from benchsmith.drafting.recipes import mask_stacks, named_arrays, unknown_files
from benchsmith.drafting.recipes.document_view import sort_documents
from benchsmith.drafting.recipes.families import families
from benchsmith.drafting.recipes.family import Family, Member, regrouped
from benchsmith.drafting.recipes.file_looks import Look, look
from benchsmith.drafting.recipes.folder_listing import MARKS, list_folder
from benchsmith.drafting.recipes.name_words import means_marks, means_picture, shown_again
from benchsmith.drafting.recipes.named_arrays import NamedArrays
from benchsmith.drafting.recipes.seen_files import FolderView, all_of
from benchsmith.drafting.recipes.sorted_folders import SortedFolders
from benchsmith.imaging.dicom.header_facts import header_facts, one_series

LOOKED_AT = 3
"""Files of a family that are examined; for a family of masks it is `MASKS_LOOKED_AT`."""
MASKS_LOOKED_AT = 12
MOST_FAMILIES = 400
MIXED = 60
"""Files of a family of pictures and masks that are sorted one by one."""
VIDEOS = (".mp4", ".avi", ".mov", ".mpg", ".mkv")
DICOM = ("", ".dcm", ".dicom", ".ima")


def view(root: Path, readers: Plugins, progress: Callable[[str], None]) -> FolderView:
    """Inspect a folder: all of its names, and a few of its files."""
    listing = mask_stacks.joined(list_folder(root, one_series))
    found = FolderView(listing)
    found.unread += [
        f"{e.path}: a path pattern cannot hold braces, stars or backslashes; rename the file"
        for e in listing.others
        if MARKS & set(e.path)
    ][:LOOKED_AT]
    found.unread += unknown_files.said(listing.others)
    many = named_arrays.of_many_pictures(root, listing.pictures, readers)
    found.packed = [e for e in listing.pictures if e.end == ".parquet" or e in many]
    rest = [e for e in listing.pictures if e.end != ".parquet" and e not in many]
    found.videos = families([e for e in rest if e.end in VIDEOS])
    divided = SortedFolders(lambda entry: look(root / entry.path, readers))
    every = families([e for e in rest if e.end not in VIDEOS], divided)
    if len(every) > MOST_FAMILIES:
        found.unread.append(f"{len(every)} kinds of names; only {MOST_FAMILIES} were looked at")
    for number, family in enumerate(every[:MOST_FAMILIES]):
        progress(f"looking at {number + 1} of {len(every)} kinds of files")
        _sort_in(found, root, family, readers)
    sort_documents(found, root)
    return found


def _sort_in(found: FolderView, root: Path, family: Family, readers: Plugins) -> None:
    first = family.members[0].entry
    if family.end.lower() in DICOM or first.end in ("", "/"):
        path = root / first.path
        facts = header_facts(next(iter(sorted(path.iterdir()))) if first.end == "/" else path)
        if facts is not None:
            found.headers[id(family)] = facts.modality
            if facts.kind in ("segmentation", "structures"):
                kind = "dicom-seg" if facts.kind == "segmentation" else "rtstruct"
                found.objects.append((kind, family))
                return
            if facts.kind == "other":
                found.unread.append(f"{first.path}: DICOM without pixels ({facts.modality})")
                return
    if family.end.lower() in named_arrays.ENDS:
        arrays = named_arrays.arrays_of(root, some(family, LOOKED_AT), readers)
        if arrays is not None:
            _sort_arrays(found, family, arrays)
            return
    own = " ".join([*(f.before for f in family.folders[-1:]), family.before, family.after])
    says = "marks" if means_marks(own) else "picture" if means_picture(own) else ""
    looks = [look(root / m.entry.path, readers, says) for m in some(family, LOOKED_AT)]
    kinds = [one.kind for one in looks]
    found.unread += [
        f"{m.entry.path}: {one.why}"
        for m, one in zip(some(family, LOOKED_AT), looks, strict=True)
        if one.kind == "unread" and set(kinds) != {"unread"}
    ]
    readable = [k for k in kinds if k != "unread"]
    if not readable:
        found.unread.append(f"{all_of(family)}: {looks[0].why}")
        return
    if len(set(readable) & {"picture", "mask"}) == 2 and len(family.members) <= MIXED:
        _sort_mixed(found, root, family, readers)
        return
    kind = max(sorted(set(readable)), key=readable.count)
    if any(shown_again(f.before) for f in family.folders[-1:]):
        found.unread.append(
            f"{all_of(family)}: the folder's name suggests that these pictures are copies"
        )
        return
    if kind == "picture" or (kind == "colours" and says == "picture"):
        found.pictures.append((family, next(one for one in looks if one.kind != "unread")))
        return
    more = [look(root / m.entry.path, readers, says) for m in some(family, MASKS_LOOKED_AT)]
    found.masks.append((family, [one for one in more if one.kind in ("mask", "colours")]))


def _sort_arrays(found: FolderView, family: Family, arrays: NamedArrays) -> None:
    found.unread += arrays.left
    if arrays.picture is None:
        found.masks += [(replace(family), looks) for looks in arrays.marks]
        return
    found.pictures.append((family, arrays.picture))
    if arrays.marks:
        found.arrays.append((family, arrays.marks))


def _sort_mixed(found: FolderView, root: Path, family: Family, readers: Plugins) -> None:
    """Sort a few files by their content, if their names do not distinguish pictures from masks."""
    by_kind: dict[bool, list[tuple[Member, Look]]] = {True: [], False: []}
    for member in family.members:
        one = look(root / member.entry.path, readers)
        if one.kind != "unread":
            by_kind[one.kind == "picture"].append((member, one))
    pictures, masks = by_kind[True], by_kind[False]
    if pictures:
        found.pictures.append((regrouped(family, [m for m, _ in pictures]), pictures[0][1]))
    if masks:
        found.masks.append((regrouped(family, [m for m, _ in masks]), [one for _, one in masks]))


def some(family: Family, most: int) -> list[Any]:
    """Return some members of a family, spread over all of it."""
    n = len(family.members)
    count = min(n, most)
    chosen = sorted({round(i * (n - 1) / max(1, count - 1)) for i in range(count)})
    return [family.members[i] for i in chosen]
