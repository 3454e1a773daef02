"""The sources of a release, and whether their licences allow it to be published."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchsmith.documents.lexicon import Licence
from benchsmith.text.spreadsheet_cells import plain

CREDITS = "ATTRIBUTION.tsv"
"""The export that lists sources with their licences."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A source of published pictures, with its licence."""

    source: str
    licence: str
    questions: int


class Attribution(NamedTuple):
    """The sources of a release."""

    credits: list[Credit]
    forbidden: list[str]
    """Reasons why it must not be published."""
    warnings: list[str]
    """What licences ask of its users."""


def attribution(folder: Path, licences: Mapping[str, Licence]) -> Attribution:
    """Return the sources of the release in a folder; licences are given by their ids."""
    known = {key: one for one in licences.values() for key in (one.id, one.name)}
    counts = _counts(folder)
    if not counts:
        why = "no export states the sources: add `attribution` to the exports and build again"
        return Attribution([], [why], [])
    found: dict[tuple[str, str], int] = {}
    wrong, warnings = set(), set()
    for (source, licence), n in counts.items():
        terms = known.get(licence)
        if terms is None:
            wrong.add(f"{source}: its licence {licence!r} is not in lexicon/licences.tsv")
            continue
        found[source, terms.name] = max(n, found.get((source, terms.name), 0))
        if not terms.redistribute:
            wrong.add(f"{source}: {terms.name} forbids redistribution: leave the source out")
        if not terms.url:
            warnings.add(f"{source}: own terms ({terms.name}): state them in the recipe's citation")
        if not terms.commercial:
            warnings.add(f"{source}: {terms.name}: no commercial use")
    credits_ = [Credit(source, licence, n) for (source, licence), n in sorted(found.items())]
    return Attribution(credits_, sorted(wrong), sorted(warnings))


def _counts(folder: Path) -> Counter[tuple[str, str]]:
    """Count the questions of each (source, licence) in the attribution and in the tables.

    The attribution has licences' names and the tables their ids, so both are counted.
    """
    import pyarrow.parquet as pq

    counts = Counter[tuple[str, str]]()
    if (folder / CREDITS).is_file():
        with (folder / CREDITS).open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            complete = {"source", "licence", "cases"} <= set(rows.fieldnames or ())
            for row in rows if complete else ():
                counts[plain(row["source"]), plain(row["licence"])] += int(row["cases"])
    columns = ["source", "licence"]
    for path in sorted(folder.glob("data/**/*.parquet")):
        if set(columns) <= set(pq.read_schema(path).names):
            table = pq.read_table(path, columns=columns).drop_null()
            for row in table.group_by(columns).aggregate([([], "count_all")]).to_pylist():
                counts[row["source"], row["licence"]] += row["count_all"]
    return counts
