"""One command, `benchsmith`; no logic here. What is heavy is imported where it is used."""

from __future__ import annotations

import sys

import typer

from builder.cli import (
    auditing,
    building,
    drafting,
    evaluating,
    exploring,
    housekeeping,
    lexicon,
    publishing,
    releasing,
    reviewing,
    tagging,
)
from builder.cli.app import BUG, DOCUMENTS, ENVIRONMENT, GATE, OK, REJECTED, app

__all__ = ["BUG", "DOCUMENTS", "ENVIRONMENT", "GATE", "OK", "REJECTED", "app", "auditing", "building",
           "drafting", "evaluating", "exploring", "housekeeping", "lexicon", "main", "publishing",
           "releasing", "reviewing", "tagging"]  # fmt: skip


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
    """Return the exit code of what stopped a command; BUG for what should not happen."""
    from builder.documents.problems import DocumentError

    if isinstance(error, DocumentError):
        return DOCUMENTS
    from builder.built import NotBuilt
    from builder.endpoint import EndpointLost
    from builder.engine import WorkerLost
    from builder.publish.hub import HubTrouble
    from builder.stopped import GateFailed, NothingHere, SourceChanged, TooMuchRejected
    from builder.storage import StorageError

    if isinstance(error, GateFailed):
        return GATE
    if isinstance(error, TooMuchRejected):
        return REJECTED
    outside = (
        OSError | WorkerLost | NothingHere | SourceChanged | NotBuilt | EndpointLost | HubTrouble
        | StorageError
    )  # fmt: skip
    return ENVIRONMENT if isinstance(error, outside) else BUG
