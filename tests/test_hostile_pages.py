"""Strings of strangers run nothing in any page of a build: names, titles, licences, file names, words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests import world
from tests.browser import Open
from tests.conftest import Project

PARTS = (
    "<script>window.hit=1;alert(1)</script>",
    '"><img src=x onerror="window.hit=2">',
    "'><svg/onload=window.hit=3>",
    "</script><script>window.hit=4</script>",
    "<!--<script>`${window.hit=5}`",
    "{{7*7}}{%raw%}<iframe srcdoc='<script>parent.hit=6</script>'>",
    "</textarea></style></title><a href=javascript:window.hit=7 autofocus onfocus=window.hit=8>x</a>",
)
LABELS = dict(
    zip(
        ("kidney", "liver", "spleen", "stomach", "nevus", "melanoma", "vertebra"),
        PARTS,
        strict=True,
    )
)
LINK = 'https://example.org/"onmouseover="window.hit=9"><script>window.hit=10</script>'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the small project, built, with strings of strangers wherever a document or a file has one."""
    project = Project(world.write(tmp_path_factory.mktemp("hostile") / "project"))
    tree = project.folder / "lexicon/tree"
    for axis in ("label", "modality", "task", "department"):
        lines = [line.split("\t") for line in (tree / f"{axis}.tsv").read_text().splitlines()]
        for number, cells in enumerate(lines[1:]):
            cells[2] = LABELS.get(
                cells[0],
                cells[2] if axis == "label" else f"{cells[2]} {PARTS[number % len(PARTS)]}",
            )
        (tree / f"{axis}.tsv").write_text("\n".join("\t".join(c) for c in lines) + "\n")
    licences = project.folder / "lexicon/licences.tsv"
    licences.write_text(
        licences.read_text()
        .replace("CC0 1.0", PARTS[1])
        .replace("https://creativecommons.org/publicdomain/zero/1.0/", LINK)
    )
    for recipe in (project.folder / "raw_sources").glob("*/recipe.yaml"):
        lines = recipe.read_text().splitlines()
        said = {
            "title": PARTS[0],
            "version": PARTS[2],
            "homepage": LINK,
            "citation": f"{PARTS[3]} {PARTS[1]}",
        }
        lines = [
            f"{k}: {json.dumps(said[k])}" if (k := line.partition(":")[0]) in said else line
            for line in lines
        ]
        recipe.write_text("\n".join(lines) + "\n")
    data = project.folder / "raw_sources"
    for path in sorted((data / "abdomen/data").rglob("b.nii.gz")):
        path.rename(path.with_name("b<img src=x onerror=window.hit=11>.nii.gz"))
    sheet = data / "skin/data/labels.csv"
    sheet.write_text(sheet.read_text().replace("p1,mole", f'p1,"{PARTS[2]}"'))
    benchmark = project.folder / "benchmarks/small.yaml"
    text = benchmark.read_text()
    head = [line for line in text.splitlines() if not line.startswith(("title:", "description:"))]
    benchmark.write_text(
        f"title: {json.dumps(PARTS[0])}\ndescription: {json.dumps(' '.join(PARTS))}\n"
        + "\n".join(head)
        + "\n"
    )
    waived = [
        {"check": c, "who": "me", "why": PARTS[3]} for c in ("option-in-question", "stem-filled")
    ]
    more = "".join(f"    - {json.dumps(one)}\n" for one in waived)
    benchmark.write_text(benchmark.read_text().replace("  waive:\n", f"  waive:\n{more}"))
    project.run("build", "small", "--workers", "1")
    return project


def test_no_page_of_a_build_runs_what_a_stranger_wrote(hostile: Project, visit: Open) -> None:
    output = hostile.folder / "output/small"
    made = {
        name: hostile.folder / f"{name}.html" for name in ("tree", "coverage", "preview", "scores")
    }
    hostile.run("tree", "--from", "small", "--html", str(made["tree"]))
    hostile.run("coverage", "--from", "small", "--html", str(made["coverage"]))
    hostile.run("preview", "skin", "--html", str(made["preview"]))
    hostile.run("explore", "small", "--out", str(hostile.folder / "explorer"))
    pages: list[Path] = [
        output / "release/report.html",
        hostile.folder / "explorer/index.html",
        output / "build.html",
        made["tree"],
        made["coverage"],
        made["preview"],
    ]
    card = hostile.folder / "card.html"
    text = (output / "release/README.md").read_text("utf-8")
    card.write_text(MarkdownIt("commonmark", {"html": True}).enable("table").render(text), "utf-8")
    for page in [*pages, card]:
        seen = visit(page)
        if page.parent.name == "explorer":
            seen.page.wait_for_selector(".tile img[src]")
            seen.page.locator(".tile").first.click()
        seen.page.wait_for_timeout(100)
        assert seen.page.evaluate("window.hit") is None, page
        assert not seen.dialogs and (page == card or not seen.complaints), (page, seen.complaints)
        own = page.parent.resolve().as_uri()
        assert not [r for r in seen.requests if not r.startswith(own)], page
        links = seen.page.evaluate("[...document.links].map(a => a.protocol)")
        assert set(links) <= {"https:", "file:", "data:", "blob:"}, page
        assert not seen.page.evaluate(MADE), page
        shown = seen.page.evaluate("document.documentElement.textContent")
        assert page.name == "build.html" or any(part in shown for part in PARTS), page


MADE = """[...document.querySelectorAll("*")].filter(e => e.matches("iframe, svg[onload], [srcdoc]")
  || [...e.attributes].some(a => a.name.startsWith("on"))).map(e => e.outerHTML)"""
"""Elements that could run something, and that no page has."""
