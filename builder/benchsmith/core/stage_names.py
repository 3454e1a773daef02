"""The names of the stages in their order, and of the parts that they work on."""

from __future__ import annotations

STAGES = ("ingest", "normalise", "tag", "select", "ask", "render", "export")
AUDIT_STEP = "audit"
"""The step between render and export. It is not a stage, since it makes no rows."""
STEPS = (*STAGES[:-1], AUDIT_STEP, STAGES[-1])
ALL_SOURCES = "all"
"""The part of a stage that works on all sources together; other parts are named by their source."""
NO_KEY = "unnamed"
"""Stands for a cache key that is not known yet; no folder of this name is ever made."""
