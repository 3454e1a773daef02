"""Ten ordinary mistakes on each of three layouts: a sound source, and what people do to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image

from tests import world

Spoil = Callable[[Path], None]
"""Makes the mistake in the folder of a source: its recipe and its `data/`."""

NNUNET = """  - images: "imagesTr/{case}_0000.nii.gz"
    modality: ct
    labels:
      - kind: volume
        file: "labelsTr/{case}.nii.gz"
        names_file: dataset.json
        exhaustive: true
"""
COCO = """  - images: "images/{key}.png"
    modality: microscopy
    labels:
      - {kind: coco, file: annotations.json, exhaustive: true}
"""
SHEET = """  - images: "pictures/{key}.png"
    modality: dermoscopy
    patient: column:person
    labels:
      - {kind: sheet, file: labels.csv, key: file, key_is: stem, labels: [finding]}
"""
CASES = ("case_001", "case_002", "case_003")
ROWS = (
    ("p1", "nevus", "A"),
    ("p2", "melanoma", "A"),
    ("p3", "nevus", "B"),
    ("p4", "melanoma", "C"),
)


def picture(number: int, side: int = 64) -> PIL.Image.Image:
    """Return a grey picture that no other number has."""
    y, x = np.indices((side, side))
    return PIL.Image.fromarray(((x * (number + 3) + y * 7 + (x * y) % 31) % 251).astype(np.uint8))


def nnunet(data: Path) -> None:
    """Write three CT-like volumes with two organs in nnU-Net's layout."""
    names = {"background": 0, "liver": 1, "spleen": 2}
    for folder in ("imagesTr", "labelsTr"):
        (data / folder).mkdir(parents=True)
    for number, case in enumerate(CASES):
        z, y, x = np.indices((20, 22, 24))
        voxels = ((x * (number + 2) + y * 5 + z * 3) % 97).astype(np.int16)
        labels = np.zeros((24, 22, 20), np.uint8)
        labels[2:10, 3:12, 2:9], labels[12:20, 3 + number : 12, 9:17] = 1, 2
        save(data / f"imagesTr/{case}_0000.nii.gz", voxels.T)
        save(data / f"labelsTr/{case}.nii.gz", labels)
    (data / "dataset.json").write_text(
        json.dumps(
            {"channel_names": {"0": "CT"}, "labels": names, "file_ending": ".nii.gz"}, indent=1
        )
    )


def save(path: Path, voxels: np.ndarray, shift: float = 0.0) -> None:
    """Write a NIfTI volume, moved to the left by so many millimetres."""
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[0, 3] = shift
    nib.save(nib.Nifti1Image(voxels, affine), path)


def coco(data: Path) -> None:
    """Write three pictures with boxes of cells."""
    (data / "images").mkdir(parents=True)
    images, marks = [], []
    for number in range(3):
        picture(number).save(data / f"images/c{number}.png")
        images.append({"id": number, "file_name": f"c{number}.png", "width": 64, "height": 64})
        for place in range(2):
            box = [6 + 28 * place, 8 + number, 20, 18]
            marks.append({"id": len(marks), "image_id": number, "category_id": 1, "bbox": box})
    tree = {"images": images, "annotations": marks, "categories": [{"id": 1, "name": "nucleus"}]}
    (data / "annotations.json").write_text(json.dumps(tree, indent=1))


def sheet(data: Path) -> None:
    """Write four photographs with a sheet of their diagnoses."""
    (data / "pictures").mkdir(parents=True)
    for number, (name, _, _) in enumerate(ROWS):
        picture(number).save(data / f"pictures/{name}.png")
    lines = ["file,finding,person", *(",".join((f"{row[0]}.png", *row[1:])) for row in ROWS)]
    (data / "labels.csv").write_text("\n".join(lines) + "\n")


LAYOUTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "volumes of nnU-Net": (NNUNET, nnunet),
    "pictures with COCO boxes": (COCO, coco),
    "pictures with a sheet": (SHEET, sheet),
}
"""The recipe of each layout, and what writes its files."""


def write(home: Path, layout: str) -> Path:
    """Write a project with one source, `own`, of this layout; return the folder of the source."""
    world.documents(home)
    for name in ("abdomen", "cells", "skin"):
        (home / f"raw_sources/{name}/recipe.yaml").unlink()
    for name in ("benchmarks/small.yaml", "lexicon/mappings/abdomen.tsv"):
        (home / name).unlink()
    recipe, files = LAYOUTS[layout]
    source = home / "raw_sources/own"
    source.mkdir(parents=True)
    (source / "recipe.yaml").write_text(world.HEAD.format(title="Own") + recipe)
    files(source / "data")
    return source


def edit(file: str, old: str, new: str) -> Spoil:
    """Return the mistake of a text in a file that should be another."""

    def spoil(source: Path) -> None:
        path = source / file
        text = path.read_text("utf-8")
        assert old in text, text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return spoil


def change(how: Callable[[Any], Any]) -> Spoil:
    """Return the mistake of a changed annotations.json."""

    def spoil(source: Path) -> None:
        path = source / "data/annotations.json"
        tree = json.loads(path.read_text("utf-8"))
        how(tree)
        path.write_text(json.dumps(tree, indent=1), "utf-8")

    return spoil


def without(file: str) -> Spoil:
    """Return the mistake of a missing file."""
    return lambda source: (source / file).unlink()


def cut(file: str, share: float = 0.5) -> Spoil:
    """Return the mistake of an incomplete download."""

    def spoil(source: Path) -> None:
        data = (source / file).read_bytes()
        (source / file).write_bytes(data[: int(len(data) * share)])

    return spoil


def relabel(voxels: Callable[[np.ndarray], np.ndarray], shift: float = 0.0) -> Spoil:
    """Return the mistake of another label volume of case_002."""

    def spoil(source: Path) -> None:
        path = source / "data/labelsTr/case_002.nii.gz"
        found = np.asarray(nib.Nifti1Image.from_filename(path).dataobj).copy()
        save(path, voxels(found), shift)

    return spoil


def _value_9(voxels: np.ndarray) -> np.ndarray:
    voxels[0:2, 0:2, 0:2] = 9
    return voxels


def recoded(encoding: str) -> Spoil:
    """Return the mistake of a sheet in another encoding, with a name that is not ASCII."""

    def spoil(source: Path) -> None:
        path = source / "data/labels.csv"
        text = path.read_text("utf-8").replace("nevus,B", "nævus,B")
        path.write_bytes(text.encode(encoding))

    return spoil


def semicolons(source: Path) -> None:
    path = source / "data/labels.csv"
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")


def saved_page(source: Path) -> None:
    (source / "data/imagesTr/case_002_0000.nii.gz").write_text("<html>sign in first</html>" * 40)


R, S, D = "recipe.yaml", "data/labels.csv", "data/dataset.json"
MISTAKES: dict[str, dict[str, Spoil]] = {
    "volumes of nnU-Net": {
        "`dataset.json` was not copied": without(D),
        "one comma too many in `dataset.json`": edit(D, '"spleen": 2', '"spleen": 2,'),
        "a value that `dataset.json` does not name": relabel(_value_9),
        "a label file is missing": without("data/labelsTr/case_002.nii.gz"),
        "labels with another shape": relabel(lambda v: v[:, :, :-1]),
        "labels at another position": relabel(lambda v: v, 9.0),
        "an incomplete download": cut("data/imagesTr/case_002_0000.nii.gz"),
        "a web page saved under the file's name": saved_page,
        "a wrong folder name": edit(R, "imagesTr/", "imagesTs/"),
        "`CT` for `ct`": edit(R, "modality: ct", "modality: CT"),
    },
    "pictures with COCO boxes": {
        "a wrong name of the annotation file": edit(R, "annotations.json", "annotation.json"),
        "a truncated annotation file": cut("data/annotations.json"),
        "a picture of the annotations is missing": without("data/images/c1.png"),
        "a category that is not listed": change(
            lambda t: t["annotations"][2].update(category_id=7)
        ),
        "an image that is not listed": change(lambda t: t["annotations"][2].update(image_id=77)),
        "a box outside the picture": change(
            lambda t: t["annotations"][2].update(bbox=[70, 70, 9, 9])
        ),
        "a box with corners instead of sizes": change(
            lambda t: t["annotations"][2].update(bbox=[40, 40, 20, -12])
        ),
        "a picture that was resized": lambda s: picture(1, 32).save(s / "data/images/c1.png"),
        "`CC0` for `cc0-1.0`": edit(R, "licence: cc0-1.0", "licence: CC0"),
        "a key that does not exist": edit(R, "exhaustive", "exaustive"),
    },
    "pictures with a sheet": {
        "a wrong column name": edit(S, "finding", "Finding"),
        "a missing column of patients": edit(S, ",person", ",patient"),
        "a picture without a row": edit(S, "p3.png,nevus,B\n", ""),
        "a row without a picture": without("data/pictures/p3.png"),
        "two contradictory rows": edit(S, "p3.png,nevus,B", "p2.png,nevus,B"),
        "semicolons instead of commas": semicolons,
        "a comma in a cell without quotes": edit(S, "nevus,B", "nevus, dysplastic,B"),
        "an encoding other than UTF-8": recoded("cp1252"),
        "a word that is not in the lexicon": edit(S, "nevus,B", "nevvus,B"),
        "file names with endings, without `key_is`": edit(R, "key_is: stem, ", ""),
    },
}
