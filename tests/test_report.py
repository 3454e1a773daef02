"""The report's figures add up to the release's cases, read off the page itself."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest

from tests.conftest import Project


class Page(HTMLParser):
    """The charts of a page: title, then each bar's name and tooltip; and the heat maps' cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.charts: dict[str, dict[str, str]] = {}
        self.heats: list[list[int]] = []
        self._in: list[str] = []
        self._title = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where we are, and a bar's tooltip."""
        given = dict(attrs)
        kind = given.get("class") or ""
        self._in.append("heat" if kind == "heat" else tag)
        if kind == "heat":
            self.heats.append([])
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
            self.heats[-1].append(int(data))


@pytest.fixture(scope="module")
def page(built: Project) -> Page:
    return Page((built.release / "report.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def cases(built: Project) -> list[dict[str, object]]:
    files = sorted((built.release / "data").glob("*.parquet"))
    columns = ["options", "answer", "split", "answers", "target", "granularity", "task", "group"]
    return [row for f in files for row in pq.read_table(f, columns=columns).to_pylist()]


def said(counts: str) -> Counter[str]:
    return Counter({s: int(n) for s, n in re.findall(r"(\w+) (\d+)", counts)})


def test_the_bars_of_options_and_keys_are_the_cases(
    page: Page, cases: list[dict[str, object]]
) -> None:
    found = {name: said(c) for name, c in page.charts["Options per question"].items()}
    wanted: dict[str, Counter[str]] = {}
    for case in cases:
        wanted.setdefault(str(len(case["options"])), Counter())[str(case["split"])] += 1  # type: ignore[arg-type]
    assert found == wanted
    keys = sum((said(c) for c in page.charts["Position of the key"].values()), Counter[str]())
    assert keys == Counter(str(c["split"]) for c in cases if c["answers"] == "one")


def test_areas_are_counted_once_a_target(page: Page, cases: list[dict[str, object]]) -> None:
    marked = {c["target"] for c in cases if c["granularity"] != "image"}
    bars = page.charts["Area of the region"]
    assert sum(said(c).total() for c in bars.values()) >= len(marked)
    lows = [float(name.split()[0]) for name in bars]
    assert lows == sorted(lows)


def test_each_heat_map_holds_every_case(page: Page, cases: list[dict[str, object]]) -> None:
    assert [sum(heat) for heat in page.heats] == [len(cases)] * 2


def test_what_no_source_states_has_no_chart(page: Page) -> None:
    """The small project knows nobody's age."""
    assert "Age" not in page.charts


def test_copies_and_groups_are_counted_once_a_target_and_group(
    page: Page, cases: list[dict[str, object]]
) -> None:
    copies = page.charts["Near-duplicates per target"]
    assert sum(said(c).total() for c in copies.values()) == len({c["target"] for c in cases})
    groups = page.charts["People per leak group"]
    assert sum(said(c).total() for c in groups.values()) == len({c["group"] for c in cases})


def test_what_a_check_objects_to_is_shown(built: Project) -> None:
    """Each picture is that of the case whose id stands below it."""
    text = (built.release / "report.html").read_text("utf-8")
    figures = re.findall(
        r'<figure><img src="data:image/jpeg;base64,([^"]+)"(?:(?!</figure>).)*<small>(\w{16})</small>',
        text, re.DOTALL,
    )  # fmt: skip
    verdicts = json.loads((built.release / "validity.json").read_text())["checks"]
    assert [v for v in verdicts if v["offenders"]] and figures
    tables = [
        pq.read_table(f, columns=["id", "image"])
        for f in (built.release / "data").glob("*.parquet")
    ]
    pictures = {row["id"]: row["image"]["bytes"] for t in tables for row in t.to_pylist()}
    for jpeg, id_ in figures:
        small = PIL.Image.open(BytesIO(base64.b64decode(jpeg))).convert("L")
        whole = PIL.Image.open(BytesIO(pictures[id_])).convert("L").resize(small.size)
        apart = np.abs(np.asarray(small, float) - np.asarray(whole, float)).mean()
        assert max(small.size) <= 180 and apart < 12, id_
