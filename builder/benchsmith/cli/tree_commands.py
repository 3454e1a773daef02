"""Commands on the lexical tree, its coverage, subsets of a benchmark, and the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import (
    Home,
    Json,
    Output,
    app,
    emit,
    known,
    known_benchmark,
    read_benchmark,
    read_lexicon,
    release_folder,
    results_in,
)
from benchsmith.cli.page_file import write_page
from benchsmith.cli.plain_output import tell


@app.command(
    epilog="Example: benchsmith subset 'modality=mri/** granularity=contour' --to mri-contours"
)
def subset(
    query: Annotated[
        str,
        typer.Argument(
            help="Query on the tree, such as `task=bone`.", autocompletion=completion.queries
        ),
    ],
    to: Annotated[
        Path, typer.Option("--to", help="Output folder; an existing release in it is replaced.")
    ],
    benchmark: Annotated[
        str,
        typer.Option(
            "--from",
            help="Name of a built or adopted benchmark, or a release folder.",
            autocompletion=completion.built,
        ),
    ] = "demo",
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Write a new release with the questions of a benchmark that match a query."""
    from benchsmith.cli.progress import progress
    from benchsmith.core.silent_progress import Silent
    from benchsmith.documents.query import parse
    from benchsmith.engine import engine
    from benchsmith.pipeline.build import Build
    from benchsmith.pipeline.cut_subset import cut_subset

    folder = release_folder(benchmark, home, output)
    if (folder / "data").is_dir():
        from benchsmith.adopt.lexicon_terms import TreeWords
        from benchsmith.adopt.subset_of_release import cut, was_searched

        count = cut(folder, query, to.resolve(), TreeWords.of(home.resolve()))
        if not was_searched(folder) and not json:
            tell(
                f"NOT SEARCHED for identifiers: adopt {benchmark} again, since an earlier version did it"
            )
        _say_subset(benchmark, query, count, to, as_json=json)
        return
    document, library = read_benchmark(home, benchmark)
    wanted = parse(query, library.lexicon, document.sources)
    results = results_in(home, output)
    run = Build(benchmark, document, library, results, engine(1),
                Silent() if json else progress())  # fmt: skip
    count = cut_subset(run, wanted, to.resolve())
    _say_subset(benchmark, query, count, to, as_json=json)


def _say_subset(benchmark: str, query: str, count: int, to: Path, *, as_json: bool) -> None:
    if as_json:
        emit({"benchmark": benchmark, "query": query, "questions": count, "folder": str(to)})
    else:
        tell(f"{count} questions in {to}")


From = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="Name of a built benchmark whose counts and pictures are shown.",
        autocompletion=completion.built,
    ),
]
Html = Annotated[
    Path | None,
    typer.Option("--html", help="Write a self-contained HTML page to this path instead."),
]


@app.command(epilog="Example: benchsmith tree modality --from demo")
def tree(
    axis: Annotated[
        str,
        typer.Argument(
            help="Name of an axis in lexicon/tree/, such as modality or label.",
            autocompletion=completion.axes,
        ),
    ] = "task",
    benchmark: From = None,
    html: Html = None,
    axes: Annotated[
        str | None,
        typer.Option(help="Rings of the page from the inside, such as task,modality,label."),
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Print one axis of the tree with its counts, or write all axes as a page."""
    from contextlib import nullcontext

    from benchsmith.explore import tree_listing
    from benchsmith.explore.find_build import find

    lexicon = read_lexicon(home)
    known("axis", axis, lexicon.axes)
    rings = [name.strip() for name in axes.split(",")] if axes else []
    for name in rings:
        known("axis", name, lexicon.axes)
    built = _named(home, benchmark) and find(results_in(home, output), benchmark or "")
    with built.rows() if built else nullcontext() as rows:
        if html is None:
            counts = rows.below(axis, lexicon.axes[axis]) if rows else None
            if json:
                emit({"axis": axis, "terms": tree_listing.records(lexicon, axis, counts)})
            else:
                tell("\n".join(tree_listing.tree(lexicon, axis, counts)))
            return
        from benchsmith.pages.tree_page import tree_page

        _write(tree_page(lexicon, rings, rows, benchmark or ""), html, as_json=json)


@app.command(epilog="Example: benchsmith coverage --columns modality --from demo --empty")
def coverage(
    rows: Annotated[
        str,
        typer.Option(
            help="Axis of the rows: task, department or modality.", autocompletion=completion.axes
        ),
    ] = "task",
    columns: Annotated[
        str,
        typer.Option(
            help="Axis of the columns: task, department or modality.",
            autocompletion=completion.axes,
        ),
    ] = "department",
    benchmark: From = None,
    html: Html = None,
    empty: Annotated[
        bool,
        typer.Option("--empty", help="List the empty cells, with data sets that may fill them."),
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Show how many labels each cell of two axes has, and data sets that may fill empty cells."""
    from rich.console import Console

    from benchsmith.documents.library import collect
    from benchsmith.documents.problems import Problems
    from benchsmith.explore import coverage_heat_map, tree_listing
    from benchsmith.explore.coverage import AXES, TARGET_AXES, record
    from benchsmith.explore.coverage import coverage as cover
    from benchsmith.explore.find_build import find
    from benchsmith.pages.coverage_page import coverage_page

    for name in (rows, columns):
        known("axis", name, AXES)
    problems = Problems(home.resolve())
    library = collect(home.resolve(), problems)
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
            tell(line)
    else:
        shown = coverage_heat_map.table(found, library.lexicon, rows, columns)
        Console(width=None if sys.stdout.isatty() else 240).print(shown)
    if html is None and not json:
        tell("\n".join(coverage_heat_map.legend(found)))


def _named(home: Path, benchmark: str | None) -> bool:
    """Return whether a benchmark is named. Raises DocumentError if it does not exist."""
    if benchmark is not None:
        known_benchmark(home, benchmark)
    return benchmark is not None


def _write(page: str, place: Path, *, as_json: bool) -> None:
    write_page(place, page)
    size = place.stat().st_size
    if as_json:
        emit({"page": str(place), "bytes": size})
    else:
        tell(f"{place}: {size / 1e6:.1f} MB; open it in a browser (no network needed)")


@app.command(epilog="Example: benchsmith catalog fundus segmentation")
def catalog(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words that a row must contain.")
    ] = None,
    models: Annotated[
        bool, typer.Option("--models", help="Search the models instead; without words, list all.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Search the catalogue of public medical image data sets and benchmarks, or of models."""
    if models:
        _list_models(words or [], home.resolve(), as_json=json)
        return
    if not words:
        raise typer.BadParameter("name words that a row must contain, or add --models")
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
        details = [row[c] for c in ("modality", "task", "size", "year", "licence", "link")] + [
            recipe
        ]
        tell(f"{row['name']}  [{row['id']}]\n  " + " · ".join(d for d in details if d))
    tell(f"{len(found)} rows of the catalogue")


def _list_models(words: list[str], home: Path, *, as_json: bool) -> None:
    from benchsmith.evaluate import model_presets

    wanted = [w.casefold() for w in words]
    found = [
        row
        for row in model_presets.rows(home)
        if all(w in " ".join(row.values()).casefold() for w in wanted)
    ]
    if as_json:
        emit({"rows": found})
        return
    for row in found:
        facts = [
            f"{name.replace('_', ' ')}: {row[name]} ({row[f'{name}_at']})"
            for name in ("licence", "template", "thinking", "image_token", "prompt")
            if row[name]
        ]
        tell(f"{row['name']}  [{row['id']}]  {row['kind']}")
        for line in (row["repository"], *facts, row["link"], row["note"]):
            if line:
                tell(f"  {line}")
    tell(f"{len(found)} models")
