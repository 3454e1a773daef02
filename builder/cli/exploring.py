"""Commands that look at the lexical tree, and cut along it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from builder.cli.app import Home, Output, app, known, read_benchmark, read_lexicon


@app.command(
    epilog="Example: benchsmith subset 'modality=mri/** granularity=contour' --to mri-contours"
)
def subset(
    query: Annotated[str, typer.Argument(help="Conditions on the tree, such as `task=bone`.")],
    to: Annotated[
        Path, typer.Option("--to", help="The folder to write; a release that is there is replaced.")
    ],
    benchmark: Annotated[str, typer.Option("--from", help="A benchmark that is built.")] = "demo",
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Cut a release out of a built benchmark: what a query on the tree accepts, nothing redrawn."""
    from builder.documents.problems import DocumentError, Problem
    from builder.documents.query import QueryError, parse
    from builder.engine import engine
    from builder.pipeline import Build
    from builder.progress import progress

    document, library = read_benchmark(home, benchmark)
    try:
        wanted = parse(query, library.lexicon, document.sources)
    except QueryError as error:
        raise DocumentError([Problem("query", 1, str(error), "")]) from error
    results = (output or home / "output").resolve()
    run = Build(benchmark, document, library, results, engine(1), progress())
    print(f"{run.cut(wanted, to.resolve())} questions in {to}")


@app.command(epilog="Example: benchsmith tree modality")
def tree(
    axis: Annotated[
        str, typer.Argument(help="task, department, modality, label or granularity.")
    ] = "task",
    home: Home = Path(),
) -> None:
    """Print one axis of the lexical tree, with how many labels are placed at or below each term."""
    from builder import forest

    known("axis", axis, forest.AXES)
    for line in forest.tree(read_lexicon(home), axis):
        print(line)


@app.command(epilog="Example: benchsmith coverage --rows task --columns department")
def coverage(
    rows: Annotated[str, typer.Option(help="task, department or modality.")] = "task",
    columns: Annotated[str, typer.Option(help="task, department or modality.")] = "department",
    home: Home = Path(),
) -> None:
    """Show where the tree is full and where it is empty: labels placed where two axes meet."""
    from rich.console import Console
    from rich.table import Table

    from builder import forest

    for name in (rows, columns):
        known("axis", name, ("task", "department", "modality"))
    down, across, counts = forest.coverage(read_lexicon(home), rows, columns)
    shown = Table(box=None, header_style="bold")
    shown.add_column(rows, no_wrap=True)
    for name in across:
        shown.add_column(name, justify="right", overflow="fold")
    for name, line in zip(down, counts, strict=True):
        shown.add_row(name, *(str(n) if n else "." for n in line))
    Console(width=None if sys.stdout.isatty() else 240).print(shown)


@app.command(epilog="Example: benchsmith catalog fundus segmentation")
def catalog(
    words: Annotated[list[str], typer.Argument(help="Words that a row must have.")],
    home: Home = Path(),
) -> None:
    """Search the catalogue of public medical image data sets and benchmarks."""
    from builder import forest
    from builder.documents.problems import Problems

    problems = Problems(home.resolve())
    found = forest.catalog(home.resolve(), words, problems)
    problems.raise_any()
    for row in found:
        recipe = "has a recipe" if row["recipe"] else ""
        told = [row[c] for c in ("modality", "task", "size", "year", "licence", "link")] + [recipe]
        print(f"{row['name']}  [{row['id']}]\n  " + " · ".join(t for t in told if t))
    print(f"{len(found)} of the catalogue")
