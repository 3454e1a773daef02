"""The cases of a release, as models are asked about them."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.skill_table import SKILLS

PERSON = ("sex", "age_band")
"""Columns on a case's person; scores are also given by them if they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A published case without its picture."""

    id: str
    question: str
    options: tuple[str, ...]
    key: tuple[int, ...]
    """Positions of the right options; empty if the release hides its answers."""
    several: bool
    label: str
    task: str
    department: str
    modality: str
    granularity: str
    split: str
    source: str
    target: str
    group: str
    """Cluster for the uncertainty of scores: the patient."""
    mirror: str
    sex: str
    age_band: str
    pair: str = ""
    """Shared by a question and its counterfactual; empty for a question without one."""
    altered: str = ""
    """How the picture was altered; empty for an original question."""
    skill: str = RECOGNITION
    """What the question takes; releases made before there were other skills have recognition alone."""
    language: str = ""
    """Code of the language of the question; empty where the release has one language alone."""
    picture: str = ""
    """The plane that its picture shows; empty if it is not published, and for recognition alone."""
    facts: str = ""
    """What its answer rests on: a line for each measured value, its subject and name with a tab between."""
    content: str
    """Digest of stem, options and picture; answers are matched by it, not by the id."""

    @property
    def stage(self) -> str:
        """The stage of its skill; empty for a skill without a stage."""
        return SKILLS[self.skill].stage if self.skill in SKILLS else ""
