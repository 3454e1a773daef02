"""docs/own-data.md is run as it is printed: its commands are typed, its output and files are compared."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.command import in_process
from tests.paths import PROJECT

PAGE = (PROJECT / "docs/own-data.md").read_text("utf-8")
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
RECIPE, BENCHMARK = "raw_sources/polyps/recipe.yaml", "benchmarks/polyps.yaml"
PASSED_OVER = "pip install benchsmith\nbenchsmith start ~/polyps --home my-benchmark\n"
"""The only block that is not run: it asks a person; `test_start_terminal.py` answers such questions."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a person's home with the folder of the page: four of eight pictures show a polyp."""
    y, x = np.indices((160, 160))
    for n in range(8):
        grey = 60 + (x * (3 + n) + y * (11 - n) + (x * y) % (17 + n)) % 120
        mask = np.zeros((160, 160), np.uint8)
        if n % 2:
            mask[20 + 6 * n : 70 + 6 * n, 30 : 101 - 4 * n] = 255
        colour = np.stack([grey + (mask > 0) * 60, grey, grey - 20], axis=-1).astype(np.uint8)
        for name, pixels in (("images", colour), ("masks", mask)):
            (tmp_path / "polyps" / name).mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(pixels).save(tmp_path / f"polyps/{name}/p{n + 1}.png")
    return tmp_path


def is_like(shown: str, printed: str) -> bool:
    r"""Return whether a text is the shown one; `...` stands for any text, also within a line.

    >>> is_like("a\n...\nd", "a\nb\nc\nd"), is_like("a: ...", "a: 1"), is_like("a\nd", "a\nb\nd")
    (True, True, False)
    """
    lines = [
        r"(?:.*\n)*?" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
        for line in shown.strip().splitlines()
    ]
    return re.fullmatch("".join(lines), printed.strip() + "\n") is not None


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a block with the output that is shown below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def test_the_page_is_true(home: Path) -> None:
    where, ran = home, 0
    for kind, block in FENCE.findall(PAGE):
        if kind == "yaml" and block.startswith("title:"):
            (where / BENCHMARK).write_text(block, "utf-8")
        elif kind == "yaml":
            written = (where / RECIPE).read_text("utf-8")
            assert is_like("...\n" + block, written), written
            decided = re.sub(r"  # decide:.*", "", written).replace(
                'licence: ""', "licence: cc-by-4.0"
            )
            (where / RECIPE).write_text(decided.replace("label: region", "label: polyp"), "utf-8")
        elif block != PASSED_OVER:
            for command, shown in commands(block):
                for part in command.split(" && "):
                    words = shlex.split(part.replace("~", str(home)))
                    if words[0] == "cd":
                        where /= words[1]
                        continue
                    assert words.pop(0) == "benchsmith"
                    alone = ("--workers", "1") if words[0] in ("build", "start") else ()
                    code, printed = in_process((*words, *alone), where, {})
                    assert code == 0, printed
                    assert not shown or is_like(shown, printed), f"{command}\n{printed}"
                    ran += 1
    assert ran == 7
    assert PASSED_OVER in {block for _, block in FENCE.findall(PAGE)}
