"""Ordinary mistakes are reported with file, reason and remedy, in the words that docs/mistakes.md lists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import benchsmith, in_process
from tests.ordinary_mistakes import LAYOUTS, MISTAKES, write
from tests.paths import PROJECT

PAGE = (PROJECT / "docs/mistakes.md").read_text("utf-8")
OF_PYTHON = re.compile(r"(?<=is not valid JSON: )[^\[]+")
"""What Python's own reader says, in other words since Python 3.13."""
CASES = [(layout, name) for layout, mistakes in MISTAKES.items() for name in mistakes]


def rows() -> dict[tuple[str, str], tuple[str, str]]:
    """Return the command and the message of each mistake of the page, by layout and name."""
    found = {}
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        layout = section.partition("\n")[0].lower()
        for name, command, message in re.findall(
            r"^\| (.+?) \| `(check|preview|draft mapping)` \| (.+) \|$", section, re.MULTILINE
        ):
            found[layout, name] = command, message
    return found


def said(home: Path, command: str) -> str:
    """Return what a command prints about the source."""
    words = [command] if command == "check" else [*command.split(), "own"]
    words += ["--workers", "1"] if command == "draft mapping" else []
    _, printed = in_process(words, home, {})
    return printed


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_sound_source_has_no_mistake(layout: str, tmp_path: Path) -> None:
    write(tmp_path, layout)
    assert benchsmith("check", folder=tmp_path).startswith("no problem in ")
    assert "nothing would be left out" in benchsmith("preview", "own", folder=tmp_path)


@pytest.mark.parametrize(("layout", "name"), CASES)
def test_a_mistake_is_reported_in_the_words_of_the_page(
    layout: str, name: str, tmp_path: Path
) -> None:
    command, message = rows()[layout.lower(), name]
    MISTAKES[layout][name](write(tmp_path, layout))
    before = {p: p.read_bytes() for p in tmp_path.rglob("data/**/*") if p.is_file()}
    printed = said(tmp_path, command).replace("|", "\\|")
    assert OF_PYTHON.sub("", message) in OF_PYTHON.sub("", printed)
    assert {p: p.read_bytes() for p in tmp_path.rglob("data/**/*") if p.is_file()} == before


def test_the_page_has_ten_mistakes_of_each_layout_and_no_other() -> None:
    assert set(rows()) == {(layout.lower(), name) for layout, name in CASES}
    assert {layout: len(mistakes) for layout, mistakes in MISTAKES.items()} == dict.fromkeys(
        LAYOUTS, 10
    )
