"""The tables and the page of scores: the paper's layout, every number, and hostile replies as plain text."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import PIL.Image
import pyarrow.parquet as pq
import pytest

from benchsmith.evaluate import (
    chart_points,
    conclusions,
    error_browser,
    printed_tables,
    score_tables,
    scores,
    scores_page,
)
from benchsmith.evaluate.compared_runs import Results
from benchsmith.evaluate.leaderboard import board, few_people
from tests.browser import Open
from tests.score_pages import HOSTILE, Parts, folder, found, with_people

__all__ = ["folder", "found"]


@pytest.fixture(scope="module")
def parts(folder: Path) -> Parts:
    parts = Parts()
    parts.feed((folder / "scores.html").read_text("utf-8"))
    return parts


def test_the_page_has_one_script_and_it_is_the_one_that_its_policy_names(parts: Parts) -> None:
    data, script = parts.scripts
    policy = next(a["content"] or "" for t, a in parts.tags if t == "meta" and a.get("http-equiv"))
    named = re.search(r"script-src 'sha256-([^']+)'", policy)
    assert named
    assert base64.b64decode(named[1]) == hashlib.sha256(script.encode()).digest()
    assert "default-src 'none'" in policy and "img-src data:" in policy
    json.loads(data)


def test_no_request_leaves_the_page(parts: Parts, folder: Path) -> None:
    for tag, attributes in parts.tags:
        assert tag not in ("img", "iframe", "object", "embed", "link", "base", "form")
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "href") or (value or "").startswith("#")
    assert "url(" not in (folder / "scores.html").read_text("utf-8").split("<script")[0]


def test_what_a_model_says_is_in_the_page_as_text_alone(parts: Parts) -> None:
    said = [s["reply"] for c in json.loads(parts.scripts[0])["cases"] for s in c["said"] if s]
    assert HOSTILE in said
    assert "<" not in parts.scripts[0]


def test_a_browser_shows_the_cases_and_runs_nothing_else(folder: Path, visit: Open) -> None:
    made = visit(folder / "scores.html")
    made.assert_quiet()
    page = made.page.content()
    shown = page.split('id="cases"')[1]
    assert shown.count('<article class="case">') >= 12
    assert (
        html.escape("</script><script>alert(1)</script><img src=x onerror=alert(2)>", quote=False)
        in shown
    )
    assert len(re.findall("<script", page)) == 2


def test_pictures_are_bounded_and_small(parts: Parts) -> None:
    cases = json.loads(parts.scripts[0])["cases"]
    assert len(cases) == 30
    for case in cases:
        head, data = case["picture"].split(",")
        assert head == "data:image/jpeg;base64"
        assert len(data) < 60_000


def test_cases_that_most_models_get_wrong_come_first_of_each_task(found: Results) -> None:
    chosen = error_browser.chosen(found, 8)
    assert {i.task for i in chosen} == {i.task for i in found.released.items}
    bad = next(r for r in found.runs if r.name.startswith("bad"))
    hits = {g.id: g.hit for g in bad.grades}
    wrong = {i.task for i in found.released.items if hits[i.id] == 0}
    first = {i.task: i for i in reversed(chosen)}
    assert all(hits[i.id] == 0 for task, i in first.items() if task in wrong)


def test_with_few_people_the_page_says_so_first_and_nobody_has_a_rank(
    found: Results, folder: Path
) -> None:
    (first, *_) = [line for line in board(found) if line]
    assert re.fullmatch(
        r"test has \d patients \(effective number [1-4]\.\d\): too few people to compare; there are no ranks",
        first,
    )
    assert not any(run.rank for run in found.runs) and found.runs[0].name == "good"
    notes = {row["note"] for row in found.comparisons if row["task"] != "Disease Diagnosis"}
    assert notes == {"too few people to compare"}  # five people have pictures of the skin
    page = (folder / "scores.html").read_text("utf-8")
    pairs = sum(row["task"] == "overall" for row in found.comparisons)
    why = "rows have neither a difference nor a p: too few people to compare."
    assert pairs > 1 and f"{pairs} of {pairs} {why}" in page  # said above a table, not in each row
    assert page.count("too few people to compare") == 1 + page.count(why) <= 3
    assert (
        page.index(first) < page.index('id="board"') and "nan" not in page.partition("<script")[0]
    )


def test_the_leaderboard_is_ranked_and_a_partial_run_has_no_rank(found: Results) -> None:
    found = with_people(found, 40)
    assert found.runs[0].name == "good"
    assert found.runs[0].rank and found.runs[0].rank.value == 1
    assert not list(few_people(found))
    val = next(r for r in found.runs if r.name == "val only")
    assert val.partial and val.rank is None and found.runs[-1] is val


def test_chains_are_reported_in_the_split_of_the_headline(found: Results, tmp_path: Path) -> None:
    assert 'id="chains"' not in (scores_page.write(found, tmp_path)).read_text("utf-8")
    row = {"model": "made", "questions": 8, "failed": 4, "beneath": 0.75, "alone": 0.25,
           "known": 0.61, "unknown": None}  # fmt: skip
    rows = [
        {**row, "split": split, "stage": stage, "questions": 8 + len(split)}
        for split in ("val", found.headline, "all")
        for stage in ("all", "visual reasoning")
    ]
    page = scores_page.write(replace(found, chains=rows), tmp_path).read_text("utf-8")
    table = page.partition('id="chains"')[2].partition("</table>")[0]
    cells = [re.sub(r"<[^>]*>", "|", line) for line in re.findall(r"<tr><td.*?</tr>", table)]
    assert [re.findall(r"[^|]+", line) for line in cells] == [
        ["made", stage, found.headline, str(8 + len(found.headline)), "4", "75.0", "61.0", "-"]
        for stage in ("all", "visual reasoning")
    ]


def test_markdown_is_the_paper_s_table(folder: Path, found: Results) -> None:
    text = (folder / "tables.md").read_text("utf-8")
    lines = text.splitlines()
    head = [c.strip() for c in lines[2].strip("|").split("|")]
    assert head[:3] == ["Model", "Overall (val)", "Overall (test)"] and "OR-A" in head
    good = next(line for line in lines if line.startswith("| good"))
    assert "**100.00**" in good
    random = [c.strip() for c in lines[4].strip("|").split("|")]
    test = [i for i in found.released.items if i.split == "test" and not i.several]
    expected = 100 * sum(1 / len(i.options) for i in test) / len(test)
    assert random[0] == "Random (expected)" and float(random[2]) == pytest.approx(
        expected, abs=0.005
    )
    for line in lines:
        if line.startswith("| "):  # hostile names break no table
            assert len(re.findall(r"(?<!\\)\|", line)) in (
                len(head) + 1, *(n.count("|") for n in lines if n.startswith("| Model")),
            )  # fmt: skip
    assert not re.search(r"(?<!\\)(?:<img|<script|&amp;)", text)


def test_latex_compiles_as_far_as_braces_and_columns_go(folder: Path) -> None:
    text = (folder / "tables.tex").read_text("utf-8")
    for table in re.findall(r"\\begin\{tabular\}.*?\\end\{tabular\}", text, re.DOTALL):
        columns = len(re.search(r"\{(lr*)\}", table)[1])  # type: ignore[index]
        rows = [row for row in table.splitlines() if row.endswith("\\\\")]
        assert len(rows) >= 4
        assert all(len(re.findall(r"(?<!\\)&", row)) == columns - 1 for row in rows)
    plain = re.sub(r"\\[\\{}]", "", text)
    assert plain.count("{") == plain.count("}")


def test_every_number_is_in_parquet_and_csv_alike(folder: Path) -> None:
    rows = pq.read_table(folder / "scores.parquet").to_pylist()
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert len(rows) == len(told)
    for row, text in zip(rows, told, strict=True):
        assert float(text["micro"]) == row["micro"] and text["branch"] == row["branch"]
    overall = [r for r in rows if r["axis"] == "overall" and r["model"] == "good"]
    assert all(r["right"] == r["n"] for r in overall)
    for r in rows:
        assert r["n"] == sum(
            r[o]
            for o in ("right", "wrong", "unclear", "empty", "cut", "refused", "abstained", "fault")
        )
        assert r["low"] <= r["micro"] <= r["high"]


def test_the_branches_of_an_axis_add_up(folder: Path) -> None:
    rows = pq.read_table(folder / "scores.parquet").to_pylist()
    for axis in ("task", "department", "modality", "granularity", "source", "label"):
        for whole in [r for r in rows if r["axis"] == "overall"]:
            same = ("model", "split", "answers")
            own = [r for r in rows if r["axis"] == axis and all(r[k] == whole[k] for k in same)]
            assert sum(r["n"] for r in own) == whole["n"]
            assert sum(r["right"] for r in own) == whole["right"]


def test_the_same_answers_give_the_same_bytes(found: Results, folder: Path, tmp_path: Path) -> None:
    printed_tables.write(found, tmp_path)
    scores_page.write(found, tmp_path, 30)
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in folder.iterdir()}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_a_table_of_a_run_that_is_gone_goes_too(found: Results, tmp_path: Path) -> None:
    (tmp_path / "circular.csv").write_text("old")
    printed_tables.write(found, tmp_path)
    assert not (tmp_path / "circular.csv").exists()


def test_what_is_no_picture_has_no_thumbnail() -> None:
    assert error_browser.thumbnail(b"<svg onload=alert(1)>") == ""


def test_thumbnails_are_readable_pictures(parts: Parts) -> None:
    from io import BytesIO

    data = json.loads(parts.scripts[0])["cases"][0]["picture"].split(",")[1]
    picture = PIL.Image.open(BytesIO(base64.b64decode(data)))
    assert max(picture.size) <= error_browser.THUMBNAIL_PX


def test_the_page_opens_with_what_can_be_concluded(found: Results, folder: Path) -> None:
    said = conclusions.conclusions(found)
    rows = {run.name: conclusions.headline_row(found, run) for run in found.runs}
    asked = [row for row in rows.values() if row]
    assert said[0].startswith(f"test asks {max(r['n'] for r in asked)} questions")
    guess = found.expected("test")
    assert guess is not None
    models = {run.name for run in found.runs if run.run.kind == "model" and rows[run.name]}
    above = {name for name in models if rows[name]["low"] > guess["hit"]}  # type: ignore[index]
    for start, names in (("Better", above), ("Not clearly better", models - above)):
        of = next((s for s in said if s.startswith(f"{start} than a random guess")), "")
        assert bool(of) == bool(names) and all(name in of for name in names)
    row = {"task": "overall", "note": "", "first": "a", "second": "b", "mean": -0.1, "p_holm": 0.01}
    other = row | {"second": "c", "p_holm": 0.4}
    told = conclusions.conclusions(replace(found, comparisons=[row, other]))
    assert "b is better than a, by 10.0 points." in told
    assert "No difference was found between a and c." in told
    text = (folder / "scores.html").read_text("utf-8")
    shown = re.search(r'class="conclusions".*?</div>', text, re.DOTALL)
    assert shown and [html.unescape(p) for p in re.findall("<p>(.*?)</p>", shown[0])] == said


def test_what_too_few_people_supply_is_on_no_chart(found: Results, folder: Path) -> None:
    branches = found.branches("task")
    few = [
        b for b in branches
        if all(
            row["effective"] < 5
            for run in found.runs
            if (row := run.row(found.headline, scores.ONE, "task", b))
        )
    ]  # fmt: skip
    assert conclusions.small_branches(found, "task") == few
    short = score_tables.abbreviations([b for b in branches if b not in few])
    file = folder / "radar-task.svg"
    assert file.exists() == (len(short) >= chart_points.MIN_AXES)
    if file.exists():
        texts = [t.text for t in ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
        assert {*short.values()} <= {*texts}
        assert not {*score_tables.abbreviations(few).values()} - {*short.values()} & {*texts}
