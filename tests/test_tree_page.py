"""The page of the tree, in a real browser that sees no network."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.query import parse
from benchsmith.explore.find_build import find
from benchsmith.explore.question_rows import Counts
from tests.browser import DESK, PHONE, Open, Visit, faults
from tests.conftest import Project
from tests.tree_pages import arc, own

__all__ = ["own"]
SOURCES = ("abdomen", "cells", "skin")


@pytest.fixture(scope="module")
def page(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small benchmark's page, written by the command."""
    place = tmp_path_factory.mktemp("page") / "tree.html"
    said = built.run("tree", "--from", "small", "--html", str(place))
    assert "no network needed" in said
    return place


def shown(visit: Visit) -> Counts:
    """Return the counts that a page shows."""
    numbers = {
        item.get_attribute("data-count"): int(re.sub(r"\D", "", item.query_selector("b").inner_text()))
        for item in visit.page.query_selector_all(".facts li")
    }  # fmt: skip
    return Counts(numbers["labels"], numbers["targets"], numbers["questions"], numbers["sources"])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_page_opens_without_a_network_and_asks_for_nothing(
    page: Path, visit: Open, size: tuple[int, int], dark: bool
) -> None:
    seen = visit(page, size=size, dark=dark)
    assert seen.text("h1") == "The tree of small"
    assert seen.page.locator(".arc").count() >= 8
    width = seen.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0], "it scrolls sideways"
    ground = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground != "rgb(255, 255, 255)") == dark
    seen.assert_quiet()


@pytest.mark.slow
def test_every_part_s_query_accepts_as_many_as_the_page_says(
    page: Path, visit: Open, built: Project, own: Lexicon
) -> None:
    seen = visit(page, address="#rings=modality,label,granularity,dimension,source,split")
    names = seen.page.eval_on_selector_all(
        ".arc[role=button]", "all => all.slice(1).map(a => a.dataset.n)"
    )
    assert len(names) > 20
    with find(built.folder / "output", "small").rows() as rows:
        assert shown(seen) == rows.count()
        for number in names:
            seen.page.evaluate(
                "location.hash = 'rings=modality,label,granularity,dimension,source,split'"
            )
            seen.page.wait_for_function(
                "n => document.querySelector(`.arc[data-n='${n}']`)", arg=number
            )
            seen.page.eval_on_selector(
                f".arc[data-n='{number}']",
                "a => a.dispatchEvent(new MouseEvent('click', {bubbles: true}))",
            )
            query = seen.text("#query")
            assert shown(seen) == rows.count(parse(query, own, SOURCES)), query
            assert shown(seen).questions > 0
    seen.assert_quiet()


def test_a_click_shows_the_query_and_the_command_cuts_as_many(
    page: Path, visit: Open, built: Project, tmp_path: Path
) -> None:
    seen = visit(page)
    arc(seen, "Organ Recognition - Abdomen")
    arc(seen, "CT")
    query = "task=organ-recognition-abdomen department=gastroenterology modality=ct"
    assert seen.text("#query") == query
    command = seen.text("#command")
    assert command.startswith(f"benchsmith subset '{query}' --from small --to ")
    words = shlex.split(command)[1:]
    words[words.index("--to") + 1] = str(tmp_path / "cut")
    assert f"{shown(seen).questions} questions in" in built.run(*words)
    assert [e.inner_text() for e in seen.page.query_selector_all("#path .name")] == [
        "small", "Organ Recognition - Abdomen", "Gastroenterology", "CT",
    ]  # fmt: skip
    seen.page.click("#path button >> text=small")
    assert "Select a part" in seen.text("#query")
    seen.page.go_back()
    assert seen.text("#query") == query


def test_copying_puts_the_text_on_the_clipboard_or_selects_it(page: Path, visit: Open) -> None:
    seen = visit(page)
    arc(seen, "Disease Diagnosis")
    seen.page.click("[aria-label='Copy query']")
    seen.page.wait_for_selector("text=Copied")
    assert seen.page.evaluate("navigator.clipboard.readText()") == "task=disease-diagnosis"
    assert seen.text("#said") == "query is copied"
    without = visit(
        page, script="Object.defineProperty(navigator, 'clipboard', {value: undefined})"
    )
    arc(without, "Disease Diagnosis")
    without.page.click("[aria-label='Copy command']")
    assert without.page.evaluate("getSelection().toString()") == without.text("#command")
    without.assert_quiet()


def test_a_synonym_finds_its_label(page: Path, visit: Open) -> None:
    seen = visit(page)
    seen.page.fill("#search", "Hepar")
    options = seen.page.query_selector_all("#results li")
    assert len(options) == 1
    assert "liver" in options[0].inner_text() and "hepar" in options[0].inner_text()
    seen.page.press("#search", "Enter")
    assert seen.text("#query") == "label=liver"
    seen.page.fill("#search", "kidny and more")
    assert seen.page.locator("#results").is_hidden()
    seen.page.fill("#search", "ct")
    seen.page.press("#search", "ArrowDown")
    chosen = seen.page.get_attribute("#search", "aria-activedescendant")
    assert seen.page.get_attribute(f"#{chosen}", "aria-selected") == "true"
    assert seen.text(f"#{chosen}").startswith("CT")


def test_rings_are_reordered_added_and_left_out(page: Path, visit: Open) -> None:
    seen = visit(page)

    def rings() -> list[str]:
        return seen.page.eval_on_selector_all(".axes li", "all => all.map(a => a.dataset.axis)")

    def first() -> str:
        return seen.page.locator(".parts").locator("xpath=preceding-sibling::h2[1]").inner_text()

    assert rings() == ["task", "department", "modality", "label"]
    assert first() == "Task"
    seen.page.click("[aria-label='Move Task outwards']")
    assert rings() == ["department", "task", "modality", "label"]
    assert first() == "Department"
    assert seen.page.evaluate("document.activeElement.id") == "out-task"
    seen.page.click("[data-add=granularity]")
    seen.page.click("[aria-label='Leave out Department']")
    assert rings() == ["task", "modality", "label", "granularity"]
    for _ in range(3):
        seen.page.click("[aria-label='Move Granularity inwards']")
    arc(seen, "Mask")
    assert seen.text("#query") == "granularity=mask"
    counts = shown(seen)
    assert counts.targets == counts.questions > 0
    seen.page.reload()
    assert rings() == ["granularity", "task", "modality", "label"]
    assert shown(seen) == counts


def test_the_keyboard_goes_everywhere(page: Path, visit: Open) -> None:
    seen = visit(page)

    def focused() -> str:
        return str(seen.page.evaluate("document.activeElement.getAttribute('aria-label')"))

    seen.page.focus("#search")
    for _ in range(60):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement.closest('.arc') !== null"):
            break
    first = focused()
    assert first.startswith("Task: ")
    assert seen.page.locator("#tip").is_visible()
    seen.page.keyboard.press("ArrowRight")
    second = focused()
    assert second.startswith("Task: ") and second != first
    seen.page.keyboard.press("ArrowDown")
    assert focused().startswith("Department: ")
    seen.page.keyboard.press("ArrowUp")
    assert focused() == second
    seen.page.keyboard.press("Enter")
    assert seen.text("#query").startswith("task=")
    assert seen.page.evaluate("document.activeElement.closest('.arc') !== null")
    seen.page.keyboard.press("Escape")
    assert "Select a part" in seen.text("#query")


def test_an_icicle_shows_the_same_parts(page: Path, visit: Open) -> None:
    seen = visit(page)
    labels = "all => all.map(a => a.getAttribute('aria-label')).filter(a => a?.startsWith('Task'))"
    before = seen.page.eval_on_selector_all(".arc", labels)
    seen.page.click("text=Icicle")
    assert seen.page.locator("svg.icicle rect").count() > 10
    assert seen.page.eval_on_selector_all(".arc", labels) == before


def test_examples_show_what_is_open_and_no_name_of_a_sample(
    page: Path, visit: Open, built: Project
) -> None:
    seen = visit(page)
    arc(seen, "Disease Diagnosis")
    captions = seen.page.eval_on_selector_all(
        ".pictures figcaption", "all => all.map(a => a.innerText)"
    )
    assert captions
    assert {c.split("\n")[0] for c in captions} <= {"nevus", "melanoma"}
    sizes = seen.page.eval_on_selector_all(
        ".pictures img", "all => Promise.all(all.map(i => i.decode().then(() => i.naturalWidth)))"
    )
    assert all(size > 16 for size in sizes)
    text = page.read_text("utf-8")
    for name in ("abdomen/a", "#liver@", "person1", "p0", "images/a.nii"):
        assert f'"{name}' not in text
    again = page.parent / "again.html"
    built.run("tree", "--from", "small", "--html", str(again))
    assert again.read_text("utf-8") == text


@pytest.mark.parametrize("shape", ["sunburst", "icicle"])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_serious_stands_in_the_way_of_anyone(
    page: Path, visit: Open, shape: str, dark: bool
) -> None:
    seen = visit(page, dark=dark, address=f"#shape={shape}")
    assert not faults(seen.page)
    arc(seen, "Disease Diagnosis")
    seen.page.fill("#search", "li")
    assert not faults(seen.page)


def test_the_page_s_policy_stops_what_is_not_its_own(page: Path, visit: Open) -> None:
    """Were a script to get in, it could neither run nor ask for anything."""
    seen = visit(page)
    refused = seen.page.evaluate(
        """async () => {
          const tried = [];
          try { document.body.innerHTML = '<img src=x onerror=alert(1)>'; } catch { tried.push('markup'); }
          const script = document.createElement('script');
          try { script.textContent = 'window.ran = 1'; document.body.append(script); } catch { tried.push('script'); }
          try { await fetch('https://example.org/'); } catch { tried.push('fetch'); }
          return [tried, window.ran ?? 0];
        }"""
    )
    assert refused == [["markup", "script", "fetch"], 0]
    assert len(seen.requests) == 1
