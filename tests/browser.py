"""A headless browser that sees no network, for every test of a page.

`visit(path)` opens a file and gives a :class:`Visit`: the page, the requests it tried, what it
complained about. Without a browser such tests are skipped, and say so; where
BENCHSMITH_NEEDS_BROWSER is set they fail instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Commands; the shell without windows comes first, as it takes half the processor time."""
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
DESK, PHONE = (1280, 900), (390, 844)


@dataclass
class Visit:
    """An open page, and what it did."""

    page: Any
    requests: list[str] = field(default_factory=list)
    """Every address that was asked for, the page's own first."""
    dialogs: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """Errors of scripts, and what the page's own policy refused."""

    def text(self, selector: str) -> str:
        """Return the text of the first element that a selector finds."""
        found: str = self.page.inner_text(selector)
        return found.strip()

    def assert_quiet(self) -> None:
        """Hold that the page asked for nothing but itself, and complained of nothing."""
        assert len(self.requests) == 1, self.requests
        assert not self.dialogs
        assert not self.complaints


Open = Callable[..., Visit]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the system's Chromium once."""
    found = os.environ.get("BENCHSMITH_BROWSER") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        if os.environ.get("BENCHSMITH_NEEDS_BROWSER"):
            pytest.fail("there is no browser, and BENCHSMITH_NEEDS_BROWSER says that one must be")
        pytest.skip(f"there is no browser: install one of {', '.join(NAMES)}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Return what opens a file in a window of its own, without a network."""
    contexts: list[Any] = []

    def open_(
        path: Path, *, size: tuple[int, int] = DESK, dark: bool = False, script: str = "",
        address: str = "",
    ) -> Visit:  # fmt: skip
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        context.set_offline(True)
        if script:
            context.add_init_script(script)
        made = Visit(context.new_page())
        made.page.on("request", lambda r: r.url.startswith("data:") or made.requests.append(r.url))
        made.page.on("pageerror", lambda e: made.complaints.append(str(e)))
        made.page.on("console", lambda m: m.type == "error" and made.complaints.append(str(m.text)))

        def dismiss(dialog: Any) -> None:
            made.dialogs.append(dialog.message)
            dialog.dismiss()

        made.page.on("dialog", dismiss)
        made.page.goto(path.resolve().as_uri() + address)
        return made

    yield open_
    for context in contexts:
        context.close()


def faults(page: Any) -> list[str]:
    """Return what axe-core finds that is serious for people who cannot see or point."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['help']}: {[n['html'][:120] for n in v['nodes'][:3]]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
