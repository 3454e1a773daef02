"""Labels in annotation files of known forms, and names in separate files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchsmith.annotations.strict_documents import load_json, load_xml
from benchsmith.core.contracts import DataFault
from benchsmith.drafting.recipes.folder_listing import Entry

MAX_BYTES = 64 << 20
SOME = 40
"""Files of a family that are opened."""
_ROW = re.compile(r"\d+(\s+-?[\d.]+([eE]-?\d+)?){4,}\s*")
CLASS_FILES = frozenset(
    [
        "classes",
        "class",
        "class_names",
        "classnames",
        "labels",
        "names",
        "obj",
        "predefined_classes",
    ]
)
"""Names of text files that list the classes of YOLO, without their ending."""


def json_kind(root: Path, entry: Entry) -> tuple[str, Any]:
    """Return ``coco``, ``via``, ``names`` (a `dataset.json`), ``table`` or empty, with the value."""
    path = root / entry.path
    if path.stat().st_size > MAX_BYTES:
        return "", None
    try:
        tree = load_json(path)
    except DataFault:
        return "", None
    if isinstance(tree, dict) and {"images", "annotations", "categories"} <= set(tree):
        return "coco", tree
    if isinstance(tree, dict) and via_images(tree):
        return "via", tree
    if isinstance(tree, dict) and _names_values(tree.get("labels")):
        return "names", tree
    if isinstance(tree, list) and tree and all(isinstance(row, dict) for row in tree[:20]):
        return "table", tree
    if isinstance(tree, dict) and len(tree) > 1 and _is_flat([*tree.values()]):
        return "table", tree
    return "", tree


def _is_flat(values: list[Any]) -> bool:
    """Return whether values are all plain, or all objects of plain values."""
    inner = [[*v.values()] if isinstance(v, dict) else [v] for v in values[:20]]
    alike = len({isinstance(v, dict) for v in values[:20]}) == 1
    return alike and not any(isinstance(v, dict | list) for own in inner for v in own)


def via_images(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the images of a file of the VGG Image Annotator; empty for other files."""
    inner = tree.get("_via_img_metadata", tree)
    images = list(inner.values()) if isinstance(inner, dict) else []
    sound = all(isinstance(i, dict) and "filename" in i and "regions" in i for i in images)
    return images if sound else []


def via_attributes(tree: dict[str, Any]) -> dict[str, set[str]]:
    """Return the texts of each region attribute of a file of the VGG Image Annotator."""
    found: dict[str, set[str]] = {}
    for image in via_images(tree):
        regions = image["regions"]
        for region in regions.values() if isinstance(regions, dict) else regions or ():
            own = region.get("region_attributes") if isinstance(region, dict) else None
            for name, text in (own if isinstance(own, dict) else {}).items():
                found.setdefault(name, set()).add(str(text))
    return found


def is_labelme(root: Path, entries: Iterable[Entry]) -> bool:
    """Return whether JSON files are LabelMe's."""
    trees = []
    for entry in list(entries)[:3]:
        if (root / entry.path).stat().st_size > MAX_BYTES:
            return False
        try:
            trees.append(load_json(root / entry.path))
        except DataFault:
            return False
    return all(isinstance(t, dict) and {"shapes", "imagePath"} <= set(t) for t in trees)


def is_lidc(root: Path, entries: Iterable[Entry]) -> bool:
    """Return whether XML files are LIDC-IDRI's."""
    try:
        tags = [load_xml(root / entry.path).tag for entry in list(entries)[:3]]
    except DataFault:
        return False
    return all(tag.rpartition("}")[2] == "LidcReadMessage" for tag in tags)


def _names_values(labels: Any) -> bool:
    """Return whether labels map values to names, or names to values, as a `dataset.json` does."""
    return isinstance(labels, dict) and bool(labels) and all(
        (k.isdigit() and isinstance(v, str)) or isinstance(v, int | list)
        for k, v in labels.items()
    )  # fmt: skip


def coco_files(tree: dict[str, Any]) -> set[str]:
    """Return the names of the pictures of a COCO file, without their folders."""
    images = tree["images"] if isinstance(tree["images"], list) else []
    return {str(i.get("file_name", "")).rpartition("/")[2] for i in images if isinstance(i, dict)}


def is_voc(root: Path, entries: Iterable[Entry]) -> bool:
    """Return whether XML files are Pascal VOC's."""
    for entry in list(entries)[:3]:
        try:
            tree = load_xml(root / entry.path)
        except DataFault:
            return False
        if tree.tag != "annotation" or (
            tree.find("object/bndbox") is None and tree.find("size") is None
        ):
            return False
    return True


def yolo_classes(root: Path, entries: Iterable[Entry]) -> tuple[set[int], set[int]] | None:
    """Return the class numbers of YOLO files and the counts of numbers of their rows, or None."""
    classes: set[int] = set()
    lengths: set[int] = set()
    for entry in list(entries)[:SOME]:
        try:
            lines = (root / entry.path).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        for line in filter(None, map(str.strip, lines)):
            if not _ROW.fullmatch(line):
                return None
            words = line.split()
            if not all(-0.01 <= float(w) <= 1.01 for w in words[1:5]):
                return None
            classes.add(int(words[0]))
            lengths.add(len(words))
    return (classes, lengths) if classes else None


def names_of_values(root: Path, entry: Entry) -> dict[int, str] | None:
    """Return the names of a text file of `value<tab>name` lines, or None."""
    path = root / entry.path
    if path.stat().st_size > 1 << 20:
        return None
    try:
        lines = [line for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        return None
    parts = [re.split(r"\t", line, maxsplit=1) for line in lines]
    if len(parts) < 1 or not all(len(p) == 2 and p[0].strip().isdigit() for p in parts):
        return None
    return {int(p[0]): p[1].strip() for p in parts}


def class_names(root: Path, entry: Entry) -> int:
    """Return the number of names in a file such as `classes.txt`, one a line; 0 for another file."""
    path = root / entry.path
    if entry.stem.lower() not in CLASS_FILES or path.stat().st_size > 1 << 16:
        return 0
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        return 0
    words = [line for line in lines if not re.fullmatch(r"[\d.\s-]+", line) and "\t" not in line]
    return len(lines) if len(words) == len(lines) else 0
