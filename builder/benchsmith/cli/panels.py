"""The commands in the order in which a user needs them, and the help that lists them in this order."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

PANELS = {
    "Make a benchmark": (
        "start",
        "init",
        "draft",
        "preview",
        "check",
        "fetch",
        "plan",
        "build",
        "audit",
        "clean",
        "adopt",
    ),
    "Look at results": (
        "explore",
        "show",
        "explain",
        "tree",
        "coverage",
        "catalog",
        "subset",
        "diff",
    ),
    "Words and people": ("lexicon", "tag", "review"),
    "Ask models": ("evaluate", "features", "scores", "score", "items"),
    "Publish": ("publish", "deliver", "rehydrate", "retire"),
    "This machine": ("doctor",),
}
"""Commands by panel; a command that is in none is listed under `OTHERS`."""
OTHERS = "Other commands"
WHOLE = 10_000
"""Letters of a help text: so many that none is cut."""


class Panels(TyperGroup):
    """Lists commands in panels, each with the full first sentence of its help."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write one section for each panel; the arguments are of the click that typer uses."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        shown = {name: found for name, found in commands.items() if found and not found.hidden}
        placed = {name for names in PANELS.values() for name in names}
        rest = tuple(name for name in shown if name not in placed)
        for title, names in (*PANELS.items(), (OTHERS, rest)):
            rows = [
                (name, shown[name].get_short_help_str(WHOLE)) for name in names if name in shown
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
