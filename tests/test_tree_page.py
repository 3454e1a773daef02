"""The page of the tree, in a real browser that sees no network."""

from __future__ import annotations

import dataclasses
import re
import shlex
from pathlib import Path

import pytest

from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.query import parse
from benchsmith.documents.tree import Axis
from benchsmith.explore.find_build import find
from benchsmith.explore.question_rows import Counts
from benchsmith.pages.tree_page import tree_page
from tests.browser import DESK, PHONE, Open, Visit, faults
from tests.conftest import Project
from tests.shipped_documents import shipped_lexicon

SOURCES = ("abdomen", "cells", "skin")
HOSTILE = {
    "kidney": "<script>alert(1)</script>",
    "liver": '"><img src=x onerror="alert(2)">',
    "spleen": "two\nlines, 'one' \"two\" </script> & <!-- and ]]>",
    "stomach": "\u202egnorw si txet\u202c",
    "nevus": "🫀 heart 👩‍⚕️",
}


@pytest.fixture(scope="module")
def own(built: Project) -> Lexicon:
    return lexicons.read(built.folder / "lexicon")


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


INSIDE = """name => {
  const shape = [...document.querySelectorAll('.arc')]
    .find(each => each.getAttribute('aria-label')?.includes(`: ${name}, `)).firstChild;
  shape.scrollIntoView({block: 'center'});
  const box = shape.getBBox(), to = shape.getScreenCTM();
  const inside = (x, y) => [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3]]
    .every(([dx, dy]) => shape.isPointInFill(new DOMPoint(x + dx, y + dy)));
  for (let n = 1; n < 400; n++) {
    const x = box.x + box.width * (n % 20) / 20, y = box.y + box.height * n / 400;
    if (inside(x, y)) { const at = new DOMPoint(x, y).matrixTransform(to); return [at.x, at.y]; }
  }
}"""
"""Finds a point well inside an arc: its box may have another arc in the middle."""


def arc(visit: Visit, name: str) -> None:
    """Click on the arc of a name, with the mouse."""
    visit.page.mouse.click(*visit.page.evaluate(INSIDE, name))


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


def hostile(lexicon: Lexicon) -> Lexicon:
    """Return a lexicon whose labels are called what an attacker would call them."""
    terms = {
        t.id: dataclasses.replace(
            t, parent="", name=HOSTILE.get(t.id, t.name), synonyms=(HOSTILE.get(t.id, ""),))
        for t in lexicon.labels
    }  # fmt: skip
    labels = Axis(terms)
    return dataclasses.replace(lexicon, labels=labels, axes={**lexicon.axes, "label": labels})


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_is_a_name_and_nothing_else(
    built: Project, own: Lexicon, visit: Open, tmp_path: Path, label: str
) -> None:
    with find(built.folder / "output", "small").rows() as rows:
        text = tree_page(hostile(own), ["label"], rows, "</script><script>alert(3)</script>")
    place = tmp_path / "hostile.html"
    place.write_text(text, encoding="utf-8", newline="\n")
    seen = visit(place, address=f"#rings=label&at=label:{label}")
    shown_name = seen.page.eval_on_selector("#path b .name", "e => e.textContent")
    assert shown_name == HOSTILE[label]
    assert (
        seen.page.eval_on_selector(".pictures figcaption .name", "e => e.textContent")
        == HOSTILE[label]
    )
    assert seen.text("#query") == f"label={label}"
    assert seen.page.locator("img:not([src^='data:image/jpeg;base64,'])").count() == 0
    assert seen.page.locator("script").count() == 6
    assert (
        seen.page.eval_on_selector("#path b .name", "e => getComputedStyle(e).unicodeBidi")
        == "isolate"
    )
    assert "alert(3)" in seen.page.title()
    seen.page.fill("#search", HOSTILE[label].replace("\n", " ")[:12])
    assert seen.page.locator("#results li").count() >= 1
    seen.page.keyboard.press("Escape")
    seen.page.click("#path button")
    name = next(
        t for t in seen.page.locator(".parts .name").all_text_contents() if t == HOSTILE[label]
    )
    seen.page.mouse.move(*seen.page.evaluate(INSIDE, name))
    assert seen.page.locator("#tip b").text_content() == name
    seen.assert_quiet()


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


def test_a_large_lexicon_is_drawn_in_few_arcs(visit: Open, tmp_path: Path) -> None:
    """The shipped lexicon has thousands of placements; what cannot be seen is not drawn."""
    lexicon = shipped_lexicon()
    place = tmp_path / "lexicon.html"
    place.write_text(tree_page(lexicon), encoding="utf-8", newline="\n")
    seen = visit(place)
    placed = len({label for label, _ in lexicon.placements})
    assert int(re.sub(r"\D", "", seen.text(".facts li b"))) == placed
    for shape in ("Sunburst", "Icicle"):
        seen.page.click(f"text={shape}")
        assert 50 < seen.page.locator(".arc").count() < 1500
    arc(seen, "Disease Diagnosis")
    assert seen.text("#command") == "subset: task=disease-diagnosis"
    seen.page.fill("#search", "muscle strain")
    assert 0 < seen.page.locator("#results li").count() <= 40
    seen.assert_quiet()
