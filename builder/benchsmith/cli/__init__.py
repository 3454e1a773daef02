"""One command, `benchsmith`; no logic here. What is heavy is imported where it is used."""

from __future__ import annotations

import sys

import typer

from benchsmith.cli import (
    audit_commands,
    build_commands,
    draft_commands,
    evaluate_commands,
    mesh_commands,
    plan_commands,
    publish_commands,
    release_commands,
    review_commands,
    tree_commands,
    vote_commands,
)
from benchsmith.cli.app import BUG, DOCUMENTS, ENVIRONMENT, GATE, OK, REJECTED, app

__all__ = [
    "BUG",
    "DOCUMENTS",
    "ENVIRONMENT",
    "GATE",
    "OK",
    "REJECTED",
    "app",
    "audit_commands",
    "build_commands",
    "draft_commands",
    "evaluate_commands",
    "main",
    "mesh_commands",
    "plan_commands",
    "publish_commands",
    "release_commands",
    "review_commands",
    "tree_commands",
    "vote_commands",
]


def main() -> None:
    """Run the command and turn what stops it into one line and an exit code."""
    try:
        sys.exit(app(standalone_mode=False) or OK)
    except (KeyboardInterrupt, typer.Abort):
        print("stopped; what was finished is kept", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a mistake in the words typed
            error.show()
            sys.exit(DOCUMENTS if error.exit_code else OK)
        code = _code(error)
        if code == BUG:
            raise
        said = f"{type(error).__name__}: {error}" if isinstance(error, OSError) else str(error)
        print(said, file=sys.stderr)
        sys.exit(code)


def _code(error: Exception) -> int:
    """Return the exit code of an error; BUG for one that is not expected."""
    from benchsmith.core.errors import BenchsmithError

    if isinstance(error, BenchsmithError):
        return error.exit_code
    return ENVIRONMENT if isinstance(error, OSError) else BUG
