"""Tables of labels, boxes and run lengths, judged by pandas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchsmith.annotations import text_tables
from benchsmith.core.contracts import DataFault
from benchsmith.documents.labels import Boxes, RunLengths, Sheet
from tests.value_fuzz import marks
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.marks import COLUMNS, NAMES, ROWS
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

Table = list[dict[str, Any]]
FIELDS = {"sheet": ("image", "label", "sure"), "boxes": ("image", "label", "x", "y", "w", "h"),
          "runs": ("image", "label", "mask")}  # fmt: skip


def _rows(chance: Chance, kind: str) -> Table:
    found: Table = []
    for number in range(chance.whole(1, 5)):
        key = (
            "good.png" if kind != "sheet" else ("good.png", "a.png", "b.1.png", "007", "NA")[number]
        )
        row: dict[str, Any] = {"image": key if chance.yes(0.8) else "else.png"}
        row["label"] = chance.pick((*NAMES, "NA", "007", "1e5", "") if kind == "sheet" else NAMES)
        if kind == "sheet":
            row["image"], row["sure"] = key, chance.pick(("1", "0", "yes", "-1", ""))
        elif kind == "boxes":
            row |= dict(zip("xywh", (f"{v:g}" for v in marks.box(chance, whole=True)), strict=True))
        else:
            starts = np.cumsum(chance.array((2 * chance.whole(1, 4),), 1, 90))
            row["mask"] = " ".join(
                f"{a} {b - a}" for a, b in zip(starts[::2], starts[1::2], strict=True)
            )
        found.append(row)
    return found


def _text(rows: Table, fields: Any, **how: Any) -> str:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=how.get("separator", ","), lineterminator=how.get("end", "\n"),
        quoting=how.get("quoting", csv.QUOTE_MINIMAL),
    )  # fmt: skip
    if how.get("head", True):
        writer.writerow(fields)
    writer.writerows([row[f] for f in fields] for row in rows)
    return out.getvalue()


def _change(alter: Callable[[Chance, Table, list[str]], None] | None = None, **how: Any) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        kind = chance.pick(sorted(FIELDS))
        fields = list(FIELDS[kind])
        rows = _rows(chance, kind)
        if alter:
            alter(chance, rows, fields)
        name = how.get("name", "t.csv")
        encoding = how.get("encoding", "utf-8")
        if name.endswith(".json"):
            text = json.dumps([{f: row[f] for f in fields} for row in rows])
        else:
            text = _text(rows, fields, **how)
        (folder / name).write_bytes(text.encode(encoding))
        words = {"kind": kind, "order": chance.pick(("columns", "rows")), "encoding": how.get("stated", "utf-8"),
                 "separator": how.get("separator"), "columns": None if how.get("head", True) else fields}  # fmt: skip
        note(folder, **words)
        return folder / name

    return change


def _order(chance: Chance, rows: Table, fields: list[str]) -> None:
    rows[:] = chance.shuffled(rows)


def _columns(chance: Chance, rows: Table, fields: list[str]) -> None:
    fields[:] = chance.shuffled(fields)


def _more_columns(chance: Chance, rows: Table, fields: list[str]) -> None:
    fields.insert(chance.whole(0, len(fields)), "note")
    for row in rows:
        row["note"] = chance.pick(("", "two\nlines", 'a "word"', "1,5"))


def _spaces(chance: Chance, rows: Table, fields: list[str]) -> None:
    for row in rows:
        row["image"] = f" {row['image']} "


def _decimal_commas(chance: Chance, rows: Table, fields: list[str]) -> None:
    for row in rows:
        for name in "xywh":
            if name in row:
                row[name] = f"{row[name]},5"


def _decimals(chance: Chance, rows: Table, fields: list[str]) -> None:
    for row in rows:
        for name in "xywh":
            if name in row:
                row[name] = f"{float(row[name]):.3e}"


def _twice(chance: Chance, rows: Table, fields: list[str]) -> None:
    rows.append(dict(rows[0]))


def _entry(path: Path) -> Any:
    words = noted(path)
    more: dict[str, Any] = {"file": path.name, "key": "image", "encoding": words["encoding"]}
    if words["separator"] and path.suffix != ".tsv":
        more["separator"] = words["separator"]
    if words["columns"]:
        more["columns"] = tuple(words["columns"])
    if words["kind"] == "sheet":
        return Sheet(kind="sheet", labels=("label",), one_hot=("sure",), **more)
    if words["kind"] == "boxes":
        return Boxes(kind="boxes", box=tuple("xywh"), form="xywh", label_column="label", **more)
    return RunLengths(
        kind="run-lengths", mask="mask", label_column="label", order=words["order"], **more
    )


def ours(path: Path) -> Values:
    """Return the keys of all rows, and the labels of one picture."""
    entry = _entry(path)
    rows = text_tables.by_key(path, entry)
    if "good.png" not in rows:
        raise DataFault("not-listed", path, "has no row of good.png")
    found = marks.ours(path, entry.model_dump(), rows=rows["good.png"])
    keys = sorted((key, float(len(of))) for key, of in rows.items())
    return {**found, "keys": [(key, n) for key, n in keys]}


def theirs(path: Path) -> Values:
    """Read all cells as text with pandas, and interpret them by the recipe's words."""
    words = noted(path)
    encoding = "utf-8-sig" if words["encoding"] == "utf-8" else words["encoding"]
    if path.suffix == ".json":
        table = pd.DataFrame(json.loads(path.read_bytes())).astype(str)
    else:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding=encoding, names=words["columns"],
            sep=words["separator"] or ",", header=None if words["columns"] else 0,
            on_bad_lines="error", index_col=False, skip_blank_lines=True, encoding_errors="strict",
        )  # fmt: skip
    table.columns = [str(c).strip() for c in table.columns]
    if table.isna().any().any() or "\0" in path.read_bytes().decode(encoding):
        raise Refused("a ragged table")
    keys = table["image"].str.strip()
    counted = [(str(k), float(n)) for k, n in keys.value_counts().items()]
    rows = table[keys == "good.png"]
    if not len(rows):
        raise Refused("no row of the picture")
    found: dict[str, Any] = {"marks": [], "stated": [], "keys": sorted(counted)}
    if words["kind"] == "sheet":
        if len(rows) > 1:
            raise Refused("two rows of the picture")
        row = rows.iloc[0]
        if row["label"].strip():
            found["stated"].append((row["label"].strip(), "label"))
        if row["sure"].strip().lower() in ("1", "yes", "true", "1.0", "t", "y"):
            found["stated"].append(("sure", "finding"))
        return found
    for _, row in rows.iterrows():
        if words["kind"] == "boxes":
            if "" in (row["label"].strip(), *(row[n].strip() for n in "xywh")):
                continue
            x, y, w, h = (float(row[n]) for n in "xywh")
            mask = marks.box_mask(x, y, x + w, y + h)
        else:
            numbers = [int(n) for n in row["mask"].split()]
            flat = np.zeros(ROWS * COLUMNS, bool)
            for start, length in zip(numbers[::2], numbers[1::2], strict=True):
                flat[start - 1 : start - 1 + length] = True
            columns = words["order"] == "columns"
            mask = flat.reshape(COLUMNS, ROWS).T if columns else flat.reshape(ROWS, COLUMNS)
        if mask.any():
            found["marks"].append(marks.mark(row["label"].strip(), mask))
    return found


FORMAT = Format(
    "tables",
    "pandas",
    {
        "rows": _change(),
        "order of rows": _change(_order),
        "order of columns": _change(_columns),
        "further columns": _change(_more_columns),
        "spaces around keys": _change(_spaces),
        "decimal commas": _change(_decimal_commas),
        "exponents": _change(_decimals),
        "a row twice": _change(_twice),
        "semicolons": _change(separator=";"),
        "tabs": _change(name="t.tsv", separator="\t"),
        "all cells quoted": _change(quoting=csv.QUOTE_ALL),
        "CRLF": _change(end="\r\n"),
        "byte order mark": _change(encoding="utf-8-sig"),
        "Latin-1": _change(encoding="latin-1", stated="latin-1"),
        "UTF-16": _change(encoding="utf-16", stated="utf-16"),
        "UTF-16, not stated": _change(encoding="utf-16"),
        "no header": _change(head=False),
        "JSON": _change(name="t.json"),
    },
    ours,
    theirs,
)
