"""A part of a release, a scripted model that knows its answers, and the commands that ask and score."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchsmith.cli.app import INCOMPLETE, OK
from benchsmith.evaluate import prompts, release_reader
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.session import Session
from benchsmith.models.address import Address
from tests.command import benchsmith
from tests.conftest import Project
from tests.endpoint import Endpoint as Server
from tests.endpoint import Reply, chat

KEY = "sk-secret-0123456789"
LIMIT = 12


def text_of(request: Any) -> str:
    content = request["messages"][-1]["content"]
    return str(content if isinstance(content, str) else content[-1]["text"])


def picture_of(request: Any) -> bytes:
    url = request["messages"][-1]["content"][0]["image_url"]["url"]
    return base64.b64decode(url.partition("base64,")[2])


class Truth:
    """Knows the release, so that a scripted model can be right when it shall."""

    def __init__(self, folder: Path) -> None:
        """Read it."""
        self.rows: dict[tuple[bytes, str, frozenset[str]], dict[str, Any]] = {}
        for path in sorted((folder / "data").glob("*.parquet")):
            for row in pq.read_table(path).to_pylist():
                which = (row["image"]["bytes"], row["question"], frozenset(row["options"]))
                self.rows[which] = row

    def asked(self, request: Any) -> tuple[dict[str, Any], list[str]]:
        """Return the row that is asked about, and its options as shown."""
        question = re.search(r"Question: (.*)\n", text_of(request))[1]  # type: ignore[index]
        shown = re.findall(r"^[A-Z]\. (.*)$", text_of(request), re.MULTILINE)
        return self.rows[picture_of(request), question, frozenset(shown)], shown

    def key(self, request: Any) -> str:
        """Return the right letters."""
        row, shown = self.asked(request)
        right = {row["options"]["ABCDEF".index(letter)] for letter in row["answer"].split(",")}
        return ",".join("ABCDEF"[i] for i, text in enumerate(shown) if text in right)


@pytest.fixture(scope="module")
def release(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a part of a built release: 30 cases of test and 10 of val."""
    folder = tmp_path_factory.mktemp("part") / "output/small/release"
    (folder / "data").mkdir(parents=True)
    (folder / "manifest.json").write_text('{"benchmark": "small"}')
    for split, count in (("test", 30), ("val", 10)):
        table = pq.read_table(sorted((built.release / "data").glob(f"{split}--*.parquet")))
        table = table.take(pc.sort_indices(table, [("id", "ascending")]))
        pq.write_table(table.slice(0, count), folder / f"data/{split}.parquet", row_group_size=8)
    return folder


@pytest.fixture(scope="module")
def truth(release: Path) -> Truth:
    return Truth(release)


def command(*words: str, code: int = 0, **env: str) -> str:
    """Run `benchsmith` with a key for an endpoint; return all it printed."""
    return benchsmith(*words, code=code, **{"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "", **env})


def evaluate(
    release: Path, server: Server, output: Path, *words: str, code: int | None = None
) -> str:
    """Ask the scripted model; whatever a limit leaves out is said by the exit code."""
    if code is None:
        code = INCOMPLETE if "--limit" in words or "--max-cost" in words else OK
    asked = ("evaluate", str(release), "--model", "scripted", "--base-url", server.base_url)
    return command(*asked, "--yes", "--output", str(output), *words, code=code)


def scores(release: Path, output: Path) -> str:
    return command("scores", str(release), "--output", str(output))


def files(output: Path) -> dict[str, bytes]:
    """Return the score tables' bytes."""
    return {p.name: p.read_bytes() for p in sorted((output / "small/scores").iterdir())}


def faulty(truth: Truth, fail: Callable[[int], Reply | None]) -> Callable[[Any], Reply]:
    """Answer rightly but where `fail` says otherwise, by the number of the request."""
    count = iter(range(10**6))
    return lambda request: fail(next(count)) or chat(truth.key(request))


def session(release: Path, output: Path, limit: int = LIMIT, *, circular: bool = False) -> Session:
    read = release_reader.read(release)
    prompt = prompts.read()
    of = Run(model="m", kind="model", prompt=prompt.name, prompt_digest=prompt.digest)
    return Session(read, read.some("all", limit), of, prompt, output, circular)


def address(server: Server, **more: Any) -> Address:
    values: dict[str, Any] = {"model": "m", "base_url": server.base_url, "key": "", "settings": {},
                              "first_wait_s": 0.01, "timeout_s": 2.0}  # fmt: skip
    return Address(**{**values, **more})
