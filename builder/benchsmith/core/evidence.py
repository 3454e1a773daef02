"""The evidence for an answer: measured values, each of a named thing."""

from __future__ import annotations

from dataclasses import dataclass

RECOGNITION = "recognition"
"""The skill of telling what is shown or marked; every question had it before there were others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value that was measured in the picture of a question, before it was resized or turned."""

    subject: str
    """The label that was measured, or two of them: ``liver`` or ``liver|spleen``."""
    name: str
    """What was measured, such as ``area`` or ``gap right to left``."""
    value: float
    unit: str
    """``mm``, ``mm2``, ``px``, ``px2`` or empty for a pure number."""

    @property
    def words(self) -> str:
        """The fact in words, e.g. ``liver area 1203 mm2``."""
        return f"{self.subject} {self.name} {self.value:.6g} {self.unit}".rstrip()
