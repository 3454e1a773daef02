"""The label of each unknown word of a source: by options, by one key for all, or word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import typer

from benchsmith.cli.app import known
from benchsmith.cli.key_press import key_press
from benchsmith.cli.plain_output import warn

if TYPE_CHECKING:
    from benchsmith.documents.tree import Axis
    from benchsmith.drafting.sign_mapping import Accept, Drafted

SHOWN = 20
KEYS: dict[str, Literal["all", "exact", "best", "none"]] = {
    "a": "all", "e": "exact", "b": "best", "n": "none",
}  # fmt: skip
SAID = {
    "a": "all that are filled in",
    "e": "exact ones",
    "b": "the first suggestion of every word",
    "n": "none",
    "o": "ask word by word",
}
ONE_BY_ONE = "o"
LEAVE_OPEN = "-"


class Chosen(NamedTuple):
    """The signed labels: suggestions of one kind, except for words with a label chosen separately."""

    accept: Accept
    labels: dict[str, str]
    """By word, the label that was chosen; empty to leave it open, `drop` for a word that names nothing."""

    def labels_of(self, rows: Sequence[Drafted]) -> set[str]:
        """Return the labels that words get."""
        from benchsmith.drafting.sign_mapping import DROP, taken

        every = [self.labels.get(r.word, taken(r, self.accept)) for r in rows]
        return {label for label in every if label and label != DROP}


def choose(
    rows: Sequence[Drafted],
    accept: str | None,
    given: Sequence[str],
    labels: Axis,
    *,
    terminal: bool,
    most: int,
) -> Chosen:
    """Return the labels of drafted rows; `given` are texts ``WORD=LABEL``.

    If no suggestion is certain, up to `most` words are asked about one by one, without a question
    beforehand. Raises DocumentError for an unknown word or label.
    """
    own = dict(_given(text, rows, labels) for text in given)
    left = [row for row in rows if row.word not in own]
    for row in left[:SHOWN]:
        best = f"{row.label} {row.score}" if row.label else "no suggestion"
        warn(f"  {row.word}: {best}{'' if row.filled else ' (not filled in)'}")
    if len(left) > SHOWN:
        warn(f"  and {len(left) - SHOWN} more words")
    if accept is not None:
        known("choice", accept, KEYS.values())
        return Chosen(next(v for v in KEYS.values() if v == accept), own)
    if not left or not terminal:
        return Chosen("exact", own)
    sure = any(row.filled for row in left)
    if not sure and len(left) <= most:
        warn("No suggestion is certain, so you are asked about each word.")
        return Chosen("none", own | {row.word: _ask(row, labels) for row in left})
    keys = [key for key in SAID if sure or key not in "ae"]
    warn(f"Accept: {', '.join(f'{key} = {SAID[key]}' for key in keys)}")
    key = key_press(keys)
    if key == ONE_BY_ONE:
        return Chosen("none", own | {row.word: _ask(row, labels) for row in left})
    return Chosen(KEYS[key], own)


def _ask(row: Drafted, labels: Axis) -> str:
    """Ask for one word's label."""
    from benchsmith.drafting.sign_mapping import DROP
    from benchsmith.text.normal_form import normal

    numbered = [f"{n} = {near}" for n, near in enumerate(row.near, start=1)]
    choices = [*numbered, "c = choose a label", "d = leave it open", "x = it names no label"]
    warn(f"{row.word}: {', '.join(choices)}")
    digits = [str(n) for n in range(1, len(row.near) + 1)]
    key = key_press((*digits, "c", "d", "x", *(["a"] if digits else [])))
    if key in "dx":
        return "" if key == "d" else DROP
    if key != "c":
        return row.near[int(key) - 1 if key in digits else 0]
    while True:
        text = str(typer.prompt(f"Label of {row.word} ({LEAVE_OPEN} leaves it open)"))
        if text.strip() == LEAVE_OPEN:
            return ""
        found = labels.by_name(normal(text))
        if found is not None:
            return found.id
        warn(f"  there is no label {text!r}; {_nearest(text, labels)}")


def _nearest(text: str, labels: Axis) -> str:
    from benchsmith.documents.problems import did_you_mean
    from benchsmith.text.normal_form import normal

    hint = did_you_mean(normal(text), labels.names())
    return hint or "`benchsmith tree label` lists all"


def _given(text: str, rows: Sequence[Drafted], labels: Axis) -> tuple[str, str]:
    """Return word and label of a text ``WORD=LABEL``; the label may be empty, or `drop`."""
    from benchsmith.documents.problems import DocumentError, Problem
    from benchsmith.drafting.sign_mapping import DROP

    word, mark, label = (part.strip() for part in text.rpartition("="))
    if not mark:
        raise DocumentError([Problem.without_place(f"{text!r} is not a `WORD=LABEL`")])
    known("unsigned word", word, [row.word for row in rows])
    if label and label != DROP:
        known("label", label, labels.terms)
    return word, label
