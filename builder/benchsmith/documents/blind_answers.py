"""`reviews/<benchmark>.blind.tsv`: what models solved without the picture.

One row per question, model and picture shown. `benchsmith audit --blind-model` writes the file, and
it is kept with the project: builds can leave out targets that were solved blind, and the audit
reports them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path

from benchsmith.documents import signed_rows, tsv
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.problems import Problems, did_you_mean

NONE, OWN, OTHER = PICTURES = ("none", "own", "other")
"""Which picture was shown: none at all, the question's own, or another patient's."""
YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindAnswer:
    """How often a model solved one question, over several passes."""

    question: str
    """The question's id, which stays the same when options are drawn anew."""
    model: str
    picture: str
    """One of `PICTURES`."""
    solved: int
    asked: int
    """Passes with an answer; options are rotated from one pass to the next."""
    options: int
    closed: bool
    """Whether each option is the key of one question with this stem and these options: without
    the picture, exactly one of them can be right."""
    label: str
    task: str
    modality: str
    text: str
    """Digest of stem, options and key."""
    rules: str
    """Digest of the settings that options are drawn by."""
    when: str
    """ISO date."""

    @property
    def target(self) -> str:
        """Id of the question's target."""
        return self.question.rpartition(":")[0]

    @property
    def key(self) -> tuple[str, str, str]:
        """The key by which rows are unique."""
        return (self.question, self.model, self.picture)

    @property
    def detail(self) -> str:
        """Model and passes, for the list of what was left out."""
        return f"{self.model}: {self.solved} of {self.asked}"


COLUMNS = tuple(f.name for f in fields(BlindAnswer))


def path_of(home: Path, name: str) -> Path:
    """Return a benchmark's file."""
    return home / "reviews" / f"{name}.blind.tsv"


def read(path: Path) -> list[BlindAnswer]:
    """Return the rows of a file; none if it is missing. Raises DocumentError."""
    return signed_rows.read(path, lambda problems: collect(path, problems))


def collect(path: Path, problems: Problems) -> list[BlindAnswer]:
    """Return the rows of a file, adding every problem to `problems`."""
    found: dict[tuple[str, str, str], BlindAnswer] = {}
    for row in tsv.collect(path, COLUMNS, problems) if path.is_file() else []:
        numbers = {n: row[n] for n in ("solved", "asked", "options")}
        wrong = [n for n, text in numbers.items() if not (text.isascii() and text.isdigit())]
        for name in wrong:
            problems.add(path, row.line, f"{name} is {row[name]!r}", "write a whole number")
        if row["picture"] not in PICTURES:
            hint = did_you_mean(row["picture"], PICTURES) or f"one of {', '.join(PICTURES)}"
            problems.add(path, row.line, f"unknown picture {row['picture']!r}", hint)
        elif row["closed"] not in YES_NO:
            problems.add(path, row.line, f"closed is {row['closed']!r}", "write yes or no")
        elif not wrong:
            counts = {name: int(text) for name, text in numbers.items()}
            closed = YES_NO[row["closed"]]
            answer = BlindAnswer(**{**row.cells, **counts, "closed": closed})  # type: ignore[arg-type]
            if answer.solved > answer.asked:
                what = f"`solved` is {answer.solved}, above `asked`, {answer.asked}"
                problems.add(path, row.line, what)
            elif answer.key in found:
                what = f"duplicate row for {answer.question}, {answer.model}, {answer.picture}"
                problems.add(path, row.line, what, "keep one of them")
            else:
                found[answer.key] = answer
    return list(found.values())


def write(path: Path, rows: Iterable[BlindAnswer]) -> None:
    """Write the rows, sorted by question, model and picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [
        {c: str(getattr(row, c)) for c in COLUMNS} | {"closed": "yes" if row.closed else "no"}
        for row in sorted(rows, key=lambda row: row.key)
    ]
    tsv.write(path, COLUMNS, cells)


def text_of(question: str, options: Sequence[str], right: Sequence[str]) -> str:
    """Return the digest of a question's text, regardless of the order of its options.

    >>> text_of("Which?", ["a", "b"], ["a"]) == text_of("Which?", ["b", "a"], ["a"])
    True
    """
    return _digest([question, sorted(options), sorted(right)])


def rules_of(benchmark: Benchmark) -> str:
    """Return the digest of the settings that a benchmark's options are drawn by."""
    b = benchmark
    return _digest([b.seed, b.language, b.views, b.answers, b.options.model_dump()])


def _digest(value: object) -> str:
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=6).hexdigest()


def solved(rows: Iterable[BlindAnswer], benchmark: Benchmark) -> dict[str, BlindAnswer]:
    """Return the targets with a question that a model solved blind, each with its row.

    With `drop_blind_solved: n of m`, at least n of every m passes were right, of m passes or as many
    as there are rotations of the options. Without the setting, no targets are returned. Rows for
    other settings are ignored, as are closed sets, which cannot be solved blind.
    """
    if not benchmark.drop_blind_solved:
        return {}
    needed, passes = map(int, benchmark.drop_blind_solved.split(" of "))
    found: dict[str, BlindAnswer] = {}
    for row in sorted(rows, key=lambda row: (-row.solved, row.key)):
        enough = row.asked >= min(passes, row.options) and row.solved * passes >= needed * row.asked
        if row.picture == NONE and not row.closed and row.rules == rules_of(benchmark) and enough:
            found.setdefault(row.target, row)
    return found
