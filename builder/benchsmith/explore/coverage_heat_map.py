"""Coverage in a terminal: cells coloured by how much is in them, and what would fill the empty."""

from __future__ import annotations

from collections.abc import Iterator
from math import log1p
from typing import TYPE_CHECKING

from benchsmith.documents.lexicon import Lexicon
from benchsmith.explore.coverage import Coverage, Filler, empty, order

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

HEAT = ("#e3eef8", "#c3dbf0", "#9cc3e6", "#6fa5d8", "#3f82c2")
"""Grounds from few to most; the ink on them is dark."""
OPEN = "#8a4b00 on #fdf0dc"
NAMED = 4
"""Entries of the catalogue that are named for an empty cell; the others are counted."""
UNMATCHED = 12
"""Words of the catalogue that are shown of a column; the others are counted."""


def table(found: Coverage, lexicon: Lexicon, rows: str, columns: str) -> Table:
    """Return the heat map: targets of a benchmark, or labels placed where there is none.

    A cell that no source reaches has a plus and how many data sets of the catalogue come near it,
    or a question mark and how many have its department and modality alone.
    """
    from rich.table import Table

    cells = found.project(rows, columns)
    across = [c for c in order(lexicon, columns) if any(where[1] == c for where in cells)]
    down = [r for r in order(lexicon, rows) if any(where[0] == r for where in cells)]
    amounts = {w: c.targets if found.benchmark else len(c.labels) for w, c in cells.items()}
    most = max([1, *(n for where, n in amounts.items() if cells[where].full)])
    shown = Table(box=None, header_style="bold", padding=(0, 0, 0, 1))
    shown.add_column(rows, no_wrap=True)
    for name in across:
        shown.add_column(name, justify="right", overflow="fold")
    for row in down:
        line: list[Text | str] = []
        for column in across:
            cell = cells.get((row, column))
            if cell is None:
                line.append(_said(".", "dim"))
            elif cell.full or (row, column)[columns == "modality"] == "*":
                n = amounts[row, column]
                step = min(len(HEAT) - 1, int(len(HEAT) * log1p(n) / log1p(most)))
                line.append(_said(str(n), f"#101820 on {HEAT[step]}") if cell.full else str(n))
            elif cell.labels or cell.near:
                line.append(_said(f"+{cell.near}" if cell.near else f"?{len(cell.fillers)}", OPEN))
            else:
                line.append(_said(f"?{len(cell.fillers)}", "dim"))
        shown.add_row(row, *line)
    return shown


def _said(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(text, style=style)


def legend(found: Coverage) -> Iterator[str]:
    """Yield what the table means, and which words of the catalogue were not understood."""
    if found.benchmark:
        yield f"A number is of targets in {found.benchmark}; a cell without any has"
    else:
        yield "A number is of labels placed where a recipe's mapping comes; a cell without one has"
    yield "+N where N data sets of the catalogue have its labels or task (`--empty` names them),"
    yield "?N where N agree in modality and department, and the catalogue does not say the task."
    matched = {c: sum(bool(e.terms[c]) for e in found.entries.values()) for c in found.unmatched}
    told = ", ".join(f"{column} of {n}" for column, n in matched.items())
    yield f"Of {len(found.entries)} data sets of the catalogue these words name terms of the tree: {told}."
    for column, words in found.unmatched.items():
        if words:
            some = ", ".join(f"{word} ({n})" for word, n in list(words.items())[:UNMATCHED])
            more = f" and {len(words) - UNMATCHED} more" if len(words) > UNMATCHED else ""
            yield f"  not matched in {column}: {some}{more}"


def gaps(found: Coverage, lexicon: Lexicon, rows: str, columns: str) -> Iterator[str]:
    """Yield the cells that no source reaches, each with the data sets that may fill it and why."""
    for row, column, cell in empty(found, lexicon, rows, columns):
        count = len(cell.labels)
        yield f"{rows}={row} {columns}={column}: {count} label{'s' * (count != 1)} placed"
        ranked = cell.ranked()
        for entry, filler in ranked[:NAMED]:
            recipe = "; has a recipe" if found.entries[entry].recipe else ""
            yield f"  {found.entries[entry].name}  [{entry}]: {_why(filler)}{recipe}"
        if len(ranked) > NAMED:
            yield f"  and {len(ranked) - NAMED} more"
        if not ranked:
            yield "  nothing in the catalogue is known to fill it"


def _why(filler: Filler) -> str:
    return (
        f"its {filler.word!r} is {filler.term}",
        f"below its {filler.word!r}: {filler.term}",
        f"its {filler.word!r} belongs to {filler.term}; the catalogue does not say the task",
    )[filler.how]
