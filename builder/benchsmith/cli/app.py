"""The application, with the shared options, exit codes and document readers of its commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchsmith import __version__
from benchsmith.cli import completion
from benchsmith.cli.panels import Panels
from benchsmith.cli.plain_output import tell

if TYPE_CHECKING:
    from benchsmith.documents.benchmark import Benchmark
    from benchsmith.documents.lexicon import Lexicon
    from benchsmith.documents.library import Library

OK, BUG, DOCUMENTS, REJECTED, ENVIRONMENT, GATE, INCOMPLETE = range(7)
"""Exit codes: success, a bug, documents or usage, too many rejections, environment, failed gate, a
limit that ended the command with something left to do."""

app = typer.Typer(
    help="Turn labelled medical images into a multiple-choice benchmark.",
    cls=Panels,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
draft = typer.Typer(
    help="Draft documents that a curator reviews and signs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(draft, name="draft")

Home = Annotated[
    Path, typer.Option("--home", help="Path of the project.", show_default="current folder")
]
Output = Annotated[
    Path | None,
    typer.Option("--output", help="Folder of the results; default: output/ of the project."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AllowLocal = Annotated[
    bool,
    typer.Option(
        "--allow-local-urls",
        help="Allow recipes to use files and servers of this machine and of private networks.",
    ),
]
Name = Annotated[
    str,
    typer.Argument(
        help="Name of a benchmark: a file in benchmarks/ without .yaml.",
        autocompletion=completion.benchmarks,
    ),
]


@app.callback(invoke_without_command=True)
def _version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if show:
        tell(f"benchsmith {__version__}")
        raise typer.Exit


def emit(value: Mapping[str, Any]) -> None:
    """Print a value as canonical JSON: equal values give equal bytes."""
    from benchsmith.tables.atomic_files import json_bytes

    tell(json_bytes(value).decode(), end="")


def print_lines(lines: Iterable[str], *, as_json: bool) -> None:
    """Print each line at once, or all lines at the end as JSON."""
    if as_json:
        emit({"lines": list(lines)})
        return
    for line in lines:
        tell(line, flush=True)


def read_benchmark(home: Path, name: str) -> tuple[Benchmark, Library]:
    """Read a benchmark and its documents. Raises DocumentError with all problems."""
    from benchsmith.api.project import Project

    return Project(home).benchmark(name)


def read_lexicon(home: Path, *, mappings: bool = True) -> Lexicon:
    """Read the lexicon. Raises DocumentError with all problems.

    Without `mappings`, those of mappings are ignored: drafts of one source, which nobody has signed
    yet, must not stop the draft of a recipe.
    """
    from benchsmith.documents import lexicon

    return lexicon.read(home.resolve() / "lexicon", None if mappings else frozenset())


def results_in(home: Path, output: Path | None) -> Path:
    """Return the absolute path of the results folder."""
    return (output or home / "output").resolve()


def known_benchmark(home: Path, name: str) -> None:
    """Raise DocumentError unless a project, or the package, has a benchmark of this name."""
    from benchsmith.documents.benchmark.editions import split_name
    from benchsmith.documents.library import benchmark_names

    if split_name(name)[0] not in benchmark_names(home):
        known("benchmark", name, benchmark_names(home))


def release_folder(name: str, home: Path, output: Path | None) -> Path:
    """Return the release folder that a name means: a path, or a release that was adopted.

    A benchmark of the project, or a name without a release, is returned unchanged. A folder of the
    name that is not a release may be the benchmark's download.
    """
    from benchsmith.core.build_files import MANIFEST
    from benchsmith.documents.library import benchmark_file

    adopted = results_in(home, output) / name / "release"
    is_built = benchmark_file(home, name).is_file()
    is_path = Path(name).name != name or (Path(name) / MANIFEST).is_file()
    return Path(name) if is_path or is_built or not (adopted / "data").is_dir() else adopted


def known(what: str, name: str, names: Iterable[str]) -> None:
    """Raise DocumentError with a suggestion if `name` is not one of `names`; `what` is its kind."""
    from benchsmith.documents.problems import DocumentError, Problem, did_you_mean

    if name not in set(names):
        raise DocumentError(
            [Problem.without_place(f"there is no {what} {name!r}", did_you_mean(name, names))]
        )
