"""The tables of the fuzz in docs/reliability.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.value_fuzz.formats import FORMATS
from tests.value_fuzz.run import (
    DIFFER,
    EQUAL,
    OURS_ALONE,
    OURS_REFUSES,
    OUTCOMES,
    SEED,
    Outcome,
    explained,
)

PAGE = Path(__file__).resolve().parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- value fuzz: begin -->\n", "<!-- value fuzz: end -->\n"
HEAD = ("format", "judge", "mutants", "valid", *OUTCOMES)
KIND_HEAD = (
    "format",
    "what was changed",
    "mutants",
    "right",
    "refused",
    "read by ours alone",
    "silently wrong",
)


def line(cells: Sequence[object]) -> str:
    """Return a line of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def counts(outcomes: Sequence[Outcome]) -> list[int]:
    """Return the numbers of a line: all mutants, the valid ones, and each outcome."""
    names = Counter(one.name for one in outcomes)
    return [len(outcomes), sum(one.valid for one in outcomes), *(names[name] for name in OUTCOMES)]


def by_format(outcomes: Sequence[Outcome]) -> str:
    """Return the table with a line a format."""
    lines = [line(HEAD), line(["---"] * len(HEAD))]
    for form in FORMATS:
        some = [one for one in outcomes if one.format == form.name]
        cells = counts(some) if some else ["not run", *[""] * (1 + len(OUTCOMES))]
        lines.append(line([form.name, form.judge, *cells]))
    lines.append(line(["all", "", *counts(outcomes)]))
    return "\n".join(lines)


def by_kind(outcomes: Sequence[Outcome]) -> str:
    """Return the table with a line for each mutation that keeps files valid."""
    lines = [line(KIND_HEAD), line(["---"] * len(KIND_HEAD))]
    tried = {one.format for one in outcomes}
    for form in FORMATS:
        for kind in form.meanings if form.name in tried else ():
            some = [o for o in outcomes if o.format == form.name and o.kind == kind and o.valid]
            names = Counter(one.name for one in some)
            refused = sum(n for name, n in names.items() if name.startswith("refused"))
            cells = [len(some), names[EQUAL], refused, names[OURS_ALONE], names[DIFFER]]
            lines.append(line([form.name, kind, *cells]))
    return "\n".join(lines)


def reasons(outcomes: Sequence[Outcome]) -> str:
    """Return a sentence on what ours refuses and the judge reads, by reason."""
    found = Counter(one.reason for one in outcomes if one.name == OURS_REFUSES)
    return ", ".join(
        f"{reason} {n}" for reason, n in sorted(found.items(), key=lambda i: (-i[1], i[0]))
    )


def alone(outcomes: Sequence[Outcome]) -> str:
    """Return the table of what ours alone reads, and why that is right."""
    lines = [line(("format", "mutants", "why ours reads it")), line(["---"] * 3)]
    for form in FORMATS:
        found = Counter(
            explained(form, one) for one in outcomes
            if one.format == form.name and one.name == OURS_ALONE
        )  # fmt: skip
        lines += [line([form.name, n, why]) for why, n in sorted(found.items())]
    return "\n".join(lines)


def text(outcomes: Sequence[Outcome]) -> str:
    """Return everything between the marks of the page."""
    return f"""Seed {SEED}, {len(outcomes)} mutants:

{by_format(outcomes)}

Refused by ours and read by the judge, by reason: {reasons(outcomes)}.

Read by ours alone:

{alone(outcomes)}

The mutations that keep a file valid:

{by_kind(outcomes)}
"""


def published() -> str:
    """Return the tables on the page."""
    found = re.search(
        re.escape(BEGIN) + "(.*?)" + re.escape(END), PAGE.read_text("utf-8"), re.DOTALL
    )
    assert found
    return found[1]


def write(outcomes: Sequence[Outcome]) -> None:
    """Write the tables into the page."""
    page = PAGE.read_text("utf-8")
    old = f"{BEGIN}{published()}{END}"
    PAGE.write_text(page.replace(old, f"{BEGIN}{text(outcomes)}{END}"), "utf-8")
