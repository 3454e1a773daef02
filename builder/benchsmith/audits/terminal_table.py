"""Print an audit in a terminal, failures first."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from benchsmith.core.verdict_json import as_json
from benchsmith.core.verdicts import FAIL, INFO, NOT_RUN, PASS, WARN, Audit, Verdict

COLOURS = {FAIL: "bold red", NOT_RUN: "bold magenta", WARN: "yellow", INFO: "cyan", PASS: "green"}
WIDTH = 140
"""Columns of the table if the output is not a terminal."""
PRINTED_OFFENDERS = 3


def write_json(found: Audit, out: TextIO, title: str) -> None:
    """Write the verdicts as JSON."""
    json.dump(
        as_json(found, {"benchmark": title}), out, indent=1, sort_keys=True, ensure_ascii=False
    )
    out.write("\n")


def show(found: Audit, title: str, *, every: bool = False) -> None:
    """Print a table of verdicts, followed by the remedies for failures and warnings.

    With `every`, the remedy, formula and parts of every check are printed.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(
        width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=False
    )
    counts = ", ".join(f"{n} {o}" for o, n in found.counts().items() if n)
    shown = Table(title=f"{title}: {counts}", title_justify="left", box=None, header_style="bold")
    shown.add_column("verdict", no_wrap=True)
    shown.add_column("check", no_wrap=True)
    shown.add_column("value (95 %)", justify="right")
    shown.add_column("threshold", justify="right")
    shown.add_column("finding", overflow="fold")
    for v in found.by_severity():
        name = f"{v.check} *" if v.hard else v.check
        style = COLOURS[v.outcome]
        shown.add_row(
            f"[{style}]{v.outcome}[/]",
            escape(name),
            escape(v.figure()),
            escape(v.limit()),
            escape(v.says),
        )
    console.print(shown)
    console.print("* a failure stops publication", style="dim")
    for v in found.by_severity():
        if v.outcome in (FAIL, WARN) or every:
            console.print(_details(v, every=every), markup=False)


def _details(v: Verdict, *, every: bool) -> str:
    lines = [f"\n{v.outcome} {v.check}: {v.asks}", f"  {v.says}", f"  what to do: {v.remedy}"]
    lines += [f"  - {o.id}: {o.why}" for o in v.offenders[:PRINTED_OFFENDERS]]
    if v.offending > PRINTED_OFFENDERS:
        more = v.offending - PRINTED_OFFENDERS
        lines.append(f"  - and {more} more; audit.json and validity.json list 20")
    if every:
        lines.append(f"  formula: {v.formula}")
        for part in v.parts:
            interval = "" if part.low is None else f" ({part.low:.3f} to {part.high:.3f})"
            value = "" if part.value is None else f"{part.value:.3f}"
            lines.append(f"    {part.name}: {value}{interval}, n = {part.n}")
    return "\n".join(lines)
