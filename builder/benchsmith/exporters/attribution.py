"""ATTRIBUTION.tsv: the sources of a release with their licences and citations."""

from __future__ import annotations

from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.release.model import Release

COLUMNS = ("source", "title", "version", "licence", "licence_url", "labels_are", "cases",
           "homepage", "citation")  # fmt: skip


def write(release: Release, folder: Path) -> None:
    """Write one row for each source with a case in the release."""
    counts = release.cases_by_source
    rows = []
    for id_, recipe in sorted(release.sources.items()):
        if counts.get(id_):
            licence = release.lexicon.licences[recipe.licence]
            rows.append({
                "source": id_, "title": recipe.title, "version": recipe.version,
                "licence": licence.name, "licence_url": licence.url, "labels_are": recipe.labels_are,
                "cases": str(counts[id_]), "homepage": recipe.homepage,
                "citation": " ".join(recipe.citation.split()),
            })  # fmt: skip
    tsv.write(folder / "ATTRIBUTION.tsv", COLUMNS, rows)
