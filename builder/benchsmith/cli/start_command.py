"""The command that leads from a folder of data to a built benchmark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import Home, app, read_lexicon
from benchsmith.cli.plain_output import tell
from benchsmith.cli.start_questions import Asked, Given
from benchsmith.cli.start_words import SHOWN

if TYPE_CHECKING:
    from benchsmith.documents.problems import Problem


@app.command(epilog="Example: benchsmith start ~/scans --home my-benchmark --licence cc0-1.0")
def start(
    folder: Annotated[Path, typer.Argument(help="Folder that holds the pictures and labels.")],
    source: Annotated[
        str,
        typer.Option(
            "--id", help="Id of the source; by default of public words of the folder's name."
        ),
    ] = "",
    licence: Annotated[
        str | None,
        typer.Option(
            help="Id of the data's licence in lexicon/licences.tsv.",
            autocompletion=completion.licences,
        ),
    ] = None,
    homepage: Annotated[str | None, typer.Option(help="URL of the data's origin.")] = None,
    citation: Annotated[str | None, typer.Option(help="How the data are cited.")] = None,
    labels_are: Annotated[
        str | None,
        typer.Option(
            help="manual, atlas, model-output, derived, metadata or synthetic.",
            autocompletion=completion.labels_are,
        ),
    ] = None,
    modality: Annotated[
        str | None,
        typer.Option(
            help="Modality of all pictures, instead of the guesses.",
            autocompletion=completion.modalities,
        ),
    ] = None,
    names: Annotated[
        str | None,
        typer.Option(help="Names of values, colours and codes: `1=liver,2=spleen`."),
    ] = None,
    patient: Annotated[
        str | None, typer.Option(help="Rule for the patient, instead of the drafted rules.")
    ] = None,
    candidate: Annotated[
        int | None, typer.Option(min=1, help="Number of the candidate, one way to read the folder.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="What masks or boxes mark, if no file names it.")
    ] = None,
    exhaustive: Annotated[
        bool | None,
        typer.Option(
            "--exhaustive/--not-exhaustive",
            help="Whether every listed label was looked for in every picture.",
        ),
    ] = None,
    sign: Annotated[
        str | None, typer.Option(help="Your id: it signs the rows that you accept.")
    ] = None,
    yes_exact: Annotated[
        bool, typer.Option("--yes-exact", help="Accept suggested labels that fit exactly.")
    ] = False,
    accept: Annotated[
        str | None, typer.Option(help="Which suggested labels to accept: all, exact, best or none.")
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="Label of a word: `WORD=LABEL`; empty to leave it open, `drop` if it names none.",
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Number of processes (0 = one per CPU).")] = 0,
    json: Annotated[
        bool, typer.Option("--json", help="Print only the build record, as JSON.")
    ] = False,
    home: Home = Path(),
) -> None:
    """Go from a folder to a built benchmark; all answers and results are kept in files."""
    from benchsmith.api.first_benchmark import write_benchmark
    from benchsmith.api.project import Project
    from benchsmith.cli.build_commands import build
    from benchsmith.documents.problems import DocumentError
    from benchsmith.drafting import decide_recipe, sign_mapping
    from benchsmith.drafting.draft_mapping import draft_mapping
    from benchsmith.drafting.mappings.draft_lines import LOOK
    from benchsmith.drafting.recipes.write_recipe import id_of, name_of, write_recipe
    from benchsmith.pipeline.nothing_asked import one_label

    def say(line: str) -> None:
        if not json:
            tell(line, flush=True)

    home = home.resolve()
    _new_project(home, folder.resolve(), say)
    lexicon = read_lexicon(home, mappings=False)
    given = Given(licence, homepage, citation, labels_are, modality, names, patient, label,
                  exhaustive, sign, "exact" if yes_exact else accept, words or ())  # fmt: skip
    asked = Asked(given, lexicon)
    title = name_of(home, folder, lexicon)
    name = source or id_of(title)
    recipe = home / "raw_sources" / name / "recipe.yaml"
    if not recipe.exists():
        for line in write_recipe(home, folder, name, lexicon, candidate or asked.candidate):
            if not line.startswith((" ", "next:")):
                say(line)
    if not recipe.exists():
        raise typer.Exit(2)
    if lines := decide_recipe.open_lines(recipe):
        answers = asked.answers(lines, decide_recipe.open_words(recipe))
        for line in decide_recipe.decide(recipe, answers):
            say(f"used as drafted: {line}")
    labels: set[str] = set()
    report = list(draft_mapping(home, name, workers, labels))
    rows = sign_mapping.drafted(home, name)
    for line in (line for line in report if rows and LOOK in line):
        say(line)
    if rows:
        chosen = asked.accepted(rows)
        if not labels and not chosen.labels_of(rows):
            raise DocumentError([_no_label(name, [row.word for row in rows])])
        who = asked.signature()
        sign_mapping.add_curator(home, who, lexicon.curators)
        done = sign_mapping.sign(home, name, who, chosen.accept, chosen.labels)
        counts = f"{done.accepted} words accepted, {done.left_open} left open"
        counts += f", {done.dropped} dropped" if done.dropped else ""
        say(f"signed by {who}: {counts}, in lexicon/mappings/{name}.tsv")
    else:
        say("\n".join(report))
    labels |= sign_mapping.labels_of(home, name)
    if write_benchmark(home, name, title):
        say(f"written: benchmarks/{name}.yaml")
    Project(home).check(name)
    if len(labels) == 1:
        say(one_label([*labels]))
    build(name, workers=workers, json=json, home=home)


def _no_label(source: str, words: list[str]) -> Problem:
    """Return the problem of a source if none of its words has a label; then nothing is signed."""
    from benchsmith.documents.problems import Problem

    what = f"none of the words has a label, so nothing can be asked: {', '.join(words[:SHOWN])}"
    hint = "run the command again and choose labels, with `--map WORD=LABEL` or the key `o`"
    return Problem(f"lexicon/mappings/{source}.tsv", 2, what, hint)


def _new_project(home: Path, folder: Path, say: Callable[[str], None]) -> None:
    """Write the files of a project unless `home` is one. Raises DocumentError inside the data."""
    from benchsmith.api.new_project import FOLDERS
    from benchsmith.api.new_project import start as new_project
    from benchsmith.documents.problems import DocumentError, Problem

    if home.is_relative_to(folder):
        what = f"the project {home} would be inside the data folder"
        hint = "give another folder with `--home`"
        raise DocumentError([Problem.without_place(what, hint)])
    if not any((home / name).is_dir() for name in FOLDERS):
        for name in new_project(home):
            say(f"written: {name}")
