"""Answers of VLMEvalKit, lmms-eval and inspect find their cases, or say why they cannot."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import imports, release_reader
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.grades import grade
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import LETTERS, letters
from tests.conftest import Project

Items = list[Item]


@pytest.fixture(scope="module")
def items(built: Project) -> Items:
    """Return the cases by id, as exports number them."""
    return sorted(release_reader.read(built.release).items, key=lambda i: i.id)


def right(item: Item) -> str:
    return f"The answer is {letters(item.key)}." if not item.several else letters(item.key)


def scored(items: Items, answers: list[Answer]) -> float:
    kept = Kept(Run(model="m", kind="import"), {}, {}, 0)
    kept.answers = {(a.case, a.shift, a.content): a for a in answers}
    found = grade(items, kept)
    assert found.stale == 0 and len(found.grades) == len(answers)
    return sum(g.hit for g in found.grades) / len(found.grades)


def predictions(built: Project, items: Items) -> pd.DataFrame:
    """Return our TSV as VLMEvalKit reads it and writes it with its predictions."""
    table = pd.read_csv(built.release / "vlmevalkit/small_TEST.tsv", sep="\t")
    table["prediction"] = [right(i) for i in items if i.split == "test"]
    return table.drop(columns=["image", "answer"])


@pytest.mark.parametrize("ending", ["xlsx", "tsv", "csv"])
def test_vlmevalkit_s_predictions(
    built: Project, items: Items, tmp_path: Path, ending: str
) -> None:
    """Its files are written by pandas, which turns the option `3` into a number, or 3.0."""
    path = tmp_path / f"m_small_TEST.{ending}"
    table = predictions(built, items)
    if ending == "xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_csv(path, sep="\t" if ending == "tsv" else ",", index=False)
    answers = imports.read(path, items)
    test = [i for i in items if i.split == "test"]
    assert [a.case for a in answers] == [i.id for i in test]
    assert scored(items, answers) == 1.0


def test_a_split_is_told_by_the_questions_where_no_name_tells_it(
    built: Project, items: Items, tmp_path: Path
) -> None:
    path = tmp_path / "result.tsv"
    predictions(built, items).iloc[20:].to_csv(path, sep="\t", index=False)
    assert all(
        a.case in {i.id for i in items if i.split == "test"} for a in imports.read(path, items)
    )


def test_predictions_of_another_release_are_refused(
    built: Project, items: Items, tmp_path: Path
) -> None:
    """Rows of which one is out of place are another release's; nothing of them is believed."""
    table = predictions(built, items)
    table.loc[3, "question"] = "What else?"
    table.loc[5, "index"] = 4
    path = tmp_path / "m_TEST.tsv"
    table.to_csv(path, sep="\t", index=False)
    with pytest.raises(DocumentError) as error:
        imports.read(path, items)
    said = {p.line: p.what for p in error.value.problems}
    assert said[5] == "row 3 has another question or other options in this release"
    assert 7 in said and len(said) == 2


def lmms(items: Items, **more: Any) -> list[dict[str, Any]]:
    place: dict[str, int] = {}
    rows = []
    for i in items:
        place[i.split] = place.get(i.split, -1) + 1
        doc = {"id": i.id, "question": i.question, "options": list(i.options), "split": i.split}
        rows.append({"doc_id": place[i.split], "doc": doc, "target": letters(i.key),
                     "resps": [[right(i)]], "filtered_resps": [right(i)]})  # fmt: skip
    return rows


def test_lmms_eval_s_samples(items: Items, tmp_path: Path) -> None:
    path = tmp_path / "20260101_samples_small.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in lmms(items)))
    answers = imports.read(path, items)
    assert len(answers) == len(items) and scored(items, answers) == 1.0


def test_lmms_eval_s_samples_without_their_documents(items: Items, tmp_path: Path) -> None:
    """Then the place in the split is all there is, and the file's name must say which split."""
    test = [i for i in items if i.split == "test"]
    rows = [{k: v for k, v in r.items() if k != "doc"} for r in lmms(test)]
    path = tmp_path / "samples_small_test.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    assert scored(items, imports.read(path, items)) == 1.0
    path = tmp_path / "samples_small.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows[:5]))
    with pytest.raises(DocumentError, match="put the split into the file name"):
        imports.read(path, items)


def sample(item: Item, **more: Any) -> dict[str, Any]:
    """Return a sample as inspect 0.3 logs it."""
    said = {"role": "assistant", "content": [{"type": "reasoning", "reasoning": "Or A?"},
                                             {"type": "text", "text": right(item)}]}  # fmt: skip
    return {"id": item.id, "epoch": 1, "input": item.question, "choices": list(item.options),
            "target": list(letters(item.key)), "metadata": {},
            "output": {"model": "m", "choices": [{"message": said}]}, **more}  # fmt: skip


def archive(path: Path, samples: list[dict[str, Any]], method: int) -> None:
    """Write an .eval; inspect packs with Zstandard where it can, which zipfile cannot write."""
    if method != 93:
        with zipfile.ZipFile(path, "w", method) as file:
            file.writestr("header.json", "{}")
            for s in samples:
                file.writestr(f"samples/{s['id']}_epoch_{s['epoch']}.json", json.dumps(s))
        return
    body, central = b"", b""
    for s in samples:
        name = f"samples/{s['id']}_epoch_{s['epoch']}.json".encode()
        data = json.dumps(s).encode()
        packed = pa.compress(data, codec="zstd", asbytes=True)
        sizes = struct.pack("<III", zlib.crc32(data), len(packed), len(data))
        head = struct.pack("<HHHHH", 63, 0, 93, 0, 33)
        central += b"PK\1\2" + struct.pack("<H", 63) + head + sizes
        central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(body)) + name
        body += b"PK\3\4" + head + sizes + struct.pack("<HH", len(name), 0) + name + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(samples), len(samples), len(central), len(body), 0)
    path.write_bytes(body + central + b"PK\5\6" + end)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, 93])
def test_inspect_s_archives(items: Items, tmp_path: Path, method: int) -> None:
    path = tmp_path / "log.eval"
    archive(path, [sample(i) for i in items[:9]], method)
    answers = imports.read(path, items)
    assert {a.case for a in answers} == {i.id for i in items[:9]}
    assert scored(items, answers) == 1.0


def test_a_spoilt_archive_is_said(items: Items, tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    archive(path, [sample(i) for i in items[:3]], 93)
    data = bytearray(path.read_bytes())
    data[80] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(DocumentError, match="cannot be read"):
        imports.read(path, items)


def test_inspect_s_logs_with_failures_and_epochs(items: Items, tmp_path: Path) -> None:
    first, second, third = items[:3]
    samples = [
        sample(first),
        sample(first, epoch=2),
        sample(second, error={"message": "timed out"}),
        sample(
            third, id=7, metadata={"id": third.id}, choices=[*third.options[1:], third.options[0]]
        ),
    ]
    samples[3]["output"]["choices"][0]["message"]["content"] = LETTERS[
        (third.key[0] - 1) % len(third.options)
    ]
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"version": 2, "status": "success", "samples": samples}))
    answers = {a.case: a for a in imports.read(path, items)}
    assert len(answers) == 3
    assert answers[second.id].fault == "timed out"
    assert answers[third.id].shift == 1  # its options were shown turned by one
    assert scored(items, [answers[first.id], answers[third.id]]) == 1.0


def test_options_in_another_order_than_turned_are_refused(items: Items, tmp_path: Path) -> None:
    item = next(i for i in items if len(i.options) > 2)  # two have no other order
    mixed = [item.options[1], item.options[0], *item.options[2:]]
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"samples": [sample(item, choices=mixed)]}))
    with pytest.raises(DocumentError, match="other options"):
        imports.read(path, items)


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("a.json", "{", "is not JSON"),
        ("a.json", "[]", "has no samples"),
        ("a.json", '{"samples": [3]}', "has no id"),
        ("a.json", '{"samples": [{"id": 1, "output": 3, "metadata": [], "error": "x"}]}', "no case 1"),
        ("a.jsonl", "x\n", "line 1 is not JSON"),
        ("a.jsonl", "{}\n", "has no doc_id"),
        ("a.jsonl", "\n", "contains no answers"),
        ("a.tsv", "index\tquestion\n", "has no column prediction"),
        ("a.tsv", "index\tquestion\tprediction\nx\ty\tz\n", "is not a number"),
        ("a.xlsx", "PK", "is not an Excel file"),
        ("a.eval", "PK", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_said(
    items: Items, tmp_path: Path, name: str, text: str, hint: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(DocumentError, match=hint):
        imports.read(path, items)


def test_a_sheet_with_a_bare_number_as_option_is_read(items: Items, tmp_path: Path) -> None:
    item = next(i for i in items if i.task == "Counting")
    place = [i.id for i in items if i.split == item.split].index(item.id)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["index", "question", *LETTERS[: len(item.options)], "prediction"])
    sheet.append([place, item.question, *map(float, item.options), letters(item.key)])
    path = tmp_path / f"m_{item.split}.xlsx"
    book.save(path)
    (answer,) = imports.read(path, items)
    assert answer.case == item.id
