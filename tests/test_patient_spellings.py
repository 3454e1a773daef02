"""Patients of a column: one number in several spellings, and cells that state none."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import PIL.Image
import pyarrow as pa

from benchsmith.pipeline.stopped_build import write_left_out
from tests.test_ingest import run

RECIPE = """  - images: "images/{key}.png"
    modality: ct
    patient: "column:person"
    labels: [{kind: sheet, file: t.csv, key: id, labels: [finding]}]
"""


def test_a_number_in_several_spellings_is_one_patient(tmp_path: Path) -> None:
    people = [
        "7",
        "7.0",
        "007",
        "70",
        "08",
        "P7",
        "p7",
        "nan",
        "None",
        "",
        "1.23457E+18",
        "\uff30\uff17",
        "12E3",
    ]
    (tmp_path / "data/images").mkdir(parents=True)
    lines = ["id,finding,person"]
    for number, person in enumerate(people):
        grey = (np.indices((60, 80)).prod(axis=0) * (number + 3) % 251).astype(np.uint8)
        PIL.Image.fromarray(grey).save(tmp_path / f"data/images/a{number}.png")
        lines.append(f"a{number},liver,{person}")
    (tmp_path / "data/t.csv").write_text("\n".join(lines) + "\n")
    _, rejected, samples = run(tmp_path, RECIPE)
    found = {s.key: s.patient.partition("/")[2] for s in samples}
    assert found == {
        "a0": "007", "a1": "007", "a2": "007", "a3": "70", "a4": "08", "a5": "P7", "a6": "p7", "a11": "P7",
        "a12": "12E3",
    }  # fmt: skip
    assert any("1.23457E+18, which a spreadsheet has rounded" in r.detail for r in rejected)
    lost = sorted(r.subject for r in rejected if r.reason == "no-patient")
    assert lost == [f"images/a{n}.png" for n in (10, 7, 8, 9)]


def test_names_send_no_codes_to_a_terminal(tmp_path: Path) -> None:
    rejected = pa.table(
        {
            "stage": ["ingest"], "source": ["own"], "subject": ["own/\x1b[31ma\x07: \x9bb.png"],
            "reason": ["unreadable"], "detail": ["\x1b]0;title"],
        }
    )  # fmt: skip

    class Rejected:
        def tables(self) -> list[pa.Table]:
            return [rejected]

    write_left_out(Rejected(), tmp_path / "left_out.tsv")  # type: ignore[arg-type]
    text = (tmp_path / "left_out.tsv").read_text()
    assert "own/\\x1b[31ma\\x07: \\x9bb.png" in text
    assert all(c in "\t\n" or not unicodedata.category(c).startswith("C") for c in text)
