"""Words that a shell completes: names of benchmarks, sources and axes of a project.

Only names of files are looked at, so that a key press costs no reading of documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer


def benchmarks(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of benchmarks that start like a word."""
    from benchsmith.documents import shipped

    home = _home(ctx)
    return _like(incomplete, (p.stem for p in shipped.files(home / "benchmarks", "*.yaml", home)))


def sources(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of sources that start like a word."""
    from benchsmith.documents import shipped

    home = _home(ctx)
    found = shipped.files(home / "raw_sources", "*/recipe.yaml", home)
    return _like(incomplete, (path.parent.name for path in found))


def axes(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of axes of the tree that start like a word."""
    from benchsmith.documents import shipped

    home = _home(ctx)
    found = shipped.files(home / "lexicon" / "tree", "*.tsv", home)
    return _like(incomplete, (path.stem for path in found if "." not in path.stem))


def _like(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})


def _home(ctx: typer.Context) -> Path:
    return Path(ctx.params.get("home") or Path())
