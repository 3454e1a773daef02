"""What stops the drafting of stems before or while a model is asked, and that no key is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests import world
from tests.conftest import Project
from tests.endpoint import Reply, chat, scripted_server
from tests.paths import PYTHONPATH
from tests.stem_drafting import answers_of, drafted, home, sound, stems, words

__all__ = ["home"]


KEY = "sk-very-secret-0123456789"


@pytest.mark.parametrize("status", [401, 404])
def test_an_endpoint_that_refuses_stops_the_run_and_the_key_is_never_printed(
    home: Project, status: int
) -> None:
    """Even one that sends the key back."""
    body = {"error": {"message": f"wrong key {KEY}"}}
    with scripted_server(lambda r: Reply(status, body)) as server:
        said = home.run(*words(server.base_url, "--concurrency", "1"), code=4, OPENAI_API_KEY=KEY)
        assert len(server.requests) == 1
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert f"refuses: {status}" in said and "Traceback" not in said
    assert KEY not in said


def test_the_key_is_in_no_file_and_in_no_line(home: Project) -> None:
    def echo(request: Any) -> Reply:
        return chat(json.dumps({"questions": [*stems(request)[:1], f"Which organ, {KEY}, is in the box of <modality>?"]}))  # fmt: skip

    with scripted_server(echo) as server:
        said = home.run(
            *words(server.base_url), process=True, OPENAI_API_KEY=KEY, OPENAI_LOG="debug"
        )
    assert all(r.headers["authorization"] == f"Bearer {KEY}" for r in server.requests)
    assert KEY not in said
    files = [p for p in home.folder.rglob("*") if p.is_file()]
    assert len(answers_of(home)) == 4
    assert not [p for p in files if KEY.encode() in p.read_bytes()]
    assert "[key]" in drafted(home)


def test_it_stops_before_it_costs_too_much(home: Project) -> None:
    with scripted_server(sound) as server:
        more = ("--price-in", "1000", "--price-out", "0", "--concurrency", "1", "--max-cost", "2.5")
        said = home.run(*words(server.base_url, *more), code=6)
        # a thousand tokens in cost 1; the third prompt's estimate still fits, the fourth's does not
        assert len(server.requests) == len(answers_of(home)) < 4
        assert "stopped at the limit of --max-cost" in said
        spent = sum(r["tokens_in"] for r in answers_of(home)) * 1000 / 1e6
        assert spent <= 2.5 + 1
        home.run(*words(server.base_url))
        assert len(server.requests) == 4
    said = home.run(*words("http://127.0.0.1:9", "--max-cost", "1"), code=2)
    assert "--max-cost needs --price-in and --price-out" in said


def test_nothing_is_asked_without_a_yes(home: Project) -> None:
    with scripted_server(sound) as server:
        given = [w for w in words(server.base_url) if w != "--yes"]
        done = subprocess.run(
            [sys.executable, "-m", "benchsmith", *given],
            cwd=home.folder, env={**os.environ, "PYTHONPATH": PYTHONPATH},
            input="n\n", capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "no prompt was sent" in done.stdout and not server.requests


def test_a_prompt_that_lacks_a_part_is_a_problem(home: Project) -> None:
    path = home.folder / "question_pools/prompts/draft-questions.txt"
    world.put(path, path.read_text("utf-8").replace("$task_cues", "$task_clues"))
    said = home.run(*words("http://127.0.0.1:9"), code=2)
    assert "draft-questions.txt:1: unknown placeholder $task_clues" in said
    assert "draft-questions.txt:1: lacks the placeholder $task_cues" in said


@pytest.mark.parametrize(
    ("option", "value"), [("--task", "bonne"), ("--modality", "cct"), ("--language", "zz")]
)
def test_unknown_names_are_reported_before_anything_is_asked(
    home: Project, option: str, value: str
) -> None:
    said = home.run(*words("http://127.0.0.1:9", option, value), code=2)
    assert f"there is no {option[2:]} {value!r}" in said
