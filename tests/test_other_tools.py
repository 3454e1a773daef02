"""Answers of VLMEvalKit, lmms-eval and inspect find their cases, or say why they cannot."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from dataclasses import replace
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
from benchsmith.release.content import number
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
    answers = imports.read([path], items)
    test = [i for i in items if i.split == "test"]
    assert [a.case for a in answers] == [i.id for i in test]
    assert table["index"].is_unique and table["index"].max() < 10**15  # what Excel keeps
    assert scored(items, answers) == 1.0


def test_rows_out_of_order_find_their_cases(built: Project, items: Items, tmp_path: Path) -> None:
    """The name of the file and the places of its rows mean nothing."""
    path = tmp_path / "result.tsv"
    predictions(built, items).iloc[::-2].to_csv(path, sep="\t", index=False)
    answers = imports.read([path], items)
    assert len(answers) > 20 and scored(items, answers) == 1.0


def test_a_table_without_ids_is_matched_by_its_words(
    built: Project, items: Items, tmp_path: Path
) -> None:
    """As those of earlier releases: what only one case has is matched, all else is refused by name."""
    table = predictions(built, items).drop(columns=["id"])
    table["index"] = range(len(table))
    test = [i for i in items if i.split == "test"]
    first = {(i.question, frozenset(i.options)): place for place, i in reversed([*enumerate(test)])}
    alone = sorted(first.values())
    path = tmp_path / "m.tsv"
    table.iloc[alone].to_csv(path, sep="\t", index=False)
    cases = [test[place] for place in alone]
    answers = imports.read([path], cases)
    assert len(answers) == len(cases) > 5 and scored(cases, answers) == 1.0
    table.to_csv(path, sep="\t", index=False)
    with pytest.raises(DocumentError, match="cases, and the file has no ids; export"):
        imports.read([path], items)


def test_predictions_of_another_release_are_refused(
    built: Project, items: Items, tmp_path: Path
) -> None:
    """Of a file with rows of another release nothing is believed."""
    table = predictions(built, items)
    table.loc[3, "question"] = "What else?"
    table.loc[5, "id"] = table.loc[4, "id"]
    path = tmp_path / "m_TEST.tsv"
    table.to_csv(path, sep="\t", index=False)
    with pytest.raises(DocumentError) as error:
        imports.read([path], items)
    said = {p.line: p.what for p in error.value.problems}
    assert "has a different question or different options in this release" in said[5]
    assert 7 in said and len(said) == 2


def test_vlmevalkit_s_pickled_replies(built: Project, items: Items, tmp_path: Path) -> None:
    """Processes that share a run write one file each: index and reply, and nothing else."""
    table = predictions(built, items)
    found = dict(zip(map(int, table["index"]), table["prediction"], strict=True))
    paths = [tmp_path / f"{rank}2_small_TEST.pkl" for rank in (0, 1)]
    for rank, path in enumerate(paths):
        part = {k: v for n, (k, v) in enumerate(found.items()) if n % 2 == rank}
        path.write_bytes(pickled(part))
    answers = imports.read(paths, items)
    assert len(answers) == len(found) and scored(items, answers) == 1.0


def pickled(replies: dict[int, str]) -> bytes:
    """Return what `pickle.dumps` writes with protocol 2, made by hand."""
    body = b"".join(
        b"\x8a\x08"
        + key.to_bytes(8, "little")
        + b"X"
        + struct.pack("<I", len(text.encode()))
        + text.encode()
        for key, text in replies.items()
    )
    return b"\x80\x02}(" + body + b"u."


@pytest.mark.parametrize("data", [
    b"cposix\nsystem\n(S'true'\ntR.", b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.",
    b"\x80\x02]q\x00.", b"\x80\x02}(K\x01K\x02u.", b"\x80\x02}(K\x01", b"u.",
])  # fmt: skip
def test_a_pickle_of_anything_else_is_refused_and_runs_nothing(
    items: Items, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "m.pkl"
    path.write_bytes(data)
    with pytest.raises(DocumentError):
        imports.read([path], items)


def test_a_failed_request_of_vlmevalkit_is_no_answer(
    built: Project, items: Items, tmp_path: Path
) -> None:
    table = predictions(built, items).head(3)
    table["prediction"] = "Failed to obtain answer via API."
    path = tmp_path / "m.xlsx"
    table.to_excel(path, index=False)
    assert {a.fault for a in imports.read([path], items)} == {"Failed to obtain answer via API."}


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
    answers = imports.read([path], items)
    assert len(answers) == len(items) and scored(items, answers) == 1.0


@pytest.mark.parametrize("ids", [True, False])
def test_lmms_eval_s_samples_without_their_documents(
    items: Items, tmp_path: Path, *, ids: bool
) -> None:
    """As 0.4 and later log them: with the id by our task files, without it by earlier ones."""
    path = tmp_path / "samples_small_test.jsonl"
    path.write_text(
        "".join(json.dumps(logged(i, place, ids)) + "\n" for place, i in enumerate(items))
    )
    if ids:
        assert scored(items, imports.read([path], items)) == 1.0
        return
    with pytest.raises(DocumentError, match="the file has no ids"):
        imports.read([path], items)


def logged(item: Item, place: int, ids: bool) -> dict[str, Any]:
    """Return a sample as lmms-eval 0.7.3 writes it."""
    lines = [item.question, *(f"{a}. {o}" for a, o in zip(LETTERS, item.options, strict=False))]
    return {"doc_id": place, "target": letters(item.key), "filtered_resps": right(item), "token_counts": [None],
            "doc_hash": "74234e98", **({"id": item.id} if ids else {}), "acc": 1.0,
            "input": "\n".join([*lines, "Answer with the letter."])}  # fmt: skip


def test_lmms_eval_s_samples_of_rotated_options_are_turned_back(
    items: Items, tmp_path: Path
) -> None:
    item = next(i for i in items if len(i.options) > 2 and not i.several)
    turned = replace(item, options=(*item.options[1:], item.options[0]))
    row = {
        **logged(turned, 0, ids=True),
        "filtered_resps": LETTERS[(item.key[0] - 1) % len(item.options)],
    }
    path = tmp_path / "samples.jsonl"
    path.write_text(json.dumps(row))
    (answer,) = imports.read([path], items)
    assert answer.shift == 1 and scored(items, [answer]) == 1.0


def test_files_of_one_model_add_up_and_must_not_contradict_each_other(
    items: Items, tmp_path: Path
) -> None:
    """As the harnesses write one file for each task."""
    whole, part = tmp_path / "samples_small_test.jsonl", tmp_path / "samples_small_test_bone.jsonl"
    rows = [logged(i, n, ids=True) for n, i in enumerate(items)]
    whole.write_text("".join(json.dumps(r) + "\n" for r in rows[:9]))
    part.write_text("".join(json.dumps(r) + "\n" for r in rows[5:]))
    assert len(imports.read([whole, part], items)) == len(items)
    part.write_text(json.dumps({**rows[5], "filtered_resps": "none of these"}))
    with pytest.raises(
        DocumentError, match=f"answers {items[5].id} a second time, with another answer"
    ):
        imports.read([whole, part], items)


def test_a_table_of_no_known_tool_with_a_mapping(items: Items, tmp_path: Path) -> None:
    """Its columns are named; options may be a list, or columns of their own."""
    rows = [{"meta": {"case": i.id}, "said": right(i), "asked": i.question,
             "choices": list(i.options)} for i in items]  # fmt: skip
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    columns = {"id": "meta.case", "answer": "said", "question": "asked", "options": "choices"}
    assert scored(items, imports.read([path], items, columns)) == 1.0
    table = pd.DataFrame([{"case": i.id, "said": right(i), **dict(zip("PQRSTU", i.options, strict=False))}
                          for i in items])  # fmt: skip
    table.to_csv(tmp_path / "mine.csv", index=False)
    columns = {
        "id": "case",
        "answer": "said",
        "options": ",".join(set(table.columns) & set("PQRSTU")),
    }
    columns["options"] = ",".join(sorted(columns["options"].split(",")))
    assert scored(items, imports.read([tmp_path / "mine.csv"], items, columns)) == 1.0
    with pytest.raises(DocumentError, match="has no column 'sayd'; did you mean"):
        imports.read([path], items, {"id": "meta.case", "answer": "sayd"})


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
    answers = imports.read([path], items)
    assert {a.case for a in answers} == {i.id for i in items[:9]}
    assert scored(items, answers) == 1.0


def test_a_spoilt_archive_is_said(items: Items, tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    archive(path, [sample(i) for i in items[:3]], 93)
    data = bytearray(path.read_bytes())
    data[80] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(DocumentError, match="cannot be read"):
        imports.read([path], items)


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
    answers = {a.case: a for a in imports.read([path], items)}
    assert len(answers) == 3
    assert answers[second.id].fault == "timed out"
    assert answers[third.id].shift == 1  # its options were shown turned by one
    assert scored(items, [answers[first.id], answers[third.id]]) == 1.0


def test_options_in_another_order_than_turned_are_refused(items: Items, tmp_path: Path) -> None:
    item = next(i for i in items if len(i.options) > 2)  # two have no other order
    mixed = [item.options[1], item.options[0], *item.options[2:]]
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"samples": [sample(item, choices=mixed)]}))
    with pytest.raises(DocumentError, match="different options"):
        imports.read([path], items)


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("a.json", "{", "is not JSON"),
        ("a.json", "[]", "contains no answers"),
        ("a.json", "{}", "has no samples"),
        ("a.json", '{"samples": [3]}', "has no id"),
        ("a.json", '{"samples": [{"id": 1, "output": 3, "metadata": [], "error": "x"}]}', "no case 1"),
        ("a.jsonl", "x\n", "line 1 is not JSON"),
        ("a.jsonl", "{}\n", "has no column 'id'; .*--column"),
        ("a.jsonl", "3\n", "is not a JSON object"),
        ("a.jsonl", "\n", "contains no answers"),
        ("a.tsv", "index\tquestion\n", "contains no answers"),
        ("a.tsv", "question\tanswer\nx\ty\n", "has no column 'id'"),
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
        imports.read([path], items)


def test_a_sheet_with_a_bare_number_as_option_is_read(items: Items, tmp_path: Path) -> None:
    item = next(i for i in items if i.task == "Counting")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["index", "question", *LETTERS[: len(item.options)], "prediction"])
    sheet.append(
        [number(item.content), item.question, *map(float, item.options), letters(item.key)]
    )
    path = tmp_path / f"m_{item.split}.xlsx"
    book.save(path)
    (answer,) = imports.read([path], items)
    assert answer.case == item.id
