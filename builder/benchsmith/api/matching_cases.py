"""The cases of a release that a query accepts, of a built release and of an adopted one alike."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.query import parse
from benchsmith.explore.open_question_rows import open_release
from benchsmith.release.adopted_release import is_adopted


def matching_cases(folder: Path, query: str, home: Path) -> list[str]:
    """Return the published ids of the matching cases, sorted; ids are hashes, so any part is a sample.

    `home` is the project whose lexicon explains the query; a folder without one has that of the
    package. Raises QueryError for a query that cannot be understood.
    """
    if is_adopted(folder):
        from benchsmith.adopt.lexicon_terms import TreeWords
        from benchsmith.adopt.subset_of_release import matching

        return matching(folder, query, TreeWords.of(home))
    lexicon = lexicons.read(home / "lexicon")
    found: set[str] = set()
    for path in sorted((folder / "data").glob("*.parquet")):
        with pq.ParquetFile(path) as file:  # `pyarrow.dataset` would import pandas
            found.update(file.read(["source"])["source"].to_pylist())
    sources = sorted(source for source in found if source)
    with open_release(folder, lexicon) as rows:
        return list(rows.ids(parse(query, lexicon, sources)))
