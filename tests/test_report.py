"""The report's figures add up to the release's cases, read off the page itself."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pyarrow.parquet as pq
import pytest

from tests.conftest import Project


class Page(HTMLParser):
    """The charts of a page: title, then each bar's name and tooltip; and the heat map's cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.charts: dict[str, dict[str, str]] = {}
        self.heat: list[int] = []
        self._in: list[str] = []
        self._title = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where we are, and a bar's tooltip."""
        given = dict(attrs)
        kind = given.get("class") or ""
        self._in.append("heat" if kind == "heat" else tag)
        if kind == "column":
            name, _, counts = (given["title"] or "").partition(": ")
            self.charts[self._title][name] = counts
        if tag in ("meta", "img", "br", "link"):
            self._in.pop()

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._in.pop()

    def handle_data(self, data: str) -> None:
        """Note titles, and the numbers of the map."""
        if self._in[-2:] == ["figcaption", "b"]:
            self._title = data
            self.charts[data] = {}
        if "heat" in self._in and self._in[-1] == "td" and data.strip():
            self.heat.append(int(data))


@pytest.fixture(scope="module")
def page(built: Project) -> Page:
    return Page((built.release / "report.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def cases(built: Project) -> list[dict[str, object]]:
    files = sorted((built.release / "data").glob("*.parquet"))
    columns = ["options", "answer", "split", "answers", "target", "granularity", "task"]
    return [row for f in files for row in pq.read_table(f, columns=columns).to_pylist()]


def said(counts: str) -> Counter[str]:
    return Counter({s: int(n) for s, n in re.findall(r"(\w+) (\d+)", counts)})


def test_the_bars_of_options_and_keys_are_the_cases(
    page: Page, cases: list[dict[str, object]]
) -> None:
    found = {name: said(c) for name, c in page.charts["Options of a question"].items()}
    wanted: dict[str, Counter[str]] = {}
    for case in cases:
        wanted.setdefault(str(len(case["options"])), Counter())[str(case["split"])] += 1  # type: ignore[arg-type]
    assert found == wanted
    keys = sum((said(c) for c in page.charts["Place of the key"].values()), Counter[str]())
    assert keys == Counter(str(c["split"]) for c in cases if c["answers"] == "one")


def test_areas_are_counted_once_a_target(page: Page, cases: list[dict[str, object]]) -> None:
    marked = {c["target"] for c in cases if c["granularity"] != "image"}
    bars = page.charts["Area of the region"]
    assert sum(said(c).total() for c in bars.values()) >= len(marked)
    lows = [float(name.split()[0]) for name in bars]
    assert lows == sorted(lows)


def test_the_heat_map_holds_every_case(page: Page, cases: list[dict[str, object]]) -> None:
    assert sum(page.heat) == len(cases)


def test_what_no_source_tells_has_no_chart(page: Page) -> None:
    """The small project knows nobody's age."""
    assert "Age of the people" not in page.charts
