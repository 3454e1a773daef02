"""The command line as a newcomer meets it: help, completion, and what the machine has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer.main

from benchsmith import cli
from benchsmith.cli import completion
from benchsmith.cli.panels import OTHERS, PANELS
from tests.command import benchsmith
from tests.paths import PROJECT, PYTHONPATH
from tests.test_docs import COMMANDS as ALL

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


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """Return a project with rows of its own, a built benchmark and one with editions."""
    for place, text in {
        "benchmarks/eyes.yaml": "editions: {draws: [{name: spring, part: 1}, {name: autumn, part: 2}]}",
        "benchmarks/broken.yaml": "editions: {draws: [",
        "output/eyes-spring/latest.json": "{}",
        "output/adopted/release/manifest.json": "{}",
        "lexicon/curators.tsv": "id\tname\trole\nann\tAnn\t\nbob\tBob\t\n",
        "lexicon/licences.tsv": "id\tname\nours-1.0\tOurs\n",
    }.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "typed", "found"),
    [
        (completion.benchmarks, "", {"eyes", "broken", "demo", "demo-zh"}),
        (completion.built, "", {"eyes-spring", "adopted"}),
        (completion.built, "e", {"eyes-spring"}),
        (completion.editions, "", {"spring", "autumn"}),
        (completion.editions, "s", {"spring"}),
        (completion.curators, "", {"ann", "bob", "founders"}),
        (completion.licences, "o", {"odbl-1.0", "odc-by-1.0", "ours-1.0"}),
        (completion.modalities, "fundus", {"fundus-photography"}),
        (completion.tasks, "bone", {"bone"}),
        (completion.granularities, "", {"image", "box", "mask", "contour"}),
        (completion.queries, "gran", {"granularity="}),
        (completion.queries, "granularity=b", {"granularity=box"}),
        (completion.queries, "nosuch=b", set()),
    ],
)
def test_names_come_from_the_project_and_from_the_package(
    named: Path, words: Any, typed: str, found: set[str]
) -> None:
    context = SimpleNamespace(params={"home": named, "name": "eyes"})
    completed = words(context, typed)
    assert len(completed) == len(set(completed)) and set(completed) == found


def test_a_benchmark_that_cannot_be_read_has_no_editions(named: Path) -> None:
    for name in ("broken", "demo", "nosuch"):
        context: Any = SimpleNamespace(params={"home": named, "name": name})
        assert completion.editions(context, "") == []


def test_every_name_of_a_command_is_completed() -> None:
    kinds = re.compile(r"(Names?|Ids?) of (an?|the|built) (built |data's )?"
                       r"(benchmark|edition|source|axis|curator|licence)")  # fmt: skip
    found = {
        (words, p.name): vars(p)["_custom_shell_complete"] is not None
        for words, command in ALL.items()
        for p in command.params
        if kinds.match(getattr(p, "help", "") or "")
    }
    assert len(found) > 20
    missing = {at for at, completed in found.items() if not completed}
    assert missing == {(("start",), "source"), (("draft", "recipe"), "source")}, "new ids"


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
