"""The functions of skills, by the table of `benchsmith.core.skill_table`."""

from __future__ import annotations

from importlib import import_module

from benchsmith.core.skill_table import SKILLS
from benchsmith.skills.contract import Skill


def load(name: str) -> Skill:
    """Return the function of a skill. Raises KeyError for an unknown name."""
    module, function = SKILLS[name].function.split(":")
    found: Skill = getattr(import_module(module), function)
    return found
