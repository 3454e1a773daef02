"""How prominent a region is in a picture without a mark.

A question about a whole picture presupposes that a reader can find the structure in it. All regions
of the label in the picture count together, such as both kidneys. Regions of a label's ancestors and
descendants are not rivals: a lobe lies inside its lung.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from benchsmith.core.model import Choice
from benchsmith.documents.benchmark import Prominence
from benchsmith.documents.lexicon import Lexicon


class Measured(NamedTuple):
    """The measurements that the rule compares with its limits."""

    share: float
    """Share of the picture that the label covers, 0 to 1."""
    rank: int
    """Place of the label by area among all labels that are marked in the picture, from 1."""
    of_task: float
    """The label's share of the area of all labels of its task in the picture, 0 to 1."""
    contrast: float | None
    """Contrast of the region and its surroundings; None if it has none."""


def measure(choice: Choice, lexicon: Lexicon) -> Measured:
    """Measure the region of a choice among what is marked in its picture."""
    own, rivals = choice.share, defaultdict[str, float](float)
    for other in choice.neighbours:
        if other.name == choice.label:
            own += other.share
        elif not lexicon.labels.related(other.name, choice.label):
            rivals[other.name] += other.share
    same = sum(v for n, v in rivals.items() if _task(n, choice.modality, lexicon) == choice.task)
    larger = sum(share > own for share in rivals.values())
    return Measured(own, 1 + larger, own / (own + same), choice.seen.contrast)


def fault(choice: Choice, limits: Prominence, lexicon: Lexicon) -> str | None:
    """Return why a region is too inconspicuous to be asked about without a mark; None if it is not."""
    found = measure(choice, lexicon)
    if found.share < limits.min_share:
        return f"{choice.label} covers {found.share:.4f} of the picture"
    if found.rank > limits.max_rank:
        return f"{choice.label} is number {found.rank} by area"
    if found.of_task < limits.min_of_task:
        return f"{choice.label} is {found.of_task:.3f} of what its task marks"
    if found.contrast is not None and found.contrast < limits.min_contrast:
        return f"{choice.label} has contrast {found.contrast:.2f}"
    return None


def _task(label: str, modality: str, lexicon: Lexicon) -> str:
    place = lexicon.place(label, modality)
    return place.task if place else ""
