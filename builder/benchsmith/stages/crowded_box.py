"""Regions that fill too little of their box: around them the box shows other things."""

from __future__ import annotations

from benchsmith.core.model import Choice
from benchsmith.documents.benchmark import Truth


def fault(choice: Choice, truth: Truth) -> str | None:
    """Return how little of its box a region fills that shares it with others; None if enough."""
    if choice.box is None:
        return None
    fill = choice.area_px / choice.box.area
    crowded = any(n.in_box > 0 for n in choice.neighbours)
    return f"it fills {fill:.2f} of its box" if crowded and fill < truth.fill else None
