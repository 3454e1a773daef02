"""Every page in a real browser: it looks as before, fits its window, and can be used by everybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Open, Visit, faults
from tests.conftest import Project
from tests.page_looks import WINDOWS, changes, differences, look


@dataclass(frozen=True)
class Kind:
    """A page: what shows that it is ready, and the parts whose place is kept."""

    ready: str
    parts: tuple[str, ...]


KINDS = {
    "explorer": Kind(".tile img[src]", ("h1", "#query", "#tools", "#filters", ".wall", ".tile", "footer")),
    "report": Kind(".mosaic img", ("h1", ".numbers", ".judgement", ".mosaic", ".contents")),
    "scores": Kind("#cases .case", ("h1", ".conclusions", "nav.contents", "#board")),
    "coverage": Kind(".map button", ("h1", "#tools", "#map", ".map thead th", ".map button", "#key")),
    "tree": Kind(".arc", ("h1", "#tools", "#drawing svg", "#panel", ".facts")),
    "preview": Kind(".sheet img", ("h1", "#read", ".sheet figure")),
    "build": Kind(".steps", ("h1", "#ran table")),
}  # fmt: skip


@pytest.fixture(scope="module")
def pages(built: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the files of every page of the small benchmark."""
    folder = tmp_path_factory.mktemp("pages")
    project = built.copy(folder / "project")
    explorer = folder / "explorer"
    files = {name: folder / f"{name}.html" for name in ("coverage", "tree", "preview")}
    project.run("explore", "small", "--out", str(explorer))
    project.run("coverage", "--from", "small", "--html", str(files["coverage"]))
    project.run("tree", "--from", "small", "--html", str(files["tree"]))
    project.run("preview", "abdomen", "--html", str(files["preview"]))
    for model in ("baseline:prior", "baseline:longest"):
        project.run("evaluate", "small", "--model", model)
    project.run("scores", "small")
    output = project.folder / "output/small"
    return {
        **files,
        "explorer": explorer / "index.html",
        "report": project.release / "report.html",
        "scores": output / "scores/scores.html",
        "build": output / "build.html",
    }


def opened(pages: dict[str, Path], visit: Open, name: str, window: str = "desktop light") -> Visit:
    seen = visit(pages[name], size=WINDOWS[window], dark=window.endswith("dark"))
    ready(seen, name)
    return seen


def ready(seen: Visit, name: str) -> None:
    """Wait until a page is drawn."""
    seen.page.wait_for_selector(KINDS[name].ready)
    seen.page.wait_for_function("[...document.images].filter(i => i.loading !== 'lazy').every(i => i.complete)")  # fmt: skip
    seen.page.wait_for_timeout(60)  # lazy pictures in view


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", KINDS)
def test_a_page_looks_as_before_and_everybody_can_use_it(
    pages: dict[str, Path], visit: Open, name: str, window: str
) -> None:
    seen = opened(pages, visit, name, window)
    assert changes(seen.page, KINDS[name].parts, f"{name} {window}") == []
    assert not faults(seen.page)
    assert not seen.complaints
    if window.startswith("phone"):
        seen.page.evaluate(LONG_NAMES)
        wide = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, "a name of seventy letters without a space breaks"


LONG_NAMES = """() => document.querySelectorAll('h1, h2, h3, header p, li > b, figcaption').forEach(each => {
  each.textContent = 'Long_name_'.repeat(7);
})"""
FLAWS = {
    "blank": "document.body.style.visibility = 'hidden'",
    "too wide": "document.querySelector('main').append(Object.assign(document.createElement('p'), {style: 'width: 3000px; height: 1px'}))",
    "gone": "document.querySelector(parts.at(-1)).style.display = 'none'",
    "moved": "document.querySelector(parts.at(-1)).style.transform = 'translateX(-14vw)'",
    "squeezed": "document.querySelector(parts[1]).style.maxWidth = '4rem'",
    "inverted": "document.documentElement.style.filter = 'invert(1)'",
}
"""Ways to spoil a page."""
HARMLESS = {
    "wider letters": "document.body.style.letterSpacing = '0.15px'",
    "another font": "document.body.style.fontFamily = 'serif'",
}


@pytest.mark.parametrize("name", ["report", "coverage"])
def test_a_damaged_page_is_found_and_another_font_is_not(
    pages: dict[str, Path], visit: Open, name: str
) -> None:
    parts = KINDS[name].parts
    seen = opened(pages, visit, name)
    for what, script in {**FLAWS, **HARMLESS}.items():
        before = look(seen.page, parts)
        seen.page.evaluate(f"parts => {{ {script} }}", list(parts))
        found = differences(before, look(seen.page, parts))
        assert bool(found) == (what in FLAWS), (what, found)
        seen.page.reload()
        ready(seen, name)


def test_tree_coverage_explorer_and_report_have_the_same_totals(
    pages: dict[str, Path], visit: Open
) -> None:
    def numbers(seen: Visit, of: str) -> dict[str, int]:
        items: list[Any] = seen.page.query_selector_all(of)
        said = [item.inner_text().split() for item in items]
        return {words[1].strip(":"): int(re.sub(r"\D", "", words[0])) for words in said}

    report = numbers(opened(pages, visit, "report"), ".numbers li")
    tree = numbers(opened(pages, visit, "tree"), ".facts li")
    assert {n: tree[n] for n in ("questions", "targets", "labels", "sources")} == {
        n: report[n] for n in ("questions", "targets", "labels", "sources")
    }
    coverage = opened(pages, visit, "coverage")
    targets, questions = (report[n] for n in ("targets", "questions"))
    said = coverage.text("#key")
    assert f"{targets} targets and {questions} questions" in said.replace("\u2009", "")
    explorer = opened(pages, visit, "explorer")
    assert f"of {questions} questions" in explorer.text("#tools").replace("\u2009", "")
