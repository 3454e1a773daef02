"""Lists a folder that may be very large: a bounded number of names, spread over its folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchsmith.imaging.file_signature import is_dicom
from benchsmith.text import file_endings, unicode_names

MAX_FILES = 60_000
"""Files that are listed; the others are counted up to `MAX_COUNTED`."""
MAX_COUNTED = 2_000_000
MAX_PER_FOLDER = 4_000
TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".json")
DOCUMENTS = (".xml", ".txt", ".yaml", ".yml")
MARKS = frozenset("{}*\\")
"""Characters of names that a path pattern cannot hold."""
STORES = frozenset({"zarr.json", ".zgroup", ".zarray"})
"""Files that make a folder a Zarr store."""
MIN_SLICES = 3
"""Files of a folder that may be the slices of one series."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, or a folder with one DICOM series: its folders, its name and its ending."""

    folders: tuple[str, ...]
    stem: str
    end: str
    """In lower case; ``/`` for a series, empty for an unknown ending."""
    name: str

    @property
    def path(self) -> str:
        """Its path relative to the folder."""
        return "/".join([*self.folders, self.name])


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds."""

    root: Path
    pictures: tuple[Entry, ...]
    """Files that a reader of pictures knows, and series, in byte order of their paths."""
    documents: tuple[Entry, ...]
    """Tables, JSON, XML, text and YAML."""
    others: tuple[Entry, ...]
    unlisted: int
    """Files that were counted but not listed."""
    slices: Mapping[str, int] = field(default_factory=dict)
    """The number of slices of each series, by its path."""


def list_folder(root: Path, one_series: Callable[[list[Path]], bool]) -> Listing:
    """List a folder; `one_series` says whether DICOM files are the slices of one series."""
    pictures: list[Entry] = []
    documents: list[Entry] = []
    others: list[Entry] = []
    slices: dict[str, int] = {}
    listed = unlisted = 0
    for folder, names in _folders(root):
        parts = tuple(folder.relative_to(root).parts)
        if names is None:
            pictures.append(Entry(parts[:-1], parts[-1], "/", parts[-1] + "/"))
            continue
        room = max(0, min(MAX_PER_FOLDER, MAX_FILES - listed))
        kept = names[:room]
        unlisted += len(names) - len(kept)
        listed += len(kept)
        found = [_entry(parts, name) for name in kept]
        dicoms = [e for e in found if e.end in ("", ".dcm", ".ima", ".dicom")]
        dicoms = dicoms if all(e.end for e in dicoms) else [
            e for e in dicoms if is_dicom(folder / e.name)
        ]  # fmt: skip
        if len(dicoms) >= MIN_SLICES and parts and one_series([folder / e.name for e in dicoms]):
            pictures.append(Entry(parts[:-1], parts[-1], "/", parts[-1] + "/"))
            slices[pictures[-1].path] = len(dicoms)
            found = [e for e in found if e not in set(dicoms)]
        elif any(not e.end for e in dicoms):
            bare = {e.name for e in dicoms if not e.end}
            pictures += [e for e in found if e.name in bare]
            found = [e for e in found if e.name not in bare]
        for entry in found:
            suffix = Path(entry.name).suffix.lower()
            if MARKS & set(entry.path):
                others.append(entry)
            elif entry.end:
                pictures.append(entry)
            elif suffix in TABLES + DOCUMENTS:
                documents.append(entry)
            else:
                others.append(entry)
        if listed + unlisted > MAX_COUNTED:
            break
    by_path = lambda e: e.path.encode("utf-8", "surrogateescape")  # noqa: E731
    return Listing(root, tuple(sorted(pictures, key=by_path)), tuple(sorted(documents, key=by_path)),
                   tuple(sorted(others, key=by_path)), unlisted, slices)  # fmt: skip


def _folders(root: Path) -> Iterator[tuple[Path, list[str] | None]]:
    """Yield folders with their files' names, sorted; hidden names and links to folders are left out.

    A Zarr store is yielded without names, and so are the stores of its labels (ome-ngff, `labels`).
    """
    for folder, inner, names in os.walk(root):
        if STORES & set(names) and Path(folder) != root:
            inner.clear()
            yield Path(folder), None
            own = sorted(p for p in Path(folder, "labels").glob("*") if p.is_dir())
            yield from ((p, None) for p in own if any((p / name).is_file() for name in STORES))
            continue
        inner[:] = sorted(n for n in inner if not n.startswith(".") and unicode_names.is_utf8(n))
        yield (
            Path(folder),
            sorted(n for n in names if not n.startswith(".") and unicode_names.is_utf8(n)),
        )


def _entry(folders: tuple[str, ...], name: str) -> Entry:
    end = file_endings.ending(name)
    stem = name[: len(name) - len(end)] if end else Path(name).stem
    return Entry(folders, stem, end, name)
