"""The file of paid answers: a kill loses no line, one run writes it, and a bad line is an error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.models.paid_answers import Answers
from tests import world
from tests.conftest import Project
from tests.endpoint import Reply, scripted_server
from tests.paths import PYTHONPATH
from tests.stem_drafting import answers_of, home, sound, words

__all__ = ["home"]


def test_a_killed_run_loses_nothing_that_it_wrote_down(home: Project) -> None:
    more = ["--modality", "mri", "--modality", "dermoscopy", "--granularity", "mask",
            "--granularity", "image", "--granularity", "contour"]  # fmt: skip

    def slow(request: Any) -> Reply:
        reply = sound(request)
        return Reply(200, reply.body, wait=0.15)

    with scripted_server(slow) as server:
        given = words(server.base_url, *more, "--concurrency", "2")
        run = subprocess.Popen(
            [sys.executable, "-m", "benchsmith", *given],
            cwd=home.folder, env={**os.environ, "PYTHONPATH": PYTHONPATH},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        path = home.folder / "question_pools/drafts/answers/toy-model.jsonl"
        end = time.monotonic() + 60
        while time.monotonic() < end and not (
            path.exists() and path.read_bytes().count(b"\n") >= 5
        ):
            time.sleep(0.02)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        kept = {row["prompt"] for row in answers_of(home)}
        assert len(kept) >= 5
        before = len(server.requests)
        with path.open("ab") as file:
            file.write(b'{"digest": "torn", "ans')  # what a power cut leaves of a line
        home.run(*given)
        asked = [r.body["messages"][0]["content"] for r in server.requests]
    assert not kept & set(asked[before:])
    assert max(Counter(asked).values()) <= 2  # only what was under way when it was killed
    rows = answers_of(home)
    assert {row["prompt"] for row in rows} == set(asked) and len(rows) == len(set(asked))
    assert "torn" not in path.read_text("utf-8")


def test_two_runs_do_not_write_one_file_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with Answers(path), pytest.raises(BlockingIOError, match="another run"), Answers(path):
        pass


def test_a_line_that_is_no_answer_is_named(tmp_path: Path) -> None:
    path = world.put(tmp_path / "a.jsonl", '{"digest": "a"}\nnonsense\n{"digest": "b"}\n')
    with pytest.raises(DocumentError, match=r"a\.jsonl:2: is not an answer"), Answers(path):
        pass
