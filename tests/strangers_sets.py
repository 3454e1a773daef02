"""Folders as public sets without a recipe have them, with what each picture shows, written first.

Each writer returns the truth: of every picture its words, and for marks of planar pictures their box.
A word with a question mark is stated by no file; the same one means the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import openpyxl
import PIL.Image
import pydicom

from tests import test_contours as contours
from tests import test_dicom_labels as dicom

Box = tuple[int, int, int, int]
Truth = set[tuple[str, str, Box | None]]
SIZE = 96


def photo(path: Path, seed: int, *, colour: bool = False) -> None:
    """Write a picture with many values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    y, x = np.indices((SIZE, SIZE))
    grey = ((x * 7 + y * 13 + seed * 29 + (x * y) % 37) % 251).astype(np.uint8)
    PIL.Image.fromarray(np.stack([grey, grey[::-1], grey[:, ::-1]], 2) if colour else grey).save(
        path
    )


def mask(path: Path, *blocks: tuple[int, int], value: int = 255) -> list[Box]:
    """Write a mask with blocks of 20 by 10 pixels at (x, y); return their boxes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((SIZE, SIZE), np.uint8)
    for x, y in blocks:
        pixels[y : y + 10, x : x + 20] = value
    PIL.Image.fromarray(pixels).save(path)
    return [(x, y, x + 20, y + 10) for x, y in blocks]


def volume(path: Path, seed: int, values: tuple[int, ...] = ()) -> None:
    """Write a volume, or with values a label volume with a cube of each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    x, y, z = np.indices((18, 18, 18))
    voxels = (x * 9 + y * 5 + z * seed) % 97 + 3
    if values:
        voxels = np.zeros((18, 18, 18), int)
        for n, value in enumerate(values):
            voxels[2 + 5 * n : 6 + 5 * n, 4:12, 4:12] = value
    nib.save(nib.Nifti1Image(voxels.astype(np.int16), np.diag([-1.0, -1, 1, 1])), path)


def graded_knees(top: Path) -> Truth:
    """Folders of a split, and below them folders that are numbered by the grade."""
    truth: Truth = set()
    for split in ("train", "val", "test"):
        for grade in range(5):
            for n in range(3):
                path = f"{split}/{grade}/{9000 + 7 * n + grade}{split[0].upper()}.png"
                photo(top / path, n + grade)
                truth.add((path, f"?{grade}", None))
    return truth


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


def split_yolo(top: Path) -> Truth:
    """Pictures and rows in a folder for each split, and names in a YAML file."""
    truth: Truth = set()
    (top / "data.yaml").write_text(
        "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['polyp', 'ulcer']\n"
    )
    for split, count in (("train", 4), ("valid", 2)):
        for n in range(count):
            stem = f"frame{n}_jpg.rf.{n}a7c"
            photo(top / f"{split}/images/{stem}.jpg", n, colour=True)
            rows = top / f"{split}/labels/{stem}.txt"
            rows.parent.mkdir(exist_ok=True)
            rows.write_text(f"{n % 2} 0.5 0.25 0.25 0.125\n")
            word = ("polyp", "ulcer")[n % 2]
            truth.add((f"{split}/images/{stem}.jpg", word, (36, 18, 60, 30)))
    return truth


def coco_beside_pictures(top: Path) -> Truth:
    """A COCO file among the pictures of each split, with ids of its own."""
    truth: Truth = set()
    for split in ("train", "test"):
        images, marks = [], []
        for n in range(3):
            name = f"{split}_{n}.jpg"
            photo(top / split / name, n)
            images.append({"id": 7 + n, "file_name": name, "width": SIZE, "height": SIZE})
            marks.append({"id": n, "image_id": 7 + n, "category_id": 1 + n % 2, "iscrowd": 0,
                          "bbox": [4 + n, 8, 30, 20], "area": 600})  # fmt: skip
            word = ("caries", "implant")[n % 2]
            truth.add((f"{split}/{name}", word, (4 + n, 8, 34 + n, 28)))
        kinds = [{"id": 1, "name": "caries"}, {"id": 2, "name": "implant"}]
        tree = {"images": images, "annotations": marks, "categories": kinds}
        (top / split / "_annotations.coco.json").write_text(json.dumps(tree))
    return truth


def voc_with_lists(top: Path) -> Truth:
    """Pascal VOC with its lists of names, one name a line."""
    truth: Truth = set()
    (top / "ImageSets/Main").mkdir(parents=True)
    (top / "Annotations").mkdir()
    for n in range(4):
        stem = f"BloodImage_0000{n}"
        photo(top / f"JPEGImages/{stem}.jpg", n, colour=True)
        word = ("RBC", "Platelets")[n % 2]
        (top / f"Annotations/{stem}.xml").write_text(
            f"<annotation><filename>{stem}.jpg</filename><size><width>{SIZE}</width>"
            f"<height>{SIZE}</height><depth>3</depth></size><object><name>{word}</name><bndbox>"
            f"<xmin>{n + 1}</xmin><ymin>5</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>"
            "</annotation>"
        )
        truth.add((f"JPEGImages/{stem}.jpg", word, (n, 4, 30, 40)))
    (top / "ImageSets/Main/train.txt").write_text("BloodImage_00000\nBloodImage_00001\n")
    (top / "ImageSets/Main/test.txt").write_text("BloodImage_00002\nBloodImage_00003\n")
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


def folders_of_pictures_and_a_table(top: Path) -> Truth:
    """Numbered folders of one set, and a table with several findings in a cell."""
    truth: Truth = set()
    rows = ["Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender"]
    cells = ("Effusion|Mass", "Hernia", "Mass", "Effusion")
    for n, cell in enumerate(cells):
        name = f"0000000{n}_000.png"
        photo(top / f"images_00{1 + n % 2}/images/{name}", n)
        rows.append(f"{name},{cell},0,{n},5{n},M")
        words = cell.split("|")
        truth |= {(f"images_00{1 + n % 2}/images/{name}", word, None) for word in words}
    (top / "Data_Entry.csv").write_text("\n".join(rows) + "\n")
    return truth


def a_workbook_of_grades(top: Path) -> Truth:
    """An Excel table with names without an ending and a number of stages."""
    truth: Truth = set()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Image name", "Centre", "Stage", "Comment"])
    for n in range(6):
        photo(top / f"images/IM{n:03}.jpg", n, colour=True)
        sheet.append([f"IM{n:03}", "North", n % 3, ""])
        truth.add((f"images/IM{n:03}.jpg", f"?stage {n % 3}", None))
    book.save(top / "stages.xlsx")
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


def sequences_of_cases(top: Path) -> Truth:
    """A folder for each case with three sequences and a label volume of three values."""
    truth: Truth = set()
    for n, case in enumerate(("sub-021", "sub-107")):
        for k, kind in enumerate(("flair", "t1ce", "t2")):
            volume(top / f"{case}/{case}_{kind}.nii.gz", 3 + n + k)
            words = ("?1", "?2", "?4")
            truth |= {(f"{case}/{case}_{kind}.nii.gz", word, None) for word in words}
        volume(top / f"{case}/{case}_seg.nii.gz", n, (1, 2, 4))
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


def numbered_volumes(top: Path) -> Truth:
    """Volumes and labels whose names differ by the word in front of their number."""
    truth: Truth = set()
    for n in (1, 2, 10):
        volume(top / f"Training/img/img{n:04}.nii.gz", n + 2)
        volume(top / f"Training/label/label{n:04}.nii.gz", 0, (1, 6))
        truth |= {(f"Training/img/img{n:04}.nii.gz", word, None) for word in ("?1", "?6")}
    return truth


def folders_with_cases_in_their_names(top: Path) -> Truth:
    """Folders of classes whose names say more than the class."""
    truth: Truth = set()
    for name in ("Benign cases", "Malignant cases", "Normal cases"):
        for n in range(1, 5):
            path = f"The dataset/{name}/{name[:-1]} ({n}).jpg"
            photo(top / path, n)
            truth.add((path, name, None))
    return truth


def shares_with_numbers_of_classes(top: Path) -> Truth:
    """Boxes as shares of the picture's sides, with a column of names of the finding."""
    truth: Truth = set()
    rows = ["filename,finding_name,x_center,y_center,width,height"]
    for n in range(4):
        photo(top / f"scans/s{n}.png", n)
        word = ("nodule", "cyst")[n % 2]
        rows.append(f"s{n}.png,{word},0.5,0.25,0.25,0.125")
        truth.add((f"scans/s{n}.png", word, (36, 18, 60, 30)))
    (top / "annotations.csv").write_text("\n".join(rows) + "\n")
    return truth


def a_list_of_paths(top: Path) -> Truth:
    """A text file without a header: a path, a space, a class."""
    truth: Truth = set()
    lines = []
    for n in range(6):
        photo(top / f"data/part{n % 2}/x{n}.png", n)
        lines.append(f"data/part{n % 2}/x{n}.png {('covid', 'normal', 'pneumonia')[n % 3]}")
        truth.add((f"data/part{n % 2}/x{n}.png", ("covid", "normal", "pneumonia")[n % 3], None))
    (top / "all.txt").write_text("\n".join(lines) + "\n")
    return truth


def structures_of_cases(top: Path) -> Truth:
    """A folder for each case with its volume, and one with a file for each structure."""
    truth: Truth = set()
    for n, case in enumerate(("s0011", "s0203")):
        volume(top / f"{case}/ct.nii.gz", n + 3)
        for word in ("liver", "spleen", "kidney_left"):
            volume(top / f"{case}/segmentations/{word}.nii.gz", 0, (1,))
            truth.add((f"{case}/ct.nii.gz", word, None))
    return truth


def a_table_for_each_video(top: Path) -> Truth:
    """Frames in a folder for each video, and a table of the same name with a row for each frame."""
    truth: Truth = set()
    (top / "labels").mkdir()
    for video in ("case_1", "case_2"):
        rows = ["frame,step"]
        for n in range(5):
            photo(top / f"frames/{video}/{n:06}.jpg", n, colour=True)
            word = ("incision", "suturing")[n > 2]
            rows.append(f"{n},{word}")
            truth.add((f"frames/{video}/{n:06}.jpg", word, None))
        (top / f"labels/{video}.csv").write_text("\n".join(rows) + "\n")
    return truth


def a_mapping_of_names(top: Path) -> Truth:
    """A JSON object with the label of each file."""
    truth: Truth = set()
    labels = {}
    for n in range(4):
        photo(top / f"imgs/p{n}.png", n)
        labels[f"p{n}.png"] = ("melanoma", "nevus")[n % 2]
        truth.add((f"imgs/p{n}.png", labels[f"p{n}.png"], None))
    (top / "labels.json").write_text(json.dumps(labels))
    return truth


def studies_of_patients(top: Path) -> Truth:
    """Pictures in folders of studies of patients; a table has one row for each study."""
    truth: Truth = set()
    rows = ["subject_id,study_id,Edema,Fracture,Pneumonia,Mass"]
    for p in (11, 12, 13):
        hot = [int(k == p % 4) for k in range(4)]
        rows.append(f"{p},50{p},{','.join(map(str, hot))}")
        for n in range(2):
            path = f"files/p{p}/s50{p}/{p}{n}.jpg"
            photo(top / path, n + p)
            truth.add((path, ("Edema", "Fracture", "Pneumonia", "Mass")[p % 4], None))
    (top / "labels.csv").write_text("\n".join(rows) + "\n")
    return truth


def segmentations_in_series(top: Path) -> Truth:
    """Series in folders named by numbers, a DICOM Segmentation in a folder of its own beside each."""
    truth: Truth = set()
    for n in (1, 2):
        study = top / f"LIDC-{n:04}/3.0{n}"
        study.mkdir(parents=True)
        series = dicom.series(study)
        dicom.segmentation(series, dicom.masks())
        series.rename(study / "CT-1")
        (study / "SEG-2").mkdir()
        (study / "seg.dcm").rename(study / "SEG-2/1-1.dcm")
        path = f"LIDC-{n:04}/3.0{n}/CT-1"
        truth |= {(path, "Liver", None), (path, "Mass", None)}
    return truth


def structure_sets_in_series(top: Path) -> Truth:
    """Series and structure sets of radiotherapy, each in a folder of its own."""
    truth: Truth = set()
    for n in (1, 2):
        study = top / f"LUNG1-{n:03}/study"
        study.mkdir(parents=True)
        series = dicom.series(study)
        first = pydicom.dcmread(min(series.iterdir()))
        series.rename(study / "0.000000-CT")
        (study / "1.000000-RTSTRUCT").mkdir()
        shapes = {
            name: [(contours.CLOSED, contours.ring(*at, z)) for z in (9, 12, 15)]
            for name, at in (("GTV-1", (9, 7, 21, 15)), ("Lung-Left", (3, 3, 9, 9)))
        }
        contours.rtstruct(
            study / "1.000000-RTSTRUCT/1-1.dcm",
            shapes,
            PatientID=first.PatientID,
            FrameOfReferenceUID="1.2.3",
        )
        path = f"LUNG1-{n:03}/study/0.000000-CT"
        truth |= {(path, "GTV-1", None), (path, "Lung-Left", None)}
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


def lines_beside_pictures(top: Path) -> Truth:
    """LabelMe's file beside each picture, with its name."""
    truth: Truth = set()
    for n in range(3):
        photo(top / f"ultrasound/us_{n}.png", n)
        shape = {"label": "thyroid nodule", "shape_type": "rectangle", "points": [[5, 6], [25, 36]],
                 "group_id": None, "flags": {}}  # fmt: skip
        tree = {"version": "5.0", "flags": {}, "shapes": [shape], "imagePath": f"us_{n}.png",
                "imageHeight": SIZE, "imageWidth": SIZE, "imageData": None}  # fmt: skip
        (top / f"ultrasound/us_{n}.json").write_text(json.dumps(tree))
        truth.add((f"ultrasound/us_{n}.png", "thyroid nodule", (5, 6, 25, 36)))
    return truth


def runs_of_a_table(top: Path) -> Truth:
    """Run lengths in a table with a row for each class, in pictures that are not square."""
    truth: Truth = set()
    rows = ["ImageId_ClassId,EncodedPixels,class"]
    for n in range(3):
        path = f"train_images/f{n}.png"
        photo(top / path, n)
        PIL.Image.open(top / path).resize((120, SIZE)).save(top / path)
        x, y = 10 + n, 20
        runs = " ".join(f"{(y + k) * 120 + x + 1} 20" for k in range(10))
        rows.append(f"f{n}.png,{runs},stomach")
        truth.add((path, "stomach", (x, y, x + 20, y + 10)))
    (top / "train.csv").write_text("\n".join(rows) + "\n")
    return truth


WRITERS: tuple[Callable[[Path], Truth], ...] = (
    graded_knees, original_and_truth, masks_beside_pictures, split_yolo, coco_beside_pictures,
    voc_with_lists, named_slices, folders_of_pictures_and_a_table, a_workbook_of_grades,
    a_mask_for_each_object, masks_with_a_prefix, sequences_of_cases, left_and_right_lungs,
    numbered_volumes, folders_with_cases_in_their_names, shares_with_numbers_of_classes,
    a_list_of_paths, structures_of_cases, a_table_for_each_video, a_mapping_of_names,
    studies_of_patients, segmentations_in_series, structure_sets_in_series,
    masks_of_two_readers, lines_beside_pictures, runs_of_a_table,
)  # fmt: skip
