"""Which form of picture lets a reader take a criterion's measure."""

from __future__ import annotations

from benchsmith.skills.criteria import NO_SCALE, Missing

WITHOUT_SCALE = frozenset({"width-ratio"})
"""Measures that a reader takes without knowing how large a pixel is."""


def form_of(measure: str) -> Missing | None:
    """Return why no picture lets a reader take a measure; None if the plain one does."""
    if measure in WITHOUT_SCALE:
        return None
    return Missing(NO_SCALE, "the picture has no scale")
