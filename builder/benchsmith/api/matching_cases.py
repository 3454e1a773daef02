"""The cases of a release that a query accepts, of a built release and of an adopted one alike."""

from __future__ import annotations

from pathlib import Path

import pyarrow.dataset as ds

from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.adopt.subset_of_release import is_adopted, matching
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.query import parse
from benchsmith.explore.open_question_rows import open_release


def matching_cases(folder: Path, query: str, home: Path) -> list[str]:
    """Return the published ids of the matching cases, sorted; ids are hashes, so any part is a sample.

    `home` is the project whose lexicon explains the query; a folder without one has that of the
    package. Raises QueryError for a query that cannot be understood.
    """
    if is_adopted(folder):
        return matching(folder, query, TreeWords.of(home))
    lexicon = lexicons.read(home / "lexicon")
    column = ds.dataset(folder / "data", format="parquet").to_table(columns=["source"])
    sources = [s for s in column["source"].unique().to_pylist() if s]
    with open_release(folder, lexicon) as rows:
        return list(rows.ids(parse(query, lexicon, sources)))
