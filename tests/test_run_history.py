"""A run says when it ended and how it did then, and a page shows how a model did each time."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate import (
    compared_runs,
    locations,
    release_reader,
    run,
    run_record,
    scores,
    scores_page,
)
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.locations import Location
from benchsmith.evaluate.log_lines import Ended
from benchsmith.evaluate.session import Selection
from benchsmith.release.columns import letters
from tests.asking import release

__all__ = ["release"]
SPRING, AUTUMN = "2026-03-01T10:00:00Z", "2026-09-01T10:00:00Z"


def at(folder: Path, output: Path) -> Location:
    return locations.locate(str(folder), output, output)


def answered(place: Location, of: Run, right: int, ended: str = "") -> Ended:
    """Answer every question of a release, `right` of each split rightly, and keep a record."""
    read = release_reader.read(place.release)
    seen: dict[str, int] = {}
    path = store.file_of(place.answers, of)
    with store.appending(path, of) as file:
        for item in read.items:
            n = seen[item.split] = seen.get(item.split, 0) + 1
            said = letters(item.key) if n <= right else "I do not know."
            file.keep([Answer(case=item.id, shift=0, content=item.content, text=said)])
    run_record.record(place, read, of)
    made = store.read(path).sessions[-1]
    if ended:  # another day
        text = path.read_text().replace(made.ended, ended)
        path.write_text(text)
    return made


def edition(folder: Path, name: str, to: Path, *, hidden: bool = False) -> Path:
    """Copy a release under the name of another edition, with one question of each split less."""
    shutil.copytree(folder, to)
    (to / "manifest.json").write_text(json.dumps({"benchmark": name, "version": "1.1"}))
    for path in sorted((to / "data").glob("*.parquet")):
        table = pq.read_table(path)
        rows = [{**row, "answer": None} if hidden else row for row in table.to_pylist()[1:]]
        pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    return to


def rows_of(results: Any) -> list[tuple[Any, ...]]:
    names = ("model", "ended", "edition", "right", "asked", "scored")
    return [tuple(row[name] for name in names) for row in results.history]


def test_a_record_has_the_score_that_the_scores_have(release: Path, tmp_path: Path) -> None:
    place = at(release, tmp_path)
    made = answered(place, Run(model="m", kind="model"), 7)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made.ended)
    found = compared_runs.gather(release_reader.read(release), place.answers)
    row = found.runs[0].row("test", scores.ONE)
    expected = found.expected("test")
    assert row and expected
    assert (made.split, made.asked, made.right) == ("test", row["n"], row["right"])
    assert (made.low, made.high) == (row["low"], row["high"])
    assert made.chance == pytest.approx(expected["hit"])
    assert (made.edition, made.version) == ("small", "")
    assert found.history == [], "a model that was run once has no history"


def test_answers_without_a_record_are_read_as_ever(release: Path, tmp_path: Path) -> None:
    place = at(release, tmp_path)
    of = Run(model="m", kind="model")
    answered(place, of, 3)
    path = store.file_of(place.answers, of)
    with_record = store.read(path)
    path.write_text("".join(line for line in path.open() if '"ended"' not in line))
    old = store.read(path)
    assert old == Kept(of, with_record.answers, {}, 0, []) and with_record.spoilt == 0
    answered(place, Run(model="m", kind="model", settings=(("temperature", 1),)), 3)
    found = compared_runs.gather(release_reader.read(release), place.answers)
    assert len(found.runs) == 2 and found.history == [], "what has no date is in no history"


def test_a_model_s_runs_are_reported_by_date_over_settings_states_and_editions(
    release: Path, tmp_path: Path
) -> None:
    plain = Run(model="m", kind="model", prompt="letter")
    warm = Run(model="m", kind="model", prompt="letter", settings=(("temperature", 1),))
    other = edition(release, "small@autumn", tmp_path / "autumn/release")
    stranger = edition(release, "smaller", tmp_path / "smaller/release")
    whole = at(release, tmp_path)
    answered(at(other, tmp_path), plain, 4, AUTUMN)
    answered(at(stranger, tmp_path), plain, 4, AUTUMN)
    answered(whole, plain, 2, SPRING)
    answered(whole, warm, 6)
    answered(whole, Run(model="alone", kind="model"), 9, SPRING)
    read = release_reader.read(release)
    found = compared_runs.gather(read, whole.answers)
    counts = [
        sum(i.split == "test" and not i.several for i in release_reader.read(each).items)
        for each in (release, other, release)
    ]
    told = rows_of(found)
    assert [row[:3] for row in told[:2]] == [
        ("m", SPRING, "small"), ("m", AUTUMN, "small@autumn")]  # fmt: skip
    assert [row[5] for row in told] == ["now", "then", "now"]
    assert [row[4] for row in told] == counts
    assert "temperature 1" in found.history[2]["settings"]
    again = compared_runs.gather(release_reader.read(other), at(other, tmp_path).answers)
    assert sorted(row[2] for row in rows_of(again)) == ["small", "small", "small@autumn"]
    page = [scores_page.write(found, tmp_path, 2).read_bytes() for _ in range(2)]
    assert page[0] == page[1], "dates are those of the records"
    text = html.unescape(page[0].decode())
    section = text.split('id="history"')[1].split("<h2")[0]
    assert re.findall(r"<td[^>]*>(\d{4}-\d\d-\d\d)", section)[:2] == [SPRING[:10], AUTUMN[:10]]
    assert "small@autumn 1.1" in section and "counted then" in section and "alone" not in section


def test_the_score_of_a_state_that_is_gone_is_kept(release: Path, tmp_path: Path) -> None:
    of = Run(model="m", kind="model")
    first = edition(release, "small", tmp_path / "one")
    answered(at(first, tmp_path), of, 5, SPRING)
    place = at(release, tmp_path)
    answered(place, of, 30)
    found = compared_runs.gather(release_reader.read(release), place.answers)
    told = rows_of(found)
    assert [row[1] == SPRING for row in told] == [True, False]
    then, now = found.history
    assert then["scored"] == "then" and now["scored"] == "now" and now["micro"] == 1.0
    assert 0 < then["right"] <= 5 and then["asked"] == then["published"]


def test_a_release_without_answers_has_dates_alone(release: Path, tmp_path: Path) -> None:
    hidden = edition(release, "small@hidden", tmp_path / "hidden/release", hidden=True)
    place = at(hidden, tmp_path)
    of = Run(model="m", kind="model")
    read = release_reader.read(hidden)
    with store.appending(store.file_of(place.answers, of), of) as file:
        file.keep([Answer(case=i.id, shift=0, content=i.content, text="A") for i in read.items])
    run_record.record(place, read, of)
    answered(at(release, tmp_path), of, 5)
    own = at(release, tmp_path)
    found = compared_runs.gather(release_reader.read(release), own.answers)
    assert {row["edition"]: row["micro"] is None for row in found.history} == {
        "small": False, "small@hidden": True}  # fmt: skip
    page = scores_page.write(found, tmp_path, 2).read_text("utf-8")
    assert "its answers are hidden here" in page


def test_a_baseline_that_answers_again_keeps_the_records_of_other_states(
    release: Path, tmp_path: Path
) -> None:
    first = edition(release, "small", tmp_path / "one")
    for folder in (first, release, release):
        run.ask_baseline(at(folder, tmp_path), "baseline:longest", Selection())
    (path,) = store.files(at(release, tmp_path).answers)
    kept = store.read(path)
    assert [one.release for one in kept.sessions] == [
        run_record.state_of(release_reader.read(folder).items) for folder in (first, release)]  # fmt: skip
    assert store.sessions(path) == (kept.run, kept.sessions)
    found = compared_runs.gather(release_reader.read(release), at(release, tmp_path).answers)
    assert [row["scored"] for row in found.history] == ["then", "now"]


def test_reimported_answers_keep_the_records_of_other_states(release: Path, tmp_path: Path) -> None:
    first = edition(release, "small", tmp_path / "one")
    for folder, ending, between in ((first, "csv", ","), (release, "tsv", "\t")):
        table = tmp_path / f"theirs.{ending}"
        said = [(i.id, letters(i.key[:1])) for i in release_reader.read(folder).items]
        table.write_text("\n".join(between.join(row) for row in [("id", "answer"), *said]))
        run.import_files(at(folder, tmp_path), [table], "theirs")
    found = compared_runs.gather(release_reader.read(release), at(release, tmp_path).answers)
    assert [(r["model"], r["micro"], r["scored"]) for r in found.history] == [
        ("theirs", 1.0, "then"), ("theirs", 1.0, "now")]  # fmt: skip
