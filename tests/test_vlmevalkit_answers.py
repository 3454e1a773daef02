"""VLMEvalKit's predictions and pickled replies find their cases, or the error says why not."""

from __future__ import annotations

import struct
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import imports
from benchsmith.release.columns import LETTERS, letters
from benchsmith.release.content import number
from tests.conftest import Project
from tests.imported_answers import Items, items, right, scored

__all__ = ["items"]


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
