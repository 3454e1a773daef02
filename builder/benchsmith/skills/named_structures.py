"""The structures of a picture that a question may name, so that a reader can find the right one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Scene, Seen, Unclear


def named(scene: Scene, margins: Margins) -> tuple[list[Seen], list[Unclear]]:
    """Return the structures that are large, whole and distinct, and why the others are not."""
    kept, unclear = [], []
    for one in scene.structures:
        if fault := _fault(one, margins):
            unclear.append(Unclear(subject=one.label, reason="hard-to-name", detail=fault))
        else:
            kept.append(one)
    return kept, unclear


def pairs(structures: Iterable[Seen]) -> Iterator[tuple[Seen, Seen]]:
    """Yield each two structures once, in the order of their labels."""
    yield from combinations(sorted(structures, key=lambda s: s.label), 2)


def conspicuous(one: Seen, margins: Margins) -> str:
    """Return why a structure is not conspicuous; empty if it is."""
    if one.share < margins.min_share:
        return f"it covers {one.share:.4f} of the picture"
    if one.contrast is not None and one.contrast < margins.min_contrast:
        return f"it has contrast {one.contrast:.2f}"
    return ""


def _fault(one: Seen, margins: Margins) -> str:
    if one.whole < margins.min_whole:
        return f"its largest part is {one.whole:.3f} of it"
    return conspicuous(one, margins)
