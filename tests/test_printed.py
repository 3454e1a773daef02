"""Names and texts of strangers do not steer the terminal in which they are printed."""

from __future__ import annotations

import ast
import json

import pytest

from benchsmith.cli.plain_output import tell
from benchsmith.text.printed import printed
from tests.conftest import PROJECT, Project

STEERING = "\x1b]0;title\x07\x1b[2J\x9b31m\u202edlrow\r"


def test_what_steers_a_terminal_is_written_as_in_json() -> None:
    shown = printed(f"a\t{STEERING}\n")
    assert shown.startswith("a\t\\u001b]0;title\\u0007") and shown.endswith("dlrow\\u000d\n")
    assert shown[2:-1].isprintable()
    assert json.loads(f'"{shown[2:-1]}"') == STEERING
    assert printed("é 肝 ق 🫀\n\t") == "é 肝 ق 🫀\n\t"


def test_a_problem_shows_what_a_document_would_do(project: Project) -> None:
    path = project.folder / "raw_sources/abdomen/recipe.yaml"
    path.write_text(path.read_text("utf-8") + '"\\e[31mkey": 1\n', "utf-8")
    assert "unknown key `\\u001b[31mkey`" in project.run("check", code=2)


def test_a_line_of_the_commands_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    tell("model", STEERING, end="")
    assert capsys.readouterr().out == f"model {printed(STEERING)}"


def test_commands_print_through_one_function() -> None:
    folder = PROJECT / "builder/benchsmith/cli"
    for path in sorted(folder.glob("*.py")):
        names = [
            call.func.id
            for call in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        ]
        assert ("print" in names) == (path.name == "plain_output.py"), path.name
