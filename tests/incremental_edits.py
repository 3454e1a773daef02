"""Edits of the small project, each with the steps that a build has to run after it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchsmith.cli.app import read_benchmark
from benchsmith.core.silent_progress import Silent
from benchsmith.documents import votes
from benchsmith.documents.reviews import COLUMNS
from benchsmith.engine import InLine
from benchsmith.pipeline.build import Build
from tests import world

SOURCES = ("abdomen", "cells", "skin")
AFTER = {("select", "all"), ("ask", "all"), ("audit", "all"), ("export", "all")}
DRAWN = {("render", s) for s in SOURCES}
REVIEWED, WHEN, TAB = "abdomen/a#liver@z20", "2026-01-31T09:00:00Z", "\t"


def new_build(home: Path, name: str = "small", output: str = "output") -> Build:
    benchmark, library = read_benchmark(home, name)
    return Build(name, benchmark, library, home / output, InLine(), Silent())


def ran(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what the record says of the pieces of work that ran."""
    steps = json.loads((folder / "build.json").read_text())["steps"]
    return {(s["stage"], s["part"]): s for s in steps if s["ran"]}


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(before) >= 1, before
    path.write_text(text.replace(before, after, 1), "utf-8", newline="\n")


def a_synonym_that_nothing_says(home: Path) -> None:
    change(home / "lexicon/tree/label.tsv", "\tmole\t", "\tmole | birthmark\t")
    change(home / "lexicon/tree/label.tsv", "\tlien\t", "\tlien | milt\t")


def a_synonym_of_a_label_outside(home: Path) -> None:
    change(home / "lexicon/tree/label.tsv", "gallbladder\t\t", "gallbladder\tgall bladder\t")


def a_synonym_that_a_source_says(home: Path) -> None:
    change(home / "lexicon/mappings/abdomen.tsv", "T12\texact\tvertebra", "T12\tbroad\trib")


def a_new_volume(home: Path) -> None:
    world.volume(home, "b")
    data = home / "raw_sources/abdomen/data"
    for kind in ("images", "labels"):
        shutil.copyfile(data / kind / "b.nii.gz", data / kind / "d.nii.gz")


def a_volume_less(home: Path) -> None:
    for kind in ("images", "labels"):
        (home / f"raw_sources/abdomen/data/{kind}/c.nii.gz").unlink()


def all_as_it_was_before(home: Path) -> None:
    world.volume(home, "c")


def a_line_of_a_table(home: Path) -> None:
    change(home / "raw_sources/skin/data/labels.csv", "p7,mole", "p7,melanoma")


def a_key_of_a_recipe(home: Path) -> None:
    change(home / "raw_sources/cells/recipe.yaml", "smallest_px: 10", "smallest_px: 12")


def a_licence(home: Path) -> None:
    row = (
        "cc-by-4.0\tCC BY 4.0\thttps://creativecommons.org/licenses/by/4.0/\tyes\tyes\tyes\tno\t\n"
    )
    path = home / "lexicon/licences.tsv"
    path.write_text(path.read_text("utf-8") + row, "utf-8", newline="\n")
    change(home / "raw_sources/cells/recipe.yaml", "cc0-1.0", "cc-by-4.0")


def a_window(home: Path) -> None:
    change(home / "lexicon/windows.tsv", "soft\thu\t40\t400", "soft\thu\t50\t400")


def a_count(home: Path) -> None:
    change(home / "benchmarks/small.yaml", "per_answer: 12", "per_answer: 9")


def a_stem(home: Path) -> None:
    path = home / "question_pools/tasks/disease-diagnosis.yaml"
    change(path, "diagnosis: what is seen in this", "diagnosis: what can be seen in this")


def a_title(home: Path) -> None:
    change(home / "raw_sources/cells/recipe.yaml", "title: Cells", "title: Some cells")


def decide(home: Path, decision: str, answered: str, note: str) -> None:
    """Let one person decide on one question, instead of what they decided before."""
    row = [REVIEWED, f"{REVIEWED}:box", decision, "", answered, "me", WHEN, "f" * 24, note]
    world.put(home / "reviews/small.tsv", f"{TAB.join(COLUMNS)}\n{TAB.join(row)}\n")


def a_decision_that_keeps(home: Path) -> None:
    decide(home, "keep", "right", "")


def a_note_of_a_decision(home: Path) -> None:
    decide(home, "keep", "right", "a fine picture")


def another_answer(home: Path) -> None:
    decide(home, "keep", "unsure", "a fine picture")


def a_vote_on_a_label_outside(home: Path) -> None:
    text = f"{TAB.join(votes.COLUMNS)}\ngallbladder\t*\tme\tbone\tpathology\t2026-03-01\n"
    world.put(home / "lexicon/votes/spring.tsv", text)


def a_vote_on_a_label_that_a_source_has(home: Path) -> None:
    path = home / "lexicon/votes/spring.tsv"
    path.write_text(path.read_text("utf-8") + "liver\t*\tme\tbone\tpathology\t2026-03-01\n")


Todo = set[tuple[str, str]]


EDITS: list[tuple[Callable[[Path], None], Todo, str, int | None]] = [
    (
        a_synonym_that_nothing_says,
        {("audit", "all")},
        "lexicon/tree/label.tsv: spleen: synonyms",
        None,
    ),
    (a_synonym_of_a_label_outside, set(), "", None),
    (
        a_synonym_that_a_source_says,
        {("normalise", "abdomen"), ("tag", "abdomen")} | AFTER | DRAWN,
        "word 'T12' in ct is rib",
        None,
    ),
    (
        a_new_volume,
        {("ingest", "abdomen"), ("normalise", "abdomen"), ("tag", "abdomen")} | AFTER | DRAWN,
        "1 image is new: abdomen/d",
        1,
    ),
    (
        a_volume_less,
        {("ingest", "abdomen"), ("normalise", "abdomen"), ("tag", "abdomen")} | AFTER | DRAWN,
        "1 image is gone: abdomen/c",
        0,
    ),
    (all_as_it_was_before, {("release", "all")}, "release/ differs from the last export", None),
    (
        a_line_of_a_table,
        {("ingest", "skin"), ("normalise", "skin"), ("tag", "skin")} | AFTER | DRAWN,
        "1 image is changed: skin/p7",
        1,
    ),
    (
        a_key_of_a_recipe,
        {("ingest", "cells"), ("normalise", "cells"), ("tag", "cells")} | AFTER | DRAWN,
        "smallest_px is 12; it was 10",
        2,
    ),
    (
        a_licence,
        {("ingest", "cells"), ("normalise", "cells"), ("tag", "cells")} | AFTER | DRAWN,
        "licence is cc-by-4.0; it was cc0-1.0",
        0,
    ),
    (
        a_window,
        {("render", "abdomen"), ("audit", "all"), ("export", "all")},
        "lexicon/windows.tsv: soft is",
        None,
    ),
    (a_count, AFTER | DRAWN, "quota.per_answer is 9; it was 12", None),
    (
        a_stem,
        {("ask", "all"), ("audit", "all"), ("export", "all")} | DRAWN,
        "disease-diagnosis.yaml:",
        None,
    ),
    (a_title, {("export", "all")}, "title is Some cells; it was Cells", None),
    (a_decision_that_keeps, {("export", "all")}, f"reviews/small.tsv: {REVIEWED}:box, me", None),
    (a_note_of_a_decision, set(), "", None),
    (another_answer, {("export", "all")}, "is keep, unsure", None),
    (a_vote_on_a_label_outside, set(), "", None),
    (
        a_vote_on_a_label_that_a_source_has,
        {("export", "all")},
        "lexicon/votes/spring.tsv: liver in *, me is new",
        None,
    ),
]
"""An edit, what it makes run, what `plan` gives as a reason, and how many images are read again."""
