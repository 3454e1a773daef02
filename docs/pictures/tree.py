"""Draw `tree.png`: the page of the demo's tree, as a browser shows it.

make build && .venv/bin/python docs/pictures/tree.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import PIL.Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
SHOWN = "#rings=task,modality,label&at=modality:ct:itself"
COLOURS = 256


def main() -> None:
    """Write the page, open it, and keep what it looks like."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page = Path(folder) / "tree.html"
        words = ["tree", "--from", "demo", "--html", str(page), *sys.argv[1:]]
        subprocess.run(
            [sys.executable, "-m", "benchsmith", *words], check=True, cwd=HERE.parent.parent
        )
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        window = browser.new_page(viewport={"width": 1280, "height": 860})
        window.goto(page.as_uri() + SHOWN)
        window.wait_for_selector(".pictures img")
        picture = PIL.Image.open(BytesIO(window.screenshot())).convert("RGB")
        browser.close()
    small = picture.quantize(COLOURS, dither=PIL.Image.Dither.NONE)
    small.save(HERE / "tree.png", optimize=True)


if __name__ == "__main__":
    main()
