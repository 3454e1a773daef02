"""`benchmarks/<name>.yaml`: what to build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pydantic

from builder.documents import yaml
from builder.documents.problems import Problems
from builder.languages import ENGLISH

Share = Annotated[float, pydantic.Field(ge=0, le=1)]
Count = Annotated[int, pydantic.Field(ge=1)]
View = Literal["image", "box", "mask", "contour"]
Axis = Literal["axial", "coronal", "sagittal"]


class Slices(yaml.Document):
    """Which picture planes of a volume are candidates."""

    axes: Annotated[tuple[Axis, ...], pydantic.Field(min_length=1)] = (
        "axial",
        "coronal",
        "sagittal",
    )
    per_label: Count = 2
    """Candidate planes for each (volume, label, axis)."""
    min_share: Share = 0.00153
    """Smallest region as a share of its picture; SA-Med2D-20M's 100 / 256**2."""
    min_side_ratio: Share = 0.5
    """Smallest short side beside the long side, in millimetres; SA-Med2D-20M's half."""
    border: Literal["keep", "drop"] = "keep"
    """What to do with a region that reaches the picture's edge, and so may be cut off there."""


class Quota(yaml.Document):
    """How many targets each answer gets: for each (label, task)."""

    per_answer: Count = 30
    per_volume: Count = 6


class Split(yaml.Document):
    """How targets are shared between the splits; 5 and 25 of each 30 as in GMAI-MMBench."""

    val: Annotated[int, pydantic.Field(ge=0)] = 5
    test: Annotated[int, pydantic.Field(ge=0)] = 25

    @pydantic.model_validator(mode="after")
    def _any(self) -> Split:
        if not self.val + self.test:
            raise ValueError("give `val` or `test` a share")
        return self


class Options(yaml.Document):
    """How many wrong options, and which."""

    rule: Literal["paper-observed", "paper-printed", "fixed"] = "paper-observed"
    count: Count = 3
    """Wrong options of the rule `fixed`."""
    draw: Literal["mirrored", "matched", "uniform"] = "mirrored"
    """`matched`: in proportion to how often a label is the key; `mirrored`: matched, and shared
    by as many questions as can be, each option the key of one; `uniform`: as GMAI-MMBench."""
    fewest: Count = 2
    """Wrong options that a closed set of `mirrored` has at least, where no larger one closes."""
    unmirrored: Literal["trim", "keep", "drop"] = "trim"
    """What `mirrored` does with questions that no set takes in which each option is a key: leave
    out those whose key would be right too often where it is offered, or keep or leave out all."""
    prefer: Literal["any", "near"] = "any"
    """`near` prefers hard wrong options: near the key in the tree, seen beside it."""
    regions: Literal["shared", "same-source"] = "shared"
    """Whose labels are offered for a marked region: those of all sources, or of its own."""
    same: Literal["marked", "all"] = "marked"
    """Views of one target that have the same options: those with a mark, or the image view too."""
    min_pool: Count = 1
    """A question needs at least this many admissible wrong options."""


class Several(yaml.Document):
    """Questions with several answers: how many, and with how many options, right ones among them."""

    per_task: Count = 30
    """Pictures of each task and source; shared between the splits like targets."""
    fewest_options: Annotated[int, pydantic.Field(ge=2, le=26)] = 4
    most_options: Annotated[int, pydantic.Field(ge=2, le=26)] = 6
    fewest_true: Count = 2
    most_true: Count = 4

    @pydantic.model_validator(mode="after")
    def _order(self) -> Several:
        if self.fewest_options > self.most_options or self.fewest_true > self.most_true:
            raise ValueError("the fewest are more than the most")
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
    only structure marked in there."""


class Picture(yaml.Document):
    """How pictures are drawn."""

    long_side: Annotated[int, pydantic.Field(ge=64, le=4096)] = 512
    intensity: Literal["anatomy", "sa-med2d"] = "anatomy"
    """Windows by anatomy, or the smallest to the largest value of each volume as SA-Med2D-20M."""


class Tolerate(yaml.Document):
    """The largest share of a source that may be faulty before the build stops (exit 3)."""

    faults: Share = 0.05


class Benchmark(yaml.Document):
    """A benchmark to build."""

    title: Annotated[str, pydantic.Field(min_length=1)]
    description: str
    version: Annotated[str, pydantic.Field(pattern=r"^\d+\.\d+\.\d+$")] = "1.0.0"
    language: str = ENGLISH
    """The language of questions and options."""
    seed: int
    sources: Annotated[tuple[str, ...], pydantic.Field(min_length=1)]
    subset: str = ""
    """A query on the tree: only what it accepts is selected and asked."""
    views: Annotated[tuple[View, ...], pydantic.Field(min_length=1)] = (
        "image",
        "box",
        "mask",
        "contour",
    )
    answers: Annotated[tuple[Literal["one", "several"], ...], pydantic.Field(min_length=1)] = (
        "one",
    )
    """`several` asks pictures that show several things about all of them too."""
    slices: Slices = Slices()
    quota: Quota = Quota()
    split: Split = Split()
    options: Options = Options()
    several: Several = Several()
    truth: Truth = Truth()
    picture: Picture = Picture()
    exports: tuple[str, ...] = (
        "parquet",
        "vlmevalkit",
        "provenance",
        "attribution",
        "card",
        "report",
    )
    tolerate: Tolerate = Tolerate()


def read(path: Path, problems: Problems) -> tuple[Benchmark | None, yaml.Lines]:
    """Read a benchmark file; None where it has a problem, which is noted."""
    return yaml.read(path, Benchmark, problems)
