"""Words of sources without a signed mapping row: drafted ones, and those that a build did not know."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchsmith.core.build_files import LATEST, MANIFEST, REJECTED, ROWS, STAGES_FOLDER
from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS
from benchsmith.documents.problems import Problems
from benchsmith.text.normal_form import normal


@dataclass(frozen=True, slots=True)
class Word:
    """A source's word without a signed row."""

    source: str
    raw: str
    """The word as the source writes it."""
    stated: int
    """Number of occurrences in the build; 0 if the word is only in an unsigned row."""
    drafted: str
    """The label in an unsigned row; empty if there is none."""


def words_of(home: Path, sources: Iterable[str], build: Path | None) -> Iterator[Word]:
    """Yield the undecided words of some sources, sorted by source and word.

    `build` is a benchmark's output folder, whose unmapped words are included; None without a build.
    """
    parts = json.loads((build / LATEST).read_text("utf-8")) if build else {}
    for source in sources:
        path = home / "lexicon" / "mappings" / f"{source}.tsv"
        rows = tsv.collect(path, MAPPING_COLUMNS, Problems(home)) if path.is_file() else []
        found = {
            normal(r["raw"]): Word(source, r["raw"], 0, r["label"])
            for r in rows
            if not r["reviewed_by"]
        }
        signed = {normal(r["raw"]) for r in rows if r["reviewed_by"]}
        if build and source in parts["normalise"]:
            for raw, n in _unmapped(build, parts, source).items():
                word = normal(raw)
                drafted = found[word].drafted if word in found else ""
                if word not in signed:
                    found[word] = Word(source, raw, n, drafted)
        yield from (found[word] for word in sorted(found))


def _unmapped(build: Path, parts: Mapping[str, Mapping[str, str]], source: str) -> dict[str, int]:
    """Return the number of occurrences of each word that a finished build could not map."""
    folders = [build / STAGES_FOLDER / s / parts[s][source] for s in ("normalise", "ingest")]
    if not all((f / MANIFEST).is_file() for f in folders):
        return {}
    left = pq.read_table(folders[0] / REJECTED, columns=["subject", "reason"])
    lost = left.filter(pc.equal(left["reason"], "unmapped-label"))["subject"]
    findings = pq.read_table(folders[1] / ROWS, columns=["id", "raw"])
    counts = findings.filter(pc.is_in(findings["id"], lost.combine_chunks()))["raw"].value_counts()
    return {row["values"]: row["counts"] for row in counts.to_pylist()}
