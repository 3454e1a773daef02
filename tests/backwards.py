"""Run a recipe backwards: write the smallest source that it describes.

Files are written by libraries that the readers do not use, where there is one: SimpleITK for NRRD
and MetaImage, nibabel for NIfTI, pydicom, Pillow, OpenCV, NumPy, openpyxl.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import nibabel as nib
import numpy as np
import openpyxl
import PIL.Image
import pydicom
import SimpleITK as sitk
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from benchsmith import formats
from benchsmith.annotations import text_tables
from benchsmith.documents import labels as kinds
from benchsmith.documents.recipe import Every, Region, Samples, Source
from benchsmith.text import path_patterns
from tests import backwards_layouts as layouts

SHAPE = (24, 24, 24)
PAGES = 64
"""Pages of a picture with more than four of them."""
"""Voxels of a miniature volume as (x, y, z)."""
AFFINE = np.diag([-2.0, -2.0, 2.0, 1.0])
ZOOM = 6
"""Pixels of a miniature picture a voxel."""
VOLUMES = (".nii", ".nii.gz", ".nrrd", ".mha", ".mhd", ".mgh", ".mgz", "/")
VIDEOS = (".mp4", ".avi", ".mov", ".mpg", ".mkv")
YEAR = "060Y"
NUMBERS = re.compile(r"\{([a-z_]+)=digits\}")
"""Placeholders that match digits alone."""
LETTERS = re.compile(r"\{([a-z_]+)=letters\}")
"""Placeholders that match letters alone."""


@dataclass
class _Miniature:
    source: Source
    roots: dict[str, Path]
    words: list[str]
    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    sheets: dict[str, kinds.Table] = field(default_factory=dict)
    coco: dict[str, list[tuple[Path, tuple[int, int]]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def write(source: Source, folder: Path, words: list[str]) -> dict[str, Path]:
    """Write a miniature of a source; return its roots. `words` are raw labels it may use."""
    roots = {prefix: folder / (prefix or "main") for prefix in source.recipe.roots}
    for root in roots.values():
        root.mkdir(parents=True)
    roots["recipe"] = source.folder
    small = _Miniature(source, roots, words)
    places = [entry.images for entry in source.recipe.samples]
    for entry in source.recipe.samples:
        for fields in _fields(small, entry, places.index(entry.images)):
            _entry(small, entry, fields)
    _tables(small)
    _coco_files(small)
    return {prefix: root.resolve() for prefix, root in roots.items()}


def _fields(small: _Miniature, entry: Samples, number: int) -> list[dict[str, str]]:
    """Return values for every placeholder: of the sheet that we ship, or two of our own."""
    ours = [t for t in entry.sheets if t.file.startswith("recipe:")]
    if ours:
        sharing = [
            e for e in small.source.recipe.samples if ours[0].file in {t.file for t in e.sheets}
        ]
        listed = list(text_tables.by_key(_place(small, ours[0].file, {}), ours[0]))
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


def _place(small: _Miniature, pattern: str, fields: Mapping[str, str]) -> Path:
    prefix, _, rest = pattern.rpartition(":")
    filled = path_patterns.fill(rest, fields)
    filled = path_patterns.fill(filled, {n: f"x{n}" for n in path_patterns.placeholders(filled)})
    return small.roots[prefix] / filled.replace(".*", ".png").replace("*", "x")


def _key(entry: Samples, fields: Mapping[str, str], image: Path) -> str:
    if entry.key is not None:
        return path_patterns.fill(entry.key, fields)
    if "key" in fields:
        return fields["key"]
    folders = entry.images.rpartition(":")[2].rstrip("/").split("/")[:-1]
    names = [n for f in folders for n in path_patterns.placeholders(f)]
    return "/".join([*(fields[n] for n in names), formats.stem(image)])


def _entry(small: _Miniature, entry: Samples, fields: dict[str, str]) -> None:
    image = _place(small, entry.images, fields)
    folder = entry.images.endswith("/")
    end = "/" if folder else formats.ending(image)
    planar = end not in VOLUMES and entry.spacing_mm is None
    image.parent.mkdir(parents=True, exist_ok=True)
    arrays = next((e for e in entry.labels if isinstance(e, kinds.Arrays)), None)
    _image(image, end, entry, arrays)
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
    small: _Miniature,
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
            parts = _parts(labels)
            wanted += [p for p in parts if isinstance(p, int) and p not in names]
            wanted += [v for v, n in names.items() if n in parts and v not in wanted]
            if labels.names_file:
                _names_file(_place(small, labels.names_file, fields), names)
            path = _place(small, labels.file, fields)
            wanted = _outer_first(labels, wanted, names)
            values = {**dict(enumerate(wanted)), **_ignored(labels.ignore)}
            if labels.part == "same":
                _pages_or_regions(path, entry, values)
                return
            _labels(path, values, planar, components=labels.part,
                    nested=bool(labels.union), folder=labels.file.endswith("/"),
                    variable=labels.variable)  # fmt: skip
        case kinds.Masks():
            inside = 255 if planar and 255 not in labels.ignore else 1
            listed = labels.only or ([labels.label] if labels.label else [])
            listed = listed or list(labels.names or {})[:3]
            if labels.names_file:
                listed = [f"{n:04}" for n in range(1, 4)]
                layouts.code_names(
                    _place(small, labels.names_file, fields),
                    path_patterns.fill(labels.names_at or "", fields),
                    dict(zip(small.words, listed, strict=False)),
                )
            for turn, label in enumerate(
                listed or dict.fromkeys(_parts(labels)) or small.words[:3]
            ):
                path = _place(small, labels.file, fields | {"label": str(label)})
                values = {turn: inside, **_ignored(labels.ignore)}
                _labels(path, values, planar, small=bool(labels.resize),
                        folder=labels.file.endswith("/"), variable=labels.variable)  # fmt: skip
        case kinds.Colours():
            names = labels.names
            if labels.names_file:
                names = {"#102030": "liver", "#302010": "spleen"}
                path = _place(small, labels.names_file, fields)
                layouts.colour_names(path, {"#000000": "background", **names})
            parts = [str(p) for p in _parts(labels) if p not in names.values()]
            colours = list(dict.fromkeys([*list(names)[:3], *parts]))
            wanted = dict(enumerate(_outer_first(labels, colours, names)))
            wanted |= _ignored(labels.ignore)
            path = _place(small, labels.file, fields)
            _colours(path, wanted, labels.background, nested=bool(labels.union))
            if labels.part:
                _repeat(path, _pages_of(entry))
        case kinds.Instances() | kinds.Count():
            path = _place(small, labels.file, fields)
            values = {0: 1, 1: 2, 2: 3, **_ignored(getattr(labels, "ignore", ()))}
            _labels(path, values, planar, folder=labels.file.endswith("/"),
                    variable=getattr(labels, "variable", None))  # fmt: skip
            if labels.part:
                _repeat(path, PAGES)
        case kinds.Coco():
            small.coco[str(_place(small, labels.file, fields))].append((image, (144, 144)))
        case kinds.Voc():
            _voc(_place(small, labels.file, fields), small.words[:2])
        case kinds.Yolo():
            if labels.names_file:
                path = _place(small, labels.names_file, fields)
                path.write_text(
                    "names:\n" + "".join(f"  {i}: {w}\n" for i, w in enumerate(small.words[:3]))
                )
            value = min(labels.names) if labels.names else 0
            path = _place(small, labels.file, fields)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{value} 0.3 0.3 0.2 0.2\n{value} 0.5 0.5 0.9 0.5 0.9 0.9 0.5 0.9\n")
        case kinds.DicomSeg():
            flat = np.kron(_blocks({0: 1, 1: 2})[:, :, 8], np.ones((24, 24), np.uint8))
            path = _place(small, labels.file, fields)
            layouts.slide_segmentation(path, image / "b.dcm", flat, small.words[:2])
        case kinds.LabelMe():
            layouts.labelme(_place(small, labels.file, fields), small.words[:2])
        case kinds.Via():
            layouts.via(_place(small, labels.file, fields), image.name, labels.attribute or "x",
                        small.words[0])  # fmt: skip
        case kinds.Lidc():
            layouts.lidc(_place(small, labels.file, fields), image, labels.agree)
        case kinds.Table():
            _row(small, entry, labels, fields, image)
        case kinds.Path() | kinds.Arrays() | kinds.Constant():
            pass
        case _:
            raise AssertionError(f"nothing writes {labels.kind}")


def _ignored(values: Sequence[Any]) -> dict[int, Any]:
    """Return an ignored value for the last corner."""
    first = next(iter(values), -1)
    return {} if isinstance(first, int) and first < 0 else {3: first}


def _parts(labels: kinds.Made) -> list[str | int]:
    """Return the parts of an entry's made labels."""
    return [part for parts in labels.made.values() for part in parts]


def _outer_first(labels: kinds.Made, values: list[Any], names: Mapping[Any, str]) -> list[Any]:
    """Return the values, first the part of a union that the other parts lie in.

    It is the part with the union's own name, else one that is no label, else the last one.
    """
    for whole, parts in labels.union.items():
        of = {names.get(v, v): v for v in values}
        outer = [of[p] for p in parts if p == whole] or [v for v in values if v not in names]
        first = (outer or [of.get(parts[-1], parts[-1])])[0]
        return [first, *(v for v in values if v != first)]
    return values


def _row(
    small: _Miniature,
    entry: Samples,
    labels: kinds.Table,
    fields: Mapping[str, str],
    image: Path,
) -> None:
    """Add a picture's row to a table; several entries of one table fill the same row."""
    if labels.file.startswith("recipe:"):
        return
    path = str(_place(small, labels.file, fields))
    small.sheets[path] = labels
    key = fields["key"] + (".png" if labels.key_is == "stem" else "")
    if labels.row:
        key = path_patterns.fill(labels.row, fields)
    if labels.rows_at:
        key = str(labels.rows_at.row_of(int(key)))
    if labels.key_is == "path":
        below = image.relative_to(small.roots[entry.images.rpartition(":")[0]])
        key = f"elsewhere/{below.as_posix()}"
    rows = small.rows[path]
    said = {c: kinds.cells(accepted)[0] for c, accepted in labels.where.items()}
    if column := fields.get("column"):
        said[column] = fields[kinds.READER]
    own = {labels.key: key, **said}
    row = next((r for r in rows if all(r.get(c, v) == v for c, v in own.items())), None)
    turn = len({r[labels.key] for r in rows if labels.key in r} - {key})
    if row is None:
        row = {}
        rows.append(row)
    row |= own
    if isinstance(labels, kinds.Sheet):
        words = list(labels.values) if labels.values else small.words
        for column in labels.labels:
            picked = [words[turn % len(words)], words[(turn + 1) % len(words)]]
            row[column] = labels.delimiter.join(picked) if labels.delimiter else picked[0]
            if labels.delimiter and "[" in labels.silent:
                row[column] = str(picked)
        for i, column in enumerate(labels.one_hot):
            row[column] = str(int(i == turn % len(labels.one_hot)))
    elif isinstance(labels, kinds.Boxes):
        numbers = {"xyxy": (20, 20, 60, 70), "xywh": (20, 20, 40, 50), "cxcywh": (40, 45, 40, 50)}
        scale = 144 if labels.unit == "share" else 1
        for column, n in zip(labels.box, numbers[labels.form], strict=True):
            row[column] = str(n / scale)
    elif isinstance(labels, kinds.RunLengths):
        gaps = [20 * 144 + 30, *[104] * 39]
        starts = gaps if labels.starts == "relative" else [144 * i + 30 for i in range(20, 60)]
        row[labels.mask] = " ".join(f"{start} 40" for start in starts)
    elif isinstance(labels, kinds.MaskFiles):
        row[labels.mask] = f"series/{fields['key']}/mask.png"
        place = _place(small, labels.pattern_of(row[labels.mask]), {})
        if place.suffix == ".dcm":
            place.parent.mkdir(parents=True, exist_ok=True)
            _dicom(place, 255 * np.kron(_blocks({0: 1})[:, :, 8], np.ones((4, 4), np.int16)),
                   generate_uid(), 0)  # fmt: skip
        else:
            layouts.mask(place, of_crop=labels.left is not None)
        row |= {str(labels.left): "20", str(labels.top): "30"} if labels.left else {}
    if label_column := getattr(labels, "label_column", None):
        row[label_column] = small.words[0]
    for said in (entry.modality, entry.patient, *(v for _, v in entry.about if v)):
        if said.startswith("column:"):
            row.setdefault(said.removeprefix("column:"), f"{key}-{said[7:10]}")


def _tables(small: _Miniature) -> None:
    for name, rows in small.rows.items():
        path, labels = Path(name), small.sheets[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = list(labels.columns or dict.fromkeys(c for row in rows for c in row))
        cells = [[row.get(c, "") for c in columns] for row in rows]
        lines = cells if labels.columns else [columns, *cells]
        if path.suffix == ".xlsx":
            book = openpyxl.Workbook()
            for line in lines:
                book.active.append(line)
            book.save(path)
        elif path.suffix == ".json":
            path.write_text(json.dumps([dict(zip(columns, c, strict=True)) for c in cells]))
        else:
            tab = labels.separator or ("\t" if path.suffix in (".tsv", ".tab") else ",")
            with path.open("w", newline="", encoding=labels.encoding) as file:
                csv.writer(file, delimiter=tab).writerows(lines)


def _coco_files(small: _Miniature) -> None:
    for name, images in small.coco.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        listed, marked = [], []
        for i, (image, (height, width)) in enumerate(images):
            listed.append({"id": i, "file_name": image.name, "height": height, "width": width})
            ring = [20, 20, 80, 20, 80, 70, 20, 70]
            marked.append(
                {"id": i, "image_id": i, "category_id": 1, "bbox": [20, 20, 60, 50], "area": 3000,
                 "segmentation": [ring], "iscrowd": 0}
            )  # fmt: skip
        categories = [{"id": 1, "name": small.words[0]}]
        path.write_text(
            json.dumps({"images": listed, "annotations": marked, "categories": categories})
        )


def _voc(path: Path, words: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    objects = "".join(
        f"<object><name>{w}</name><bndbox><xmin>{10 + 50 * i}</xmin><ymin>10</ymin>"
        f"<xmax>{50 + 50 * i}</xmax><ymax>60</ymax></bndbox></object>"
        for i, w in enumerate(words)
    )
    size = "<size><width>144</width><height>144</height><depth>3</depth></size>"
    path.write_text(f"<annotation>{size}{objects}</annotation>")


def _names_file(path: Path, names: Mapping[int, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        said = {"0": "background"} | {str(v): n for v, n in names.items()}
        path.write_text(json.dumps({"labels": said}))
    else:
        path.write_text("".join(f"{v}\t{n}\n" for v, n in names.items()))


def _image(path: Path, end: str, entry: Samples, arrays: kinds.Arrays | None) -> None:
    x, y, z = np.indices(SHAPE)
    voxels = (x * 9 + y * 5 + z * 3).astype(np.int16)
    flat = np.kron(voxels[:, :, 0] % 251, np.ones((ZOOM, ZOOM))).astype(np.uint8)
    parts = entry.parts
    frames = 1 if parts is None else 3
    if isinstance(parts, tuple):
        # entries of other components read the same file
        frames = 4 if all(isinstance(p, Region) or p < 4 for p in parts) else PAGES
    assert parts is None or isinstance(parts, tuple | Every) or parts == "all"
    if entry.spacing_mm is not None and end != ".npz":
        stack = np.ascontiguousarray(voxels % 251).astype(np.uint8)
        layouts.slices(path, stack) if end == "/" else layouts.pages(path, stack)
    elif path.suffix == ".zarr":
        layouts.ome_zarr(path, voxels.transpose(2, 1, 0), channels=0 if parts is None else 3)
    elif end in (".ome.tif", ".ome.tiff"):
        layouts.ome_tiff(path, voxels.transpose(2, 1, 0) if parts else flat.T[None])
    elif end == ".mat":
        layouts.matlab(path, entry.variable or "image", flat)
    elif end in (".mgh", ".mgz"):
        layouts.mgh(path, voxels, AFFINE)
    elif isinstance(parts, tuple) and isinstance(parts[0], Region):
        colours = np.stack([flat] * 3, axis=2)
        if end == "/":
            layouts.dicom_slide(path, np.kron(colours, np.ones((8, 8, 1), np.uint8))[:1152, :1152])
        else:
            layouts.pyramid(path, colours)
    elif end in VOLUMES and end != "/":
        _volume(path, voxels if frames == 1 else np.stack([voxels] * frames, axis=3))
    elif end == "/":
        path.mkdir(parents=True, exist_ok=True)
        uid = generate_uid()
        for k in range(SHAPE[2]):
            _dicom(path / f"{k:03d}", voxels[:, :, k].T, uid, k)
    elif end in (".dcm", ".dicom", ".ima"):
        _dicom(path, np.kron(voxels[:, :, 0], np.ones((4, 4), np.int16)), generate_uid(), 0)
    elif end == ".npz" and entry.variable:
        flat_or_not = flat if entry.spacing_mm is None else voxels.transpose() % 251
        layouts.named_array(path, entry.variable, flat_or_not.astype(np.uint8))
    elif end == ".npz":
        assert arrays is not None
        stack = np.stack([voxels.astype(np.uint8)] * 3) if entry.slice else np.stack([flat] * 3)
        values = list(arrays.names)
        rows = np.array([[values[i % len(values)]] for i in range(3)])
        splits = {f"{s}_images": stack for s in ("train", "val", "test")}
        np.savez(path, **splits, **{f"{s}_labels": rows for s in ("train", "val", "test")})
    elif end in VIDEOS:
        kind = cv2.VideoWriter.fourcc(*"MJPG")
        writer = cv2.VideoWriter(str(path.with_suffix(".avi")), kind, 5, flat.shape[::-1])
        for _ in range(frames):
            writer.write(np.repeat(flat[:, :, None], 3, axis=2))
        writer.release()
        path.with_suffix(".avi").rename(path)
    else:
        pictures = [PIL.Image.fromarray(flat) for _ in range(frames)]
        pictures[0].save(
            path, **({"save_all": True, "append_images": pictures[1:]} if frames > 1 else {})
        )


def _volume(path: Path, voxels: np.ndarray) -> None:
    """Write a volume indexed (x, y, z) or (x, y, z, component), 2 mm, x to the left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.endswith((".nii", ".nii.gz")):
        nib.save(nib.Nifti1Image(voxels, AFFINE), path)
        return
    image = sitk.GetImageFromArray(np.ascontiguousarray(voxels.transpose()))
    image.SetSpacing([2.0] * 3)
    sitk.WriteImage(image, str(path), useCompression=True)


def _dicom(path: Path, pixels: np.ndarray, series: str, k: int) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    data.Modality, data.SeriesInstanceUID = "CT", series
    data.Rows, data.Columns = pixels.shape
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation, data.SamplesPerPixel = 15, 0, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.RescaleSlope, data.RescaleIntercept = 1, 0
    data.PixelSpacing, data.ImageOrientationPatient = [2, 2], [1, 0, 0, 0, 1, 0]
    data.ImagePositionPatient = [0, 0, 2 * k]
    data.PatientAge = YEAR
    data.PixelData = pixels.astype("<u2").tobytes()
    data.save_as(path, enforce_file_format=True)
    assert pydicom.dcmread(path).Rows == pixels.shape[0]


def _corner(number: int, nested: bool) -> tuple[slice, slice]:
    """Return where a block lies: in a corner of its own, or inside the first block."""
    if nested and number:
        x, y = 3 + 4 * (number % 2), 3 + 4 * (number // 2 % 2)
        return slice(x, x + 3), slice(y, y + 3)
    x, y = 2 + 10 * (number % 2), 2 + 10 * (number // 2 % 2)
    return slice(x, x + 8), slice(y, y + 8)


def _blocks(values: Mapping[int, int], *, nested: bool = False) -> np.ndarray:
    """Return blocks of the values, each in its own corner, or the others inside the first one."""
    labels = np.zeros(SHAPE, np.uint16 if max(values.values(), default=0) > 255 else np.uint8)
    for number, value in values.items():
        labels[(*_corner(number, nested), slice(4, 16))] = value
    return labels


def _pages_or_regions(path: Path, entry: Samples, values: Mapping[int, int]) -> None:
    """Write labels for each page of the pictures' file, or of the same pyramid."""
    path.parent.mkdir(parents=True, exist_ok=True)
    labels = _blocks(values)
    flat = np.kron(labels[:, :, 8], np.ones((ZOOM, ZOOM), labels.dtype))
    if isinstance(entry.parts, tuple) and isinstance(entry.parts[0], Region):
        layouts.pyramid(path, flat)
    else:
        PIL.Image.fromarray(flat).save(path)
        _repeat(path, _pages_of(entry))


def _pages_of(entry: Samples) -> int:
    """Return how many pages a picture's file has, as `_image` writes it."""
    if not isinstance(entry.parts, tuple):
        return 3
    return 4 if all(isinstance(p, int) and p < 4 for p in entry.parts) else PAGES


def _repeat(path: Path, count: int) -> None:
    """Write the only page of a file so many times."""
    page = PIL.Image.open(path).copy()
    page.save(path, save_all=True, append_images=[page] * (count - 1))


def _labels(
    path: Path,
    values: Mapping[int, int],
    planar: bool,
    components: int | None = None,
    *,
    nested: bool = False,
    folder: bool = False,
    variable: str | None = None,
    small: bool = False,
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    labels = _blocks(values, nested=nested)
    if ".zarr" in str(path):
        layouts.ome_zarr(path, labels.transpose(2, 1, 0))
        return
    if folder:
        layouts.slices(path, labels)
        return
    if path.name.endswith((".mgh", ".mgz")):
        layouts.mgh(path, labels, AFFINE)
        return
    if path.suffix == ".npz":
        flat = np.kron(labels[:, :, 8], np.ones((ZOOM, ZOOM), labels.dtype))
        layouts.named_array(path, variable or "labels", flat if planar else labels.transpose())
        return
    if not planar and path.suffix in (".tif", ".tiff"):
        layouts.pages(path, labels)
        return
    if not planar:
        if path.suffix == "":
            raise AssertionError(f"no format for {path}")
        _volume(path, labels if components is None else np.stack([labels] * (components + 1), 3))
        return
    flat = np.kron(labels[:, :, 8], np.ones((ZOOM, ZOOM), labels.dtype))
    if small:
        flat = flat[::2, ::2]
    if path.suffix == ".mat":
        layouts.matlab(path, variable or "labels", flat)
    elif path.name.endswith((".nii", ".nii.gz")):
        _volume(path, flat[:, :, None])
    else:
        PIL.Image.fromarray(flat).save(path)


def _colours(
    path: Path, wanted: Mapping[int, str], background: tuple[str, ...], *, nested: bool
) -> None:
    def rgb(colour: str) -> list[int]:
        return list(bytes.fromhex(colour[1:]))

    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.empty((*SHAPE[:2], 3), np.uint8)
    picture[:] = rgb(background[0]) if background else rgb(wanted[0])
    for number, colour in wanted.items():
        picture[_corner(number, nested)] = rgb(colour)
    PIL.Image.fromarray(np.kron(picture, np.ones((ZOOM, ZOOM, 1), np.uint8))).save(path)
