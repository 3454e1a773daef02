"""Commands that look at the lexical tree, and cut along it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import Home, Json, Output, app, emit, known, read_benchmark, read_lexicon


@app.command(
    epilog="Example: benchsmith subset 'modality=mri/** granularity=contour' --to mri-contours"
)
def subset(
    query: Annotated[str, typer.Argument(help="Conditions on the tree, such as `task=bone`.")],
    to: Annotated[
        Path, typer.Option("--to", help="The folder to write; a release that is there is replaced.")
    ],
    benchmark: Annotated[str, typer.Option("--from", help="A benchmark that is built.")] = "demo",
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Cut a release out of a built benchmark: what a query on the tree accepts, nothing redrawn."""
    from benchsmith.cli.progress import Silent, progress
    from benchsmith.documents.query import parse
    from benchsmith.engine import engine
    from benchsmith.pipeline.build import Build
    from benchsmith.pipeline.cut_subset import cut_subset

    document, library = read_benchmark(home, benchmark)
    wanted = parse(query, library.lexicon, document.sources)
    results = (output or home / "output").resolve()
    run = Build(benchmark, document, library, results, engine(1),
                Silent() if json else progress())  # fmt: skip
    count = cut_subset(run, wanted, to.resolve())
    if json:
        emit({"benchmark": benchmark, "query": query, "questions": count, "folder": str(to)})
    else:
        print(f"{count} questions in {to}")


From = Annotated[
    str | None, typer.Option("--from", help="A benchmark that is built: its counts and pictures.")
]
Html = Annotated[Path | None, typer.Option("--html", help="Write a self-contained page instead.")]


@app.command(epilog="Example: benchsmith tree modality --from demo")
def tree(
    axis: Annotated[
        str, typer.Argument(help="An axis of lexicon/tree/, such as modality or label.")
    ] = "task",
    benchmark: From = None,
    html: Html = None,
    axes: Annotated[
        str | None, typer.Option(help="Rings of the page, from the middle: task,modality,label.")
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Print one axis of the lexical tree with its counts, or write all of it as a page."""
    from contextlib import nullcontext

    from benchsmith.explore import tree_listing
    from benchsmith.explore.find_build import find

    lexicon = read_lexicon(home)
    known("axis", axis, lexicon.axes)
    rings = [name.strip() for name in axes.split(",")] if axes else []
    for name in rings:
        known("axis", name, lexicon.axes)
    built = _named(home, benchmark) and find((output or home / "output").resolve(), benchmark or "")
    with built.rows() if built else nullcontext() as rows:
        if html is None:
            counts = rows.below(axis, lexicon.axes[axis]) if rows else None
            if json:
                emit({"axis": axis, "terms": tree_listing.records(lexicon, axis, counts)})
            else:
                print("\n".join(tree_listing.tree(lexicon, axis, counts)))
            return
        from benchsmith.pages.tree_page import tree_page

        _write(tree_page(lexicon, rings, rows, benchmark or ""), html, as_json=json)


@app.command(epilog="Example: benchsmith coverage --columns modality --from demo --empty")
def coverage(
    rows: Annotated[str, typer.Option(help="task, department or modality.")] = "task",
    columns: Annotated[str, typer.Option(help="task, department or modality.")] = "department",
    benchmark: From = None,
    html: Html = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Name the empty cells, and what may fill them.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Show where the tree is full and where it is empty, and what of the catalogue may fill it."""
    from rich.console import Console

    from benchsmith.documents.library import read
    from benchsmith.documents.problems import Problems
    from benchsmith.explore import coverage_heat_map, tree_listing
    from benchsmith.explore.coverage import AXES, TARGET_AXES, record
    from benchsmith.explore.coverage import coverage as cover
    from benchsmith.explore.find_build import find
    from benchsmith.pages.coverage_page import coverage_page

    for name in (rows, columns):
        known("axis", name, AXES)
    problems = Problems(home.resolve())
    library = read(home.resolve(), problems)
    catalogue = tree_listing.catalog(home.resolve(), [], problems)
    problems.raise_any()
    counted = None
    if _named(home, benchmark):
        with find((output or home / "output").resolve(), benchmark or "").rows() as there:
            counted = there.cells(TARGET_AXES)
    found = cover(library.lexicon, catalogue, library.sources.values(), counted, benchmark or "")
    if html is not None:
        _write(coverage_page(found, library.lexicon, rows, columns), html, as_json=json)
    elif json:
        emit(record(found, library.lexicon, rows, columns, empty_only=empty))
    elif empty:
        for line in coverage_heat_map.gaps(found, library.lexicon, rows, columns):
            print(line)
    else:
        shown = coverage_heat_map.table(found, library.lexicon, rows, columns)
        Console(width=None if sys.stdout.isatty() else 240).print(shown)
    if html is None and not json:
        print("\n".join(coverage_heat_map.legend(found)))


def _named(home: Path, benchmark: str | None) -> bool:
    """Say whether a benchmark is named. Raises DocumentError where there is none of that name."""
    if benchmark is not None:
        known("benchmark", benchmark, [p.stem for p in (home / "benchmarks").glob("*.yaml")])
    return benchmark is not None


def _write(page: str, place: Path, *, as_json: bool) -> None:
    place.write_text(page, encoding="utf-8", newline="\n")
    size = place.stat().st_size
    if as_json:
        emit({"page": str(place), "bytes": size})
    else:
        print(f"{place}: {size / 1e6:.1f} MB; open it in a browser, it needs no network")


@app.command(epilog="Example: benchsmith catalog fundus segmentation")
def catalog(
    words: Annotated[list[str], typer.Argument(help="Words that a row must have.")],
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Search the catalogue of public medical image data sets and benchmarks."""
    from benchsmith.documents.problems import Problems
    from benchsmith.explore import tree_listing

    problems = Problems(home.resolve())
    found = tree_listing.catalog(home.resolve(), words, problems)
    problems.raise_any()
    if json:
        emit({"rows": found})
        return
    for row in found:
        recipe = "has a recipe" if row["recipe"] else ""
        told = [row[c] for c in ("modality", "task", "size", "year", "licence", "link")] + [recipe]
        print(f"{row['name']}  [{row['id']}]\n  " + " · ".join(t for t in told if t))
    print(f"{len(found)} of the catalogue")
