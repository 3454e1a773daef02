"""Pages of the site that are made from the code when it is built: commands, keys, reasons, checks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import generated_keys
import typer.main
from mkdocs.structure.files import File, Files

from benchsmith.audits.audit import load
from benchsmith.audits.registry import CHECKS
from benchsmith.cli import app
from benchsmith.cli.panels import PANELS
from benchsmith.core.reasons import REASONS


def on_files(files: Files, config: Any) -> Files:
    """Add the generated pages to the site's files."""
    pages = {
        "commands.md": commands(), "keys.md": generated_keys.page(), "reasons.md": reasons(),
        "checks.md": checks(),
    }  # fmt: skip
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def commands() -> str:
    """Return a page with the usage, options and example of every command."""
    found = ["# Commands", "", "What `--help` prints, for every command."]
    root: Any = typer.main.get_command(app)
    for panel, names in PANELS.items():
        found += ["", f"## {panel}"]
        for name in names:
            if name in root.commands:
                found += _command(root.commands[name], name)
    return "\n".join(found) + "\n"


def _command(command: Any, name: str) -> Iterator[str]:
    if hasattr(command, "commands"):
        for below, one in sorted(command.commands.items()):
            yield from _command(one, f"{name} {below}")
        return
    yield from ("", f"### {name}", "", _cell(command.help or ""), "")
    rows = [row for each in command.params if (row := _parameter(each))]
    if rows:
        yield from ("| argument or option | meaning |", "| --- | --- |", *rows)
    if command.epilog:
        example = command.epilog.removeprefix("Example: ")
        yield from ("", "```", *example.split(" ; "), "```")


def _parameter(parameter: Any) -> str:
    if getattr(parameter, "hidden", False) or "--help" in parameter.opts:
        return ""
    names = [*parameter.opts, *parameter.secondary_opts]
    argument = not names[0].startswith("-")
    shown = (parameter.metavar or names[0].upper()) if argument else ", ".join(names)
    return f"| `{shown}` | {_cell(getattr(parameter, 'help', '') or '')} |"


def reasons() -> str:
    """Return a page with every reason for which something is left out."""
    rows = [
        f"| `{r.code}` | {'fault' if r.fault else 'choice'} | {_cell(r.sentence)} | {_cell(r.hint)} |"
        for r in REASONS.values()
    ]
    head = [
        "# Reasons",
        "",
        "Why something was left out. A fault counts against `tolerate.faults`.",
        "",
    ]
    return "\n".join(
        [*head, "| code | kind | reason | what to do |", "| --- | --- | --- | --- |", *rows, ""]
    )


def checks() -> str:
    """Return a page with every check of the audit."""
    rows = []
    for name in CHECKS:
        check = load(name)
        rows.append(
            f"| `{name}` | {_cell(check.asks)} | {_cell(check.formula)} | {_cell(check.remedy)} |"
        )
    head = [
        "# Checks of the audit",
        "",
        "[Validity](validity.md) explains them and their thresholds.",
        "",
    ]
    return "\n".join(
        [*head, "| check | question | value | mend |", "| --- | --- | --- | --- |", *rows, ""]
    )


def _cell(text: str) -> str:
    """Return a text for a cell of a table: on one line, with its bars and angles as text."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
