"""The application, and what its commands share: options, exit codes, documents as they are read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchsmith import __version__

if TYPE_CHECKING:
    from benchsmith.documents.benchmark import Benchmark
    from benchsmith.documents.lexicon import Lexicon
    from benchsmith.documents.library import Library
    from benchsmith.evaluate.run import Purse

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
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON, for programs.")]
AllowLocal = Annotated[
    bool,
    typer.Option(
        "--allow-local-urls",
        help="Allow recipes to name files and servers of this machine and of private networks.",
    ),
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


def emit(value: Mapping[str, Any]) -> None:
    """Print a value as JSON: the same value, the same bytes."""
    from benchsmith.tables.atomic_files import json_bytes

    print(json_bytes(value).decode(), end="")


def tell(lines: Iterable[str], *, as_json: bool) -> None:
    """Print lines as they come, or, as JSON, all of them at the end."""
    if as_json:
        emit({"lines": list(lines)})
        return
    for line in lines:
        print(line, flush=True)


def read_benchmark(home: Path, name: str) -> tuple[Benchmark, Library]:
    """Read a benchmark and all that it needs. Raises DocumentError with every problem at once."""
    from benchsmith.audits.registry import CHECKS
    from benchsmith.documents import library
    from benchsmith.plugins import EXPORTS

    return library.read_benchmark(home.resolve(), name, frozenset(EXPORTS), frozenset(CHECKS))


def read_lexicon(home: Path) -> Lexicon:
    """Read the lexicon. Raises DocumentError with every problem at once."""
    from benchsmith.documents import lexicon
    from benchsmith.documents.problems import Problems

    problems = Problems(home.resolve())
    found = lexicon.read(home.resolve() / "lexicon", problems)
    problems.raise_any()
    return found


def known(what: str, name: str, names: Iterable[str]) -> None:
    """Raise DocumentError, with what is near, where a name is none of those that there are."""
    from benchsmith.documents.problems import DocumentError, Problem, did_you_mean

    if name not in set(names):
        raise DocumentError(
            [Problem.without_place(f"there is no {what} {name!r}", did_you_mean(name, names))]
        )


def purse(
    price_in: float, price_out: float, most: float, *, yes: bool, quiet: bool = False
) -> Purse:
    """Return what may be spent; a person is shown the estimate, on stderr where stdout is for data."""
    from benchsmith.evaluate.cost import Prices
    from benchsmith.evaluate.run import Purse

    def agree(line: str) -> bool:
        print(line, flush=True, file=sys.stderr if quiet else sys.stdout)
        if yes:
            return True
        if not sys.stdin.isatty():
            print("add --yes to begin without being asked", file=sys.stderr)
            return False
        return typer.confirm("Begin?", default=True)

    prices = Prices(price_in, price_out) if price_in or price_out else None
    return Purse(prices=prices, most=most or None, agree=agree)
