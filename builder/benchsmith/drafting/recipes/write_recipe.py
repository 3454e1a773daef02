"""Writes a drafted recipe into a project, beside a link to its data, and lists the open decisions."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchsmith.core.errors import InputMissing
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.documents.recipe import UNDECIDED, source_ids
from benchsmith.drafting.recipes import candidates, public_name, recipe_text
from benchsmith.drafting.recipes.draft_recipe import draft
from benchsmith.drafting.recipes.proposal import Draft
from benchsmith.plugins import readers

RECIPE, DATA = "recipe.yaml", "data"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def write_recipe(
    home: Path,
    folder: Path,
    source: str,
    lexicon: Lexicon,
    choose: Callable[[Sequence[str], Sequence[str]], int] | int | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[str]:
    """Draft the recipe of a folder into `raw_sources/SOURCE/`; yield the lines of a report.

    Without `source` the id is made of the words of the folder's name that may be published. `choose` is the
    number of the candidate to write, or a function that returns it, given the candidates in words
    and the contradictions of the folder's files; by default the first. An existing recipe is
    not overwritten, except for a draft that nobody has changed, if the number of another candidate is
    given. Raises DocumentError for an id that is taken or invalid or a number without a candidate,
    InputMissing for a missing folder.
    """
    if not folder.is_dir():
        raise InputMissing(f"{folder} is not a folder: give the folder that holds the data")
    named = name_of(home, folder, lexicon)
    name = source or id_of(named)
    if not _ID.fullmatch(name):
        hint = "use lower case letters, digits and hyphens, such as `--id my-data`"
        raise DocumentError([Problem.without_place(f"{name!r} cannot be the id of a source", hint)])
    own = home / "raw_sources" / name
    path = own / RECIPE
    shown = path.relative_to(home).as_posix()
    if path.exists() and not isinstance(choose, int):
        hint = "choose another id with `--id`, or delete the file first"
        raise DocumentError([Problem(shown, 1, "the recipe exists and is not overwritten", hint)])
    _check_data(own / DATA, folder, shown)
    found = draft(folder.resolve(), readers(), lexicon, progress)
    found.title = named
    if not source and name != id_of(folder.resolve().name):
        yield (
            f"id: {name}, since the other words of the folder's name may be a person's, and ids are published;"
            " `--id` gives another"
        )
    yield from ("saw: " + line for line in found.seen)
    yield from ("guessed: " + line for line in found.guessed)
    yield from ("open: " + line for line in found.open)
    if not found.samples:
        yield "found no labels that a recipe can read; nothing was written"
        return
    texts = _texts(found)
    if path.exists() and path.read_text("utf-8") not in texts:
        what = "the recipe was changed since it was drafted, and is not overwritten"
        hint = "choose another id with `--id`, or delete the file first"
        raise DocumentError([Problem(shown, 1, what, hint)])
    yield from _candidates(found)
    number = choose if isinstance(choose, int) else 1
    if callable(choose) and (len(found.candidates) > 1 or found.contradictions):
        number = choose([c.what for c in found.candidates], found.contradictions)
    candidates.check_number(number, len(texts))
    text = texts[number - 1]
    own.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    if not (own / DATA).exists():
        (own / DATA).symlink_to(folder.resolve(), target_is_directory=True)
        yield f"linked: {own.relative_to(home).as_posix()}/{DATA} -> {folder.resolve()}"
    lines = text.splitlines()
    decide = [(n, line) for n, line in enumerate(lines, start=1) if UNDECIDED in line]
    of = f", candidate {number}" if len(texts) > 1 else ""
    yield f"written: {shown}{of}; {len(decide)} lines need a decision:"
    for number, line in decide:
        key, _, why = line.partition(UNDECIDED)
        yield f"  {shown}:{number}: {key.strip().removeprefix('- ')} - {why.strip()}"
    yield (
        f"next: decide each line and delete its comment, then `benchsmith check`, "
        f"`benchsmith preview {name}` and `benchsmith draft mapping {name}`"
    )


def _texts(found: Draft) -> list[str]:
    """Return the text of the recipe of each candidate."""
    every = [c.samples for c in found.candidates] or [found.samples]
    return [recipe_text.text(found.title, samples, _comments(found)) for samples in every]


def _candidates(found: Draft) -> Iterator[str]:
    """Yield a line for each way to read the folder, if there are several."""
    if len(found.candidates) > 1:
        for number, candidate in enumerate(found.candidates, start=1):
            yield f"candidate {number}: {candidate.what}"
        yield "`--candidate N` writes another candidate"


def name_of(home: Path, folder: Path, lexicon: Lexicon) -> str:
    """Return the publishable part of a folder's name."""
    known = public_name.words_of_ids(source_ids(home))
    return public_name.public_name(folder.resolve().name, lexicon, known)


def id_of(name: str) -> str:
    """Return the id that a folder's name gives.

    >>> id_of("My Data_2024 (final)"), id_of("___"), id_of("Präparate"), id_of("内視鏡_2023")
    ('my-data-2024-final', 'my-data', 'praparate', 'my-data-2023')
    """
    letters = unicodedata.normalize("NFKD", name.lower())
    found = re.sub(r"[^a-z0-9]+", "-", re.sub(r"[\u0300-\u036f]", "", letters)).strip("-")
    if any(letter.isalpha() for letter in found):
        return found
    return f"my-data-{found}".rstrip("-")  # digits alone are a number to YAML


def _check_data(data: Path, folder: Path, shown: str) -> None:
    """Raise DocumentError if `data` exists and is another folder than the one to draft from."""
    if data.exists() and Path(os.path.realpath(data)) != folder.resolve():
        what = f"`{DATA}` beside it is another folder than {folder}"
        hint = "choose another id with `--id`, or draft from that folder"
        raise DocumentError([Problem(shown, 1, what, hint)])


def _comments(found: Draft) -> list[str]:
    """Return the comments at the top of a recipe."""
    lines = ["Drafted from the files. Nobody has checked this recipe yet."]
    lines += [f"saw: {line}" for line in found.seen]
    lines += [f"open: {line}" for line in found.open]
    return [
        *lines,
        f"A line that ends in `{UNDECIDED[2:]} ...` needs a decision; then delete its comment.",
    ]
