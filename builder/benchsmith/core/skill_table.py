"""The table of skills, each with the import path of its function. To add a skill, add a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SEEING, MEASURING = "recognition", "measurement"
LOOKING, CONCLUDING = "visual reasoning", "medical reasoning"
"""The four stages of DeepTumorVQA: a question of a later one takes the earlier ones for granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillEntry:
    """One skill."""

    stage: str
    function: str = ""
    """Module and function; empty for recognition, which `benchsmith.stages.ask` asks."""
    paired: bool = False
    """Whether some of its questions are asked about a picture as it is and mirrored or turned."""
    edges: bool = False
    """Whether its answers depend on where a structure ends: then it asks about none that only an atlas
    divides from its surroundings."""
    pairs: bool = False
    """Whether each two structures of a picture are measured against each other."""
    facts: bool = False
    """Whether its answers rest on facts of whole structures, which ingest then measures."""


ROOM = "benchsmith.skills"
SKILLS: Mapping[str, SkillEntry] = {
    "recognition": SkillEntry(stage=SEEING),
    "presence": SkillEntry(stage=SEEING, function=f"{ROOM}.presence:drafts", edges=True),
    "comparison": SkillEntry(
        stage=LOOKING, function=f"{ROOM}.comparison:drafts", edges=True, pairs=True
    ),
    "counting": SkillEntry(stage=LOOKING, function=f"{ROOM}.counting:drafts", edges=True),
    "grounding": SkillEntry(stage=SEEING, function=f"{ROOM}.grounding:drafts", edges=True),
    "laterality": SkillEntry(stage=LOOKING, function=f"{ROOM}.laterality:drafts", paired=True),
    "measurement": SkillEntry(
        stage=MEASURING, function=f"{ROOM}.measurement:drafts", edges=True, pairs=True, facts=True
    ),
    "position": SkillEntry(
        stage=LOOKING, function=f"{ROOM}.position:drafts", paired=True, pairs=True
    ),
    "reasoning": SkillEntry(
        stage=CONCLUDING, function=f"{ROOM}.reasoning:drafts", edges=True, facts=True
    ),
}
"""By id, as in `lexicon/tree/skill.tsv`."""
IN_PAIRS = frozenset(name for name, one in SKILLS.items() if one.paired)
BY_EDGES = frozenset(name for name, one in SKILLS.items() if one.edges)
ON_PAIRS = frozenset(name for name, one in SKILLS.items() if one.pairs)
ON_FACTS = frozenset(name for name, one in SKILLS.items() if one.facts)
