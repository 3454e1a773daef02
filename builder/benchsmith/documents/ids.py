"""The format of ids in the documents."""

from __future__ import annotations

ID = r"[a-z0-9]+(-[a-z0-9]+)*"
"""Regular expression of a whole id."""
ID_HINT = "ids have lower-case letters, digits, and single hyphens between them"
