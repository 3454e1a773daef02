"""Miniatures of published benchmarks, in the layouts of their files, with what must be adopted of each."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.random_order import randint


@cache
def picture(seed: int, form: str = "PNG", side: int = 64) -> bytes:
    """Return the file of a picture of smooth noise that no other seed has."""
    grey = [randint(seed, 0, 255, "picture", str(i)) for i in range(8 * 8 * 3)]
    coarse = np.array(grey, np.uint8).reshape(8, 8, 3)
    large = PIL.Image.fromarray(coarse).resize((side, side), PIL.Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    large.save(buffer, form)
    return buffer.getvalue()


@dataclass
class Wanted:
    """What must be adopted of a set, as (question, options, right option, split, digest of picture)."""

    cases: set[tuple[str, tuple[str, ...], str, str, str]] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(
        self, question: str, options: Iterable[str], right: str, split: str, data: bytes
    ) -> None:
        """Add a case; `right` is empty where the answer is hidden."""
        self.cases.add((question, tuple(options), right, split, hashlib.sha256(data).hexdigest()))


def put(path: Path, data: bytes | str) -> None:
    """Write a file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def put_table(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write a CSV or TSV with the columns of the first row."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0], delimiter="\t" if path.suffix == ".tsv" else ",")
    writer.writeheader()
    writer.writerows(rows)
    put(path, text.getvalue())


def put_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write JSON lines."""
    put(path, "".join(json.dumps(row) + "\n" for row in rows))


def put_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write a Parquet file as the Hub has it: pictures are structs of bytes and path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def shown(data: bytes | None) -> dict[str, Any] | None:
    """Return a picture as the Hub's Parquet files hold it."""
    return None if data is None else {"bytes": data, "path": "x.png"}


def gmai_mmbench(folder: Path) -> Wanted:
    """Base64 TSV: a shared picture that comes later, an empty fifth option, test without answers."""
    wanted, one, two = Wanted(), picture(1), picture(2, "JPEG")
    about = {"category": "liver", "clinical VQA task": "Disease Diagnosis", "department": "Urology",
             "perceptual granularity": "Box level", "modality": "CT", "original task": "SEG_3D"}  # fmt: skip
    text = [base64.b64encode(data).decode() for data in (one, two)]
    options = {"A": "liver", "B": "kidney", "C": "spleen", "D": "colon", "E": ""}
    rows = [
        {"index": 0, "image": "1", "question": "Which is it?", **options, "answer": "C", **about},
        {"index": 1, "image": text[0], "question": "Which organ?", **options, "E": "None", "answer": "E", **about},
        {"index": 2, "image": text[1], "question": "Which one?", **options, "answer": "E", **about},
        {"index": 3, "image": "77", "question": "Which part?", **options, "answer": "A", **about},
    ]  # fmt: skip
    put_table(folder / "GMAI_mm_bench_VAL.tsv", rows)
    wanted.add("Which is it?", ["liver", "kidney", "spleen", "colon"], "spleen", "val", one)
    wanted.add("Which organ?", ["liver", "kidney", "spleen", "colon", "None"], "None", "val", one)
    wanted.left_out = Counter({"key-not-offered": 1, "no-picture": 1})
    hidden = [{k: v for k, v in {**rows[1], "image": text[1]}.items() if k != "answer"}]
    put_table(folder / "GMAI_mm_bench_TEST_part_1.tsv", hidden)
    wanted.add("Which organ?", ["liver", "kidney", "spleen", "colon", "None"], "", "test", two)
    return wanted


def omnimedvqa(folder: Path) -> Wanted:
    """JSON by data set: the answer is a text, rows lack an option, one has another name of a column."""
    wanted = Wanted()
    for i in range(3):
        put(folder / f"Images/ACRIMA/{i}.png", picture(10 + i))
    row = {"dataset": "ACRIMA", "question_type": "Disease Diagnosis", "question": "Is there glaucoma?",
           "option_A": "No, it's normal.", "option_B": "Yes, glaucoma.", "option_C": "Retinal tear"}  # fmt: skip
    rows = [
        {**row, "question_id": "a0", "gt_answer": "Yes, glaucoma.", "modality_type": "Fundus Photography",
         "image_path": "Images/ACRIMA/0.png"},
        {**row, "question_id": "a1", "gt_answer": "yes, glaucoma", "modality": "Fundus Photography",
         "image_path": "Images/ACRIMA/1.png", "option_D": "Cataract"},
        {**row, "question_id": "a2", "gt_answer": "Myopia", "modality_type": "Fundus Photography",
         "image_path": "Images/ACRIMA/2.png"},
        {**row, "question_id": "a3", "gt_answer": "Retinal tear", "modality_type": "Fundus Photography",
         "image_path": "Images/ACRIMA/3.png"},
    ]  # fmt: skip
    put(folder / "QA_information/Open-access/ACRIMA.json", json.dumps(rows))
    options = [row["option_A"], row["option_B"], row["option_C"]]
    wanted.add("Is there glaucoma?", options, "Yes, glaucoma.", "test", picture(10))
    wanted.add("Is there glaucoma?", [*options, "Cataract"], "Yes, glaucoma.", "test", picture(11))
    wanted.left_out = Counter({"key-not-offered": 1, "no-picture": 1})
    return wanted


def slake(folder: Path) -> Wanted:
    """JSON by split, pictures in folders; open, Chinese, and closed questions without a yes or no."""
    wanted, data = Wanted(), picture(20, "JPEG")
    put(folder / "imgs/xmlab1/source.jpg", data)
    row = {"img_id": 1, "img_name": "xmlab1/source.jpg", "q_lang": "en", "answer_type": "CLOSED",
           "modality": "CT", "content_type": "Organ", "location": "Lung", "triple": ["vhead", "_", "_"]}  # fmt: skip
    rows = [
        {**row, "qid": 1, "question": "Is this a lung?", "answer": "Yes"},
        {**row, "qid": 2, "question": "Is this a liver?", "answer": "no"},
        {**row, "qid": 3, "question": "Which is bigger, lung or heart?", "answer": "Lung"},
        {**row, "qid": 4, "question": "Is it healthy?", "answer": "Yes", "answer_type": "OPEN"},
        {**row, "qid": 5, "question": "?", "answer": "\u662f", "q_lang": "zh"},
    ]
    put(folder / "test.json", json.dumps(rows))
    put(folder / "validate.json", json.dumps([{**rows[0], "qid": 6}]))
    wanted.add("Is this a lung?", ["Yes", "No"], "Yes", "test", data)
    wanted.add("Is this a liver?", ["Yes", "No"], "No", "test", data)
    wanted.add("Is this a lung?", ["Yes", "No"], "Yes", "val", data)
    wanted.left_out = Counter({"open-answer": 2, "row-unwanted": 1})
    return wanted


def _hub_yes_no(folder: Path, splits: dict[str, str], seed: int, form: str) -> Wanted:
    wanted = Wanted()
    for k, (file, split) in enumerate(splits.items()):
        data = [picture(seed + 10 * k + i, form) for i in range(3)]
        put_parquet(folder / f"data/{file}-00000-of-00001-0123456789abcdef.parquet", [
            {"image": shown(data[0]), "question": f"is it {k}?", "answer": "yes"},
            {"image": shown(data[1]), "question": "is it not?", "answer": "No"},
            {"image": shown(data[2]), "question": "where is it?", "answer": "yes, in the left lung"},
        ])  # fmt: skip
        wanted.add(f"is it {k}?", ["Yes", "No"], "Yes", split, data[0])
        wanted.add("is it not?", ["Yes", "No"], "No", split, data[1])
        wanted.left_out["open-answer"] += 1
    return wanted


def vqa_rad(folder: Path) -> Wanted:
    """The Hub's Parquet files, two splits."""
    return _hub_yes_no(folder, {"train": "train", "test": "test"}, 30, "JPEG")


def pathvqa(folder: Path) -> Wanted:
    """The Hub's Parquet files, three splits."""
    splits = {"train": "train", "validation": "val", "test": "test"}
    return _hub_yes_no(folder, splits, 60, "PNG")


def pmc_vqa(folder: Path) -> Wanted:
    """CSV with letters in front of the options, and a comma in a caption."""
    wanted, data = Wanted(), picture(90, "JPEG")
    put(folder / "figures/PMC1_F1.jpg", data)
    row = {"index": 0, "Figure_path": "PMC1_F1.jpg", "Caption": "a, b", "Question": "What is shown?",
           "Choice A": " A:CT ", "Choice B": " B: MRI", "Choice C": "C:PET", "Choice D": "D:X-ray",
           "Answer": "B", "split": "test"}  # fmt: skip
    put_table(folder / "test_2.csv", [row, {**row, "index": 1, "Choice D": "D:ct"}])
    put_table(folder / "train_2.csv", [{**row, "Choice D": "Vitamin D: low", "Answer": "D"}])
    wanted.add("What is shown?", ["CT", "MRI", "PET", "X-ray"], "MRI", "test", data)
    whole = ["A:CT", "B: MRI", "C:PET", "Vitamin D: low"]
    wanted.add("What is shown?", whole, "Vitamin D: low", "train", data)
    wanted.left_out = Counter({"options-repeated": 1})
    return wanted


def medxpertqa(folder: Path) -> Wanted:
    """JSON lines whose questions repeat the options, with lists of pictures."""
    wanted, data = Wanted(), picture(100, "JPEG")
    put(folder / "images/MM-0-a.jpeg", data)
    options = {"A": "Lateral", "B": "Inferior", "C": "Vitamin B. deficiency"}
    written = " ".join(f"({letter}) {text}" for letter, text in options.items())
    row = {"id": "MM-0", "question": f"Which side? See (A) in the picture.\nAnswer Choices: {written}",
           "options": options, "label": "C", "images": ["MM-0-a.jpeg"], "medical_task": "Diagnosis",
           "body_system": "Skeletal", "question_type": "Reasoning"}  # fmt: skip
    put_lines(folder / "MM/test.jsonl", [row, {**row, "id": "MM-1", "images": ["1.png", "2.png"]}])
    put_lines(folder / "MM/dev.jsonl", [{**row, "label": ["A"]}])
    asked = "Which side? See (A) in the picture."
    wanted.add(asked, options.values(), "Vitamin B. deficiency", "test", data)
    wanted.add(asked, options.values(), "Lateral", "val", data)
    wanted.left_out = Counter({"several-pictures": 1})
    return wanted


def mmmu_health(folder: Path) -> Wanted:
    """Parquet by subject: options as a Python list in text, seven columns of pictures."""
    wanted, one, two = Wanted(), picture(110), picture(111)
    row = {"id": "validation_Pharmacy_1", "question": "<image 1> What is it?", "options": "['a drug', \"it's food\"]",
           "explanation": "", "image_1": shown(one), "image_2": shown(None), "image_3": None, "image_4": None,
           "image_5": None, "image_6": None, "image_7": None, "img_type": "['Photo']", "answer": "B",
           "topic_difficulty": "Easy", "question_type": "multiple-choice", "subfield": "x"}  # fmt: skip
    rows = [
        row,
        {**row, "id": "2", "image_2": shown(two)},
        {**row, "id": "3", "question_type": "open", "options": "[]", "answer": "7"},
    ]
    put_parquet(folder / "Pharmacy/validation-00000-of-00001.parquet", rows)
    put_parquet(folder / "Pharmacy/test-00000-of-00001.parquet", [{**row, "answer": "?"}])
    put_parquet(folder / "Art/test-00000-of-00001.parquet", [row])
    wanted.add("What is it?", ["a drug", "it's food"], "it's food", "val", one)
    wanted.add("What is it?", ["a drug", "it's food"], "", "test", one)
    wanted.left_out = Counter({"several-pictures": 1, "open-answer": 1})
    return wanted


def medframeqa(folder: Path) -> Wanted:
    """Two to five pictures in each row; one row has a single picture, so that there is a release."""
    wanted, data = Wanted(), picture(120)
    row = {"question_id": "q1", "question": "What changes?", "options": ["size", "shape", "nothing"],
           "correct_answer": "A", "image_1": shown(data), "image_2": shown(data), "image_3": None,
           "image_4": None, "image_5": None, "modality": "CT"}  # fmt: skip
    put_parquet(
        folder / "data/test-00000-of-00002.parquet",
        [row, {**row, "question_id": "q2", "image_2": None}],
    )
    wanted.add("What changes?", ["size", "shape", "nothing"], "size", "test", data)
    wanted.left_out = Counter({"several-pictures": 1})
    return wanted


def drvd_bench(folder: Path) -> Wanted:
    """JSON lines with letters in front of options and answers."""
    wanted, data = Wanted(), picture(130)
    put(folder / "pictures/ct/1.png", data)
    row = {"image_paths": "pictures/ct/1.png", "question": "Which organ?", "modality": "CT",
           "options": ["A. liver", "B. lung", "C. brain"], "answer": "B. lung"}  # fmt: skip
    put_lines(folder / "visual_evidence_qa.jsonl", [
        {**row, "task": "organ"},
        {**row, "task": "report_generation", "options": [], "answer": "A long report."},
    ])  # fmt: skip
    put_lines(folder / "independent_qa.jsonl", [{**row, "level": "diagnosis", "answer": "C"}])
    wanted.add("Which organ?", ["liver", "lung", "brain"], "lung", "test", data)
    wanted.add("Which organ?", ["liver", "lung", "brain"], "brain", "test", data)
    wanted.left_out = Counter({"open-answer": 1})
    return wanted


def cares(folder: Path) -> Wanted:
    """JSON lines of four data sets: options in one text, answers with a comment, open questions."""
    wanted, data = Wanted(), picture(140)
    places = {
        "IU-Xray": "iuxray",
        "HAM10000": "HAM10000",
        "OL3I": "OL3I",
        "Harvard-FairVLMed": "fundus",
    }
    for place in places:
        put(folder / f"data/{place}/images/1.png", data)
    ask = " Please choose from the following two options: [yes, no]"
    lines = {
        "IU-Xray": [
            {"question": f"Is the heart normal?{ask}\n<image>", "answer": "Yes.", "image": "1.png"},
            {"question": f"Is there air?{ask}\n<image>", "answer": "- No (based on it)", "image": "1.png"},
            {"question": f"Is it old?{ask}", "answer": "The report does not say.", "image": "1.png"},
        ],
        "HAM10000": [{
            "image": "1.png", "options": "A:scalp, B:ear, C:upper extremity, D:back",
            "fig_caption": "C:upper extremity", "text":
            "This is a medical Question with several Options, and there is only one correct answer among "
            "these options. Please select the correct answer for the question. Remember, you can only select "
            "one option. The Question is:Which part is it?The candidate Options are:[A:scalp, B:ear, "
            "C:upper extremity, D:back]\n",
        }],
        "OL3I": [{"image": "1.png", "options": "A:Yes, B:No", "answer": "B:No, there is none",
                  "text": "Is there disease? Please choose from the following two options: [yes, no]\n"}],
        "Harvard-FairVLMed": [{"image": "1.png", "text": "Who has it?", "answer": "No one in the family."}],
    }  # fmt: skip
    for place, rows in lines.items():
        put_lines(folder / f"data/{place}/{places[place]}_factuality.jsonl", rows)
    wanted.add("Is the heart normal?", ["Yes", "No"], "Yes", "test", data)
    wanted.add("Is there air?", ["Yes", "No"], "No", "test", data)
    wanted.add("Is there disease?", ["Yes", "No"], "No", "test", data)
    parts = ["scalp", "ear", "upper extremity", "back"]
    wanted.add("Which part is it?", parts, "upper extremity", "test", data)
    wanted.left_out = Counter({"open-answer": 2})
    return wanted


def deeptumorvqa(folder: Path) -> Wanted:
    """JSON under a key, options at the end of the question, and a slice of each volume."""
    wanted, data = Wanted(), picture(150)
    put(folder / "benchmark/images_2d/whole/BDMAP_1.png", data)
    row = {"qid": "bench_1", "image_id": "BDMAP_1", "question": "How large is it?", "correct_option": "C",
           "mc_question": "How large is it? A: 7.1 B: 3.2 C: 0.5 D: 11", "question_subtype": "lesion counting"}  # fmt: skip
    rows = [row, {**row, "qid": "bench_2", "image_id": "BDMAP_2"}]
    put(folder / "benchmark/test_qa.json", json.dumps({"num_questions": 2, "questions": rows}))
    wanted.add("How large is it?", ["7.1", "3.2", "0.5", "11"], "0.5", "test", data)
    wanted.left_out = Counter({"no-picture": 1})
    return wanted


MINIATURES = {
    "cares": cares, "deeptumorvqa": deeptumorvqa, "drvd-bench": drvd_bench, "gmai-mmbench": gmai_mmbench,
    "medframeqa": medframeqa, "medxpertqa-mm": medxpertqa, "mmmu-health": mmmu_health,
    "omnimedvqa": omnimedvqa, "pathvqa": pathvqa, "pmc-vqa": pmc_vqa, "slake": slake, "vqa-rad": vqa_rad,
}  # fmt: skip
"""For each shipped recipe, what writes its miniature."""
