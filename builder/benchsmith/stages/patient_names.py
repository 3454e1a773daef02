"""Whose pictures a source's are: what the recipes say of patients' names."""

from __future__ import annotations

from collections.abc import Iterable

from benchsmith.documents.recipe import Source


def shared_names(sources: Iterable[Source]) -> dict[str, str]:
    """Return the `id_space` of each source that shares patients' names with other sources."""
    return {s.id: s.recipe.id_space for s in sources if s.recipe.id_space}


def without_patients(sources: Iterable[Source]) -> list[str]:
    """Return the sources whose recipe names no patient in some entry.

    The pictures of such an entry all count as one person's.
    """
    return [
        s.id
        for s in sources
        if any("patient" not in entry.model_fields_set for entry in s.recipe.samples)
    ]
