"""The documentation as a site: strict links, nothing from elsewhere, and pages made from the code."""

from __future__ import annotations

import logging
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from benchsmith.audits.registry import CHECKS
from benchsmith.core.reasons import REASONS
from tests.paths import PROJECT
from tests.test_docs import COMMANDS, FENCE


class Loaded(HTMLParser):
    """What a page loads by itself, its text, and the ids of its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.ids: set[str] = set()
        self.text = ""
        self.headings = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag loads: a link that a person follows is none."""
        values = dict(attrs)
        self.ids.add(values.get("id") or "")
        self.headings += tag in ("h1", "h2", "h3", "h4") and "id" in values
        if tag == "link" and values.get("rel") in ("stylesheet", "icon", "preload"):
            self.loaded.append(values.get("href") or "")
        if tag in ("script", "img", "iframe", "source"):
            self.loaded.append(values.get("src") or "")

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site; its build fails at a link that leads nowhere."""
    folder = tmp_path_factory.mktemp("site") / "site"
    build(load_config(str(PROJECT / "mkdocs.yml"), site_dir=str(folder)))
    return folder


def test_every_heading_of_a_page_is_a_heading_of_the_site(site: Path) -> None:
    """A tag at the beginning of a line, for instance, would swallow all that follows it."""
    found = pages(site)
    for path in (PROJECT / "docs").glob("*.md"):
        text = FENCE.sub("", path.read_text("utf-8"))
        headings = re.findall(r"^#{1,4} (?=.)", text, re.MULTILINE)
        assert found[path.stem].headings == len(headings), path.name


def pages(site: Path) -> dict[str, Loaded]:
    return {p.stem: Loaded(p.read_text("utf-8")) for p in sorted(site.glob("*.html"))}


def test_every_page_is_in_the_site_and_loads_nothing_from_elsewhere(site: Path) -> None:
    found = pages(site)
    assert {p.stem for p in (PROJECT / "docs").glob("*.md")} <= found.keys()
    for name, page in found.items():
        assert [url for url in page.loaded if "//" in url] == [], name
        missing = [url for url in page.loaded if url and not (site / url.split("?")[0]).is_file()]
        assert not [url for url in missing if name != "404"], (name, missing)
    styles = "".join(p.read_text("utf-8") for p in site.rglob("*.css"))
    assert "url(http" not in styles and "@import" not in styles


def test_pages_of_the_code_have_all_that_the_code_has(site: Path) -> None:
    found = pages(site)
    assert [c for c in REASONS if c not in found["reasons"].text] == []
    assert [c for c in CHECKS if c not in found["checks"].text] == []
    headings = found["commands"].ids
    assert [words for words in COMMANDS if "-".join(words) not in headings] == []


@pytest.mark.parametrize("link", ["nosuch.md", "index.md#nosuch"])
def test_a_link_that_leads_nowhere_ends_the_build(link: str, tmp_path: Path) -> None:
    """With the settings of the site, but one page and no theme."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(f"# Page\n\n[link]({link})\n")
    settings: dict[str, Any] = {"docs_dir": str(tmp_path / "docs"), "site_dir": str(tmp_path / "s")}
    config = load_config(
        str(PROJECT / "mkdocs.yml"), **settings, nav=None, hooks=[], plugins=[], theme="mkdocs"
    )
    assert config.strict
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    with pytest.raises(Abort, match="warning"):
        build(config)
