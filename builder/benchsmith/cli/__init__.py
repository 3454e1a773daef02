"""The command line `benchsmith`. Heavy imports are inside the commands, so that --help is fast."""

from __future__ import annotations

import atexit
import copy
import gc
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

from benchsmith.cli import (
    adopt_commands,
    audit_commands,
    build_commands,
    doctor_command,
    draft_commands,
    environment_errors,
    evaluate_commands,
    explore_command,
    feature_commands,
    init_command,
    item_command,
    mesh_commands,
    plan_commands,
    preview_command,
    publish_commands,
    release_commands,
    retire_command,
    review_commands,
    score_commands,
    show_command,
    start_command,
    tree_commands,
    vote_commands,
)
from benchsmith.cli.app import BUG, DOCUMENTS, ENVIRONMENT, GATE, OK, REJECTED, app
from benchsmith.cli.plain_output import tell
from benchsmith.core import interrupts

__all__ = [
    "BUG",
    "DOCUMENTS",
    "ENVIRONMENT",
    "GATE",
    "OK",
    "REJECTED",
    "adopt_commands",
    "app",
    "audit_commands",
    "build_commands",
    "doctor_command",
    "draft_commands",
    "evaluate_commands",
    "explore_command",
    "feature_commands",
    "init_command",
    "item_command",
    "main",
    "mesh_commands",
    "plan_commands",
    "preview_command",
    "publish_commands",
    "release_commands",
    "retire_command",
    "review_commands",
    "score_commands",
    "show_command",
    "start_command",
    "tree_commands",
    "vote_commands",
]


COLLECTED_AFTER = 200_000
"""New objects after which garbage in cycles is looked for."""


def main() -> None:
    """Run the command; print an expected error as one line, and exit with its exit code."""
    try:
        # most objects of a short command are made by imports and documents, and live to its end: a garbage
        # collection every 700 objects took an eighth of the time
        gc.set_threshold(COLLECTED_AFTER)
        # the final collection at the interpreter's exit took as long, so it is skipped too
        atexit.register(gc.freeze)
        interrupts.close_first()
        code = named(sys.argv[1:2])(standalone_mode=False) or OK
        if interrupts.received():  # typer returns the exit code of an interrupt
            _stopped()
        sys.exit(code)
    except (KeyboardInterrupt, typer.Abort):
        _stopped()
    except Exception as error:
        if interrupts.received():  # a library has replaced the interrupt by an exception of its own
            _stopped()
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error
            error.show()
            sys.exit(DOCUMENTS if error.exit_code else OK)
        code = _code(error)
        if code == BUG:
            raise
        message = environment_errors.line(error) if isinstance(error, OSError) else str(error)
        tell(message, file=sys.stderr)
        sys.exit(code)


def named(words: Sequence[str]) -> typer.Typer:
    """Return the application with only the command that the first word names, otherwise all of it.

    Making the other commands, with the options of forty functions, takes as long as a short command.
    """
    commands = [c for c in app.registered_commands if _name(c) in words]
    groups = [g for g in app.registered_groups if g.name in words]
    if len(commands) + len(groups) != 1:
        return app
    one = copy.copy(app)
    one.registered_commands, one.registered_groups = commands, groups
    return one


def _name(command: Any) -> str:
    """Return the name of a command, which typer derives from its function if none is given."""
    return str(command.name or command.callback.__name__.lower().replace("_", "-"))


def _stopped() -> NoReturn:
    """Exit as after Ctrl-C, which is also the meaning of declining to go on."""
    if interrupts.received():
        interrupts.end()
    tell(interrupts.LINE, file=sys.stderr)
    sys.exit(interrupts.EXIT_CODE)


def _code(error: Exception) -> int:
    """Return the exit code of an error; BUG for one that is not expected."""
    from benchsmith.core.errors import BenchsmithError

    if isinstance(error, BenchsmithError):
        return error.exit_code
    return ENVIRONMENT if isinstance(error, OSError) else BUG
