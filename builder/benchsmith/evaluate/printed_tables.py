"""Tables as GMAI-MMBench prints them, in Markdown and LaTeX, and every number in Parquet and CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith.evaluate import scores
from benchsmith.evaluate.compared_runs import Results

BLANK = "-"
RANDOM = "Random (expected)"
SMALL_WORDS = {"and", "of", "the", "in", "or"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of percentages: a row a model, chance first."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    legend: tuple[tuple[str, str], ...]
    """Abbreviations and what they stand for."""


def tables(results: Results) -> list[Table]:
    """Return the tables: by task, by department, by granularity, and those of several answers."""
    found = []
    if any(not item.several and item.key for item in results.released.items):
        found += [_by(results, axis) for axis in ("task", "department", "modality", "granularity")]
    if any(item.several and item.key for item in results.released.items):
        found.append(_several(results))
    return found


def _by(results: Results, axis: str) -> Table:
    """Return micro-averaged accuracy overall in each split, then by branch in the headline split."""
    branches = results.branches(axis)
    short = abbreviations(branches)
    at = results.headline
    columns = [f"Overall ({split})" for split in results.splits] + [short[b] for b in branches]
    places = [(s, scores.OVERALL, scores.ALL) for s in results.splits]
    places += [(at, axis, b) for b in branches]
    guess = [
        results.expected(s, "" if a == scores.OVERALL else a, "" if a == scores.OVERALL else b)
        for s, a, b in places
    ]
    rows: list[tuple[str, tuple[float | None, ...]]] = [
        (RANDOM, tuple(g["hit"] if g else None for g in guess))
    ]
    for run in results.runs:
        cells = [run.row(s, scores.ONE, a, b) for s, a, b in places]
        rows.append((run.name, tuple(float(c["micro"]) if c else None for c in cells)))
    return Table(
        f"Single-choice accuracy by {axis}, micro-averaged; branches in {at}",
        tuple(columns),
        tuple(rows),
        tuple((short[b], b) for b in branches if short[b] != b),
    )


def _several(results: Results) -> Table:
    """Return ACC and Recall as the paper, exact match and F1, in each split."""
    wanted = (
        ("ACC", "acc", "acc"),
        ("Recall", "recall", "recall"),
        ("Exact", "micro", "hit"),
        ("F1", "f1", ""),
    )
    worth_in = {split: results.expected(split, several=True) for split in results.splits}
    splits = [split for split, worth in worth_in.items() if worth]
    columns = tuple(f"{name} ({split})" for split in splits for name, _, _ in wanted)
    guess = [worth_in[split] or {} for split in splits]
    rows: list[tuple[str, tuple[float | None, ...]]] = [
        (RANDOM, tuple(g.get(worth) for g in guess for _, _, worth in wanted))
    ]
    for run in results.runs:
        cells = [run.row(split, scores.SEVERAL) for split in splits]
        if any(cells):
            rows.append(
                (run.name, tuple(float(c[n]) if c else None for c in cells for _, n, _ in wanted))
            )
    return Table("Questions with several right answers", columns, tuple(rows), ())


def abbreviations(names: Sequence[str]) -> dict[str, str]:
    """Return short names, all different: initials, longer where two would be the same.

    >>> abbreviations(["Organ Recognition - Abdomen", "Bone", "Bladder", "mask"])
    {'Organ Recognition - Abdomen': 'OR-A', 'Bone': 'Bo', 'Bladder': 'Bl', 'mask': 'M'}
    """
    short = {name: _initials(name, 1) for name in names}
    for more in range(2, 12):
        taken = [name for name in names if list(short.values()).count(short[name]) > 1]
        if not taken:
            break
        short |= {name: _initials(name, more) for name in taken}
    unlike = {n: s if list(short.values()).count(s) == 1 else n for n, s in short.items()}
    return unlike if len(set(unlike.values())) == len(names) else {n: n for n in names}


def _initials(name: str, letters: int) -> str:
    parts = []
    for part in re.split(r"\s+[-\u2013]\s+|/", name):
        words = [w for w in re.findall(r"\w+", part) if w.lower() not in SMALL_WORDS]
        first = [w[:letters] if i == len(words) - 1 else w[0] for i, w in enumerate(words)]
        parts.append("".join(w[0].upper() + w[1:] for w in first))
    return "-".join(p for p in parts if p)


def _dressed(
    table: Table, best: Callable[[str], str], second: Callable[[str], str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield rows with percentages as text, the best of each column and the second marked.

    Chance and equals are not marked: only the two highest different values of the models are.
    """
    marks: list[dict[float, Callable[[str], str]]] = []
    for place in range(len(table.columns)):
        values = {round(100 * v, 2) for _, row in table.rows[1:] if (v := row[place]) is not None}
        ranked = sorted(values, reverse=True)
        marks.append(
            dict(zip(ranked[:2], (best, second), strict=False)) if len(table.rows) > 2 else {}
        )
    for name, row in table.rows:
        cells = []
        for place, value in enumerate(row):
            if value is None:
                cells.append(BLANK)
                continue
            percent = round(100 * value, 2)
            mark = marks[place].get(percent) if name != RANDOM else None
            cells.append(mark(f"{percent:.2f}") if mark else f"{percent:.2f}")
        yield name, cells


def markdown(found: Sequence[Table]) -> str:
    """Return tables in Markdown: the best bold, the second underlined."""
    lines = []
    for table in found:
        lines += [f"## {table.title}", ""]
        lines.append("| Model | " + " | ".join(map(_cell, table.columns)) + " |")
        lines.append("| --- |" + " ---: |" * len(table.columns))
        for name, cells in _dressed(table, "**{}**".format, "<u>{}</u>".format):
            lines.append("| " + " | ".join([_cell(name), *cells]) + " |")
        if table.legend:
            lines += ["", "; ".join(f"{s}: {_cell(n)}" for s, n in table.legend) + "."]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return a text that stays text in a cell of Markdown."""
    escaped = re.sub(r"([\\`*_{}\[\]<>|#&])", r"\\\1", text)
    return " ".join(escaped.split())


def latex(found: Sequence[Table]) -> str:
    """Return tables in LaTeX with booktabs, each of which stands alone."""
    lines = ["% needs \\usepackage{booktabs} and \\usepackage{graphicx}"]
    for table in found:
        legend = "; ".join(f"{_tex(s)}: {_tex(n)}" for s, n in table.legend)
        caption = (
            _tex(table.title)
            + ". The best is bold, the second underlined."
            + (f" {legend}." if legend else "")
        )
        lines += [
            "",
            "\\begin{table}",
            "\\centering",
            f"\\caption{{{caption}}}",
            "\\resizebox{\\textwidth}{!}{%",
        ]
        lines.append("\\begin{tabular}{l" + "r" * len(table.columns) + "}")
        lines += [
            "\\toprule",
            " & ".join(["Model", *map(_tex, table.columns)]) + " \\\\",
            "\\midrule",
        ]
        for name, cells in _dressed(table, "\\textbf{{{}}}".format, "\\underline{{{}}}".format):
            lines.append(" & ".join([_tex(name), *cells]) + " \\\\")
            if name == RANDOM:
                lines.append("\\midrule")
        lines += ["\\bottomrule", "\\end{tabular}}", "\\end{table}"]
    return "\n".join(lines) + "\n"


def _tex(text: str) -> str:
    r"""Return a text that stays text in LaTeX.

    >>> print(_tex("50 % of_x"))
    50 \% of\_x
    """
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {c: f"\\{c}" for c in "&%$#_{}"}
    return "".join(special.get(c, c) for c in text)


def write(results: Results, folder: Path) -> list[Path]:
    """Write every number as Parquet and CSV, and the tables as Markdown and LaTeX."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"model": run.name, "kind": run.run.kind, **_row(row)}
        for run in results.runs
        for row in run.rows
    ]
    sheets = {
        "scores": rows,
        "comparisons": results.comparisons,
        "granularities": results.views,
        "circular": results.circular,
        "mirrored": results.mirrored,
        "positions": results.positions,
    }
    written = []
    for name, sheet in sheets.items():
        for old in (f"{name}.parquet", f"{name}.csv"):
            (folder / old).unlink(missing_ok=True)  # of runs that are gone
        if sheet:
            written += _sheet(sheet, folder / name)
    graded = [
        {"model": run.name, "case": g.id, "shift": g.shift, "outcome": g.outcome, "read": g.how,
         "picked": list(g.picked), "hit": g.hit, "reply": g.reply}
        for run in results.runs for g in run.grades
    ]  # fmt: skip
    written += _sheet(graded, folder / "answers", also_csv=False)
    found = tables(results)
    for name, text in (("tables.md", markdown(found)), ("tables.tex", latex(found))):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        written.append(folder / name)
    return written


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the macro columns, which only the overall rows have."""
    blank = dict.fromkeys(("macro", "macro_low", "macro_high", "macro_label"), float("nan"))
    return row | {k: row.get(k, v) for k, v in blank.items()}


def _sheet(rows: Sequence[dict[str, Any]], path: Path, *, also_csv: bool = True) -> list[Path]:
    import csv

    import pyarrow as pa

    from benchsmith.tables import nouns as arrow

    table = pa.Table.from_pylist(list(rows))
    arrow.write(table, path.with_suffix(".parquet"))
    if not also_csv:
        return [path.with_suffix(".parquet")]
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows([row[name] for name in table.column_names] for row in rows)
    return [path.with_suffix(".parquet"), path.with_suffix(".csv")]
