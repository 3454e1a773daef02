"""Builds that write no more than a test reads."""

from __future__ import annotations

from tests.conftest import Project


def exporting(project: Project, *exports: str, more: str = "") -> Project:
    """Let the small benchmark of a project write its cases and these exports alone; `more` are lines of it."""
    path = project.folder / "benchmarks/small.yaml"
    text = path.read_text("utf-8")
    path.write_text(f"{text}exports: [{', '.join(('parquet', *exports))}]\n{more}", "utf-8")
    return project
