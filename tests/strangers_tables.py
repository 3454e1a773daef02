"""Folders of strangers whose labels are words: in names, tables, boxes and rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import PIL.Image

from tests.strangers_sets import SIZE, Truth, photo


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


def folders_with_cases_in_their_names(top: Path) -> Truth:
    """Folders of classes whose names say more than the class."""
    truth: Truth = set()
    for name in ("Benign cases", "Malignant cases", "Normal cases"):
        for n in range(1, 5):
            path = f"The dataset/{name}/{name[:-1]} ({n}).jpg"
            photo(top / path, n)
            truth.add((path, name, None))
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


def lines_beside_pictures(top: Path) -> Truth:
    """LabelMe's file beside each picture, with its name."""
    truth: Truth = set()
    for n in range(3):
        photo(top / f"ultrasound/us_{n}.png", n)
        shape: dict[str, object] = {"label": "thyroid nodule", "shape_type": "rectangle", "points": [[5, 6], [25, 36]],
                 "group_id": None, "flags": {}}  # fmt: skip
        tree = {"version": "5.0", "flags": {}, "shapes": [shape], "imagePath": f"us_{n}.png",
                "imageHeight": SIZE, "imageWidth": SIZE, "imageData": None}  # fmt: skip
        (top / f"ultrasound/us_{n}.json").write_text(json.dumps(tree))
        truth.add((f"ultrasound/us_{n}.png", "thyroid nodule", (5, 6, 25, 36)))
    return truth


def rows_without_boxes(top: Path) -> Truth:
    """As VinDr-Mammo has them: lists in the cells, and rows without numbers where nothing is marked."""
    truth: Truth = set()
    rows = ["image_id,finding_categories,finding_birads,xmin,ymin,xmax,ymax"]
    for n in range(6):
        photo(top / f"images/st{n // 2}/im{n}.png", n)
        word, place = ("['Mass']", f"{n},6,{n + 9},16") if n % 3 else ("['No Finding']", ",,,")
        rows.append(f'im{n},"{word}",BI-RADS 4,{place}')
        if n % 3:
            truth.add((f"images/st{n // 2}/im{n}.png", word, (n, 6, n + 9, 16)))
    (top / "finding_annotations.csv").write_text("\n".join(rows) + "\n")
    return truth


WRITERS: tuple[Callable[[Path], Truth], ...] = (
    folders_of_pictures_and_a_table,
    a_workbook_of_grades,
    shares_with_numbers_of_classes,
    a_list_of_paths,
    a_table_for_each_video,
    a_mapping_of_names,
    studies_of_patients,
    runs_of_a_table,
    graded_knees,
    folders_with_cases_in_their_names,
    split_yolo,
    coco_beside_pictures,
    voc_with_lists,
    lines_beside_pictures,
    rows_without_boxes,
)
