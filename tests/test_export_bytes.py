"""Exports write pictures without making each a Python object: the bytes are those of the plain way."""

from __future__ import annotations

import base64
import csv
from contextlib import closing
from hashlib import shake_128
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.core.model import Case
from benchsmith.exporters import parquet, vlmevalkit
from benchsmith.exporters.parquet import Stored, write_cell
from benchsmith.tables import record_tables
from benchsmith.tables.picture_store import PictureStore

SIZES = [0, 1, 7, 700, 65_536, 3, 100_000, 12]


def png(number: int) -> bytes:
    return shake_128(str(number).encode()).digest(SIZES[number % len(SIZES)])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PictureStore:
    """Return 150 pictures in two files, in batches that no group of rows follows."""
    folder = tmp_path_factory.mktemp("cases")
    files = []
    for part, numbers in enumerate((range(101), range(101, 150))):
        rows = [
            Case(id=f"{n:016x}", question=f"q{n}", png=png(n), png_sha256="", width=n, height=2, window="")
            for n in numbers
        ]  # fmt: skip
        (folder / str(part)).mkdir()
        files.append(folder / str(part) / "rows.parquet")
        writer = record_tables.Writer(files[-1], record_tables.schema(Case), 33)
        writer.add(record_tables.to_table(rows, Case))
        writer.close()
    return PictureStore(files)


def test_pictures_are_read_by_number_in_any_order(store: PictureStore) -> None:
    numbers = [149, 0, 3, 3, 100, 101, 64, 63, 8]
    found = store.gather(numbers)
    assert found.type == pa.binary()
    assert found.to_pylist() == [png(n) for n in numbers]
    assert [store.case(n).png for n in numbers] == found.to_pylist()
    assert [store.size(n) for n in numbers] == [len(png(n)) for n in numbers]
    assert [store.facts(n).width for n in numbers] == numbers
    assert {store.facts(n).png for n in numbers} == {b""}
    assert store.gather([]).to_pylist() == []


@pytest.mark.parametrize("most", [1 << 30, 1])
def test_parquet_is_the_same_with_pictures_in_memory_and_in_a_store(
    store: PictureStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """The rows are the same too where arrays of pictures are divided, which moves the ends of pages."""
    monkeypatch.setattr(parquet, "MAX_ARRAY_BYTES", most)
    monkeypatch.setattr(parquet, "MAX_SHARD_BYTES", 1_500_000)

    def row(n: int, data: bytes | Stored) -> dict[str, Any]:
        return {
            "id": f"{n:016x}", "image": {"bytes": data, "path": f"{n}.png"}, "question": "q?",
            "options": ["a", "b"], "answer": "A", "task": "Tâche", "split": "test",
        }  # fmt: skip

    order = [n * 7 % 150 for n in range(150)]
    for name, rows in (
        ("plain", [row(n, png(n)) for n in order]),
        ("stored", [row(n, Stored(n, len(png(n)))) for n in order]),
    ):
        (tmp_path / name).mkdir()
        write_cell(tmp_path / name, "x", rows, pictures=store if name == "stored" else None)
    files = sorted(p.name for p in (tmp_path / "plain").iterdir())
    assert files == ["x--00000.parquet", "x--00001.parquet", "x--00002.parquet"][: len(files)]
    assert len(files) > 1
    for name in files if most > 1 else ():
        whole, stored = (tmp_path / way / name for way in ("plain", "stored"))
        assert whole.read_bytes() == stored.read_bytes()
    found = [row for name in files for row in pq.read_table(tmp_path / "stored" / name).to_pylist()]
    assert [(r["id"], r["image"]["bytes"]) for r in found] == [(f"{n:016x}", png(n)) for n in order]


def test_a_table_of_vlmevalkit_is_that_of_the_csv_module(tmp_path: Path) -> None:
    columns = ["index", "image", "question", "A"]
    texts = [("1", 'is "it"\ta tab?', "b"), ("2", "two\nlines", ""), ("3", "plain ä", "'x'")]
    wanted = StringIO(newline="")
    plain = csv.writer(wanted, delimiter="\t", lineterminator="\n")
    plain.writerow(columns)
    with closing(vlmevalkit.Parts(tmp_path / "t", columns)) as parts:
        for n, (index, *rest) in enumerate(texts, start=5):
            plain.writerow([index, base64.b64encode(png(n)).decode(), *rest])
            parts.write([index, "", *rest], png(n))
    assert (tmp_path / "t.tsv").read_bytes() == wanted.getvalue().encode()


def test_a_picture_counts_for_the_size_of_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vlmevalkit, "MAX_PART_BYTES", 2500)
    with closing(vlmevalkit.Parts(tmp_path / "t", ["index", "image"])) as parts:
        for i in range(5):
            parts.write([str(i), ""], bytes(900))  # 1,200 letters of base64
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == [f"t_part_{i}.tsv" for i in (1, 2, 3)]
