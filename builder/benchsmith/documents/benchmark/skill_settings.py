"""Sections of a benchmark file about skills: which are asked, and when a truth is clear enough."""

from __future__ import annotations

from typing import Annotated

import pydantic

from benchsmith.core.skill_table import SKILLS
from benchsmith.documents import yaml
from benchsmith.documents.benchmark.types import Count, Share
from benchsmith.documents.problems import did_you_mean


def _known(name: str) -> str:
    """Return the id of a skill. Raises ValueError for an unknown one."""
    if name not in SKILLS:
        hint = did_you_mean(name, SKILLS) or f"skills: {', '.join(SKILLS)}"
        raise ValueError(f"{name!r} is not a skill; {hint}")
    return name


Skill = Annotated[
    str, pydantic.AfterValidator(_known), pydantic.WithJsonSchema({"enum": [*SKILLS]})
]
"""The id of a skill of `benchsmith.core.skill_table`."""


class Margins(yaml.Document):
    """What a question of a skill other than recognition needs; see docs/skills.md."""

    larger: Annotated[float, pydantic.Field(gt=1)] = 1.5
    """Smallest ratio of the areas of two structures if one is called larger."""
    brighter: Annotated[float, pydantic.Field(gt=0, lt=256)] = 25
    """Smallest difference between the means of two structures if one is called brighter, in grey
    levels (0 to 255) of the picture as it is drawn."""
    gap: Share = 0.02
    """Smallest gap between two structures if one lies left of, right of, above or below the other, as a
    share of the picture's long side."""
    contact: Share = 0.1
    """Least share of a structure's rim that another one covers which touches it."""
    enclosed: Share = 0.95
    """The same for one that it lies inside of."""
    level: Annotated[float, pydantic.Field(ge=0, lt=0.5)] = 0.2
    """Least distance of a structure's centre from the ends of the vertebra at whose level it lies, as a
    share of the vertebra's height."""
    midline: Share = 0.03
    """Least distance of a structure from the middle of the body, where its side is asked, as a share of
    the picture's long side."""
    min_share: Share = 0.01
    """Smallest share of the picture that a structure covers which a question names."""
    min_contrast: Annotated[float, pydantic.Field(ge=0)] = 0.6
    """Smallest contrast of such a structure with the ring around it, as in `quality.min_contrast`."""
    min_whole: Share = 0.95
    """Smallest share of its area in its largest connected part: of two kidneys, none is *the* kidney."""

    ratio: Annotated[float, pydantic.Field(gt=1)] = 1.5
    """Least ratio of two lengths that are offered as answers."""
    area_ratio: Annotated[float, pydantic.Field(gt=1)] = 2.0
    """Least ratio of two areas, volumes or shares that are offered as answers."""
    tone: Annotated[float, pydantic.Field(gt=0, le=1)] = 0.15
    """Least difference of two mean values that are offered, as a share of the range that is shown."""
    least_px: Count = 20
    """Least length or distance that is asked for, in pixels of the file."""
    beyond: Share = 0.02
    """Largest share of a structure that is beyond black or white, where its mean value is asked for."""
    uneven: Share = 0.15
    """Largest standard deviation of its values, as a share of the range that is shown."""
    montage: Share = 0.1
    """Largest deviation of the volume that a montage's slices give from the volume of all slices."""
    part_px: Count = 30
    """Smallest part that is counted; a structure with a smaller one is not counted at all."""
    part_gap: Share = 0.015
    """Least gap between two parts that are counted, and least width of the narrowest place of one, as a
    share of the picture's long side."""
    tile: Annotated[float, pydantic.Field(gt=1)] = 1.15
    """Least ratio of a structure's area in the tile where it is largest to that in any other tile."""
    box_ratio: Annotated[float, pydantic.Field(gt=1)] = 6.0
    """Largest ratio of the areas of two boxes that are drawn into one picture."""
    box_overlap: Share = 0.1
    """Largest share of a box that another one drawn beside it covers."""


class PerSkill(yaml.Document):
    """How many questions of each skill but recognition there are."""

    questions: Count = 60
    """Of each kind of question of a skill, divided between the splits like targets; a question and its
    counterfactual count as two."""
    subject: Count = 4
    """Of each kind, split and structure, or pair of structures, asked about."""
    picture: Count = 4
    """Of each kind about one picture."""
    options: Annotated[int, pydantic.Field(ge=2, le=6)] = 4
    """Most numbers or boxes that a question offers."""
