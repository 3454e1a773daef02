"""Tiny models of this machine, questions for them, and the command that asks them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchsmith.models.contract import Question, Reply
from benchsmith.models.local import checkpoint
from benchsmith.models.local.chat import Chat, generation_settings
from benchsmith.models.local.device import Machine
from benchsmith.tables.file_digests import Digests
from tests import tiny
from tests.paths import PYTHONPATH

CPU = Machine("cpu", "float32")
with_torch = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)


def found(folder: Path, memory: Path) -> checkpoint.Checkpoint:
    return checkpoint.find(str(folder), Digests(memory / "digests.bin"))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.release(tmp_path_factory.mktemp("colours") / "release")


def snapshot(home: Path, commit: str) -> Path:
    """Make the folders of a repository that was fetched; return where its files go."""
    folder = home / "hub/models--lab--tiny"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs/main").write_text(commit)
    (folder / "snapshots").mkdir()
    return folder / "snapshots" / commit


def snapshot_of(home: Path) -> Path:
    return next((home / "hub/models--lab--tiny/snapshots").iterdir())


# what it answers


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model as it is before training: it says long, strange things."""
    return tiny.vlm(tmp_path_factory.mktemp("wild") / "wild")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model that is right about the colours."""
    return tiny.vlm(tmp_path_factory.mktemp("trained") / "tiny-vlm", steps=400)


def messages(text: str, picture: bytes = b"", system: str = "") -> list[dict[str, Any]]:
    """Return a question as it goes to an endpoint."""
    import base64

    parts: list[dict[str, Any]] = [{"type": "text", "text": text}]
    if picture:
        url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        parts.insert(0, {"type": "image_url", "image_url": {"url": url}})
    first = [{"role": "system", "content": system}] if system else []
    return [*first, {"role": "user", "content": parts if picture else text}]


def questions(count: int) -> list[Question[int]]:
    """Return questions of different lengths about different pictures."""
    names = list(tiny.COLOURS)
    return [
        Question(i, str(i), messages("what is it? " * (1 + i % 5), tiny.picture(names[i % 4], str(i)),
                                     "You are brief." if i % 3 else ""))
        for i in range(count)
    ]  # fmt: skip


def chat(folder: Path, memory: Path, *, batch: int = 4, on: Machine = CPU, **settings: Any) -> Chat:
    return Chat(
        found(folder, memory), on, generation_settings({"max_tokens": 12, **settings}), batch
    )


def said(model: Chat, asked: Sequence[Question[int]]) -> dict[int, Reply]:
    return {about: reply._replace(seconds=0.0) for about, reply in model.replies(asked)}


def changed(name: str, **values: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        own = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**own, **values}))

    return change


# the whole way


def process(words: Sequence[str], **env: str) -> subprocess.CompletedProcess[str]:
    """Run `benchsmith` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "benchsmith", *words], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "OMP_NUM_THREADS": "1", **env},
    )  # fmt: skip


def words_for(release: Path, model: Path | str, output: Path, *more: str) -> tuple[str, ...]:
    return ("evaluate", str(release), "--model", f"local:{model}", "--output", str(output), "--yes",
            "--prompt", str(release / "prompt.yaml"), "--set", "max_tokens=8", *more)  # fmt: skip
