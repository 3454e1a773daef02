"""What can be known of the questions of skills without looking, as they are drawn and drawn uniformly.

    python -m performance.skills [FOLDER] [PEOPLE]

Measures the pictures of the cohort of performance/skill_cohort.py (400 people), asks about them with every
skill, and writes the table into docs/validity.md: for each kind what the best guesser gains on test who knows
val, in points above chance, as the questions are drawn, and if each possible question were drawn alike.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

import benchsmith.pipeline.ask_skills as asking
import benchsmith.skills.write_questions as writing
from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.prior_guessers import priors
from benchsmith.audits.skill_priors import kind_of, usual_guesses
from benchsmith.audits.table_from_release import subjects_of
from benchsmith.cli.app import read_benchmark
from benchsmith.cli.progress import Lines
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import Question
from benchsmith.core.skill_table import SKILLS
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.library import Library
from benchsmith.documents.query import parse
from benchsmith.engine import engine
from benchsmith.pipeline.build import Build
from benchsmith.skills.contract import Draft, Scene
from performance.skill_cohort import project

HOME = Path(__file__).parent.parent
PAGE = HOME / "docs/validity.md"
PLACE = re.compile(r"(<!-- skills: begin -->\n).*?(<!-- skills: end -->)", re.DOTALL)
PEOPLE = 400
LEAST = 30
"""Questions in val and in test that a kind needs to be judged."""


class Measured(NamedTuple):
    """One kind of question."""

    skill: str
    kind: str
    questions: int
    chance: float
    gain: float
    """Of the best guesser on test, above chance."""


class Enough(Exception):
    """The pictures are measured, and nothing is drawn of them."""


def scenes_of(home: Path) -> tuple[list[Scene], Benchmark, Library]:
    """Measure the pictures of a project's benchmark; nothing is rendered."""
    benchmark, library = read_benchmark(home, "usual-anatomy")
    found: list[Scene] = []

    def keep(scenes: Sequence[Scene], *_: object) -> None:
        found.extend(scenes)
        raise Enough

    asked, asking.ask_skills = asking.ask_skills, keep  # type: ignore[assignment]
    try:
        Build("usual-anatomy", benchmark, library, home / "output", engine(1), Lines()).run()
    except Enough:
        pass
    finally:
        asking.ask_skills = asked
    return found, benchmark, library


def drawn(scenes: Sequence[Scene], benchmark: Benchmark, library: Library) -> list[Question]:
    """Return the questions as they are drawn."""
    query = parse("", library.lexicon)
    return writing.ask_skills(scenes, benchmark, library.lexicon, library.skills, query).questions


def uniform(scenes: Sequence[Scene], benchmark: Benchmark, library: Library) -> list[Question]:
    """Return each question that may be asked, once: no sets, no pairs, the picture as it is."""

    def each_alone(
        _: str, drafts: Iterable[Draft], __: Benchmark
    ) -> tuple[list[tuple[Draft]], list[object]]:
        # an amount without partners has no numbers to choose from
        alone = [replace(draft, turn=0, turned_key="") for draft in drafts if draft.options]
        return [(draft,) for draft in alone], []

    drawing, writing.draw_sets = writing.draw_sets, each_alone  # type: ignore[assignment]
    try:
        return drawn(scenes, benchmark, library)
    finally:
        writing.draw_sets = drawing


def measured(questions: Sequence[Question], scenes: Sequence[Scene], seed: int) -> list[Measured]:
    """Return for each kind what the best guesser gains who knows val."""
    patients = {scene.anchor.sample: scene.anchor.patient for scene in scenes}
    rows = [_row(question, patients[question.sample]) for question in questions]
    found = []
    for skill, kind in sorted({(row.skill, kind_of(row)) for row in rows}):
        own = [row for row in rows if (row.skill, kind_of(row)) == (skill, kind)]
        table = AuditTable(own, seed)
        known, tested = table.sides()
        if min(known.sum(), tested.sum()) < LEAST:
            continue
        hits = [*usual_guesses(table, known).values(), *(g.hits for g in priors(table, known))]
        best = max(float((h - table.chance)[tested].mean()) for h in hits)
        chance = float(np.mean(table.chance[tested]))
        found.append(Measured(skill, kind, len(own), chance, best))
    return found


def _row(question: Question, patient: str) -> AuditRow:
    return AuditRow(
        id=question.id, split=question.split, stem=question.stem_at, question=question.question,
        options=question.options, labels=question.option_labels, answers=question.answers,
        pool=question.pool, task=question.task, modality=question.modality, view=question.view,
        label=question.label, source=question.source, target=question.target, patient=patient,
        group=patient, skill=question.skill, altered=question.altered, pair=question.pair,
        subjects=subjects_of(fact.subject for fact in question.evidence),
    )  # fmt: skip


def table(people: int, drawn_: Sequence[Measured], uniform_: Sequence[Measured]) -> str:
    """Return the table in Markdown."""
    other = {(one.skill, one.kind): one for one in uniform_}
    lines = [
        f"{people} people, `python -m performance.skills`. Points above chance on test of the best of 17 guessers",
        "that know val; in brackets the number of questions.",
        "",
        "| skill | kind | chance | as drawn | drawn uniformly |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{one.skill}` | `{one.kind}` | {100 * one.chance:.0f} % | {_cell(one)} | "
        f"{_cell(other.get((one.skill, one.kind)))} |"
        for one in drawn_
    ]
    return "\n".join(lines) + "\n"


def _cell(one: Measured | None) -> str:
    return f"{100 * one.gain + 0:.1f} ({one.questions:,})" if one else "too few"


def main() -> None:
    """Measure, and write the table into docs/validity.md."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="skills-"))
    people = int(sys.argv[2]) if len(sys.argv) > 2 else PEOPLE
    home = project(given.resolve(), people, tuple(s for s in SKILLS if s != RECOGNITION))
    scenes, benchmark, library = scenes_of(home)
    found = [
        measured(draw(scenes, benchmark, library), scenes, benchmark.seed)
        for draw in (drawn, uniform)
    ]
    text = table(people, *found)
    print(text)
    if people == PEOPLE:
        page = PAGE.read_text("utf-8")
        PAGE.write_text(PLACE.sub(lambda m: m[1] + text + m[2], page), "utf-8")


if __name__ == "__main__":
    main()
