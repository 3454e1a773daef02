"""Words that a shell completes: names of benchmarks, builds, sources and rows of a project's tables.

Only names of files and first columns of tables are read, so that no key press waits for documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import typer


def benchmarks(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of benchmarks that start like a word."""
    from benchsmith.documents import shipped

    home = _home(ctx)
    return _like(incomplete, (p.stem for p in shipped.files(home / "benchmarks", "*.yaml", home)))


def built(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of builds, editions and adopted benchmarks that start like a word."""
    output = Path(ctx.params.get("output") or _home(ctx) / "output")
    found = {path.parent.name for path in output.glob("*/release")}
    return _like(incomplete, found | {path.parent.name for path in output.glob("*/latest.json")})


def editions(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of the editions of the benchmark that the line names."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from benchsmith.documents import shipped

    home = _home(ctx)
    path = shipped.effective(home / "benchmarks" / f"{ctx.params.get('name')}.yaml", home)
    try:
        draws = YAML(typ="safe").load(path)["editions"]["draws"]
        return _like(incomplete, (str(draw["name"]) for draw in draws))
    except (OSError, YAMLError, KeyError, TypeError):
        return []  # a word of a command that is being typed may name no benchmark


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


def queries(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return `AXIS=` for each axis, or `AXIS=ID` for each id of the axis that is named."""
    axis, mark, start = incomplete.partition("=")
    if not mark:
        return [f"{name}=" for name in axes(ctx, axis)]
    return [f"{axis}={name}" for name in _like(start, _ids(ctx, f"tree/{axis}.tsv"))]


def licences(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of licences that start like a word."""
    return _like(incomplete, _ids(ctx, "licences.tsv"))


def curators(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of curators that start like a word."""
    return _like(incomplete, _ids(ctx, "curators.tsv"))


def modalities(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of modalities that start like a word."""
    return _like(incomplete, _ids(ctx, "tree/modality.tsv"))


def tasks(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of tasks that start like a word."""
    return _like(incomplete, _ids(ctx, "tree/task.tsv"))


def granularities(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of granularities that start like a word."""
    return _like(incomplete, _ids(ctx, "tree/granularity.tsv"))


def labels_are(incomplete: str) -> list[str]:
    """Return the kinds of labels that start like a word."""
    from benchsmith.cli.start_questions import KINDS

    return _like(incomplete, KINDS)


def _ids(ctx: typer.Context, table: str) -> Iterator[str]:
    """Yield the first column of a table of the lexicon: of the project's rows and of the shipped ones."""
    from benchsmith.documents import shipped

    home = _home(ctx)
    path = home / "lexicon" / table
    for file in (path, shipped.twin(path, home)):
        if file is not None and file.is_file():
            with file.open(encoding="utf-8") as lines:
                next(lines, None)
                yield from (line.split("\t")[0].strip() for line in lines if line.strip())


def _like(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})


def _home(ctx: typer.Context) -> Path:
    return Path(ctx.params.get("home") or Path())
