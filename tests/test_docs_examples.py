"""Every example of the documents can be read: commands by the command line, YAML, JSON and Python by theirs."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from ruamel.yaml import YAML

from benchsmith import cli
from tests.test_docs import FENCE, PAGES

UsageError: type[Exception] = next(
    c for c in typer.BadParameter.__mro__ if c.__name__ == "UsageError"
)
"""Of click, which typer may carry with it."""
ROOT = typer.main.get_command(cli.app)
TYPED = re.compile(r"^(?:\$ )?(benchsmith [^\n]*)", re.MULTILINE)
OPTIONAL = re.compile(r"\[[^\]]*\]|\.\.\.$")


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the language and the text of each block of a page."""
    for block in FENCE.findall(page.read_text("utf-8")):
        first, _, rest = block.partition("\n")
        yield first.strip("` "), rest.rpartition("```")[0]


def commands(text: str) -> Iterator[tuple[list[str], bool]]:
    """Yield the words of each command of a block, and whether they are all that it needs.

    Two spaces begin what is said about a command: such lines are a list, and may leave options out.
    """
    for line in TYPED.findall(re.sub(r"\\\n *", " ", text)):
        for part in re.split(r"\s(?:&&|\||;|>)\s", line):
            typed, *about = re.split(r"\s{2,}", part.strip(), maxsplit=1)
            words = shlex.split(OPTIONAL.sub("", typed), comments=True)
            words = [word.partition("|")[0] for word in words]  # one of several: a|b
            if words[:1] == ["benchsmith"] and words[1:] and words[1:] != ["--help"]:
                yield words[1:], not about


def fault(words: list[str], whole: bool) -> str:
    """Return what the command line says against a command; empty if it takes it."""
    command, rest = ROOT, [*words]
    while hasattr(command, "commands"):
        if rest and rest[0] == "--version":
            return ""
        if not rest or rest[0] not in command.commands:
            return f"there is no command {' '.join(words)!r}"
        command = command.commands[rest.pop(0)]
    if "--help" in rest or "-h" in rest:
        return ""
    try:
        command.make_context(words[0], rest)
    except UsageError as error:
        if not whole and type(error).__name__ == "MissingParameter":
            return ""
        return f"{' '.join(words)}: {error}"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_example_can_be_read(page: Path) -> None:
    said = []
    for language, text in blocks(page):
        if language == "yaml" and "\n..." not in text:
            for each in YAML(typ="safe").load_all(text):
                assert each is not None, text
        elif language == "json":
            json.loads(text)
        elif language == "python":
            ast.parse(text)
        else:
            said += [found for one in commands(text) if (found := fault(*one))]
    assert said == []


def test_a_command_that_does_not_exist_is_found() -> None:
    wrong = "$ benchsmith biuld demo\n$ benchsmith build demo --fech\n$ benchsmith check \\\n  --schema | head\n"
    assert [bool(fault(*one)) for one in commands(wrong)] == [True, True, False]
