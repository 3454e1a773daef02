"""A project whose stems are drafted, and a model that answers with sound stems."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.random_order import rank
from benchsmith.models.paid_answers import read
from tests import world
from tests.conftest import PROJECT, Project
from tests.endpoint import Reply, chat

PLACES = ("scan", "view", "slice", "plane")


VERBS = ("see", "find", "report", "name", "recognise", "expect", "note", "identify")


def stems(request: Any, mark: str = "box") -> list[str]:
    """Return as many sound stems as a prompt asks for, other ones for other prompts."""
    text = request["messages"][0]["content"]
    count = int(re.search(r"Write (\d+) different", text)[1])  # type: ignore[index]
    n = rank(0, text)
    words = [f"{VERBS[n >> 3 * i & 7]}{n >> i & 7}".replace("0", "") for i in range(count)]
    return [
        f"Which organ would reader {chr(97 + (n >> i) % 26) * 3} {w} for the {mark} "
        f"of the <modality> {PLACES[i % 4]} {n % 9973}{i}?"
        for i, w in enumerate(words)
    ]  # fmt: skip


def sound(request: Any) -> Reply:
    return chat(json.dumps({"questions": stems(request)}), asked=1000, told=200)


@pytest.fixture
def home(tmp_path: Path) -> Project:
    """Return a project with a prompt, and mapped labels of one modality."""
    folder = tmp_path / "project"
    world.documents(folder)
    prompt = "question_pools/prompts/draft-questions.txt"
    world.put(folder / prompt, (PROJECT / prompt).read_text("utf-8"))
    return Project(folder)


def words(base_url: str, *more: str) -> list[str]:
    return ["draft", "questions", "--task", "organ-recognition-abdomen", "--modality", "ct",
            "--granularity", "box", "--candidates", "2", "--model", "toy/model",
            "--base-url", base_url, "--yes", *more]  # fmt: skip


def drafted(home: Project) -> str:
    path = home.folder / "question_pools/drafts/organ-recognition-abdomen.en.toy-model.yaml"
    return path.read_text("utf-8")


def answers_of(home: Project) -> list[dict[str, Any]]:
    return read(home.folder / "question_pools/drafts/answers/toy-model.jsonl")
