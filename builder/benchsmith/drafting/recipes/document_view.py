"""Sorts tables, XML, text and JSON of a folder by their kind."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path, PurePosixPath

from benchsmith.drafting.recipes import label_documents, table_views
from benchsmith.drafting.recipes.families import families
from benchsmith.drafting.recipes.folder_listing import Entry
from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.seen_files import FolderView, all_of

ABOUT = frozenset(
    ["readme", "read", "license", "licence", "copying", "notes", "note", "changelog", "citation",
     "version", "requirements", "info", "about"]
)  # fmt: skip
"""Words of the names of texts about a set."""
LOOKED_AT = 4096
"""Bytes of a text that are looked at."""


def sort_documents(found: FolderView, root: Path) -> None:
    """Add the documents of a folder to its view."""
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
            found.unread.append(f"{all_of(family)}: XML in an unknown form")
    stems = {e.stem for e in found.listing.pictures}
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
            elif not isinstance(table := table_views.view(root, entry, stems), str):
                found.tables.append(table)
            elif entry is entries[0] and not _says_nothing(root, entry, stems):
                found.unread.append(f"{all_of(family)}: text in an unknown form")
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
            table = table_views.view(root, entry, stems)
            if isinstance(table, str):
                found.unread.append(f"{entry.path}: {table}")
            else:
                found.tables.append(table)


def _says_nothing(root: Path, entry: Entry, stems: AbstractSet[str]) -> bool:
    """Return whether a text only describes the set, or lists names of pictures, such as those of a split."""
    if set(tokens(entry.stem)) & ABOUT:
        return True
    with (root / entry.path).open("rb") as file:
        lines = file.read(LOOKED_AT).decode("utf-8", "replace").split()
    return (
        bool(lines)
        and sum(PurePosixPath(w).stem in stems or w in stems for w in lines[:-1] or lines)
        >= len(lines) / 2
    )
