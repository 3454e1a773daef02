"""What a picture and its mark show after an alteration."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.alteration import Alteration
from benchsmith.core.model import Choice


@dataclass(frozen=True, slots=True)
class AlteredView:
    """One altered picture of a unit of questions, as measured in the source's masks."""

    unit: str
    """Id of the :class:`benchsmith.counterfactual.asked_unit.AskedUnit`."""
    alteration: Alteration
    shown: Choice
    """The target as the altered picture shows it. Its label is what the mark lies on; without a mark
    it is the original one. Its neighbours, box and measurements are those of the altered picture."""
    gone: frozenset[str] = frozenset()
    """Labels that the picture no longer shows."""


@dataclass(frozen=True, slots=True)
class NoTruth:
    """Why a unit has no question about a picture altered in one way."""

    unit: str
    kind: str
    detail: str
    reason: str = "no-truth"
    """Code of :mod:`benchsmith.core.reasons`."""
