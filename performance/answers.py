"""The signed answer key of raw labels: how many of its rows a way of resolving gets right.

A row of `answer_key.tsv` says which label a source's word means, on which side; `drop` where it is
no label, `none` where the word alone does not tell. It was written from what the data sets say,
before anything was resolved. No clinician has read it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.library import Library
from benchsmith.documents.problems import Problems
from benchsmith.documents.stated_sites import stated_sites
from benchsmith.stages.normaliser import Normaliser
from benchsmith.text.laterality import take_side
from benchsmith.text.normal_form import normal

KEY = Path(__file__).parent / "answer_key.tsv"
COLUMNS = ("raw", "source", "modality", "label", "side", "why", "reviewed_by")


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of the key."""

    raw: str
    source: str
    modality: str
    label: str
    side: str
    line: int


def read(path: Path = KEY) -> list[Answer]:
    """Read the key. Raises DocumentError."""
    problems = Problems(path.parent)
    rows = [
        Answer(row["raw"], row["source"], row["modality"], row["label"], row["side"], row.line)
        for row in tsv.collect(path, COLUMNS, problems)
    ]
    problems.raise_any()
    return rows


def judge(said: str, side: str, answer: Answer) -> str:
    """Return right, wrong or unresolved; a wrong side is wrong.

    >>> judge("kidney", "left", Answer("LK", "", "ct", "kidney", "right", 2))
    'wrong'
    """
    if said == answer.label:
        return "right" if side == answer.side else "wrong"
    return "unresolved" if said == "none" else "wrong"


def ours(library: Library) -> Callable[[Answer], tuple[str, str]]:
    """Return what says, for a row, the label and side that its source's word resolves to.

    A source's words are those of its rows in the key.
    """
    normaliser = Normaliser(library.lexicon, stated_sites(library))
    words: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in read():
        words[row.source].add((row.raw, row.modality))
    for source in words.keys() - {""}:
        normaliser.hear(source, words[source])

    def say(answer: Answer) -> tuple[str, str]:
        found = normaliser.resolve(answer.raw, answer.source, answer.modality)
        dropped = "drop" if found.reason == "dropped-label" else "none"
        return found.label or dropped, found.laterality

    return say


def mesh(
    lexicon: Lexicon, concepts: Iterable[Mapping[str, object]]
) -> Callable[[Answer], tuple[str, str]]:
    """Return what says, for a row, the label of the MeSH concept that its word is a term of.

    The word in normal form, then with its side removed: plain string matching. A concept that is
    no label's is called by its UI. Of several concepts with the term the right one is taken.
    """
    known: dict[str, list[str]] = {}
    for row in concepts:
        terms = row["terms"]
        assert isinstance(terms, list)
        for term in {normal(str(t)) for t in (row["concept_name"], *terms)}:
            known.setdefault(term, []).append(str(row["concept_ui"]))
    labels = {term.mesh: term.id for term in lexicon.labels if term.mesh}

    def say(answer: Answer) -> tuple[str, str]:
        sided = take_side(normal(answer.raw))
        for word, side in ((normal(answer.raw), ""), sided):
            if found := known.get(word):
                said = [labels.get(ui, ui) for ui in found]
                return (answer.label if answer.label in said else said[0]), side
        return "none", ""

    return say


def score(
    say: Callable[[Answer], tuple[str, str]], key: Iterable[Answer]
) -> tuple[Counter[str], list[str]]:
    """Return how many rows are right, wrong and unresolved, and a line for each that is not right."""
    count: Counter[str] = Counter()
    lines = []
    for answer in key:
        said, side = say(answer)
        verdict = judge(said, side, answer)
        count[verdict] += 1
        if verdict != "right":
            what = f"{answer.raw!r} ({answer.source or 'any source'}, {answer.modality or 'any'})"
            lines.append(
                f"  {verdict}: line {answer.line}, {what} is {answer.label} {answer.side}".rstrip()
                + ("" if said == "none" else f", not {said} {side}".rstrip())
            )
    return count, lines
