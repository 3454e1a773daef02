"""Every page of the review desk in a real browser: it looks as before, fits its window, and can be used by everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import Visit, faults
from tests.conftest import Project
from tests.desk import Desk, Sit, copied, quiet, sit, until
from tests.page_looks import WINDOWS, changes
from tests.review_desk_helpers import open_desk

__all__ = ["open_desk", "sit"]
JUDGED = ("desktop light", "phone dark")
"""Windows in which it is tested who can use a page; that takes longer than all else."""
BAR = (".bar", ".bar nav", ".me")
PARTS = {
    "": (*BAR, ".doors", ".doors a"),
    "cases": (*BAR, ".stage", ".viewing", "#panel h1", ".options", "#answer"),
    "tags": (*BAR, "main h1", ".pictures img", ".chips", "#vote"),
    "mappings": (*BAR, "main h1", "main input"),
    "questions": (*BAR, "main h1", "textarea"),
    "atlas": (*BAR, "#below", "#sheet", "button.picture"),
    "results": (*BAR, ".sheet", "#person"),
}
"""The parts of each page whose place is kept."""
ANSWERED = (*BAR, ".stage", ".came", "#keep", ".decide .chips", "#note", "#drop")
VERIFIED = (*BAR, ".stage", ".options", "main button.main", ".chips", "#note")
EMPTY = (*BAR, ".empty h1", ".empty p")


def shown(visit: Visit, window: str, parts: tuple[str, ...], name: str) -> None:
    """Hold that a page looks as before in a window and that everybody can use it."""
    until(visit, "[...document.images].every(i => i.complete || i.getBoundingClientRect().top > innerHeight)")  # fmt: skip
    assert changes(visit.page, parts, f"desk {name} {window}") == []
    if window in JUDGED:
        assert not faults(visit.page)
    quiet(visit)


@pytest.fixture(scope="module")
def verifying(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    project = copied(built, tmp_path_factory.mktemp("verifying") / "project")
    started = Desk(
        project, "small", "--verify", "--curator", "me", "--annotators", "me,ann"
    ).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def waiting(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    project = copied(built, tmp_path_factory.mktemp("waiting") / "project")
    started = Desk(project, "--curator", "me", "--annotators", "me,ann", "--labels", "label=liver").start()  # fmt: skip
    yield started
    started.stop()


@pytest.mark.parametrize("window", WINDOWS)
def test_every_desk_looks_as_before_and_everybody_can_use_it(
    open_desk: Desk, sit: Sit, window: str
) -> None:
    visit = sit(open_desk, "me", size=WINDOWS[window], dark=window.endswith("dark"))
    for page, parts in PARTS.items():
        visit.page.goto(f"{open_desk.base}/{page}")
        visit.page.wait_for_selector(parts[-1])
        shown(visit, window, parts, page or "home")
    if window == "phone dark":
        visit.page.goto(f"{open_desk.base}/cases")
        visit.page.keyboard.press("1")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector("#keep")
        shown(visit, window, ANSWERED, "answered")
        visit.page.click("#codes summary")
        assert "motion artefact" in visit.text("#codes")


@pytest.mark.parametrize("window", WINDOWS)
def test_the_desk_of_keys_looks_as_before(verifying: Desk, sit: Sit, window: str) -> None:
    visit = sit(verifying, "me", "verify", size=WINDOWS[window], dark=window.endswith("dark"))
    visit.page.wait_for_selector(VERIFIED[-1])
    shown(visit, window, VERIFIED, "verify")


def test_a_desk_without_work_says_what_would_fill_it(waiting: Desk, sit: Sit) -> None:
    visit = sit(waiting, "me", "tags", size=WINDOWS["phone dark"], dark=True)
    visit.page.wait_for_selector(".empty")
    shown(visit, "phone dark", EMPTY, "empty")
    said = "A label needs 3 votes, of as many people; this desk has 2 annotators."
    assert said in visit.text(".empty")
    visit.page.click(".empty a")
    visit.page.wait_for_selector(".doors")
    quiet(visit)
