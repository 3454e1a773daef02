"""Fixtures and helpers for tests of the desks in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchsmith.documents.problems import Problems
from benchsmith.documents.tsv import collect
from benchsmith.drafting import draft_document
from benchsmith.drafting.check_drafts import NewDraft
from tests.browser import Visit
from tests.conftest import Project
from tests.desk import Desk, copied

Start = Callable[..., Desk]

ORGANS = ("organ-recognition-abdomen", "gastroenterology")


@pytest.fixture(scope="module")
def open_desk(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a desk of the small benchmark, for tests that leave its documents alone."""
    with desk_with_work(built, tmp_path_factory.mktemp("review") / "project") as desk:
        yield desk


@contextmanager
def desk_with_work(built: Project, folder: Path) -> Iterator[Desk]:
    """Yield a desk of a copy of the small project, with a drafted mapping and drafted stems."""
    project = copied(built, folder)
    with (project.folder / "lexicon/mappings/abdomen.tsv").open("a") as file:
        file.write("livr\texact\tliver\t\tdraft\n")
    drafted(project.folder)
    started = Desk(project, "small", "--curator", "me", "--labels", "label=kidney|liver").start()
    yield started
    started.stop()


def drafted(folder: Path) -> None:
    """Write two drafts of stems, as `draft questions` does."""
    stems = ["What osseous thing, a bone perhaps, does the box of this <modality> view surround?",
             "Looking at the box on the <modality> scan: whichever bone is that one?"]  # fmt: skip
    drafts = [NewDraft(f"d{n}", "box", False, stem) for n, stem in enumerate(stems)]
    about = {"task": "bone", "language": "en", "model": "some-model", "prompt": "p"}
    draft_document.write(
        draft_document.place(folder, "bone", "en", "some-model"), about, drafts, []
    )


def choose(visit: Visit, task: str, department: str) -> None:
    """Vote for the label that is shown."""
    visit.page.check(f"input[name=task][value={task}]", force=True)
    visit.page.check(f"input[name=department][value={department}]", force=True)
    visit.page.keyboard.press("Enter")


def rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    problems = Problems(path.parent)
    found = [dict(row.cells) for row in collect(path, columns, problems)]
    assert not problems.found
    return found
