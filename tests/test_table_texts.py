"""An identifier in a table is found as a number, in any nesting, and where no row has it."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.audits.identifiers import Hit, scan
from benchsmith.audits.sought_identifiers import Sought

NAME = "Kowalska"
WANTED = {
    NAME: "PatientName", "778899": "PatientID", "10000032": "PatientID", "19670402": "PatientBirthDate",
    "0045678901": "PatientID",
}  # fmt: skip
IDS = [778899, 778899]


def kinds(folder: Path, table: pa.Table, name: str = "d.parquet") -> list[str]:
    pq.write_table(table, folder / name)
    found = scan(folder, Sought(WANTED, "public words"))
    assert {hit.file for hit in found} <= {name}
    return [hit.kind for hit in found]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(IDS),
        pa.array(IDS, pa.uint32()),
        pa.array(IDS, pa.float64()),
        pa.array(IDS).dictionary_encode(),
        pa.array([IDS, IDS]),
        pa.array([IDS, IDS], pa.list_(pa.int64(), 2)),
        pa.array([IDS, IDS], pa.large_list(pa.float64())),
        pa.array([{"n": {"m": 778899}}, {"n": {"m": 778899}}]),
        pa.array([[("id", 778899)], [("id", 778899)]], pa.map_(pa.string(), pa.int64())),
        pa.array([778899, None]),
        pa.array([-778899, 3]),
        pa.array([1, 45678901] * 50),
        pa.array([10000032, *range(1000)]),
        pa.array(["778899.0", "x"]),
    ],
)
def test_a_number_of_a_person_is_found_in_a_column(tmp_path: Path, column: pa.Array) -> None:
    assert kinds(tmp_path, pa.table({"x": column})) == ["PatientID"]


def test_a_birthday_is_found_as_a_number(tmp_path: Path) -> None:
    assert kinds(tmp_path, pa.table({"x": [3, 19670402, 4]})) == ["PatientBirthDate"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([778899, 778898, 778897]),  # one of many measures
        pa.array([0.778899, 778899.5]),
        pa.array([float("nan"), float("inf"), None]),
        pa.array([7788990, 77889]),
        pa.array([[1, 2], [3]], pa.list_(pa.uint8())),
        pa.array(np.arange(778_000, 779_000)),
    ],
)
def test_measures_are_no_identifiers(tmp_path: Path, column: pa.Array) -> None:
    assert kinds(tmp_path, pa.table({"x": column})) == []


def with_metadata(level: str) -> pa.Table:
    """Return a table whose file, field, or field within a field, has metadata."""
    inner = pa.field("n", pa.int64(), metadata={"by": NAME} if level == "inner" else None)
    outer = pa.field("x", pa.struct([inner]), metadata={NAME: "y"} if level == "field" else None)
    said = {"made_by": NAME} if level == "file" else None
    return pa.table({"x": pa.array([{"n": 1}], outer.type)}, schema=pa.schema([outer], said))


@pytest.mark.parametrize("level", ["file", "field", "inner"])
def test_metadata_of_every_level_is_searched(tmp_path: Path, level: str) -> None:
    assert kinds(tmp_path, with_metadata(level)) == ["PatientName"]


def test_what_is_only_in_a_footer_is_searched(tmp_path: Path) -> None:
    """Key and value are added to the file after its rows, and the schema of Arrow is not stored."""
    path = tmp_path / "d.parquet"
    with pq.ParquetWriter(path, pa.schema([("x", pa.int64())]), store_schema=False) as writer:
        writer.write_table(pa.table({"x": [1]}))
        writer.add_key_value_metadata({"seen": f"by {NAME}"})
    assert scan(tmp_path, Sought(WANTED, "")) == [Hit("d.parquet", "PatientName")]


@pytest.mark.parametrize("nested", [False, True])
def test_a_word_of_a_dictionary_that_no_row_has_is_found(tmp_path: Path, nested: bool) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a", "b", NAME]))
    column = pa.StructArray.from_arrays([words], ["y"]) if nested else words
    pq.write_table(pa.table({"x": column, "n": [1, 2]}), tmp_path / "d.parquet")
    assert NAME.encode() in (tmp_path / "d.parquet").read_bytes()
    assert scan(tmp_path, Sought(WANTED, "")) == [Hit("d.parquet", "PatientName")]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([list(NAME.encode())], pa.list_(pa.uint8())),
        pa.array([list(NAME.encode())], pa.list_(pa.int8())),
        pa.array([{"a": [{"b": NAME.encode()}]}]),
        pa.array([NAME.encode()], pa.binary(len(NAME))),
    ],
)
def test_bytes_in_any_nesting_are_searched(tmp_path: Path, column: pa.Array) -> None:
    assert kinds(tmp_path, pa.table({"x": column})) == ["PatientName"]


def test_every_row_of_a_large_table_is_searched(tmp_path: Path) -> None:
    """Whatever group, page or batch of rows it is in, with a dictionary and without."""
    for at in (0, 999, 1000, 2499):
        texts = [f"w{n}" for n in range(2500)]
        texts[at] = NAME
        table = pa.table({"x": texts, "l": [[t] for t in texts]})
        for coded in (True, False):
            pq.write_table(table, tmp_path / "d.parquet", row_group_size=700, use_dictionary=coded)
            assert scan(tmp_path, Sought(WANTED, "")) == [Hit("d.parquet", "PatientName")]


def test_numbers_in_a_database_are_found(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "d.db")
    base.execute("CREATE TABLE t (a, b)")
    base.executemany("INSERT INTO t VALUES (?, 1)", [(778899,), (778899,)])
    base.commit()
    base.close()
    assert scan(tmp_path, Sought(WANTED, "")) == [Hit("d.db", "PatientID")]


def test_names_of_folders_are_searched(tmp_path: Path) -> None:
    (tmp_path / "of_Kowalska").mkdir()
    assert scan(tmp_path, Sought(WANTED, "")) == [Hit("of_Kowalska", "PatientName")]


def test_a_damaged_table_is_searched_as_bytes(tmp_path: Path) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"x": [NAME]}), file, compression="none")
    (tmp_path / "d.bin").write_bytes(file.getvalue()[:-8])
    assert scan(tmp_path, Sought(WANTED, "")) == [Hit("d.bin", "PatientName")]
