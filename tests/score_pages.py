"""Runs that are scored, and the parts of their page."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate import (
    compared_runs,
    printed_tables,
    release_reader,
    scores,
    scores_page,
)
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.compared_runs import Results
from benchsmith.evaluate.contract import Answer
from benchsmith.release.columns import letters
from tests.conftest import Project

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}&amp;\u2028\u202e"
)


def put(
    folder: Path, model: str, read: release_reader.Released, say: Any, kind: str = "model"
) -> None:
    """Write a run's answers."""
    run = Run(model=model, kind=kind)
    with store.appending(store.file_of(folder, run), run) as file:
        file.keep([Answer(case=i.id, shift=0, content=i.content, text=say(i)) for i in read.items if say(i) is not None])  # fmt: skip


@pytest.fixture(scope="module")
def found(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return four runs: right, hostile, half, and one that was asked val alone."""
    folder = tmp_path_factory.mktemp("answers")
    read = release_reader.read(built.release)
    put(folder, "good", read, lambda i: letters(i.key))
    put(folder, f"bad {HOSTILE}", read, lambda i: HOSTILE if i.options[0] < i.options[1] else "A")
    put(folder, "val only", read, lambda i: letters(i.key) if i.split == "val" else None)
    put(folder, "baseline:first", read, lambda i: "A", kind="baseline")
    return compared_runs.gather(read, folder)


@pytest.fixture(scope="module")
def folder(found: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scores")
    printed_tables.write(found, folder)
    scores_page.write(found, folder, 30)
    return folder


class Parts(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        """Keep a script's text."""
        if self._in_script:
            self.scripts[-1] += data


def with_people(found: Results, count: int) -> Results:
    """Return the same replies to questions about so many people."""
    places = {i.id: n for n, i in enumerate(found.released.items)}
    runs = []
    for run in found.runs:
        frame = run.frame.copy()
        frame["group"] = [f"p{places[id_] % count}" for id_ in frame["id"]]
        runs.append(replace(run, frame=frame, rows=scores.table(frame)))
    return compared_runs.compared(
        Results(released=found.released, headline=found.headline, runs=runs), ()
    )
