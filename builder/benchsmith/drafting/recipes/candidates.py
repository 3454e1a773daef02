"""The possible ways to read a folder whose files are ambiguous, ranked, for a person to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchsmith.core.contracts import Plugins
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.drafting.recipes import recipe_text
from benchsmith.drafting.recipes.proposal import Candidate, Labels, Samples
from benchsmith.drafting.recipes.trial import Trial, asked_of_patients, mend
from benchsmith.text.normal_form import counted

MOST = 9
"""Candidates that are shown; one key chooses each."""


NOTHING = "no finding"
"""The word for a picture in which nothing is marked; the lexicon knows it."""


class _Changed(NamedTuple):
    """A draft with another entry of `samples` at one place."""

    number: int
    entry: Samples
    what: str


def candidates(
    samples: list[Samples], trial: Trial, folder: Path, readers: Plugins
) -> list[Candidate]:
    """Return the drafted way to read a folder, then each way with one decision changed.

    Ways whose pictures could be read come first, in the order of the draft's doubts. A way that
    reads nothing is left out.
    """
    drafted = [f"{s.images}: {_kinds(s)}" for s in samples]
    found = [Candidate(samples, f"{'; '.join(drafted)} ({_read(trial)})")]
    ranked = []
    for order, changed in enumerate(_others(samples, trial)):
        if order == MOST - 1:
            break
        alone = [changed.entry]
        tried = mend(alone, folder, readers)
        if tried.broken or not tried.findings[0]:
            continue
        asked_of_patients(alone, tried)
        faults = sum(1 for _ in tried.faults)
        whole = [*samples]
        whole[changed.number] = changed.entry
        ranked.append((faults, order, Candidate(whole, f"{changed.what} ({_read(tried)})")))
    return found + [candidate for _, _, candidate in sorted(ranked, key=lambda r: r[:2])]


def check_number(number: int, most: int) -> None:
    """Raise DocumentError if there is no candidate of this number; they count from 1."""
    if not 0 < number <= most:
        there = f"the draft has {counted(most, 'candidate')}"
        hint = "leave out `--candidate` to see them"
        what = f"there is no candidate {number}: {there}"
        raise DocumentError([Problem.without_place(what, hint)])


def _others(samples: Sequence[Samples], trial: Trial) -> Iterator[_Changed]:
    for number, entry in enumerate(samples):
        for at, labels in enumerate(entry.labels):
            empty = labels.some_empty or bool(trial.bare[number])
            for other in [*labels.otherwise, *_with_nothing(labels, empty=empty)]:
                new = replace(other, unsure="", keys=dict(other.keys), decide=dict(other.decide))
                inner = [*entry.labels]
                inner[at] = new
                whole = replace(entry, labels=inner, decide=dict(entry.decide))
                instead = recipe_text.changes(labels, other)
                yield _Changed(number, whole, f"{entry.images}: if {other.unsure}: {instead}")
    for number, entry in enumerate(samples):
        for each in entry.otherwise:
            yield _Changed(number, each.samples, f"{entry.images}: if {each.what}")


def may_mean_nothing(samples: Samples, bare: int) -> bool:
    """Return whether pictures without marks may be labelled too; the pictures `bare` were read and had none."""
    return any(
        [*_with_nothing(entry, empty=entry.some_empty or bool(bare))] for entry in samples.labels
    )


def _with_nothing(entry: Labels, *, empty: bool) -> Iterator[Labels]:
    """Yield the entry that labels pictures without marks too, if some of the pictures have none."""
    if empty and entry.keys.get("exhaustive") is False:
        keys = {**entry.keys, "exhaustive": True, "nothing": NOTHING}
        decide = {key: why for key, why in entry.decide.items() if key != "exhaustive"}
        why = "everything was looked for, and a picture without marks shows none of the labels"
        yield Labels(keys, decide, why, [], entry.names_stated)


def _kinds(samples: Samples) -> str:
    return ", ".join(str(entry.one["kind"]) for entry in samples.labels)


def _read(trial: Trial) -> str:
    read, findings = sum(trial.read.values()), sum(trial.findings.values())
    said = f"{counted(read, 'picture')} read, {counted(findings, 'finding')}"
    faults = len(trial.faults)
    return said + (f", {counted(faults, 'fault')}" if faults else "")
