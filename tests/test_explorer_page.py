"""The explorer in a real browser, opened as a file: what it shows is what the Parquet files say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.api.matching_cases import matching_cases
from tests.browser import PHONE, Open, Visit, faults
from tests.conftest import Project

LAPTOP = (1440, 900)
QUERIES = (
    "",
    "modality=ct",
    "modality=ct/** granularity=contour|mask",
    "task!=bone label=liver|spleen",
    "source=cells",
    "'modality=CT' split=val",
    "department=*",
    "granularity=image dimension=3d",
)


@pytest.fixture(scope="module")
def pages(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("explorer") / "pages"
    built.run("explore", "small", "--out", str(place))
    return place / "index.html"


@pytest.fixture(scope="module")
def rows(built: Project) -> dict[str, dict[str, Any]]:
    files = sorted((built.release / "data").glob("*.parquet"))
    return {r["id"]: r for f in files for r in pq.read_table(f).to_pylist()}


@pytest.fixture
def wall(pages: Path, visit: Open) -> Iterator[Visit]:
    seen = visit(pages, size=LAPTOP)
    seen.page.wait_for_selector(".tile img[src]")
    yield seen
    assert not seen.complaints and not seen.dialogs
    folder = pages.parent.resolve().as_uri()
    assert all(r.startswith(folder) and r.split("#")[0].endswith((".html", ".js")) for r in seen.requests)  # fmt: skip


def shown(seen: Visit) -> tuple[int, int]:
    """Return how many questions are found, and how many there are."""
    found, every = seen.text("#count").replace("\u2009", "").split(" of ")
    return int(found), int(every.split()[0])


def test_the_queries_of_the_page_are_those_of_the_tree(
    wall: Visit, built: Project, rows: dict[str, dict[str, Any]]
) -> None:
    ask = """async query => {
      const columns = prepared(structuredClone(await load('questions')));
      return filtered(columns, compile(query, columns), {}).found.map(n => columns.ids[n]);
    }"""
    for query in QUERIES:
        found = wall.page.evaluate(ask, query)
        assert sorted(found) == matching_cases(built.release, query, built.folder), query
    assert len(wall.page.evaluate(ask, "modality=ct")) not in (0, len(rows))
    words = [i for i, r in rows.items() if "kidney" in " ".join([r["question"], *r["options"]])]
    assert sorted(wall.page.evaluate(ask, "kidney")) == sorted(words) and words
    assert wall.page.evaluate("q => { try { compile(q, {axes: [], above: {}}); } catch (e) { return e.message; } }", "'open") == "the query has an unclosed quote"  # fmt: skip


def test_a_click_on_a_bar_filters(wall: Visit, rows: dict[str, dict[str, Any]]) -> None:
    every = Counter(r["modality"] for r in rows.values())
    assert shown(wall) == (len(rows), len(rows))
    wall.page.click(".bar-row[data-value='modality=ct']")
    assert shown(wall) == (every["CT"], len(rows))
    assert wall.page.input_value("#query") == "modality=ct"
    views = Counter(r["granularity"] for r in rows.values() if r["modality"] == "CT")
    for view, many in views.items():
        bar = wall.page.locator(f".bar-row[data-value='granularity={view}'] .number")
        assert bar.inner_text() == str(many)
    wall.page.click(".bar-row[data-value='granularity=box']")
    assert shown(wall)[0] == views["box"]
    wall.page.click(".bar-row[data-value='granularity=mask']")
    assert shown(wall)[0] == views["box"] + views["mask"]
    wall.page.go_back()
    assert shown(wall)[0] == views["box"]
    wall.page.click("#clear")
    assert shown(wall)[0] == len(rows)


def test_the_query_is_completed_and_a_wrong_one_is_reported(wall: Visit) -> None:
    query = wall.page.locator("#query")
    query.focus()
    wall.page.keyboard.type("moda")
    wall.page.keyboard.press("ArrowDown")
    wall.page.keyboard.press("Enter")
    assert query.input_value() == "modality="
    wall.page.keyboard.type("c")
    assert "ct" in wall.page.inner_text("#completions").lower()
    query.fill("modality=cd")
    wall.page.keyboard.press("Enter")
    assert "no question has the modality “cd”" in wall.text("#problem")
    query.fill("modalty=ct")
    wall.page.keyboard.press("Enter")
    assert "axes are" in wall.text("#problem")


def test_a_question_is_shown_with_its_key_on_demand(
    wall: Visit, rows: dict[str, dict[str, Any]]
) -> None:
    tile = wall.page.locator(".tile").nth(2)
    id_ = tile.get_attribute("data-id")
    row = rows[str(id_)]
    tile.click()
    wall.page.wait_for_selector("#question .large img[src]")
    assert wall.text("#stem") == row["question"]
    options = wall.page.locator(".options li .name")
    assert options.all_inner_texts() == row["options"]
    assert wall.page.locator(".options .key").count() == 0
    dialog = wall.page.inner_text("#question .right")
    assert row["label"] not in dialog.split("In the tree")[1]
    wall.page.keyboard.press("k")
    right = wall.page.locator(".options .key b").all_inner_texts()
    assert ",".join(right) == row["answer"]
    size = wall.page.eval_on_selector(".large img", "i => [i.naturalWidth, i.naturalHeight]")
    assert wall.text(".left .bar .soft") == f"{size[0]} \u00d7 {size[1]} pixels"
    assert f"id={id_}" in wall.page.url
    box = wall.page.locator(".large").bounding_box()
    wall.page.mouse.move(box["x"] + 50, box["y"] + 50)
    wall.page.mouse.wheel(0, -300)
    assert "scale(1.2)" in wall.page.eval_on_selector(".large img", "i => i.style.transform")
    same = [i for i, r in rows.items() if r["target"] == row["target"] and i != id_]
    strips = wall.page.locator("#question .strip").first.locator("button")
    assert strips.count() == len(same)
    wall.page.click("summary:has-text('Provenance')")
    wall.page.wait_for_selector(".provenance th")
    assert row["source"] in wall.page.inner_text(".provenance")
    wall.page.keyboard.press("Escape")
    assert wall.page.evaluate("document.activeElement.dataset.id") == id_
    wall.page.keyboard.press("ArrowRight")
    after = wall.page.evaluate("document.activeElement.dataset.id")
    wall.page.keyboard.press("Enter")
    assert wall.text("#case-id") == after != id_


def test_a_link_leads_to_the_filter_and_the_question(
    pages: Path, visit: Open, rows: dict[str, dict[str, Any]]
) -> None:
    id_ = next(i for i, r in rows.items() if r["granularity"] == "contour")
    seen = visit(pages, address=f"#q=granularity%3Dcontour&sort=options&id={id_}")
    seen.page.wait_for_selector("#question[open] .large img[src]")
    assert seen.text("#stem") == rows[id_]["question"]
    assert shown(seen)[0] == sum(r["granularity"] == "contour" for r in rows.values())
    assert seen.page.input_value("#sort") == "options"


def test_sorting_and_the_bins_of_a_measure(wall: Visit, rows: dict[str, dict[str, Any]]) -> None:
    wall.page.select_option("#sort", "options")
    first = wall.page.get_attribute(".tile", "data-id")
    assert len(rows[str(first)]["options"]) == min(len(r["options"]) for r in rows.values())
    wall.page.click("#falling")
    first = wall.page.get_attribute(".tile", "data-id")
    most = max(len(r["options"]) for r in rows.values())
    assert len(rows[str(first)]["options"]) == most
    wall.page.click(f".columns button[data-value='options {most}']")
    assert shown(wall)[0] == sum(len(r["options"]) == most for r in rows.values())


@pytest.mark.parametrize(("size", "dark"), [(LAPTOP, True), (PHONE, False)])
def test_it_fits_and_people_who_cannot_see_can_use_it(
    pages: Path, visit: Open, size: tuple[int, int], dark: bool
) -> None:
    seen = visit(pages, size=size, dark=dark, address="#map=1")
    seen.page.wait_for_selector(".tile img[src]")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert not faults(seen.page)
    seen.page.locator(".tile").first.click()
    seen.page.wait_for_selector("#question .large img[src]")
    assert seen.page.evaluate("q => q.scrollWidth <= q.clientWidth", seen.page.query_selector("#question"))  # fmt: skip
    order = [seen.page.locator(f"#question {part}").first.bounding_box()["y"] for part in (".large", "#stem", ".strip")]  # fmt: skip
    assert size != PHONE or order == sorted(order), "the question follows its picture"
    assert not faults(seen.page)
    assert not seen.complaints


def test_a_point_of_the_map_opens_its_question(wall: Visit) -> None:
    wall.page.check("#mapped")
    place = wall.page.evaluate("""async () => {
      const {map, side} = await load('similar'), box = document.getElementById('points').getBoundingClientRect();
      const at = map[0].map((v, axis) => 8 + (v / side) * ((axis ? box.height : box.width) - 16));
      return [at[0], at[1]];
    }""")
    wall.page.locator("#points").click(position={"x": place[0], "y": place[1]})
    wall.page.wait_for_selector("#question[open] #case-id")
    first = wall.page.evaluate(
        "load('questions').then(c => c.ids.filter((_, n) => c.pictures[n] === 0))"
    )
    assert wall.text("#case-id") in first
