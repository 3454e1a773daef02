"""Adopt an existing benchmark: read its rows by a recipe, and write its closed questions as a release."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.adopt.picture_shelf import PictureShelf
from benchsmith.adopt.read_entry import read_entry
from benchsmith.adopt.reading import Reading
from benchsmith.adopt.release_folder import ReleaseFolder, write
from benchsmith.core.contracts import Progress
from benchsmith.core.errors import TooMuchRejected
from benchsmith.core.reasons import REASONS
from benchsmith.documents.adoption import Adoption
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.tables.atomic_files import scratch_folder

UNSAID = {"rows", "obtain", "note"}
"""Keys of a recipe that no release has."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was adopted."""

    folder: Path
    rows: int
    cases: dict[str, int]
    """Number of cases by split."""
    left_out: dict[str, int]
    """Number of left-out rows and files by reason."""


def adopt(
    name: str,
    recipe: Adoption,
    data: Path,
    place: Path,
    words: TreeWords,
    say: Progress,
    public: str = "",
) -> Outcome:
    """Read the benchmark in the folder `data`, and write `release/` and lists into `place`.

    `public` is the text of the project's documents, whose words identify nobody. Raises DocumentError if the recipe
    does not fit the files, TooMuchRejected if no row is left, and GateFailed if the release has an identifier.
    """
    place.mkdir(parents=True, exist_ok=True)
    scratch = scratch_folder(place / "release")
    try:
        found = Reading(name, data.resolve(), PictureShelf(data, scratch), words, recipe.language)
        for number, rule in enumerate(recipe.rows):
            read_entry(found, rule, number, say)
        if not found.rows and not found.left_out:
            what = f"no row was found in {found.data}"
            hint = recipe.obtain.strip() or "name the folder that has the recipe's `files`"
            raise DocumentError([Problem.without_place(what, " ".join(hint.split()))])
        counts = dict(sorted(Counter(left.reason for left in found.left_out).items()))
        written = ReleaseFolder(
            name=name, recipe=recipe, cases=(cases := found.named_cases()),
            left_out=found.left_out, rows=found.rows,
            sought=found.personal.sought(f"{public}\n{recipe.model_dump(exclude=UNSAID)}"),
        )  # fmt: skip
        by_split = write(written, words, place)
        if not cases:
            reasons = ", ".join(f"{reason} {n}" for reason, n in counts.items()) or "no row"
            first = {left.reason: left for left in reversed(found.left_out)}
            hints = "".join(
                f"\n  {reason}: {REASONS[reason].sentence} {REASONS[reason].hint}"
                f"\n    first: {first[reason].subject}: {first[reason].detail}"
                for reason in counts
            )
            raise TooMuchRejected(f"no question of {name} could be adopted: {reasons}{hints}")
        return Outcome(place / "release", found.rows, by_split, counts)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
