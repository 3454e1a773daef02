"""YOLO text files: boxes and polygons in shares of the picture."""

from __future__ import annotations

from pathlib import Path

from benchsmith.annotations.label_volume import one_file, text_of
from benchsmith.annotations.shapes import Marked
from benchsmith.core.contracts import Annotations, DataFault, Request
from benchsmith.documents import yaml
from benchsmith.documents.labels import Yolo


def read(labels: Yolo, request: Request) -> Annotations:
    """Read the boxes (`class x y w h`, the centre first) or polygons of one picture.

    A missing or empty file says that nothing was found. Raises DataFault.
    """
    names = labels.names if labels.names is not None else _names(labels, request)
    found = request.find(labels.file)
    if len(found) > 1:
        raise DataFault("file-missing", labels.file, f"means {len(found)} files")
    marked = Marked(request)
    if not found:
        marked.fault("empty-structure", labels.file, "there is no file: nothing is marked")
        return marked.all()
    path = found[0][0]
    height, width = request.image.voxels.shape[1:3]
    shown = request.show(path)
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        if not line.strip():
            continue
        at = f"{shown}:{number}"
        try:
            value, *shares = (float(n) for n in line.split())
        except ValueError:
            marked.fault("box-unsound", at, f"is no row of numbers: {line[:60]!r}")
            continue
        raw = names.get(int(value)) if value == value // 1 else None
        if raw is None:
            marked.fault("class-unknown", at, f"the class {line.split()[0]} has no name")
        elif len(shares) == 4:
            x, y, w, h = shares
            marked.box(
                raw,
                at,
                ((x - w / 2) * width, (y - h / 2) * height,
                 (x + w / 2) * width, (y + h / 2) * height),
            )  # fmt: skip
        else:
            sides = (width, height)
            marked.polygons(raw, at, [[n * sides[i % 2] for i, n in enumerate(shares)]])
    return marked.all()


def _names(labels: Yolo, request: Request) -> dict[int, str]:
    """Read names from a YOLO `data.yaml`, or from a text file with one a line."""
    assert labels.names_file is not None
    path = one_file(labels.names_file, request)
    if path.suffix.lower() not in (".yaml", ".yml"):
        return {i: n.strip() for i, n in enumerate(text_of(path).splitlines()) if n.strip()}
    return _from_yaml(path)


def _from_yaml(path: Path) -> dict[int, str]:
    tree = yaml.plain(path)
    names = tree.get("names") if isinstance(tree, dict) else None
    if isinstance(names, list | tuple):
        names = dict(enumerate(names))
    found = names if isinstance(names, dict) else {}
    sound = all(type(k) is int and isinstance(v, str) and v.strip() for k, v in found.items())
    if not found or not sound:
        raise DataFault("header", path, "has no `names` of whole numbers and text")
    return found
