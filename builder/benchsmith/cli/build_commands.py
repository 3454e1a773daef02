"""Commands that build and check benchmarks, download their data, and explain items."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import (
    DOCUMENTS,
    AllowLocal,
    Home,
    Json,
    Name,
    Output,
    app,
    emit,
    print_lines,
    read_benchmark,
    results_in,
)
from benchsmith.cli.plain_output import tell

if TYPE_CHECKING:
    from benchsmith.core.contracts import Progress
    from benchsmith.documents.benchmark import Benchmark
    from benchsmith.documents.library import Library

CacheGb = Annotated[
    float,
    typer.Option("--cache-gb", min=0, help="Size limit of downloaded files, in GiB."),
]


@app.command(epilog="Example: benchsmith build demo --workers 2")
def build(
    name: Name,
    edition: Annotated[
        str,
        typer.Option(
            "--edition",
            help="Name of an edition; default: all editions of the benchmark.",
            autocompletion=completion.editions,
        ),
    ] = "",
    workers: Annotated[
        int, typer.Option(min=0, help="Number of processes (0 = limited by CPUs and memory).")
    ] = 0,
    engine: Annotated[
        str,
        typer.Option(
            help="Where work runs: processes, local-cluster:N, tcp://HOST:PORT or slurm:FILE."
        ),
    ] = "processes",
    file_seconds: Annotated[
        float, typer.Option(min=0, help="Seconds that one image may take (0 = no limit).")
    ] = 3600.0,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Download missing packages and files first.")
    ] = False,
    cache_gb: CacheGb = 100.0,
    allow_local_urls: AllowLocal = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only errors.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Print the plan first, as `plan` does.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print only the build record, as JSON.")
    ] = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Build a benchmark; run only the work that is out of date."""
    from json import loads

    from benchsmith.cli.progress import progress
    from benchsmith.core.silent_progress import Silent

    say = Silent() if quiet or json else progress()
    records = []
    for each in _editions(home, name, edition):
        benchmark, library = read_benchmark(home, each)
        if fetch:
            from benchsmith.fetch.fetch_sources import fetch as download

            download(
                home.resolve(),
                library.sources.values(),
                int(cache_gb * (1 << 30)),
                say,
                allow_local=allow_local_urls,
            )
        run = _built(
            each, benchmark, library, results_in(home, output), (workers, engine, file_seconds), say,
            verbose=verbose and not (quiet or json),
        )  # fmt: skip
        records.append((run / "build.json").read_text("utf-8"))
    if json and len(records) == 1:
        tell(records[0], end="")
    elif json:
        emit({"editions": [loads(record) for record in records]})


def _editions(home: Path, name: str, edition: str) -> list[str]:
    """Return the names of the editions to build, or the benchmark's own if it has none."""
    from benchsmith.documents.benchmark.editions import MARK
    from benchsmith.documents.library import edition_names

    return [f"{name}{MARK}{edition}"] if edition else edition_names(home, name)


def _built(
    name: str,
    benchmark: Benchmark,
    library: Library,
    results: Path,
    engine: tuple[int, str, float],
    say: Progress,
    *,
    verbose: bool,
) -> Path:
    """Build a benchmark, print the outcome, and return its folder."""
    from contextlib import closing

    from benchsmith.engine import engine as chosen
    from benchsmith.pipeline.build import Build

    with closing(chosen(*engine)) as at_work:
        run = Build(name, benchmark, library, results, at_work, say)
        if at_work.about:
            say.say(at_work.about)
        if verbose:
            from benchsmith.pipeline.dry_run import plan_steps
            from benchsmith.pipeline.planned_steps import lines

            for line in lines(name, plan_steps(run)):
                say.say(line)
        outcome = run.run()
    for source in outcome.missing:
        say.say(f"left out: {source} as a whole; run `benchsmith explain {source}` for the reason")
    for source, shares in outcome.faulty.items():
        say.say(f"left out: {source} as a whole, for its faults: {'; '.join(shares)}")
    for source, counts in outcome.faults.items():
        listed = ", ".join(f"{n} {reason}" for reason, n in counts.items())
        say.say(
            f"missing or faulty in {source}: {listed}; `benchsmith explain {source}` lists them"
        )
    what = "nothing to do" if outcome.nothing_to_do else "built"
    say.say(
        f"{name}: {what}: {outcome.questions} questions, {outcome.rejected} left out with a reason"
    )
    say.say(
        f"  {outcome.folder}  (open report.html; `benchsmith explain ID` shows the history of an item)"
    )
    return run.folder


@app.command(
    epilog="Example: benchsmith check demo ; benchsmith check --schema > recipe.schema.json"
)
def check(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Name of a benchmark; default: all.", autocompletion=completion.benchmarks
        ),
    ] = None,
    allow_local_urls: AllowLocal = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a recipe, and exit.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Check all documents, and print every problem as `file:line: problem; hint`."""
    from dataclasses import asdict

    from benchsmith.api.checked_documents import check_documents
    from benchsmith.api.project import Project
    from benchsmith.documents.lexicon_version import lexicon_version
    from benchsmith.documents.problems import DocumentError
    from benchsmith.documents.recipe import Recipe
    from benchsmith.pipeline import hidden_columns, words_elsewhere
    from benchsmith.text.normal_form import counted

    if schema:
        emit(Recipe.model_json_schema())
        return
    project = Project(home, results_in(home, output))
    try:
        counts, library = check_documents(project, name or "", allow_local_urls=allow_local_urls)
    except DocumentError as error:
        if not json:
            raise
        emit({"problems": [asdict(p) for p in sorted(error.problems)]})
        raise typer.Exit(DOCUMENTS) from None
    checked = {plural.removesuffix("s"): n for plural, n in asdict(counts).items()}
    version, changed = lexicon_version(project.folder), project.changed_words(library)
    if json:
        words = [asdict(each) for each in changed]
        emit({"problems": [], "checked": checked, "lexicon": asdict(version), "changed": words})
        return
    tell("no problem in", ", ".join(counted(n, thing) for thing, n in checked.items()))
    tell(f"lexicon: {version}")
    for line in (*map(str, changed), *words_elsewhere.of_recipes(library, version)):
        tell(line)
    for line in hidden_columns.of_recipes(project.folder, library):
        tell(line)


@app.command(epilog="Example: benchsmith fetch demo")
def fetch(
    name: Name,
    cache_gb: CacheGb = 100.0,
    allow_local_urls: AllowLocal = False,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Download a benchmark's data: its packages, and the files of its URLs."""
    from benchsmith.cli.progress import Buffered, progress
    from benchsmith.fetch.fetch_sources import fetch as download

    _, library = read_benchmark(home, name)
    say, limit = Buffered() if json else progress(), int(cache_gb * (1 << 30))
    sources = library.sources.values()
    if not download(home.resolve(), sources, limit, say, allow_local=allow_local_urls):
        say.say("nothing to download")
    if isinstance(say, Buffered):
        print_lines(say.lines, as_json=True)


@app.command(epilog="Example: benchsmith explain totalsegmentator/example_ct_sm --benchmark demo")
def explain(
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Id of a question, case or target; path of a file; or a label."
        ),
    ],
    benchmark: Annotated[
        str | None,
        typer.Option(help="Search only this build; default: all.", autocompletion=completion.built),
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Print the history of a question, file or label through all stages, kept or left out."""
    from benchsmith.explore.explain import explain as history

    found = history(results_in(home, output), id_, benchmark)
    if json:
        emit({"id": id_, "known": len(found) > 1, "lines": found[1:] or found})
    else:
        tell("\n".join(found))
    if len(found) == 1:
        raise typer.Exit(DOCUMENTS)
