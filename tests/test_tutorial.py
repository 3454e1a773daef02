"""The tutorial is run as printed: its files are written, its commands run, and their output compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import in_process
from tests.conftest import PROJECT
from tests.paths import PYTHONPATH

TUTORIAL = PROJECT / "docs/tutorial.md"
FOLDERS = ("lexicon", "raw_sources", "question_pools", "benchmarks")
BENCHMARK = "benchmarks/first.yaml"
_FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
_PLAIN = re.compile(r"benchsmith (?:build|check|draft|explain) [\w /#@:.-]*|benchsmith check")
"""Commands that need neither a shell nor a process of their own."""
_SPAN = re.compile(r"`([\w/.-]+\.(?:tsv|yaml))`")


def steps() -> Iterator[tuple[str, str]]:
    """Yield every code block with the prose before it."""
    pieces = _FENCE.split(TUTORIAL.read_text("utf-8"))
    yield from zip(pieces[0::3], pieces[2::3], strict=False)


def masked(text: str) -> str:
    """Take out what differs between machines and runs: times, digests, the folder."""
    text = re.sub(r"\d+\.\d s", "N s", text)
    text = re.sub(r"\b[0-9a-f]{16,64}\b", "HEX", text)
    text = re.sub(r"^(  |.*reason: )\S*?output/", r"\1output/", text, flags=re.MULTILINE)
    return text.strip()


def named(prose: str) -> list[str]:
    """Return the files that the prose before a block names, with folders filled in."""
    found: list[str] = []
    for span in _SPAN.findall(prose):
        if span.startswith(FOLDERS):
            found.append(span)
        elif found and "/" not in span:
            found.append(f"{Path(found[-1]).parent}/{span}")
    return found


class Reader:
    """Somebody who does what the tutorial says."""

    def __init__(self, home: Path) -> None:
        self.home = home
        bin_ = home / "bin"
        bin_.mkdir()
        for name, words in (("benchsmith", " -m benchsmith"), ("python", "")):
            (bin_ / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{words} "$@"\n')
            (bin_ / name).chmod(0o755)
        path = f"{bin_}:{os.environ['PATH']}"
        self.env = {**os.environ, "PATH": path, "PYTHONPATH": PYTHONPATH, "LC_ALL": "C.UTF-8"}
        self.env["HF_HOME"] = str(home / "hf")  # `datasets` knows a folder of this name otherwise
        self.pending: list[str] = []
        self.code = 0

    def type(self, command: str) -> str:
        """Type a command into a shell whose last exit code is known."""
        if _PLAIN.fullmatch(command):
            words = command.split()[1:]
            alone = ("--workers", "1") if words[0] == "build" else ()
            self.code, printed = in_process((*words, *alone), self.home, {})
            return printed
        script = f"(exit {self.code}); {command}"
        done = subprocess.run(
            ["/bin/bash", "-c", script],
            cwd=self.home, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.code = done.returncode
        return done.stdout + done.stderr

    def write(self, block: str) -> None:
        """Write the next file that was named."""
        path = self.home / self.pending.pop(0)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block)


def test_the_tutorial_is_true(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    shown = ""
    for prose, block in steps():
        if block.startswith("# make_data.py"):
            (tmp_path / "make_data.py").write_text(block)
        elif block.startswith("$ "):
            restore = _change(tmp_path, prose)
            for chunk in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, printed = chunk.partition("\n")
                assert masked(reader.type(command)) == masked(printed), command
            if restore:
                (tmp_path / BENCHMARK).write_text(restore)
        elif block.startswith("from datasets"):
            (tmp_path / "read.py").write_text(block)
            shown = reader.type("python read.py 2>/dev/null")
        elif shown:
            assert shown.strip() == block.strip()
            shown = ""
        elif "Edit the row" in prose:
            (tmp_path / "lexicon/mappings/torso.tsv").write_text(block)
        else:
            reader.pending = named(prose) or reader.pending
            if not reader.pending:
                pytest.fail(f"no file is named for {block[:60]!r}")
            reader.write(block)


def _change(home: Path, prose: str) -> str:
    """Change the benchmark as the prose says; return the text to put back, if it is a trial."""
    path = home / BENCHMARK
    if trial := re.search(r"With `(\w+)` instead of `(\w+)`", prose):
        before = path.read_text()
        path.write_text(before.replace(trial[2], trial[1]))
        return before
    if lasting := re.search(r"With `quota: (\{.*?\})`", prose):
        path.write_text(re.sub(r"quota: \{.*?\}", f"quota: {lasting[1]}", path.read_text()))
    return ""
