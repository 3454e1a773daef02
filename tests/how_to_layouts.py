"""The folders of docs/how-to.md: the smallest data set of each kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image

from tests import ordinary_mistakes
from tests.ordinary_mistakes import picture, save

NAMES = ("p1", "p2", "p3", "p4")
VOC = """<annotation><filename>{name}.png</filename>
<size><width>64</width><height>64</height><depth>1</depth></size>
<object><name>nucleus</name><bndbox><xmin>{x}</xmin><ymin>9</ymin><xmax>30</xmax><ymax>28</ymax></bndbox>
</object></annotation>
"""


def _blob(number: int, value: int = 255) -> np.ndarray:
    """Return a mask of one region, which differs between pictures."""
    mask = np.zeros((64, 64), np.uint8)
    mask[10 : 30 + number, 12 : 40 - number] = value
    return mask


def _pictures(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, name in enumerate(NAMES):
        picture(number).save(folder / f"{name}.png")


def masks(folder: Path) -> None:
    """Write pictures with a mask each."""
    _pictures(folder / "images")
    (folder / "masks").mkdir()
    for number, name in enumerate(NAMES):
        PIL.Image.fromarray(_blob(number)).save(folder / f"masks/{name}.png")


def structures(folder: Path) -> None:
    """Write CT-like volumes with one mask file per structure."""
    for number, case in enumerate(("s0001", "s0002", "s0003")):
        z, y, x = np.indices((20, 22, 24))
        (folder / case / "segmentations").mkdir(parents=True)
        voxels = ((x * (number + 2) + y * 5 + z * 3) % 97).astype(np.int16)
        save(folder / case / "ct.nii.gz", voxels.T)
        for place, name in enumerate(("liver", "spleen")):
            mask = np.zeros((24, 22, 20), np.uint8)
            mask[2 + 10 * place : 10 + 10 * place, 3:12, 2 : 9 + number] = 1
            save(folder / case / f"segmentations/{name}.nii.gz", mask)


def classes(folder: Path) -> None:
    """Write pictures in folders of their classes, in an official split."""
    for number, name in enumerate(NAMES):
        for split in ("train", "test"):
            place = folder / split / ("nevus", "melanoma")[number % 2]
            place.mkdir(parents=True, exist_ok=True)
            picture(number + 10 * (split == "test")).save(place / f"{split}_{name}.png")


def voc(folder: Path) -> None:
    """Write pictures with a Pascal VOC file each."""
    _pictures(folder / "images")
    (folder / "annotations").mkdir()
    for number, name in enumerate(NAMES):
        text = VOC.format(name=name, x=8 + number)
        (folder / f"annotations/{name}.xml").write_text(text)


def yolo(folder: Path) -> None:
    """Write pictures with YOLO's boxes and their `data.yaml`."""
    _pictures(folder / "images/train")
    (folder / "labels/train").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        text = f"0 0.4 0.5 0.3 {0.2 + number / 50}\n"
        (folder / f"labels/train/{name}.txt").write_text(text)
    (folder / "data.yaml").write_text("train: images/train\nnc: 1\nnames: [nucleus]\n")


def colours(folder: Path) -> None:
    """Write pictures with masks whose colours are structures."""
    _pictures(folder / "images")
    (folder / "labels").mkdir()
    for number, name in enumerate(NAMES):
        mask = np.zeros((64, 64, 3), np.uint8)
        mask[_blob(number) > 0] = (255, 0, 0)
        mask[44:60, 10 : 40 + number] = (0, 255, 0)
        PIL.Image.fromarray(mask).save(folder / f"labels/{name}.png")


def npz(folder: Path) -> None:
    """Write a file in MedMNIST's layout."""
    folder.mkdir(parents=True)
    arrays = {}
    for at, split in enumerate(("train", "val", "test")):
        images = [np.asarray(picture(n + 10 * at, 28)) for n in range(4)]
        arrays[f"{split}_images"] = np.stack(images)
        arrays[f"{split}_labels"] = np.array([[0], [1], [0], [1]], np.uint8)
    np.savez(folder / "skinmnist.npz", **arrays)


def two_readers(folder: Path) -> None:
    """Write pictures with the masks of two observers."""
    _pictures(folder / "images")
    for at, reader in enumerate(("reader1", "reader2")):
        (folder / "masks" / reader).mkdir(parents=True)
        for number, name in enumerate(NAMES):
            PIL.Image.fromarray(_blob(number + at)).save(folder / f"masks/{reader}/{name}.png")


LAYOUTS: dict[str, Callable[[Path], None]] = {
    "Pictures with masks": masks,
    "Volumes with one mask per structure": structures,
    "Volumes with label volumes": ordinary_mistakes.nnunet,
    "Class folders": classes,
    "Pictures with a table of labels": ordinary_mistakes.sheet,
    "COCO": ordinary_mistakes.coco,
    "Pascal VOC": voc,
    "YOLO": yolo,
    "Coloured masks": colours,
    "Masks of two observers": two_readers,
    "MedMNIST files": npz,
}
"""What writes the folder of each section of docs/how-to.md."""
