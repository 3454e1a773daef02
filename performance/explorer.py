"""How long the explorer takes to write, to show its first view, and to filter.

    python -m performance.explorer [QUESTIONS]

Writes a made-up release (each picture is different noise) into a scratch folder, writes its explorer
there, and opens it as a file in Chromium. The first view runs from the start of the navigation until the
first picture is decoded. A filter runs from the change of the query until the frame after the wall and all
histograms are drawn.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchsmith.core.random_order import public_id, ranks
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.lexicon import Lexicon
from benchsmith.exporters import parquet
from benchsmith.gallery.write_explorer import write_explorer
from benchsmith.imaging.rendering import png

HOME = Path(__file__).resolve().parents[1]
SIDE, GRAIN = 384, 24
"""Pixels of a picture, and of a patch of noise in it."""
VIEWS = ("image", "box", "mask", "contour")
QUERIES = ("modality=ct", "granularity=contour", "task=bone granularity=box|mask", "liver",
           "label!=liver", "department=nephrology-and-hypertension", "")  # fmt: skip
ROUNDS = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Print seconds, milliseconds and megabytes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 25_000
    lexicon = lexicons.read(HOME / "lexicon")
    with tempfile.TemporaryDirectory() as scratch:
        release, pages = Path(scratch) / "release", Path(scratch) / "pages"
        (release / "data").mkdir(parents=True)
        parquet.write_cell(release / "data", "test--bone--none", rows(count, lexicon))
        clock, spent = time.perf_counter(), cpu()
        write_explorer(release, pages, lexicon, title="Made up", build="none")
        print(f"{count:,} questions with a picture of {SIDE} x {SIDE} each")
        print(f"written in {time.perf_counter() - clock:.1f} s, {cpu() - spent:.1f} s of CPU")
        print(f"release {megabytes(release):.0f} MB, explorer {megabytes(pages):.0f} MB")
        show(pages / "index.html")


def cpu() -> float:
    """Return the seconds of CPU of this process."""
    times = os.times()
    return times.user + times.system


def megabytes(folder: Path) -> float:
    """Return the size of a folder's files."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def rows(count: int, lexicon: Lexicon) -> Iterator[parquet.Row]:
    """Yield questions spread over the lexicon's terms."""
    terms = {axis: [t.name for t in lexicon.axes[axis]] for axis in ("task", "department", "modality", "label")}  # fmt: skip
    cells = SIDE // GRAIN
    fine = (
        np.frombuffer(ranks(1, ["fine"], map(str, range(SIDE * SIDE // 8))), np.uint8).reshape(
            SIDE, SIDE
        )
        // 16
    )
    for n in range(count):
        drawn = np.frombuffer(
            ranks(1, ["picture", str(n)], map(str, range(cells * cells // 8))), np.uint8
        )
        coarse = np.kron(
            drawn.reshape(cells, cells), np.ones((GRAIN, GRAIN), np.uint8)
        ) // 2 + np.roll(fine, n, axis=(0, 1))
        picture = np.repeat(coarse[..., None], 3, axis=2)
        options = [terms["label"][(n * 7 + k * 13) % len(terms["label"])] for k in range(4)]
        place = {
            axis: names[n * 31 % len(names)] for axis, names in terms.items() if axis != "label"
        }
        yield {
            "id": public_id(1, str(n)),
            "image": {"bytes": png.encode(picture), "path": f"{n}.png"},
            "question": f"Which structure is shown in this {place['modality']} image?",
            "options": options,
            "answer": "ABCD"[n % 4],
            "label": options[n % 4],
            **place,
            "granularity": VIEWS[n % 4],
            "split": "test",
            "source": f"source-{n % 40}",
            "licence": "CC-BY-4.0",
            "target": public_id(2, str(n // 4)),
            "answers": "one",
            "mirror": None,
            "group": public_id(3, str(n // 40)),
        }  # fmt: skip


def show(page: Path) -> None:
    """Open the page several times, and print medians."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), "")
    first: list[float] = []
    filters: list[float] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(ROUNDS):
            seen = browser.new_page(viewport={"width": 1440, "height": 900})
            seen.goto(page.as_uri())
            seen.wait_for_function("[...document.querySelectorAll('.tile img')].some(i => i.naturalWidth)", polling=5)  # fmt: skip
            first.append(seen.evaluate("performance.now()"))
            filters += [
                seen.evaluate("""query => new Promise(done => {
                    const start = performance.now(), input = document.getElementById('query');
                    input.value = query;
                    input.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'}));
                    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
                })""", query)
                for query in QUERIES
            ]  # fmt: skip
            seen.close()
        browser.close()
    print(f"first view {statistics.median(first) / 1000:.2f} s ({min(first) / 1000:.2f} to {max(first) / 1000:.2f})")  # fmt: skip
    print(f"filter {statistics.median(filters):.0f} ms ({min(filters):.0f} to {max(filters):.0f})")


if __name__ == "__main__":
    main()
