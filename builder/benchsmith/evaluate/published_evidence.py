"""The evidence for answers of skills, and its picture, from `provenance.parquet`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from benchsmith.evaluate.items import Item

COLUMNS = ("id", "sample", "axis", "plane_index", "evidence")
FACT = re.compile(r"^(\S+) (.*?) (?:-?\d[\d.e+-]*|inf|nan)(?: \S+)?$")
"""A fact in words: its subject, its name, its value and its unit."""


def with_evidence(items: Iterable[Item], path: Path) -> list[Item]:
    """Return items with their picture and facts, if a file of provenance has them."""
    import pyarrow.parquet as pq

    found = list(items)
    if not path.is_file() or not set(COLUMNS) <= set(pq.read_schema(path).names):
        return found
    with pq.ParquetFile(path) as file:  # `pq.read_table` would import pandas
        rows = {str(row["id"]): row for row in file.read(list(COLUMNS)).to_pylist()}
    return [
        replace(
            item,
            picture=f"{row['sample']} {row['axis']} {row['plane_index']}",
            facts="\n".join(filter(None, map(fact_of, row["evidence"] or ()))),
        )
        if (row := rows.get(item.id))
        else item
        for item in found
    ]


def fact_of(words: str) -> str:
    r"""Return subject and name of a fact in words, with a tab between; empty if it is none.

    >>> fact_of("liver|spleen gap, the first left 12.5 mm"), fact_of("liver share of the picture 0.2")
    ('liver|spleen\tgap, the first left', 'liver\tshare of the picture')
    """
    found = FACT.match(words)
    return f"{found[1]}\t{found[2]}" if found else ""
