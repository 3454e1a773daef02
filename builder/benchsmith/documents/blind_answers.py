"""`reviews/<benchmark>.blind.tsv`: what models got right without the picture, a row a question and model.

Written by `benchsmith audit --blind-model` from answers that were paid for; kept with the project, so
that a build can leave out what was solved blind, and the audit can judge it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.problems import Problems, did_you_mean

NONE, OWN, OTHER = PICTURES = ("none", "own", "other")
"""Which picture was shown: none at all, the question's own, or another patient's."""
YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a model got right of one question, over several passes."""

    question: str
    """The question's id: made of names, so that no redraw changes whose it is."""
    model: str
    picture: str
    """One of `PICTURES`."""
    solved: int
    asked: int
    """Passes that got an answer; options are turned round from one to the next."""
    options: int
    closed: bool
    """Each option is the key of a question with this stem and these options: whoever sees no picture
    is right once among them, whatever he knows."""
    label: str
    task: str
    modality: str
    text: str
    """Digest of stem, options and key."""
    rules: str
    """Digest of what options are drawn by."""
    when: str
    """ISO date."""

    @property
    def target(self) -> str:
        """What is asked about."""
        return self.question.rpartition(":")[0]

    @property
    def key(self) -> tuple[str, str, str]:
        """What there is one row of."""
        return (self.question, self.model, self.picture)


COLUMNS = tuple(f.name for f in fields(Tried))


def path_of(home: Path, name: str) -> Path:
    """Return a benchmark's file."""
    return home / "reviews" / f"{name}.blind.tsv"


def read(path: Path, problems: Problems) -> list[Tried]:
    """Return the rows of a file, noting every problem; a file that is not there has none."""
    found: dict[tuple[str, str, str], Tried] = {}
    for row in tsv.read(path, COLUMNS, problems) if path.is_file() else []:
        numbers = {n: row[n] for n in ("solved", "asked", "options")}
        wrong = [n for n, text in numbers.items() if not (text.isascii() and text.isdigit())]
        for name in wrong:
            problems.add(path, row.line, f"{name} is {row[name]!r}", "write a whole number")
        if row["picture"] not in PICTURES:
            hint = did_you_mean(row["picture"], PICTURES) or f"one of {', '.join(PICTURES)}"
            problems.add(path, row.line, f"there is no picture {row['picture']!r}", hint)
        elif row["closed"] not in YES_NO:
            problems.add(path, row.line, f"closed is {row['closed']!r}", "write yes or no")
        elif not wrong:
            counts = {name: int(text) for name, text in numbers.items()}
            closed = YES_NO[row["closed"]]
            tried = Tried(**{**row.cells, **counts, "closed": closed})  # type: ignore[arg-type]
            if tried.solved > tried.asked:
                what = f"{tried.solved} are solved of {tried.asked}"
                problems.add(path, row.line, what, "`solved` is at most `asked`")
            elif tried.key in found:
                what = f"a second row of {tried.question}, {tried.model}, {tried.picture}"
                problems.add(path, row.line, what, "keep one of them")
            else:
                found[tried.key] = tried
    return list(found.values())


def write(path: Path, rows: Iterable[Tried]) -> None:
    """Write the rows, sorted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [
        {c: str(getattr(row, c)) for c in COLUMNS} | {"closed": "yes" if row.closed else "no"}
        for row in sorted(rows, key=lambda row: row.key)
    ]
    tsv.write(path, COLUMNS, cells)


def text_of(question: str, options: Sequence[str], right: Sequence[str]) -> str:
    """Return the digest of what is asked, whatever the order of the options.

    >>> text_of("Which?", ["a", "b"], ["a"]) == text_of("Which?", ["b", "a"], ["a"])
    True
    """
    return _digest([question, sorted(options), sorted(right)])


def rules_of(benchmark: Benchmark) -> str:
    """Return the digest of what a benchmark's options are drawn by."""
    b = benchmark
    return _digest([b.seed, b.language, b.views, b.answers, b.options.model_dump()])


def _digest(value: object) -> str:
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=6).hexdigest()


def solved(rows: Iterable[Tried], benchmark: Benchmark) -> dict[str, Tried]:
    """Return the targets with a question that a model solved blind, each with the row that says so.

    By `drop_blind_solved: n of m`: at least n of each m passes were right, and there were m passes, or
    as many as options can be turned. None where the benchmark does not ask for it. Rows of other
    rules tell nothing, and closed sets cannot be solved.
    """
    if not benchmark.drop_blind_solved:
        return {}
    least, of = map(int, benchmark.drop_blind_solved.split(" of "))
    found: dict[str, Tried] = {}
    for row in sorted(rows, key=lambda row: (-row.solved, row.key)):
        enough = row.asked >= min(of, row.options) and row.solved * of >= least * row.asked
        if row.picture == NONE and not row.closed and row.rules == rules_of(benchmark) and enough:
            found.setdefault(row.target, row)
    return found
