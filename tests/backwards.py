"""Run a recipe backwards: write the smallest source that it describes.

Files are written by libraries that the readers do not use, where there is one: SimpleITK for NRRD
and MetaImage, nibabel for NIfTI, pydicom, Pillow, OpenCV, NumPy, openpyxl.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith import formats
from benchsmith.annotations import text_tables
from benchsmith.documents import labels as kinds
from benchsmith.documents.recipe import Region, Samples, Source
from benchsmith.text import file_endings, path_patterns
from tests import backwards_layouts as layouts
from tests.backwards_files import pages_or_regions, write_colours, write_image, write_labels
from tests.backwards_rows import (
    ignored_values,
    outer_first,
    row_of,
    write_coco_files,
    write_names_file,
    write_tables,
    write_voc,
)
from tests.backwards_shapes import (
    LETTERS,
    NUMBERS,
    PAGES,
    VOLUMES,
    Miniature,
    blocks_of,
    pages_of,
    parts_of,
    place_of,
    repeated,
)


def write(source: Source, folder: Path, words: list[str]) -> dict[str, Path]:
    """Write a miniature of a source; return its roots. `words` are raw labels it may use."""
    roots = {prefix: folder / (prefix or "main") for prefix in source.recipe.roots}
    for root in roots.values():
        root.mkdir(parents=True)
    roots["recipe"] = source.folder
    small = Miniature(source, roots, words)
    places = [entry.images for entry in source.recipe.samples]
    for entry in source.recipe.samples:
        for fields in _fields(small, entry, places.index(entry.images)):
            _entry(small, entry, fields)
    write_tables(small)
    write_coco_files(small)
    return {prefix: root.resolve() for prefix, root in roots.items()}


def _fields(small: Miniature, entry: Samples, number: int) -> list[dict[str, str]]:
    """Return values for every placeholder: of the sheet that we ship, or two of our own."""
    ours = [t for t in entry.sheets if t.file.startswith("recipe:")]
    if ours:
        sharing = [
            e for e in small.source.recipe.samples if ours[0].file in {t.file for t in e.sheets}
        ]
        listed = list(text_tables.by_key(place_of(small, ours[0].file, {}), ours[0]))
        return [{"key": key} for key in listed[sharing.index(entry) :: len(sharing)]]
    names = path_patterns.placeholders(entry.images)
    said = {e.field: e.names for e in entry.labels if isinstance(e, kinds.Path)}
    found = []
    for turn, word in enumerate(("one", "two") if names else ("one",)):
        counted = {
            n for t in entry.sheets if t.rows_at for n in path_patterns.placeholders(t.row or "")
        }
        numeric = set(NUMBERS.findall(entry.images))
        values = {name: f"{word}{number}{name[0]}" for name in names}
        values |= {name: f"{number}{turn + 1}" for name in names if name in numeric}
        values |= {name: word + name for name in LETTERS.findall(entry.images)}
        values |= {name: str(turn + 1) for name in names if name in counted}
        for name, choices in said.items():
            values[name] = list(choices)[turn % len(choices)] if choices else small.words[turn]
        found.append(values)
    return found


def _key(entry: Samples, fields: Mapping[str, str], image: Path) -> str:
    if entry.key is not None:
        return path_patterns.fill(entry.key, fields)
    if "key" in fields:
        return fields["key"]
    folders = entry.images.rpartition(":")[2].rstrip("/").split("/")[:-1]
    names = [n for f in folders for n in path_patterns.placeholders(f)]
    return "/".join([*(fields[n] for n in names), file_endings.stem(image.name)])


def _entry(small: Miniature, entry: Samples, fields: dict[str, str]) -> None:
    image = place_of(small, entry.images, fields)
    folder = entry.images.endswith("/")
    end = "/" if folder else formats.ending(image)
    planar = end not in VOLUMES and entry.spacing_mm is None
    image.parent.mkdir(parents=True, exist_ok=True)
    arrays = next((e for e in entry.labels if isinstance(e, kinds.Arrays)), None)
    write_image(image, end, entry, arrays)
    fields = {**fields, "key": _key(entry, fields, image), "part": _part(entry)}
    for labels in entry.labels:
        for own, reader in _of_each_reader(labels, fields):
            _labels_of(small, entry, own, reader, planar, image)


def _of_each_reader(labels: Any, fields: dict[str, str]) -> Iterator[tuple[Any, dict[str, str]]]:
    """Yield the entry of each reader with its fields; readers of a table are in `reader`."""
    if not isinstance(labels, kinds.Merge):
        yield labels, fields
        return
    for name in labels.readers or ("one", "two"):
        yield labels.of, {**fields, kinds.READER: name, "column": labels.column or ""}


def _part(entry: Samples) -> str:
    """Return the first part that an entry reads, as its placeholder has it."""
    if isinstance(entry.parts, tuple):
        first = entry.parts[0]
        return first.name if isinstance(first, Region) else str(first)
    return "" if entry.parts is None else "0"


def _labels_of(
    small: Miniature,
    entry: Samples,
    labels: Any,
    fields: dict[str, str],
    planar: bool,
    image: Path,
) -> None:
    match labels:
        case kinds.Volume():
            names = labels.names or dict(enumerate(small.words[:3], start=1))
            wanted = [v for v in names if v not in labels.background][:3]
            parts = parts_of(labels)
            wanted += [p for p in parts if isinstance(p, int) and p not in names]
            wanted += [v for v, n in names.items() if n in parts and v not in wanted]
            if labels.names_file:
                write_names_file(place_of(small, labels.names_file, fields), names)
            path = place_of(small, labels.file, fields)
            wanted = outer_first(labels, wanted, names)
            values = {**dict(enumerate(wanted)), **ignored_values(labels.ignore)}
            if labels.part == "same":
                pages_or_regions(path, entry, values)
                return
            write_labels(path, values, planar, components=labels.part,
                    nested=bool(labels.union), folder=labels.file.endswith("/"),
                    variable=labels.variable)  # fmt: skip
        case kinds.Masks():
            inside = 255 if planar and 255 not in labels.ignore else 1
            listed = labels.only or ([labels.label] if labels.label else [])
            listed = listed or list(labels.names or {})[:3]
            if labels.names_file:
                listed = [f"{n:04}" for n in range(1, 4)]
                layouts.code_names(
                    place_of(small, labels.names_file, fields),
                    path_patterns.fill(labels.names_at or "", fields),
                    dict(zip(small.words, listed, strict=False)),
                )
            for turn, label in enumerate(
                listed or dict.fromkeys(parts_of(labels)) or small.words[:3]
            ):
                path = place_of(small, labels.file, fields | {"label": str(label)})
                values = {turn: inside, **ignored_values(labels.ignore)}
                if labels.nothing and path.parent.exists():
                    values = {}  # the second picture shows nothing of what was looked for
                write_labels(path, values, planar, small=bool(labels.resize),
                        folder=labels.file.endswith("/"), variable=labels.variable)  # fmt: skip
        case kinds.Colours():
            names = labels.names
            if labels.names_file:
                names = {"#102030": "liver", "#302010": "spleen"}
                path = place_of(small, labels.names_file, fields)
                layouts.colour_names(path, {"#000000": "background", **names})
            parts = [str(p) for p in parts_of(labels) if p not in names.values()]
            colours = list(dict.fromkeys([*list(names)[:3], *parts]))
            wanted = dict(enumerate(outer_first(labels, colours, names)))
            wanted |= ignored_values(labels.ignore)
            path = place_of(small, labels.file, fields)
            write_colours(path, wanted, labels.background, nested=bool(labels.union))
            if labels.part:
                repeated(path, pages_of(entry))
        case kinds.Instances() | kinds.Count():
            path = place_of(small, labels.file, fields)
            values = {0: 1, 1: 2, 2: 3, **ignored_values(getattr(labels, "ignore", ()))}
            write_labels(path, values, planar, folder=labels.file.endswith("/"),
                    variable=getattr(labels, "variable", None))  # fmt: skip
            if labels.part:
                repeated(path, PAGES)
        case kinds.Coco():
            small.coco[str(place_of(small, labels.file, fields))].append((image, (144, 144)))
        case kinds.Voc():
            write_voc(place_of(small, labels.file, fields), small.words[:2])
        case kinds.Yolo():
            if labels.names_file:
                path = place_of(small, labels.names_file, fields)
                path.write_text(
                    "names:\n" + "".join(f"  {i}: {w}\n" for i, w in enumerate(small.words[:3]))
                )
            value = min(labels.names) if labels.names else 0
            path = place_of(small, labels.file, fields)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{value} 0.3 0.3 0.2 0.2\n{value} 0.5 0.5 0.9 0.5 0.9 0.9 0.5 0.9\n")
        case kinds.DicomSeg():
            flat = np.kron(blocks_of({0: 1, 1: 2})[:, :, 8], np.ones((24, 24), np.uint8))
            path = place_of(small, labels.file, fields)
            layouts.slide_segmentation(path, image / "b.dcm", flat, small.words[:2])
        case kinds.LabelMe():
            layouts.labelme(place_of(small, labels.file, fields), small.words[:2])
        case kinds.Via():
            layouts.via(place_of(small, labels.file, fields), image.name, labels.attribute or "x",
                        small.words[0])  # fmt: skip
        case kinds.Lidc():
            layouts.lidc(place_of(small, labels.file, fields), image, labels.agree)
        case kinds.Table():
            row_of(small, entry, labels, fields, image)
        case kinds.Path() | kinds.Arrays() | kinds.Constant():
            pass
        case _:
            raise AssertionError(f"nothing writes {labels.kind}")
