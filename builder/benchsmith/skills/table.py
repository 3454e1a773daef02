"""The table of skills: where the function of each is."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from benchsmith.skills.contract import Skill

SKILLS: Mapping[str, str] = {
    "comparison": "benchsmith.skills.comparison:drafts",
    "counting": "benchsmith.skills.counting:drafts",
    "grounding": "benchsmith.skills.grounding:drafts",
    "measurement": "benchsmith.skills.measurement:drafts",
    "position": "benchsmith.skills.position:drafts",
    "presence": "benchsmith.skills.presence:drafts",
}
"""Module and function by skill; recognition is what `benchsmith.stages.ask` asks."""
BY_EDGES = frozenset({"comparison", "counting", "grounding", "measurement", "presence"})
"""Skills whose answers depend on where a structure ends: they ask about none that only an atlas divides
from its surroundings."""


def load(name: str) -> Skill:
    """Return the function of a skill. Raises KeyError for an unknown name."""
    module, function = SKILLS[name].split(":")
    found: Skill = getattr(import_module(module), function)
    return found
