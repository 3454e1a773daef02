"""A small project on disk, with real files written by their own libraries.

Two CT-like volumes with label volumes (left and right kidneys, liver, spleen, a vertebra), one
with a mask file a structure, a microscopy picture with instances, and labelled photographs.
Every number in it is known, so tests can say what must come out.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np
import PIL.Image

from benchsmith.cli.app import read_benchmark
from benchsmith.documents import parse_cache

LABELS = {
    "abdominal-organ": ("", "abdominal organ", ""),
    "bone": ("", "bone", ""),
    "count": ("", "count", ""),
    "gallbladder": ("abdominal-organ", "gallbladder", ""),
    "kidney": ("abdominal-organ", "kidney", ""),
    "liver": ("abdominal-organ", "liver", "hepar"),
    "nevus": ("", "nevus", "mole"),
    "melanoma": ("", "melanoma", ""),
    "nucleus": ("", "nucleus", ""),
    "rib": ("bone", "rib", ""),
    "spleen": ("abdominal-organ", "spleen", "lien"),
    "stomach": ("abdominal-organ", "stomach", ""),
    "vertebra": ("bone", "vertebra", ""),
} | {f"count-{n}": ("count", str(n), "") for n in range(10)}
TREES = {
    "modality": ["ct:CT", "dermoscopy:dermoscopy", "microscopy:microscopy", "mri:MRI"],
    "task": [
        "bone:Bone",
        "cell-recognition:Cell Recognition",
        "counting:Counting",
        "disease-diagnosis:Disease Diagnosis",
        "organ-recognition-abdomen:Organ Recognition - Abdomen",
    ],
    "department": [
        "dermatology:Dermatology",
        "gastroenterology:Gastroenterology",
        "orthopedic-surgery:Orthopedic Surgery",
        "pathology:Pathology",
    ],
    "granularity": ["box:Box", "contour:Contour", "image:Image", "mask:Mask"],
    "dimension": ["2d:2D", "3d:3D"],
}
PLACES = {
    "bone": ("orthopedic-surgery", ["rib", "vertebra"]),
    "cell-recognition": ("pathology", ["nucleus"]),
    "counting": ("pathology", [f"count-{n}" for n in range(10)]),
    "disease-diagnosis": ("dermatology", ["nevus", "melanoma"]),
    "organ-recognition-abdomen": (
        "gastroenterology",
        ["gallbladder", "kidney", "liver", "spleen", "stomach"],
    ),
}
NAMES = {
    1: "kidney_left",
    2: "kidney_right",
    3: "hepar",
    4: "spleen",
    5: "stomach",
    6: "T12",
    7: "rib_left_7",
}
HU = {0: -50, 1: 30, 2: 31, 3: 60, 4: 45, 5: 10, 6: 400, 7: 350}
SHAPE = (40, 44, 36)
"""Voxels of a volume as (x, y, z)."""


def write(folder: Path) -> Path:
    """Write the whole project and return its folder.

    With it comes the cache of its documents, as after any command: a test that does not change a
    document does not wait until it is parsed.
    """
    for name, data in _files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@cache
def _files() -> dict[str, bytes]:
    """Make the project's files once in a process; return their bytes by relative name."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        documents(folder)
        for case in ("a", "b", "c"):
            volume(folder, case)
        microscopy(folder)
        photographs(folder)
        read_benchmark(folder, "small")
        parse_cache.of.cache_clear()
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def put(path: Path, text: str) -> Path:
    """Write a text file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def table(path: Path, header: str, rows: list[str]) -> Path:
    """Write a TSV; columns and cells are separated by `;`."""
    return put(path, "".join(line.replace(";", "\t") + "\n" for line in [header, *rows]))


def documents(folder: Path) -> None:
    """Write lexicon, question pools, recipes and one benchmark."""
    lex = folder / "lexicon"
    axis = "id;parent;name;synonyms;mesh;note"
    table(
        lex / "tree/label.tsv",
        axis,
        [f"{i};{p};{n};{s};;" for i, (p, n, s) in sorted(LABELS.items())],
    )
    for name, rows in TREES.items():
        table(
            lex / f"tree/{name}.tsv",
            axis,
            [f"{r.split(':')[0]};;{r.split(':')[1]};;;" for r in rows],
        )
    table(
        lex / "placements.tsv",
        "label;modality;task;department;agreed_by",
        sorted(
            f"{label};*;{task};{dep};me"
            for task, (dep, labels) in PLACES.items()
            for label in labels
        ),
    )
    table(
        lex / "abbreviations.tsv",
        "abbreviation;expansion;sources;modalities;reviewed_by;note",
        ["LK;left kidney;*;ct;me;"],
    )
    table(
        lex / "mappings/abdomen.tsv",
        "raw;relation;label;reviewed_by;note",
        ["T12;exact;vertebra;me;", "rib 7;broad;rib;me;"],
    )
    table(lex / "confusables.tsv", "a;b;reason;reviewed_by", ["stomach;spleen;for the test;me"])
    table(
        lex / "windows.tsv",
        "id;kind;level;width;low;high;anatomy;modalities;source;note",
        [
            "bone;hu;400;1800;;;bone;ct;test;",
            "soft;hu;40;400;;;*;ct;test;",
            "mr;percentile;;;0.5;99.5;*;mri | microscopy;test;",
        ],
    )
    table(
        lex / "licences.tsv",
        "id;name;url;redistribute;commercial;attribution;share_alike;note",
        ["cc0-1.0;CC0 1.0;https://creativecommons.org/publicdomain/zero/1.0/;yes;yes;no;no;"],
    )
    table(lex / "curators.tsv", "id;name;role", ["me;A Curator;test"])
    put(
        folder / "question_pools/cues.yaml",
        "image: [image, picture]\nbox: [box, rectangle]\nmask: [shaded]\ncontour: [outline, outlined]\n",
    )
    put(folder / "question_pools/wording.yaml", WORDING)
    for task, cue in (
        ("bone", "bone"),
        ("organ-recognition-abdomen", "organ"),
        ("counting", "How many"),
        ("cell-recognition", "cell"),
        ("disease-diagnosis", "diagnosis"),
    ):
        pool(folder, task, cue)
    recipes(folder)
    put(folder / "benchmarks/small.yaml", BENCHMARK)
    put(folder / "raw_sources/catalog.tsv", CATALOG.replace(";", "\t"))


CATALOG = """id;name;kind;modality;task;anatomy;size;year;venue;licence;link;recipe;note
bones;Bones;dataset;mri;segmentation;vertebrae and rib;;;;;;;
counts;Counts;dataset;microscopy | mixed;counting;;;;;;;;
livers;Livers;dataset;ct | MRI;segmentation | classification;hepar;;;;;;abdomen;
organs;Organs;dataset;mri;detection;abdominal organs, several;;;;;;;
quiz;A Quiz;benchmark;ct;vqa;liver;;;;;;;
"""


def pool(folder: Path, task: str, cue: str) -> None:
    """Write a task file with two stems for each view."""
    where = {
        "image": "this <modality> image",
        "box": "the box in this <modality> picture",
        "mask": "the shaded part of this <modality> view",
        "contour": "the outline in this <modality> view",
    }
    lines = [f"task: {task}", f"cues: [{cue}]"]
    for block, words in (("stems", "is seen"), ("several", "are all seen")):
        lines.append(f"{block}:")
        for view, place in where.items():
            lines += [
                f"  {view}:",
                f'    - "{cue}: what {words} in {place}?"',
                f'    - "In {place}, {cue} that {words} of which kind?"',
            ]
    put(folder / f"question_pools/tasks/{task}.yaml", "\n".join(lines) + "\n")


WORDING = """hints: [obviously]
leads: [except]
meta: [benchmark]
only_several: [all that apply]
several: [are]
"""
HEAD = """title: {title}
version: "1"
homepage: https://example.org
licence: cc0-1.0
citation: nobody
labels_are: synthetic
verified: true
data: {{path: data}}
samples:
"""
BENCHMARK = """title: Small
description: A test.
seed: 7
sources: [abdomen, cells, skin]
slices: {per_label: 2}
quota: {per_answer: 12, per_volume: 6}
split: {val: 1, test: 2}
picture: {long_side: 96}
options: {min_pool: 1, fewest: 2}
audit:
  waive:
    - {check: near-duplicates, who: me, why: three phantoms that differ by a voxel or two}
    - {check: prior-attack, who: me, why: five labels of unequal number}
    - {check: prior-attack-strata, who: me, why: five labels of unequal number}
    - {check: blind-attack, who: me, why: five labels of unequal number}
"""


def hide_test(folder: Path) -> None:
    """Hide the test split of the small benchmark, by a key that is the same in every run.

    A build would draw a key, and with it the order that the audit judges.
    """
    path = folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "hidden: [test]\n")
    key = folder / "output/small/private/key"
    key.parent.mkdir(parents=True)
    key.write_text(bytes(range(32)).hex() + "\n")


def recipes(folder: Path) -> None:
    """Write the three recipes."""
    names = ", ".join(f"{k}: {v}" for k, v in NAMES.items())
    put(
        folder / "raw_sources/abdomen/recipe.yaml",
        HEAD.format(title="Abdomen")
        + f"""
  - images: images/{{key}}.nii.gz
    modality: ct
    labels:
      - kind: volume
        file: labels/{{key}}.nii.gz
        names: {{{names}}}
        exhaustive: true
""",
    )
    put(
        folder / "raw_sources/cells/recipe.yaml",
        HEAD.format(title="Cells")
        + """
  - images: "{key}.png"
    modality: microscopy
    labels:
      - {kind: instances, file: "masks/{key}.png", label: nucleus}
      - {kind: count, file: "masks/{key}.png", tiles: [2, 2], smallest_px: 10}
""",
    )
    put(
        folder / "raw_sources/skin/recipe.yaml",
        HEAD.format(title="Skin")
        + """
  - images: pictures/{key}.jpg
    modality: dermoscopy
    patient: column:person
    labels:
      - {kind: sheet, file: labels.csv, key: picture, labels: [finding]}
""",
    )


def labels_of(case: str) -> np.ndarray:
    """Return the label volume (x, y, z) of a case: blocks at known places, RAS."""
    labels = np.zeros(SHAPE, np.uint8)
    shift = {"a": 0, "b": 1, "c": 2}[case]
    labels[28:36, 10:20, 6 + shift : 18] = 1  # to the patient's ... x grows to the right in RAS
    labels[4:12, 10:20, 6:18] = 2
    labels[22:38, 20:34, 20:32] = 3
    labels[4:14, 18:30, 20:30] = 4
    labels[16:22, 24:38, 22:30] = 5
    labels[17:24, 2:9, 2:34] = 6
    labels[1:3, 8:36, 18:24] = 7
    return labels


AFFINE = np.diag([-1.5, -1.5, 2.0, 1.0]) + np.array(
    [[0, 0, 0, 30.0], [0, 0, 0, 33.0], [0, 0, 0, -36.0], [0, 0, 0, 0]]
)
"""Index x grows to the patient's left, y to the back, z to the head, in mm."""


def body(case: str) -> np.ndarray:
    """Return what lies around the structures: no two cases look alike, or they would be copies."""
    x, y, z = np.indices(SHAPE)
    number = "abc".index(case) + 1
    return 300 * np.sin(number * x / 7 + y / 8) * np.cos((4 - number) * z / 8)


def volume(folder: Path, case: str) -> None:
    """Write one CT-like volume and its labels as NIfTI."""
    labels = labels_of(case)
    grid = np.indices(SHAPE).sum(axis=0) % 5
    hu = np.vectorize(HU.get)(labels) + grid * 2 + np.where(labels, 0, body(case))
    hu = hu.astype(np.int16)
    data = folder / "raw_sources/abdomen/data"
    for name, voxels in (("images", hu), ("labels", labels)):
        (data / name).mkdir(parents=True, exist_ok=True)
        image = nib.Nifti1Image(voxels, AFFINE)
        image.set_sform(AFFINE, 1)
        nib.save(image, data / name / f"{case}.nii.gz")


def microscopy(folder: Path) -> None:
    """Write two pictures with discs as nuclei, and their instance masks."""
    data = folder / "raw_sources/cells/data"
    (data / "masks").mkdir(parents=True)
    for name, places in (
        ("m", [(20, 20), (20, 70), (70, 25), (90, 90)]),
        ("n", [(30, 30), (25, 90), (35, 75), (75, 30), (95, 90), (80, 75)]),
    ):
        mask = np.zeros((120, 120), np.uint8)
        y, x = np.indices(mask.shape)
        for value, (cy, cx) in enumerate(places, start=1):
            mask[(y - cy) ** 2 + (x - cx) ** 2 <= 64] = value
        picture = np.where(mask > 0, 200, 20).astype(np.uint8) + (y % 7).astype(np.uint8)
        PIL.Image.fromarray(picture).save(data / f"{name}.png")
        PIL.Image.fromarray(mask).save(data / f"masks/{name}.png")


def photographs(folder: Path) -> None:
    """Write eight photographs, none like another, with a sheet: two findings, eight people."""
    data = folder / "raw_sources/skin/data"
    (data / "pictures").mkdir(parents=True)
    rows = []
    for i in range(8):
        y, x = np.indices((100, 130))
        spot = (y - 50) ** 2 + (x - 60) ** 2 < (200 + 90 * i)
        digest = np.frombuffer(hashlib.sha512(b"%d" % i).digest()[:35], np.uint8)
        patches = digest.reshape(5, 7).astype(np.int16) % 90 - 60
        skin = patches.repeat(20, axis=0).repeat(19, axis=1)[:, :130]
        picture = np.stack(
            [
                np.where(spot, 90, 220 + skin),
                np.where(spot, 60 + i, 180 + skin),
                np.full(y.shape, 150),
            ],
            axis=2,
        )
        PIL.Image.fromarray(picture.astype(np.uint8)).save(data / f"pictures/p{i}.jpg", quality=95)
        rows.append(f"p{i},{'mole' if i % 2 else 'melanoma'},person{i}")
    put(data / "labels.csv", "picture,finding,person\n" + "\n".join(rows) + "\n")


ZH_NAMES = {
    "kidney": "肾脏",
    "liver": "肝脏",
    "spleen": "脾脏",
    "stomach": "胃",
    "gallbladder": "胆囊",
    "melanoma": "黑色素瘤",
    "nevus": "色素痣",
}
ZH_TREES = {
    "modality": {"ct": "CT", "dermoscopy": "皮肤镜"},
    "task": {
        "bone": "骨骼",
        "cell-recognition": "细胞",
        "counting": "计数",
        "disease-diagnosis": "诊断",
        "organ-recognition-abdomen": "腹部器官",
    },
    "department": {
        "dermatology": "皮肤科",
        "gastroenterology": "消化科",
        "orthopedic-surgery": "骨科",
        "pathology": "病理科",
    },
    "granularity": {"box": "框", "contour": "轮廓", "image": "图像", "mask": "掩膜"},
}


def chinese(folder: Path) -> Path:
    """Add Chinese to a project: some names, two tasks' stems, and the benchmark `small-zh`."""
    for axis, names in {"label": ZH_NAMES, **ZH_TREES}.items():
        rows = [f"{id_};{name};" for id_, name in sorted(names.items())]
        table(folder / f"lexicon/tree/{axis}.zh.tsv", "id;name;synonyms", rows)
    pools = folder / "question_pools"
    put(pools / "cues.zh.yaml", "image: [图像]\nbox: [方框]\nmask: [着色]\ncontour: [轮廓]\n")
    put(
        pools / "wording.zh.yaml",
        "hints: [明显]\nleads: [除外]\nmeta: [数据集]\nonly_several: [哪些]\nseveral: [分别是]\n",
    )
    for task, cue in (("organ-recognition-abdomen", "器官"), ("disease-diagnosis", "诊断")):
        lines = [f"task: {task}", "language: zh", f"cues: [{cue}]", "stems:"]
        for view, place in (
            ("image", "图像"),
            ("box", "方框"),
            ("mask", "着色"),
            ("contour", "轮廓"),
        ):
            lines += [f"  {view}:", f'    - "这幅<modality>照片的{place}里是什么{cue}？"']
        put(pools / f"tasks/{task}.zh.yaml", "\n".join(lines) + "\n")
    text = BENCHMARK.replace("title: Small", "title: 小\nlanguage: zh")
    put(folder / "benchmarks/small-zh.yaml", text)
    return folder
