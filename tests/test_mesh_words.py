"""Synonyms that MeSH has under another concept: each is decided in `lexicon/mesh_words.tsv`."""

from __future__ import annotations

import pytest

from benchsmith.documents import tsv
from benchsmith.text.normal_form import normal
from tests.conftest import PROJECT
from tests.shipped_documents import shipped_library

COLUMNS = ("label", "word", "mesh", "concept", "decision", "why", "reviewed_by")
CONCEPTS = PROJECT.parent / "shared" / "facts" / "mesh_concepts_ABCE.parquet"


def test_every_decision_holds() -> None:
    """A word that was kept is a synonym of its label; one that was removed names no other concept's."""
    labels = shipped_library().lexicon.labels
    rows = tsv.read(PROJECT / "lexicon/mesh_words.tsv", COLUMNS)
    assert len(rows) > 15
    for row in rows:
        own = {normal(n) for n in (labels[row["label"]].name, *labels[row["label"]].synonyms)}
        assert row["decision"] in ("kept", "removed"), row
        assert row["why"] and row["reviewed_by"], row
        assert (normal(row["word"]) in own) == (row["decision"] == "kept"), row
        found = labels.by_name(normal(row["word"]))
        if row["decision"] == "removed" and found is not None:
            assert found.mesh == row["mesh"], row


@pytest.mark.skipif(not CONCEPTS.is_file(), reason="MeSH is not here")
def test_no_other_synonym_belongs_to_another_concept() -> None:
    import pyarrow.parquet as pq

    concepts: dict[str, set[str]] = {}
    table = pq.read_table(CONCEPTS, columns=["concept_ui", "terms"])
    for row in table.to_pylist():
        for term in row["terms"]:
            concepts.setdefault(normal(term), set()).add(row["concept_ui"])
    rows = tsv.read(PROJECT / "lexicon/mesh_words.tsv", COLUMNS)
    decided = {(row["label"], normal(row["word"])) for row in rows}
    undecided = [
        (label.id, word)
        for label in shipped_library().lexicon.labels
        for word in map(normal, label.synonyms)
        if label.mesh and label.mesh not in concepts.get(word, {label.mesh})
        if (label.id, word) not in decided
    ]
    assert not undecided
