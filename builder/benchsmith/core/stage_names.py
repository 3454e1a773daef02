"""The names of the stages, in their order, and of the work beside them."""

from __future__ import annotations

STAGES = ("ingest", "normalise", "tag", "select", "ask", "render", "export")
JUDGE = "audit"
"""The judging of a build, between render and export: no stage, for it makes no rows."""
ORDER = (*STAGES[:-1], JUDGE, STAGES[-1])
WHOLE = "all"
"""The part of a stage that works on all sources at once."""
UNNAMED = "unnamed"
"""The folder's name of a piece of work that has no name yet; no such folder is made."""
