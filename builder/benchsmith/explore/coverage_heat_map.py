"""Coverage in a terminal: a heat map, and the data sets that may fill empty cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import log1p
from typing import TYPE_CHECKING

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.tree import Axis
from benchsmith.explore.catalogue_matches import CatalogueMatch
from benchsmith.explore.coverage import Coverage, empty, order
from benchsmith.text.normal_form import counted

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

HEAT_COLOURS = ("#e3eef8", "#c3dbf0", "#9cc3e6", "#6fa5d8", "#3f82c2")
"""Background colours from low to high, for dark text."""
EMPTY_STYLE = "#8a4b00 on #fdf0dc"
DEPTH = "\u203a "
"""Stands before a row for each shown term that it lies below, as on the page."""
LISTED_DATA_SETS = 4
"""Data sets that are listed for an empty cell; the others are counted."""
LISTED_WORDS = 12
"""Unmatched words that are listed for a column; the others are counted."""


def table(found: Coverage, lexicon: Lexicon, rows: str, columns: str) -> Table:
    """Return the heat map: targets of the benchmark, or placed labels without a benchmark.

    A cell without a source shows ``+`` and the number of data sets that match by label or task, or
    ``?`` and the number that match only by department and modality.
    """
    from rich.table import Table

    cells = found.project(rows, columns)
    across = [c for c in order(lexicon, columns) if any(where[1] == c for where in cells)]
    down = [r for r in order(lexicon, rows) if any(where[0] == r for where in cells)]
    amounts = {w: c.targets if found.benchmark else len(c.labels) for w, c in cells.items()}
    most = max([1, *(n for where, n in amounts.items() if cells[where].has_source)])
    shown = Table(box=None, header_style="bold", padding=(0, 0, 0, 1))
    shown.add_column(rows, no_wrap=True)
    for name in across:
        shown.add_column(name.replace("-", "-\n"), justify="right", overflow="fold")
    for row in down:
        line: list[Text | str] = []
        for column in across:
            cell = cells.get((row, column))
            if cell is None:
                line.append(_styled(".", "dim"))
            elif cell.has_source or (row, column)[columns == "modality"] == "*":
                n = amounts[row, column]
                steps = len(HEAT_COLOURS)
                step = min(steps - 1, int(steps * log1p(n) / log1p(most)))
                line.append(
                    _styled(str(n), f"#101820 on {HEAT_COLOURS[step]}")
                    if cell.has_source
                    else str(n)
                )
            elif cell.labels or cell.near:
                line.append(
                    _styled(f"+{cell.near}" if cell.near else f"?{len(cell.matches)}", EMPTY_STYLE)
                )
            else:
                line.append(_styled(f"?{len(cell.matches)}", "dim"))
        shown.add_row(DEPTH * _depth(lexicon.axes[rows], row, down) + row, *line)
    return shown


def _depth(tree: Axis, id_: str, shown: Collection[str]) -> int:
    """Return the number of shown terms that a term lies below."""
    return sum(above in shown for above in tree.lineage(id_)[1:])


def _styled(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(text, style=style)


def legend(found: Coverage) -> Iterator[str]:
    """Yield the legend of the table, and the words of the catalogue that were not matched."""
    if found.benchmark:
        yield f"Numbers count targets in {found.benchmark}; a cell without targets shows"
    else:
        yield "Numbers count labels, placed in a cell that a recipe's mapping covers; other cells show"
    yield "+N if N data sets of the catalogue have the cell's labels or task (`--empty` lists them), or"
    yield "?N if N match its modality and department, and the catalogue does not give their task."
    matched = {c: sum(bool(e.terms[c]) for e in found.entries.values()) for c in found.unmatched}
    columns = ", ".join(f"{column} of {n}" for column, n in matched.items())
    yield f"Of {len(found.entries)} data sets in the catalogue, terms of the tree match: {columns}."
    for column, words in found.unmatched.items():
        if words:
            some = ", ".join(f"{word} ({n})" for word, n in list(words.items())[:LISTED_WORDS])
            more = f" and {len(words) - LISTED_WORDS} more" if len(words) > LISTED_WORDS else ""
            yield f"  not matched in {column}: {some}{more}"


def gaps(found: Coverage, lexicon: Lexicon, rows: str, columns: str) -> Iterator[str]:
    """Yield the cells without a source, each with the data sets that may fill it and the reason."""
    for row, column, cell in empty(found, lexicon, rows, columns):
        count = len(cell.labels)
        yield f"{rows}={row} {columns}={column}: {counted(count, 'label')} placed"
        ranked = cell.ranked()
        for entry, match in ranked[:LISTED_DATA_SETS]:
            recipe = "; has a recipe" if found.entries[entry].recipe else ""
            yield f"  {found.entries[entry].name}  [{entry}]: {_why(match)}{recipe}"
        if len(ranked) > LISTED_DATA_SETS:
            yield f"  and {len(ranked) - LISTED_DATA_SETS} more"
        if not ranked:
            yield "  no data set of the catalogue matches"


def _why(match: CatalogueMatch) -> str:
    return (
        f"its {match.word!r} is {match.term}",
        f"below its {match.word!r}: {match.term}",
        f"its {match.word!r} belongs to {match.term}; the catalogue does not give the task",
    )[match.how]
