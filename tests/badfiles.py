"""Broken, hostile and awkward files, each read in a child process.

There are two corpora: one that :mod:`tests.bad_file_maker` generates, and one of files that were
collected from other projects, in a folder beside this one. A manifest says of every file what is
wrong with it and what should come of it. What reads a file is chosen by its place in the corpus.

`python -m tests.badfiles` reads the generated files, and the collected ones where they are there,
prints those that end as they must not, and writes the tables in docs/reliability.md.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.bad_file_cases import (
    COLLECTED,
    CORPUS,
    GENERATED,
    NEVER,
    NOT_READ,
    OUTCOMES,
    PAGE,
    REJECTED,
    Outcome,
    cases,
)
from tests.bad_file_readers import READERS
from tests.bad_file_worker import measure


def wrong(outcomes: Sequence[Outcome]) -> list[str]:
    """Say which outcomes may not be."""
    return [
        str(one)
        for one in outcomes
        if one.name in NEVER
        or (one.case.must and one.name != one.case.must)
        or ("/json_n/" in one.case.path and "is not valid JSON" not in one.detail)
    ]


# The page.

HEAD = (
    "| kind | tried | read | refused | crashed | hung | escaped | ran code | refused because of |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def row(title: str, outcomes: Sequence[Outcome]) -> str:
    """Return a line of the table."""
    names = Counter(one.name for one in outcomes)
    reasons = Counter(one.reason for one in outcomes if one.name == REJECTED)
    most_first = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    cells = [title, len(outcomes), *(names[name] for name in OUTCOMES)]
    return "| " + " | ".join(
        [*map(str, cells), ", ".join(f"{reason} {n}" for reason, n in most_first)]
    ) + " |"  # fmt: skip


def table(outcomes: Sequence[Outcome], not_read: int) -> str:
    """Return the table: a line a kind, one for all of them, and one for what nobody reads."""
    by_kind = {kind: [o for o in outcomes if o.case.kind == kind] for kind in READERS}
    lines = [row(kind, of) for kind, of in by_kind.items() if of]
    lines.append(row("all", outcomes))
    if not_read:
        lines.append(f"| {NOT_READ} | {not_read} | | | | | | | |")
    return "\n".join([HEAD, *lines])


def published(which: str, page: Path = PAGE) -> str:
    """Return a corpus's table on the page."""
    found = re.search(_marked(which), page.read_text("utf-8"), re.DOTALL)
    assert found, f"{page} has no table of {which}"
    return found[1].strip()


def _marked(which: str) -> str:
    return rf"<!-- {which}: begin -->(.*?)<!-- {which}: end -->"


def main() -> int:
    """Read every file, write the tables, and print what is wrong; return the exit code."""
    from tests import bad_file_maker

    failed = []
    with tempfile.TemporaryDirectory(prefix="badfiles-made-") as made:
        corpora = {GENERATED: bad_file_maker.write(Path(made))}
        if CORPUS.is_dir():
            corpora[COLLECTED] = CORPUS
        for which, corpus in corpora.items():
            everything = cases(corpus)
            outcomes = measure([case for case in everything if case.kind in READERS], corpus)
            text = table(outcomes, len(everything) - len(outcomes))
            block = f"<!-- {which}: begin -->\n{text}\n<!-- {which}: end -->"
            page = PAGE.read_text("utf-8")
            PAGE.write_text(
                re.sub(_marked(which), lambda _, b=block: b, page, flags=re.DOTALL), "utf-8"
            )
            bad = wrong(outcomes)
            print(
                f"{which}: {len(outcomes)} read or refused, {len(bad)} of them not as they must be"
            )
            failed += bad
    for line in failed:
        print(line)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
