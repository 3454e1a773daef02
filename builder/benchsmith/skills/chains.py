"""Chains: questions of a later stage are drawn first, then the questions beneath them in the same pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from benchsmith.core.skill_table import CONCLUDING, LOOKING, MEASURING, SEEING, SKILLS
from benchsmith.skills.contract import Draft

DOWNWARDS = (CONCLUDING, LOOKING, MEASURING, SEEING)
Told = set[tuple[str, str]]
"""Pictures and labels that questions of later stages are about."""


def in_turn(skills: Iterable[str], *, chains: bool) -> list[str]:
    """Return skills in the order in which they are drawn: by name, or with chains the latest stages first."""
    return sorted(skills, key=lambda s: (DOWNWARDS.index(SKILLS[s].stage) if chains else 0, s))


def with_wanted(drafts: Iterable[Draft], told: Told) -> list[Draft]:
    """Return drafts, with those marked that ask about structures of a later stage."""
    return [
        replace(draft, wanted=all((draft.scene.id, label) in told for label in draft.subjects))
        if told
        else draft
        for draft in drafts
    ]


def told_by(drafts: Iterable[Draft]) -> Told:
    """Return the structures that drawn drafts are about."""
    return {(draft.scene.id, label) for draft in drafts for label in draft.subjects}
