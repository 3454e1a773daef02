"""The command line `benchsmith`. Heavy imports are inside the commands, so that --help is fast."""

from __future__ import annotations

import sys

import typer

from benchsmith.cli import (
    audit_commands,
    build_commands,
    draft_commands,
    evaluate_commands,
    feature_commands,
    mesh_commands,
    plan_commands,
    publish_commands,
    release_commands,
    review_commands,
    score_commands,
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
    "feature_commands",
    "main",
    "mesh_commands",
    "plan_commands",
    "publish_commands",
    "release_commands",
    "review_commands",
    "score_commands",
    "tree_commands",
    "vote_commands",
]


def main() -> None:
    """Run the command; print an expected error as one line, and exit with its exit code."""
    try:
        sys.exit(app(standalone_mode=False) or OK)
    except (KeyboardInterrupt, typer.Abort):
        print("stopped; what was finished is kept", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error
            error.show()
            sys.exit(DOCUMENTS if error.exit_code else OK)
        code = _code(error)
        if code == BUG:
            raise
        message = f"{type(error).__name__}: {error}" if isinstance(error, OSError) else str(error)
        print(message, file=sys.stderr)
        sys.exit(code)


def _code(error: Exception) -> int:
    """Return the exit code of an error; BUG for one that is not expected."""
    from benchsmith.core.errors import BenchsmithError

    if isinstance(error, BenchsmithError):
        return error.exit_code
    return ENVIRONMENT if isinstance(error, OSError) else BUG
