"""`lexicon/windows.tsv`: intensity windows by anatomy and modality; `window_limits.tsv`: their limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from benchsmith.documents.lexicon.row_checks import RowChecks
from benchsmith.documents.problems import nearest

WINDOW_COLUMNS = (
    "id", "kind", "level", "width", "low", "high", "anatomy", "modalities", "source", "note",
)  # fmt: skip
LIMIT_COLUMNS = ("window", "measure", "bound", "otherwise", "source", "note")
MEASURES = {"least-median-hu": "least_median", "most-slice-mm": "most_mm"}
"""What limits the use of a window, and the field of :class:`Window` with its bound."""
BOUNDS = {"hu": ("level", "width"), "percentile": ("low", "high"), "root": ("low", "high")}
"""The two numbers that a window of each kind has."""


@dataclass(frozen=True, slots=True)
class Window:
    """An intensity window.

    Kind ``hu`` has level and width in Hounsfield units; kinds ``percentile`` and ``root`` have low and
    high, 0 to 100, over the foreground of the volume. Between its bounds a picture of kind ``root``
    follows the square root of the values, the others are linear. Numbers of other kinds are 0.
    """

    id: str
    kind: str
    """A key of `BOUNDS`."""
    level: float
    width: float
    low: float
    high: float
    anatomy: tuple[str, ...]
    """Ids of labels, their descendants included; ``*`` for all."""
    modalities: tuple[str, ...]
    """Ids of modalities, their descendants included; ``*`` for all."""
    least_median: float | None = None
    """Least median of the marked structure in its picture, in Hounsfield units."""
    most_mm: float | None = None
    """Largest voxel side, in millimetres."""
    otherwise: str = ""
    """Id of the window that is used where a limit is broken; `else_level` and `else_width` are its."""
    else_level: float = 0.0
    else_width: float = 0.0

    @property
    def of_region(self) -> bool:
        """Whether the drawn picture depends on the structure in question, and not only on the file."""
        return self.least_median is not None

    @property
    def for_all(self) -> str:
        """Id of the window for a picture in which several structures are asked about."""
        return self.otherwise if self.of_region else self.id


def collect(folder: Path, check: RowChecks) -> tuple[Window, ...]:
    """Return the windows in the table's order."""
    found: list[Window] = []
    for row in check.rows(folder / "windows.tsv", WINDOW_COLUMNS, lambda row: row["id"]):
        check.terms(row, "anatomy", "label", row.list("anatomy"), any_=True)
        check.terms(row, "modalities", "modality", row.list("modalities"), any_=True)
        needed = BOUNDS.get(row["kind"])
        if needed is None:
            what = f"unknown kind {row['kind']!r}"
            check.problems.add(row.path, row.line, what, f"use {', '.join(BOUNDS)}")
            continue
        if not row["source"]:
            check.problems.add(row.path, row.line, "has no source")
        numbers = dict.fromkeys(("level", "width", "low", "high"), 0.0)
        try:
            numbers |= {name: float(row[name]) for name in needed}
        except ValueError:
            check.problems.add(row.path, row.line, f"{' and '.join(needed)} must be numbers")
            continue
        if row["kind"] == "hu" and numbers["width"] <= 0:
            check.problems.add(row.path, row.line, "`width` must be above 0")
        if row["kind"] != "hu" and not 0 <= numbers["low"] < numbers["high"] <= 100:
            check.problems.add(row.path, row.line, "`low` must be below `high`, both 0 to 100")
        if any(w.id == row["id"] for w in found):
            check.problems.add(row.path, row.line, f"duplicate id {row['id']!r}")
        window = Window(
            id=row["id"],
            kind=row["kind"],
            level=numbers["level"],
            width=numbers["width"],
            low=numbers["low"],
            high=numbers["high"],
            anatomy=row.list("anatomy"),
            modalities=row.list("modalities"),
        )
        found.append(window)
    return tuple(_limited(folder, {w.id: w for w in found}, check).values())


def _limited(folder: Path, windows: dict[str, Window], check: RowChecks) -> dict[str, Window]:
    """Return the windows with the limits of `window_limits.tsv`, which is optional."""
    path = folder / "window_limits.tsv"
    found = dict(windows)
    for row in check.optional_rows(path, LIMIT_COLUMNS, lambda row: row["window"]):
        names = (row["window"], row["otherwise"])
        bad = [name for name in names if name not in windows or windows[name].kind != "hu"]
        if bad:
            what = f"{bad[0]!r} is no window of Hounsfield units"
            check.problems.add(row.path, row.line, what, nearest(bad[0], windows))
            continue
        if row["measure"] not in MEASURES:
            hint = f"use {' or '.join(MEASURES)}"
            check.problems.add(row.path, row.line, f"unknown measure {row['measure']!r}", hint)
            continue
        if not row["source"]:
            check.problems.add(row.path, row.line, "has no source")
        try:
            bound = float(row["bound"])
        except ValueError:
            check.problems.add(row.path, row.line, "`bound` must be a number")
            continue
        other = windows[row["otherwise"]]
        found[row["window"]] = replace(
            found[row["window"]],
            otherwise=other.id,
            else_level=other.level,
            else_width=other.width,
            **{MEASURES[row["measure"]]: bound},  # type: ignore[arg-type]
        )
    return found
