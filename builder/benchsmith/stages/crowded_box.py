"""Regions that fill too little of their box, which then shows mostly other things."""

from __future__ import annotations

from benchsmith.core.model import Choice
from benchsmith.documents.benchmark import Truth


def fault(choice: Choice, truth: Truth) -> str | None:
    """Return how little a region fills of a box that it shares with others; None if it fills enough."""
    if choice.box is None:
        return None
    fill = choice.area_px / choice.box.area
    crowded = any(n.in_box > 0 for n in choice.neighbours)
    return f"it fills {fill:.2f} of its box" if crowded and fill < truth.fill else None
