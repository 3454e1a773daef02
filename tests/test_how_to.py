"""Each section of docs/how-to.md is true: its folder gives the draft and the labels that it shows."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from tests import world
from tests.command import benchsmith
from tests.how_to_layouts import LAYOUTS
from tests.paths import PROJECT

PAGE = (PROJECT / "docs/how-to.md").read_text("utf-8")
SECTION = re.compile(
    r"^## (.+)\n\n(?:.+\n)+\n```\n((?:.*\n)*?)```\n\n```yaml\n((?:.*\n)*?)```\n\nRead: ((?:.|\n)*?)\.$(?!\n.)",
    re.MULTILINE,
)


@functools.cache
def sections() -> dict[str, tuple[str, str, str]]:
    """Return the files, the recipe and the labels of each section."""
    bodies = re.split(r"^(?=## )", PAGE, flags=re.MULTILINE)[1:]
    found = [SECTION.search(body) for body in bodies]
    assert all(found)
    return {m[1]: (m[2], m[3], m[4]) for m in found if m}


def test_the_page_has_a_section_for_each_layout() -> None:
    assert list(sections()) == list(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_folder_gives_the_draft_that_is_shown(name: str, tmp_path: Path) -> None:
    files, recipe, labels = sections()[name]
    world.documents(tmp_path)
    data = tmp_path / "mydata"
    LAYOUTS[name](data)
    there = {p.relative_to(data).as_posix() for p in data.rglob("*") if p.is_file()}
    assert {line for line in files.splitlines() if line != "..."} <= there
    assert ("..." in files) == (len(there) > 5)
    benchsmith("draft", "recipe", "mydata", folder=tmp_path)
    written = (tmp_path / "raw_sources/mydata/recipe.yaml").read_text("utf-8")
    assert written[written.index("samples:") :] == recipe
    said = benchsmith("preview", "mydata", folder=tmp_path)
    read = re.findall(
        r"^ +(\d+) (\S.*)$", said.partition("pictures that were read:\n")[2], re.MULTILINE
    )
    assert ", ".join(f"{n} `{word}`" for n, word in sorted(read, key=lambda r: r[1])) == labels
    assert said.endswith("nothing would be left out\n")
