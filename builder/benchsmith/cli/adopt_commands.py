"""The command that makes a release of an existing benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import DOCUMENTS, Home, Json, Output, app, emit, results_in
from benchsmith.cli.plain_output import tell

EPILOG = """Examples: benchsmith adopt vqa-rad --data downloads/vqa-rad ;
benchsmith adopt my-set.yaml --data my-set ; benchsmith adopt --schema > adoption.schema.json"""
MAX_WORDS_SHOWN = 12


@app.command(epilog=EPILOG)
def adopt(
    recipe: Annotated[
        str,
        typer.Argument(help="Name of a recipe in adopted_sets/, or path of a recipe's .yaml file."),
    ] = "",
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the benchmark's files.")
    ] = None,
    as_: Annotated[
        str, typer.Option("--as", help="Name of the release; default: the name of the recipe.")
    ] = "",
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a recipe, and exit.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Make a release of an existing VQA or multiple-choice benchmark.

    Closed questions about one picture are adopted; every other row is listed with its reason. You
    can audit, evaluate, compare and subset the release like one that was built here.
    """
    from benchsmith.documents import adoption

    if schema:
        emit(adoption.Adoption.model_json_schema())
        return
    if not recipe:
        known = ", ".join(adoption.names(home.resolve())) or "none in adopted_sets/"
        tell(f"name a recipe: {known}")
        raise typer.Exit(DOCUMENTS)
    if data is None:
        raise typer.BadParameter("name the folder of the benchmark's files: --data FOLDER")
    from benchsmith.adopt.adopt_set import adopt as adopt_set
    from benchsmith.adopt.lexicon_terms import TreeWords
    from benchsmith.audits.public_texts import public_text
    from benchsmith.cli.progress import progress
    from benchsmith.core.silent_progress import Silent

    name, rules = adoption.read(recipe, home.resolve())
    name = adoption.checked_name(as_ or name, home.resolve())
    words = TreeWords.of(home.resolve())
    say = Silent() if json else progress()
    public = public_text(home.resolve(), ())
    found = adopt_set(name, rules, data, results_in(home, output) / name, words, say, public)
    if json:
        emit(
            {
                "name": name,
                "folder": str(found.folder),
                "rows": found.rows,
                "cases": found.cases,
                "left_out": found.left_out,
                "unknown_words": {axis: sorted(of) for axis, of in words.unknown.items()},
            }
        )
        return
    from benchsmith.core.reasons import REASONS

    splits = ", ".join(f"{split} {n}" for split, n in found.cases.items())
    tell(f"{name}: {sum(found.cases.values())} of {found.rows} rows adopted ({splits})")
    for reason, n in sorted(found.left_out.items(), key=lambda r: (-r[1], r[0])):
        tell(f"  left out {n}: {reason}: {REASONS[reason].sentence}")
    for axis, of in sorted(words.unknown.items()):
        shown = sorted(of)[:MAX_WORDS_SHOWN]
        more = f" and {len(of) - len(shown)} more" if len(of) > len(shown) else ""
        tell(f"  not in lexicon/tree/{axis}.tsv: {', '.join(shown)}{more}")
    tell(f"  {found.folder}  (next: `benchsmith audit {name}`)")
