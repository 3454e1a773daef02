"""Score tables in Markdown and LaTeX, and every number in Parquet and CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchsmith.evaluate.compared_runs import Results
from benchsmith.evaluate.score_tables import RANDOM, Table, tables
from benchsmith.text.spreadsheet_cells import guarded

BLANK = "-"


def _formatted(
    table: Table, best: Callable[[str], str], second: Callable[[str], str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield rows with percentages as text; `best` and `second` mark cells of each column.

    The two highest distinct values of the models are marked, but not the random guess.
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
    """Return tables in Markdown, with the best value bold and the second underlined."""
    lines = []
    for table in found:
        lines += [f"## {table.title}", ""]
        lines.append("| Model | " + " | ".join(map(_cell, table.columns)) + " |")
        lines.append("| --- |" + " ---: |" * len(table.columns))
        for name, cells in _formatted(table, "**{}**".format, "<u>{}</u>".format):
            lines.append("| " + " | ".join([_cell(name), *cells]) + " |")
        if table.legend:
            lines += ["", "; ".join(f"{s}: {_cell(n)}" for s, n in table.legend) + "."]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return a text escaped for a Markdown cell."""
    escaped = re.sub(r"([\\`*_{}\[\]<>|#&])", r"\\\1", text)
    return " ".join(escaped.split())


def latex(found: Sequence[Table]) -> str:
    """Return tables as LaTeX floats with booktabs."""
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
        for name, cells in _formatted(table, "\\textbf{{{}}}".format, "\\underline{{{}}}".format):
            lines.append(" & ".join([_tex(name), *cells]) + " \\\\")
            if name == RANDOM:
                lines.append("\\midrule")
        lines += ["\\bottomrule", "\\end{tabular}}", "\\end{table}"]
    return "\n".join(lines) + "\n"


def _tex(text: str) -> str:
    r"""Return a text in one line, escaped for LaTeX: an empty line would end a caption.

    >>> print(_tex("50 % of_x\n\n^^5cinput{a}"))
    50 \% of\_x \textasciicircum{}\textasciicircum{}5cinput\{a\}
    """
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {c: f"\\{c}" for c in "&%$#_{}"}
    return "".join(special.get(c, c) for c in " ".join(text.split()))


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
        "pairs": results.pairs,
        "chains": results.chains,
        "positions": results.positions,
        "history": results.history,
    }
    written = []
    for name, sheet in sheets.items():
        for old in (f"{name}.parquet", f"{name}.csv"):
            (folder / old).unlink(missing_ok=True)  # may belong to deleted runs
        if sheet:
            written += write_sheet(sheet, folder / name)
    graded = [
        {"model": run.name, "case": g.id, "shift": g.shift, "outcome": g.outcome, "read": g.how,
         "picked": list(g.picked), "hit": g.hit, "reply": g.reply}
        for run in results.runs for g in run.grades
    ]  # fmt: skip
    written += write_sheet(graded, folder / "answers", also_csv=False)
    found = tables(results)
    for name, text in (("tables.md", markdown(found)), ("tables.tex", latex(found))):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        written.append(folder / name)
    return written


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the macro columns, which are NaN except in overall rows."""
    blank = dict.fromkeys(("macro", "macro_low", "macro_high", "macro_label"), float("nan"))
    return row | {k: row.get(k, v) for k, v in blank.items()}


def _sheet_cell(value: Any) -> Any:
    return guarded(value) if isinstance(value, str) else value


def write_sheet(rows: Sequence[dict[str, Any]], path: Path, *, also_csv: bool = True) -> list[Path]:
    """Write rows as Parquet, and as CSV unless `also_csv` is false; `path` has no ending. Return the files."""
    import csv

    import pyarrow as pa

    from benchsmith.tables import record_tables as arrow

    table = pa.Table.from_pylist(list(rows))
    arrow.write(table, path.with_suffix(".parquet"))
    if not also_csv:
        return [path.with_suffix(".parquet")]
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows([_sheet_cell(row[name]) for name in table.column_names] for row in rows)
    return [path.with_suffix(".parquet"), path.with_suffix(".csv")]
