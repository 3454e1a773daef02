"""VLMEvalKit's table keeps every word and number that pandas would change."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchsmith.exporters import vlmevalkit
from tests.conftest import Project
from tests.every_format import cases, full
from tests.paths import PROJECT

__all__ = ["cases", "full"]


@pytest.mark.parametrize("word", [*sorted(vlmevalkit.NA_WORDS - {""}), "007", "3", "1e5", "True"])
def test_words_that_pandas_misreads_survive_the_table(word: str) -> None:
    """In a column of their own, and beside an empty cell, which is where they are lost."""
    text = "A\tE\n" + f"{vlmevalkit.plain(word)}\t{vlmevalkit.plain(word)}\n" * 2 + "liver\t\n"
    read = pd.read_csv(BytesIO(text.encode()), sep="\t")
    for column in ("A", "E"):
        assert [v.rstrip(vlmevalkit.NO_BREAK) for v in read[column][:2]] == [word, word]
    assert read["E"].isna().tolist() == [False, False, True]


def test_vlmevalkit_s_table_asks_for_one_letter_and_another_for_several(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    """Its class for multiple choice reads one letter, so that `A,C` would never be right."""
    kinds = set()
    for split in ("val", "test"):
        ids = sorted(i for i, c in cases.items() if c["split"] == split)
        seen: list[str] = []
        for path in full.release.glob(f"vlmevalkit/small_{split.upper()}*.tsv"):
            table = pd.read_csv(path, sep="\t")
            many = "_several" in path.name
            asked = [cases[id_] for id_ in table["id"].str.rstrip(vlmevalkit.NO_BREAK)]
            assert asked and {c["answers"] for c in asked} == {"several" if many else "one"}
            assert table["question"].tolist() == [c["question"] for c in asked]
            assert table["answer"].str.fullmatch(r"[A-Z](,[A-Z])+" if many else "[A-Z]").all()
            seen += table["id"].str.rstrip(vlmevalkit.NO_BREAK).tolist()
            assert table["category"].tolist() == [c["task"] for c in asked]
            kinds.add(many)
        assert sorted(seen) == ids
    assert kinds == {True, False}


def test_counts_stay_whole_numbers_in_vlmevalkit_s_table(full: Project) -> None:
    """A table of counts alone is what pandas makes numbers of, and 3 becomes 3.0 beside a gap."""
    table = pd.read_csv(full.release / "vlmevalkit/small_TEST.tsv", sep="\t")
    counting = table[table["clinical VQA task"] == "Counting"]
    text = counting.to_csv(sep="\t", index=False)
    again = pd.read_csv(BytesIO(text.encode()), sep="\t")
    assert len(again) > 0
    for row in again.to_dict("records"):
        said = [row[c] for c in "ABCDE" if not pd.isna(row[c])]
        assert all(isinstance(s, str) and s.rstrip(vlmevalkit.NO_BREAK).isdigit() for s in said)


def test_a_large_table_is_written_in_parts_with_one_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vlmevalkit, "MAX_PART_BYTES", 2500)
    with closing(vlmevalkit.Parts(tmp_path / "big_TEST", ["index", "image"])) as parts:
        for i in range(7):
            parts.write([str(i), "x" * 1000])
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == [f"big_TEST_part_{i}.tsv" for i in (1, 2, 3, 4)]
    table = pd.concat(pd.read_csv(tmp_path / n, sep="\t") for n in names)
    assert table["index"].tolist() == list(range(7))
    if awk := shutil.which("awk"):  # as the docs tell to join them
        words = [awk, "FNR > 1 || NR == 1", *(str(tmp_path / n) for n in names)]
        joined = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        assert " ".join(words[1:2]) in (PROJECT / "docs/exports.md").read_text("utf-8")
        pd.testing.assert_frame_equal(
            pd.read_csv(BytesIO(joined.encode()), sep="\t"), table.reset_index(drop=True)
        )
    assert all((tmp_path / n).stat().st_size < 2500 for n in names)
