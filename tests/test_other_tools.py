"""Answers of lmms-eval and of tables by a mapping find their cases, or the error says why not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import imports
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import LETTERS, letters
from tests.imported_answers import Items, items, right, sample, scored

__all__ = ["items"]


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
def test_what_is_no_such_file_is_reported(
    items: Items, tmp_path: Path, name: str, text: str, hint: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(DocumentError, match=hint):
        imports.read([path], items)
