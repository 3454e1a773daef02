"""The command line as a newcomer meets it: help, completion, and what the machine has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from benchsmith import cli
from benchsmith.cli.panels import OTHERS, PANELS
from tests.command import benchsmith
from tests.paths import PROJECT, PYTHONPATH

COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]


def test_every_command_is_in_one_panel_with_its_whole_sentence(tmp_path: Path) -> None:
    named = [name for names in PANELS.values() for name in names]
    assert sorted(named) == sorted(COMMANDS)
    said = benchsmith("--help", folder=tmp_path)
    assert [line[:-1] for line in said.splitlines() if line[:-1] in PANELS] == list(PANELS)
    assert OTHERS not in said and "..." not in said.replace("[ARGS]...", "")
    text = " ".join(said.split())
    for command in COMMANDS.values():
        assert " ".join(command.get_short_help_str(10_000).split()) in text


@pytest.mark.parametrize("words", [["-h"], ["build", "-h"], ["draft", "mapping", "-h"]])
def test_h_is_help_everywhere(tmp_path: Path, words: list[str]) -> None:
    assert benchsmith(*words, folder=tmp_path) == benchsmith(*words[:-1], "--help", folder=tmp_path)


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("benchsmith build demo-", ["demo-zh"]),
        ("benchsmith draft mapping msd-h", ["msd-heart", "msd-hepatic-vessel", "msd-hippocampus"]),
        ("benchsmith tree dep", ["department"]),
    ],
)
def test_a_shell_completes_names(line: str, completed: list[str]) -> None:
    words = line.split()
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv = ['benchsmith']; from benchsmith.__main__ import main; main()"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "COMP_WORDS": line,
             "COMP_CWORD": str(len(words) - 1), "_BENCHSMITH_COMPLETE": "complete_bash"},
    )  # fmt: skip
    assert done.stdout.split() == completed


def test_doctor_names_what_is_missing_and_shows_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    said = benchsmith("doctor", folder=tmp_path)
    assert "hf_secret" not in said
    assert re.search(r"HF_TOKEN +set\n", said)
    assert "set OPENAI_API_KEY to ask a model endpoint" in said
    found = json.loads(benchsmith("doctor", "--json", folder=tmp_path))["found"]
    topics = {each["topic"]: each for each in found}
    assert int(topics["processors"]["found"]) >= 1
    extras = {topic for topic in topics if topic.startswith("extra ")}
    assert {"extra cluster", "extra local", "extra slides", "extra storage"} <= extras
    for topic in extras:
        missing = topics[topic]["found"].startswith("without ")
        assert topics[topic]["ok"] is not missing
        assert topics[topic]["advice"].startswith("pip install 'benchsmith[") is missing
