"""Folders of strangers whose labels are masks of pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import PIL.Image
import scipy.io

from tests.strangers_sets import SIZE, Truth, mask, photo


def original_and_truth(top: Path) -> Truth:
    """Two folders with equal numbers, one of them named with two words."""
    truth: Truth = set()
    for n in (1, 2, 10, 11):
        photo(top / f"TIF/Original/{n}.tif", n, colour=True)
        for box in mask(top / f"TIF/Ground Truth/{n}.tif", (3 * n, 40)):
            truth.add((f"TIF/Original/{n}.tif", "?", box))
    return truth


def masks_beside_pictures(top: Path) -> Truth:
    """Few pictures in folders of classes, with one mask or two beside each."""
    truth: Truth = set()
    for name, count in (("benign", 3), ("malignant", 2), ("normal", 2)):
        for n in range(1, count + 1):
            stem = f"{name}/{name} ({n})"
            photo(top / f"{stem}.png", n)
            truth.add((f"{stem}.png", name, None))
            marks = [(10 * n, 20)] if name != "normal" else []
            boxes = mask(top / f"{stem}_mask.png", *marks)
            if name == "benign" and n == 2:
                boxes += mask(top / f"{stem}_mask_1.png", (50, 70))
            truth |= {(f"{stem}.png", "?tumour", box) for box in boxes}
    return truth


def named_slices(top: Path) -> Truth:
    """One `.npz` file a slice, with the picture as fractions and the labels as numbers."""
    truth: Truth = set()
    y, x = np.indices((SIZE, SIZE))
    for case in (5, 9):
        for n in range(2):
            labels = np.zeros((SIZE, SIZE), np.uint8)
            labels[20:30, 10:30], labels[50:60, 40:60] = 1, 2
            path = f"train_npz/case000{case}_slice00{n}.npz"
            (top / "train_npz").mkdir(exist_ok=True)
            grey = ((x * 7 + y * 13 + n) % 251 / 251).astype(np.float32)
            np.savez(top / path, image=grey, label=labels)
            truth |= {(path, "?1", (10, 20, 30, 30)), (path, "?2", (40, 50, 60, 60))}
    return truth


def a_mask_for_each_object(top: Path) -> Truth:
    """A folder for each picture, with one file for each nucleus."""
    truth: Truth = set()
    for n, case in enumerate(("a3f2", "b771", "c9d0")):
        path = f"stage1_train/{case}/images/{case}.png"
        photo(top / path, n)
        for k in range(n + 1):
            name = f"stage1_train/{case}/masks/{17 * k + n:04x}{case}.png"
            for box in mask(top / name, (5 + 25 * k, 30)):
                truth.add((path, "?", box))
    return truth


def masks_with_a_prefix(top: Path) -> Truth:
    """Masks in two colours whose names have a word in front of their picture's."""
    truth: Truth = set()
    for n in range(3):
        photo(top / f"imgs/eye{n}.png", n, colour=True)
        pixels = np.zeros((SIZE, SIZE, 3), np.uint8)
        pixels[10:20, 5 + n : 25 + n], pixels[50:60, 5:25] = (255, 0, 0), (0, 0, 255)
        (top / "gts").mkdir(exist_ok=True)
        PIL.Image.fromarray(pixels).save(top / f"gts/gt_eye{n}.png")
        truth |= {(f"imgs/eye{n}.png", "?red", (5 + n, 10, 25 + n, 20)),
                  (f"imgs/eye{n}.png", "?blue", (5, 50, 25, 60))}  # fmt: skip
    return truth


def left_and_right_lungs(top: Path) -> Truth:
    """Two folders of masks, and a class in the last digit of the pictures' names."""
    truth: Truth = set()
    for n in range(6):
        path = f"CXR_png/MCUCXR_{n:04}_{n % 2}.png"
        photo(top / path, n)
        truth.add((path, f"?{n % 2}", None))
        for side, x in (("leftMask", 60), ("rightMask", 10)):
            for box in mask(top / f"ManualMask/{side}/{Path(path).name}", (x, 20 + n)):
                truth.add((path, f"?{side}", box))
    return truth


def masks_of_two_readers(top: Path) -> Truth:
    """A folder of masks for each of two readers; most of two are both."""
    truth: Truth = set()
    for n in range(3):
        photo(top / f"images/case{n}.png", n)
        mask(top / f"masks/grader1/case{n}.png", (10, 30))
        mask(top / f"masks/grader2/case{n}.png", (14, 30))
        truth.add((f"images/case{n}.png", "?", (14, 30, 30, 40)))
    return truth


def cells_of_two_values(top: Path) -> Truth:
    """As SegPC has them: a file for each cell, with one value for its body and one for its nucleus."""
    truth: Truth = set()
    for n in (1, 2, 12):
        photo(top / f"x/{n}.bmp", n, colour=True)
        for k in (1, 2):
            cell = np.zeros((SIZE, SIZE), np.uint8)
            cell[10:30, 40 * k - 30 : 40 * k - 10], cell[15:25, 40 * k - 25 : 40 * k - 15] = 20, 40
            (top / "y").mkdir(exist_ok=True)
            PIL.Image.fromarray(cell).save(top / f"y/{n}_{k}.bmp")
            truth.add((f"x/{n}.bmp", "?cell", (40 * k - 30, 10, 40 * k - 10, 30)))
    return truth


def annotations_behind_pictures(top: Path) -> Truth:
    """As GlaS has them: one value for each gland, and a table of grades."""
    truth: Truth = set()
    rows = ["name,patient ID, grade (GlaS)"]
    for part, count in (("train", 4), ("testA", 2)):
        for n in range(1, count + 1):
            stem = f"{part}_{n}"
            photo(top / f"{stem}.bmp", n, colour=True)
            glands = np.zeros((SIZE, SIZE), np.uint8)
            for k in range(n + 2):
                glands[3 + 15 * k : 13 + 15 * k, 10:40] = k + 1
                truth.add((f"{stem}.bmp", "?gland", (10, 3 + 15 * k, 40, 13 + 15 * k)))
            PIL.Image.fromarray(glands).save(top / f"{stem}_anno.bmp")
            word = ("benign", "malignant")[n % 2]
            rows.append(f"{stem},{n},{word}")
            truth.add((f"{stem}.bmp", word, None))
    (top / "Grade.csv").write_text("\n".join(rows) + "\n")
    return truth


def matlab_maps(top: Path) -> Truth:
    """As CoNSeP has them: nuclei, their types and their centres as arrays of one MATLAB file."""
    truth: Truth = set()
    for part in ("Train", "Test"):
        for n in (1, 2, 3):
            path = f"{part}/Images/{part.lower()}_{n}.png"
            photo(top / path, n, colour=True)
            nuclei, kinds = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE))
            for k in range(n + 1):
                place = (slice(5 + 20 * k, 15 + 20 * k), slice(10, 40))
                nuclei[place], kinds[place] = k + 1, 1 + k % 2
                truth.add((path, "?nucleus", (10, 5 + 20 * k, 40, 15 + 20 * k)))
            (top / part / "Labels").mkdir(exist_ok=True)
            types = np.arange(n + 1.0)[:, None]
            arrays = {"inst_map": nuclei, "type_map": kinds, "inst_type": types,
                      "inst_centroid": np.zeros((n + 1, 2))}  # fmt: skip
            scipy.io.savemat(top / f"{part}/Labels/{part.lower()}_{n}.mat", arrays)
    return truth


def a_letter_of_some(top: Path) -> Truth:
    """As ACRIMA has them: a letter in the names of one class."""
    truth: Truth = set()
    for n in range(1, 5):
        for path, word in ((f"Im{n:03}_ACRIMA", "?healthy"), (f"Im{n + 300}_g_ACRIMA", "?ill")):
            photo(top / f"Images/{path}.jpg", n, colour=True)
            truth.add((f"Images/{path}.jpg", word, None))
    return truth


def other_zeros(top: Path) -> Truth:
    """Numbers with four digits in the names of pictures, and with three in those of masks."""
    truth: Truth = set()
    for n in (0, 1, 12):
        photo(top / f"p1/scan/i{n:04}.png", n)
        for box in mask(top / f"p1/truth/liver_{n:03}.png", (10 + n, 20)):
            truth.add((f"p1/scan/i{n:04}.png", "?liver", box))
    return truth


def crosses_in_a_workbook(top: Path) -> Truth:
    """As PH2 has them: folders named after their case, and a cross in the column of what it shows."""
    truth: Truth = set()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    kinds = ("Common Nevus", "Atypical Nevus", "Melanoma")
    sheet.append(["Image Name", *kinds])
    for n in (3, 9, 16, 103, 401):
        name = f"IMD{n:03}"
        path = f"PH2/{name}/{name}_Dermoscopic_Image/{name}.bmp"
        photo(top / path, n, colour=True)
        (box,) = mask(top / f"PH2/{name}/{name}_lesion/{name}_lesion.bmp", (10, n % 20))
        sheet.append([name, *("X" if k == n % 3 else None for k in range(3))])
        truth |= {(path, "?lesion", box), (path, kinds[n % 3], None)}
    book.save(top / "PH2.xlsx")
    return truth


def initials_of_readers(top: Path) -> Truth:
    """As STARE has them: a folder of masks for each of two readers, named after their initials."""
    truth: Truth = set()
    for n in range(1, 5):
        path = f"stare-images/im{n:04}.ppm"
        photo(top / path, n, colour=True)
        (box,) = mask(top / f"labels-ah/im{n:04}.ah.ppm", (10, 4 * n))
        mask(top / f"labels-vk/im{n:04}.vk.ppm", (12, 4 * n))
        truth.add((path, "?vessel", box))
    return truth


WRITERS: tuple[Callable[[Path], Truth], ...] = (
    original_and_truth,
    masks_beside_pictures,
    named_slices,
    a_mask_for_each_object,
    masks_with_a_prefix,
    left_and_right_lungs,
    masks_of_two_readers,
    cells_of_two_values,
    annotations_behind_pictures,
    matlab_maps,
    a_letter_of_some,
    other_zeros,
    crosses_in_a_workbook,
    initials_of_readers,
)
