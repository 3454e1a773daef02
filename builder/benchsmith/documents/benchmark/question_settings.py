"""Sections of a benchmark file that decide how to ask questions and draw pictures."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.benchmark.types import Count, Share


class Options(yaml.Document):
    """How many wrong options a question has, and how they are drawn."""

    rule: Literal["paper-observed", "paper-printed", "fixed"] = "paper-observed"
    count: Count = 3
    """Wrong options per question for the rule `fixed`."""
    draw: Literal["mirrored", "mirrored-open", "matched", "uniform"] = "mirrored-open"
    """`matched`: in proportion to how often a label is the key; `mirrored`: matched, and as many
    questions as possible share their options so that each option is the key of one;
    `mirrored-open`: the same, with keys mixed between the sets, so that those of some questions tell
    nothing of the others' (docs/validity.md has the measurements); `uniform`: as GMAI-MMBench."""
    fewest: Count = 3
    """Smallest number of wrong options in a closed set of `mirrored`, if no larger set closes."""
    unmirrored: Literal["trim", "keep", "drop"] = "trim"
    """What `mirrored` does with questions outside closed sets: leave out those whose key would be
    right too often among the options, or keep all, or leave out all."""
    prefer: Literal["any", "near"] = "any"
    """`near` prefers hard wrong options: near the key in the tree, or in the same pictures."""
    regions: Literal["shared", "same-source"] = "shared"
    """Options for a marked region: labels of all sources, or of the region's own source."""
    same: Literal["marked", "all"] = "marked"
    """Views of one target that share their options: those with a mark, or the image view too."""
    min_pool: Count = 3
    """Smallest number of admissible wrong options for a question to be asked."""
    binary: tuple[str, ...] = ("attribute", "quality")
    """Kinds of label that are asked about with fewer: a property may have two values by nature."""


class Several(yaml.Document):
    """Questions with several right answers: how many, and with how many options."""

    per_task: Count = 30
    """Pictures of each task and source, divided between the splits like targets."""
    fewest_options: Annotated[int, pydantic.Field(ge=2, le=26)] = 4
    most_options: Annotated[int, pydantic.Field(ge=2, le=26)] = 6
    fewest_true: Count = 2
    most_true: Count = 4

    @pydantic.model_validator(mode="after")
    def _order(self) -> Several:
        if self.fewest_options > self.most_options:
            raise ValueError("`fewest_options` is above `most_options`")
        if self.fewest_true > self.most_true:
            raise ValueError("`fewest_true` is above `most_true`")
        if self.fewest_true >= self.fewest_options:
            raise ValueError("`fewest_true` leaves no wrong option: raise `fewest_options`")
        return self


class Truth(yaml.Document):
    """When another structure makes an option true of the marked region as well."""

    in_region: Share = 0.05
    """A structure that covers more than this share of the region is never a wrong option."""
    in_box: Share = 0.25
    """The same for the region's box, in the box view."""
    fill: Share = 0.3
    """The box view needs a region that fills at least this share of its box, unless it is the
    only marked structure in the box."""


class Prominence(yaml.Document):
    """What a region needs to be asked about in a picture without a mark; see docs/selection.md."""

    min_share: Share = 0.01
    """Smallest share of the picture that all regions of its label cover."""
    max_rank: Count = 6
    """Its place by area among the labels marked in the picture may be no lower."""
    min_of_task: Share = 0.1
    """Smallest share of the area of all labels of its task in the picture."""
    min_contrast: Annotated[float, pydantic.Field(ge=0)] = 0.3
    """Smallest contrast with the ring around it, as in `quality.min_contrast`."""


class Picture(yaml.Document):
    """How pictures are drawn."""

    long_side: Annotated[int, pydantic.Field(ge=64, le=4096)] = 512
    """Pixels."""
    intensity: Literal["anatomy", "sa-med2d"] = "anatomy"
    """Windows by anatomy, or minimum to maximum of each volume as in SA-Med2D-20M."""
