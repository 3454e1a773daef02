"""Draw `explorer.png`: the explorer of the demo, as a browser shows it.

make build && .venv/bin/python docs/pictures/explorer.py
"""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

import PIL.Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "output/demo/release/explorer/index.html"
SHOWN = "#q=granularity%3Dcontour%7Cbox"
COLOURS = 256


def main() -> None:
    """Open the exported page, and keep what it looks like."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        window = browser.new_page(viewport={"width": 1280, "height": 800})
        window.goto(PAGE.as_uri() + SHOWN)
        window.wait_for_function(
            "[...document.querySelectorAll('.tile img')].every(i => i.naturalWidth)"
        )
        picture = PIL.Image.open(BytesIO(window.screenshot())).convert("RGB")
        browser.close()
    small = picture.quantize(COLOURS, dither=PIL.Image.Dither.NONE)
    small.save(HERE / "explorer.png", optimize=True)


if __name__ == "__main__":
    main()
