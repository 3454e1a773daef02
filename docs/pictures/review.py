"""Draw `review-case.png`, `review-tags.png` and `review-atlas.png`: the desk of the demo, in a browser.

make build && .venv/bin/python docs/pictures/review.py

A copy of the project's documents and of the demo is reviewed by three made-up people, so that nothing of the
project changes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
DOCUMENTS = ("lexicon", "question_pools", "raw_sources", "benchmarks")
PEOPLE = ("ann", "bob", "eve")
COLOURS = 256
MAX_CASES = 30
WAIT_S = 300


def main() -> None:
    """Open the desk, sit down as the curator, and keep what it looks like."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as driver,
        desk(copied(Path(folder))) as link,
    ):
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        window = browser.new_page(viewport={"width": 1200, "height": 750})
        window.goto(link)
        base = link.partition("/enter")[0]
        window.goto(f"{base}/cases")
        answered_with_a_mark(window)
        keep(window, "review-case.png")
        window.goto(f"{base}/tags")
        window.wait_for_selector(".chips")
        loaded(window)
        keep(window, "review-tags.png")
        window.goto(f"{base}/atlas")
        window.wait_for_selector("button.picture")
        loaded(window)
        keep(window, "review-atlas.png")
        browser.close()


def loaded(window: Any) -> None:
    """Wait until the pictures in view are there; the desk's policy forbids Playwright's own way."""
    in_view = "[...document.images].filter(i => i.getBoundingClientRect().top < innerHeight)"
    while not window.evaluate(f"{in_view}.every(i => i.complete)"):
        time.sleep(0.1)


def copied(folder: Path) -> Path:
    """Return a copy of the documents with three curators, and of the demo."""
    for name in DOCUMENTS:
        shutil.copytree(PROJECT / name, folder / name)
    shutil.copytree(PROJECT / "output/demo", folder / "output/demo")
    (folder / ".cache").mkdir()
    (folder / ".cache/packages").symlink_to(PROJECT / ".cache/packages")
    with (folder / "lexicon/curators.tsv").open("a", encoding="utf-8") as file:
        file.writelines(f"{who}\t{who.title()}\tradiologist\n" for who in PEOPLE)
    return folder


@contextmanager
def desk(folder: Path) -> Iterator[str]:
    """Yield the curator's link to a desk that is open."""
    words = ["review", "demo", "--annotators", ",".join(PEOPLE), "--port", "0"]
    log = folder / "desk.log"
    with log.open("w") as output:
        started = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchsmith",
                *words,
                "--labels",
                "label=kidney|liver|spleen|stomach",
            ],
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    try:
        end = time.monotonic() + WAIT_S
        while "\nopen: " not in log.read_text():
            if started.poll() is not None or time.monotonic() > end:
                raise RuntimeError(log.read_text())
            time.sleep(0.2)
        found = re.search(rf"{PEOPLE[0]}, the curator: (\S+)", log.read_text())
        assert found
        yield found[1]
    finally:
        started.terminate()
        started.wait()


def answered_with_a_mark(window: Any) -> None:
    """Answer cases until one has a mark that can be taken off, and keep that one on the screen."""
    for _ in range(MAX_CASES):
        window.wait_for_selector("#answer")
        window.keyboard.press("1")
        window.keyboard.press("Enter")
        window.wait_for_selector("#keep")
        if not window.is_hidden("#marks"):
            break
        window.keyboard.press("k")
        window.wait_for_selector("#answer")
    window.wait_for_selector("#unmarked", state="visible")
    loaded(window)


def keep(window: Any, name: str) -> None:
    """Write what a window shows with few colours."""
    picture = PIL.Image.open(BytesIO(window.screenshot())).convert("RGB")
    small = picture.quantize(COLOURS, dither=PIL.Image.Dither.NONE)
    small.save(HERE / name, optimize=True)


if __name__ == "__main__":
    main()
