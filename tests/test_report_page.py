"""The report as a browser shows it: its first screen, what is folded, and that no text bursts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser import DESK, PHONE, Open, faults
from tests.conftest import Project

LAPTOP, TABLET = (1440, 900), (1024, 900)
BURST = """() => [...document.querySelectorAll('main *, header *')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.wide, .sheet, .own, .contents'))
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
  .map(e => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 60)}`)"""
"""Elements whose content is wider than they are, outside regions that scroll or cut off."""


@pytest.fixture(scope="module")
def report(built: Project) -> Path:
    return built.release / "report.html"


def test_the_first_screen_says_what_it_is(report: Path, visit: Open) -> None:
    seen = visit(report, size=LAPTOP)
    pictures = seen.page.locator(".mosaic img")
    assert pictures.count() == 9
    for part in ("h1", ".numbers", ".judgement", ".terms", ".mosaic", ".contents"):
        box = seen.page.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= LAPTOP[1], part
    assert all(seen.page.eval_on_selector_all(".mosaic img", "all => all.map(i => i.naturalWidth > 0)"))  # fmt: skip
    assert "questions" in seen.text(".numbers") and "Licences" in seen.text(".terms")
    assert len(set(seen.page.eval_on_selector_all(".mosaic img", "all => all.map(i => i.title)"))) > 3  # fmt: skip
    seen.assert_quiet()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [LAPTOP, TABLET, PHONE])
def test_nothing_bursts_or_scrolls_sideways(
    report: Path, visit: Open, size: tuple[int, int], dark: bool
) -> None:
    seen = visit(report, size=size, dark=dark)
    seen.page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true; })")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert seen.page.evaluate(BURST) == []
    assert "`" not in seen.page.inner_text("body")
    assert not faults(seen.page)


def test_what_passed_is_folded_and_what_was_not_run_is_grey(report: Path, visit: Open) -> None:
    seen = visit(report, size=DESK)
    shown = {kind: seen.page.locator(f".check.{kind} .says").filter(visible=True).count()
             for kind in ("pass", "info", "warn", "not-run")}  # fmt: skip
    assert shown["pass"] == shown["info"] == 0 and shown["warn"] and shown["not-run"]
    assert seen.page.locator(".check[open]:not(.fail)").count() == 0
    style = "e => getComputedStyle(e).color"
    grey = seen.page.eval_on_selector(".lead", style)
    assert seen.page.eval_on_selector(".check.not-run .asks", style) == grey
    seen.page.click("details.group.pass > summary")
    assert seen.page.locator(".check.pass .says").first.is_visible()


def test_the_key_can_be_hidden(report: Path, visit: Open) -> None:
    seen = visit(report, size=DESK)
    style = "e => getComputedStyle(e).backgroundColor"
    with_key = seen.page.eval_on_selector("li.key", style)
    seen.page.uncheck("#keys")
    plain = seen.page.eval_on_selector("li:not(.key)", style)
    assert seen.page.eval_on_selector("li.key", style) == plain != with_key


def test_no_histogram_has_one_bar(report: Path) -> None:
    text = report.read_text("utf-8")
    charts = re.findall(r'<figure class="chart">.*?</figure>', text, re.DOTALL)
    assert charts and all(chart.count('class="column"') > 1 for chart in charts)
    single = re.findall(r'<p class="single" title="[^"]+"><b>[^<]+</b>: .+ in all \d+</p>', text)
    assert len(single) == text.count('class="single"')


def test_branches_are_as_high_as_they_have_questions(report: Path, visit: Open) -> None:
    """To the pixel, up to the gaps between them."""
    seen = visit(report, size=LAPTOP)
    rows = seen.page.eval_on_selector_all(
        ".node.d1", "all => all.map(e => [e.getBoundingClientRect().height, +e.title.split(': ').at(-1)])"
    )  # fmt: skip
    whole = sum(height for height, _ in rows) / sum(n for _, n in rows)
    assert len(rows) > 2
    assert all(height == pytest.approx(n * whole, abs=1.5) for height, n in rows)
