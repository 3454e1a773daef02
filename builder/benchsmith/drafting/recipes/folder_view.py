"""Everything that was looked at in a folder: its families of files, its tables and documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import Plugins
from benchsmith.drafting.recipes import label_documents, mask_stacks, table_views
from benchsmith.drafting.recipes.families import Family, Member, families, regrouped
from benchsmith.drafting.recipes.file_looks import Look, look
from benchsmith.drafting.recipes.folder_listing import MARKS, Entry, Listing, list_folder
from benchsmith.drafting.recipes.name_words import means_marks, means_picture, shown_again
from benchsmith.drafting.recipes.sorted_folders import SortedFolders
from benchsmith.drafting.recipes.table_views import TableView
from benchsmith.imaging.dicom.header_facts import header_facts, one_series

LOOKED_AT = 3
"""Files of a family that are examined; for a family of masks it is `MASKS_LOOKED_AT`."""
MASKS_LOOKED_AT = 12
MOST_FAMILIES = 400
MIXED = 60
"""Files of a family of pictures and masks that are sorted one by one."""
PACKED = (".npz", ".parquet")
VIDEOS = (".mp4", ".avi", ".mov", ".mpg", ".mkv")
DICOM = ("", ".dcm", ".dicom", ".ima")


@dataclass(slots=True)
class FolderView:
    """What a folder holds, sorted by what it is."""

    listing: Listing
    pictures: list[tuple[Family, Look]] = field(default_factory=list)
    masks: list[tuple[Family, list[Look]]] = field(default_factory=list)
    objects: list[tuple[str, Family]] = field(default_factory=list)
    """DICOM Segmentations (``dicom-seg``) and structure sets (``rtstruct``)."""
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


def view(root: Path, readers: Plugins, progress: Callable[[str], None]) -> FolderView:
    """Look at a folder: all of its names, and a few of its files."""
    listing = mask_stacks.joined(list_folder(root, one_series))
    found = FolderView(listing)
    found.unread += [
        f"{e.path}: a path pattern cannot hold braces, stars or backslashes; rename the file"
        for e in listing.others
        if MARKS & set(e.path)
    ][:LOOKED_AT]
    found.packed = [e for e in listing.pictures if e.end in PACKED]
    rest = [e for e in listing.pictures if e.end not in PACKED]
    found.videos = families([e for e in rest if e.end in VIDEOS])
    divided = SortedFolders(lambda entry: look(root / entry.path, readers))
    every = families([e for e in rest if e.end not in VIDEOS], divided)
    if len(every) > MOST_FAMILIES:
        found.unread.append(f"{len(every)} kinds of names; only {MOST_FAMILIES} were looked at")
    for number, family in enumerate(every[:MOST_FAMILIES]):
        progress(f"looking at {number + 1} of {len(every)} kinds of files")
        _sort_in(found, root, family, readers)
    _documents(found, root)
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
        found.unread.append(f"{_all(family)}: {looks[0].why}")
        return
    if len(set(readable) & {"picture", "mask"}) == 2 and len(family.members) <= MIXED:
        _sort_mixed(found, root, family, readers)
        return
    kind = max(sorted(set(readable)), key=readable.count)
    if any(shown_again(f.before) for f in family.folders[-1:]):
        found.unread.append(
            f"{_all(family)}: the folder's name suggests that these pictures are copies"
        )
        return
    if kind == "picture" or (kind == "colours" and says == "picture"):
        found.pictures.append((family, next(one for one in looks if one.kind != "unread")))
        return
    more = [look(root / m.entry.path, readers, says) for m in some(family, MASKS_LOOKED_AT)]
    found.masks.append((family, [one for one in more if one.kind in ("mask", "colours")]))


def _sort_mixed(found: FolderView, root: Path, family: Family, readers: Plugins) -> None:
    """Sort a few files by what each of them holds: their names do not tell pictures from masks."""
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


def _all(family: Family) -> str:
    return f"{family.members[0].entry.path} and {len(family.members) - 1} like it"


def some(family: Family, most: int) -> list[Any]:
    """Return some members of a family, spread over all of it."""
    n = len(family.members)
    count = min(n, most)
    chosen = sorted({round(i * (n - 1) / max(1, count - 1)) for i in range(count)})
    return [family.members[i] for i in chosen]


def _documents(found: FolderView, root: Path) -> None:
    by_suffix: dict[str, list[Entry]] = {}
    for entry in found.listing.documents:
        suffix = Path(entry.name).suffix.lower()
        by_suffix.setdefault(suffix, []).append(
            Entry(entry.folders, entry.name[: -len(suffix)], suffix, entry.name)
        )
    for family in families(by_suffix.pop(".xml", [])):
        if label_documents.is_voc(root, [m.entry for m in family.members]):
            found.voc.append(family)
        elif label_documents.is_lidc(root, [m.entry for m in family.members]):
            found.lidc.append(family)
        else:
            found.unread.append(f"{_all(family)}: XML in an unknown form")
    texts = by_suffix.pop(".txt", [])
    lists = {e.path: n for e in texts if (n := label_documents.class_names(root, e))}
    found.class_lists += lists.items()
    for family in families([e for e in texts if e.path not in lists]):
        entries = [m.entry for m in family.members]
        rows = label_documents.yolo_classes(root, entries)
        if rows is not None:
            found.yolo.append((family, *rows))
            continue
        for entry in entries[:20]:
            names = label_documents.names_of_values(root, entry)
            if names is not None:
                found.names.append((entry, names))
            elif not isinstance(table := table_views.view(root, entry), str):
                found.tables.append(table)
    for family in families(by_suffix.get(".json", [])):
        if label_documents.is_labelme(root, [m.entry for m in family.members]):
            found.labelme.append(family)
            known = {m.entry.path for m in family.members}
            by_suffix[".json"] = [e for e in by_suffix[".json"] if e.path not in known]
    for suffix in sorted(by_suffix):
        for entry in by_suffix[suffix][:200]:
            if suffix == ".json":
                kind, tree = label_documents.json_kind(root, entry)
                if kind == "coco":
                    found.coco.append((entry, tree))
                    continue
                if kind == "via":
                    found.via.append((entry, tree))
                    continue
                if kind == "names":
                    found.names.append((entry, tree))
                    continue
                if kind != "table":
                    found.unread.append(f"{entry.path}: JSON in an unknown form")
                    continue
            if suffix in (".yaml", ".yml"):
                found.names.append((entry, None))
                continue
            table = table_views.view(root, entry)
            if isinstance(table, str):
                found.unread.append(f"{entry.path}: {table}")
            else:
                found.tables.append(table)
