"""The line of a build about files whose headers could not be searched for identifiers."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.tables.manifest import Manifest

KEY = "headers_unread"
"""Where the manifest of export lists them, each with the reason; absent if there is none."""
MAX_NAMED = 3
"""Files that the line names."""


def line_of(manifest: Manifest) -> str:
    """Return the line about the files that a finished export lists; empty for none."""
    return not_searched(manifest.details.get(KEY, ()))


def not_searched(unread: Sequence[str]) -> str:
    """Return the line about some files, each with its reason; empty for none."""
    if not unread:
        return ""
    more = f"; and {len(unread) - MAX_NAMED} more" * (len(unread) > MAX_NAMED)
    named = "; ".join(unread[:MAX_NAMED])
    count = f"{len(unread)} files" if len(unread) > 1 else "1 file"
    return f"NOT SEARCHED for identifiers: the headers of {count}: {named}{more}"
