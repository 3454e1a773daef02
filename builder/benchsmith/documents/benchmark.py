"""`benchmarks/<name>.yaml`: what to build."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.problems import Problems
from benchsmith.text.languages import ENGLISH

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


class Quality(yaml.Document):
    """What a picture and its region must have to be asked about.

    The defaults take out pictures in which nothing is to be seen. Sizes are those of the finished
    picture; 8 and 100 pixels, a fifth of the outline and the parts are what a reader needs to
    find the region; see docs/selection.md.
    """

    max_dark: Share = 0.98
    """Largest share of near-black pixels: grey levels up to 5 %."""
    max_bright: Share = 0.9
    """Largest share of saturated pixels: grey levels from 98 %."""
    min_middle: Share = 0.02
    """Least share of grey levels from 10 to 90 %: a drawing or mask has next to none."""
    min_region_side: Annotated[float, pydantic.Field(ge=0)] = 8
    """Least short side of a region's box, in pixels of the finished picture."""
    min_region_px: Annotated[float, pydantic.Field(ge=0)] = 100
    """Least area of a region, in pixels of the finished picture."""
    max_cut: Share = 0.2
    """Largest share of a region's outline that may lie on the picture's border."""
    min_whole: Share = 0.5
    """Least share of a region that its largest part has."""
    min_contrast: Annotated[float, pydantic.Field(ge=0)] = 0
    """Least contrast of a region with the ring around it; 0 asks for none."""


ALIKE = {"fundus-photography": 0.97}
"""Of 364 pairs of eyes of different people six had looks of 0.8 or more, the most alike 0.96."""


class Near(yaml.Document):
    """When two pictures are copies of each other."""

    radius: Annotated[int, pydantic.Field(ge=0, le=16)] = 10
    """Bits in which the perceptual hashes of two copies may differ, of 64."""
    similarity: Share = 0.8
    """Least similarity of their looks; hashes alone take pictures for copies that are not."""
    modalities: dict[str, Share] = ALIKE
    """The same for modalities whose pictures are all alike."""


class Quota(yaml.Document):
    """How many targets each answer gets: for each (label, task)."""

    per_answer: Count = 30
    per_volume: Count = 6
    per_patient: Count = 3
    source_share: Annotated[float, pydantic.Field(gt=0, le=1)] = 1
    """Largest share of an answer's targets on a side that one source gives, of three or more."""
    apart_mm: Annotated[float, pydantic.Field(ge=0)] = 20
    """Slices of one volume and axis are at least so far apart, or ..."""
    apart_share: Share = 0.1
    """... this share of the stack, whichever is less."""
    shortlist: Count = 150
    """Candidates of each (label, task, modality) that are looked at closely."""
    balance: Literal["none", "cap"] = "none"
    """`cap`: no label is the answer more often than options can be drawn to match."""
    options: Annotated[int, pydantic.Field(ge=2)] = 4
    """Options a question has, for `balance: cap`."""


class Split(yaml.Document):
    """How targets are shared between the splits; 5 and 25 of each 30 as in GMAI-MMBench."""

    val: Annotated[int, pydantic.Field(ge=0)] = 5
    test: Annotated[int, pydantic.Field(ge=0)] = 25
    official: Literal["ignore", "respect", "exclude-train"] = "ignore"
    """What becomes of a source's own split: nothing; its test pictures go to `test` and all others
    to `val`; or its training pictures, and all of those patients, are left out."""

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


Text = Annotated[str, pydantic.Field(min_length=1)]
Points = Annotated[float, pydantic.Field(ge=0, le=100)]
Lift = Annotated[float, pydantic.Field(ge=1)]


class Waiver(yaml.Document):
    """Somebody signs that a check's failure is known and borne; it is shown as a warning."""

    check: Text
    who: Text
    why: Text


class Cleared(yaml.Document):
    """Somebody signs that two labels may stand side by side, though their names are alike."""

    a: Text
    b: Text
    who: Text
    why: Text


class Marks(yaml.Document):
    """Pass marks of the audit. Lifts multiply chance; points are percentage points above it."""

    prior_lift: Lift = 1.10
    prior_points: Points = 1.0
    """A guesser who knows val scores at most lift x chance + points, in all of test."""
    stratum_lift: Lift = 1.25
    stratum_points: Points = 5.0
    """The same in each task, modality and granularity with 50 questions or more."""
    learned_lift: Lift = 1.10
    learned_points: Points = 2.0
    """A learned guesser who sees texts alone stays below both."""
    length_points: Points = 3.0
    length_auc: Share = 0.03
    style_auc: Share = 0.55
    odd_points: Points = 3.0
    p_value: Share = 0.01
    """Balance and independence are rejected below this probability."""
    association: Share = 0.05
    """Largest Cramer's V between the answer's place and what is known beforehand."""
    count_bits: Annotated[float, pydantic.Field(ge=0)] = 0.01
    effective_pool: Annotated[float, pydantic.Field(ge=1)] = 4.0
    mirror_share: Share = 0.5
    in_region: Share = 0.05
    in_box: Share = 0.25
    fill: Share = 0.3
    smallest_px: Count = 100
    smallest_share: Share = 0.0015
    smallest_side_px: Count = 8
    largest_box: Share = 0.9
    fingerprint_points: Points = 5.0
    geometry_points: Points = 25.0
    order_points: Points = 2.0
    file_points: Points = 5.0
    about_lift: Lift = 1.25
    gini: Share = 0.3
    source_share: Share = 0.1
    two_sources: Share = 0.7
    cell: Count = 30
    """Cells with fewer questions are not ranked."""
    per_patient: Count = 3
    per_volume: Count = 2
    marginals: Share = 0.15
    blind_points: Points = 5.0
    """A model that sees no picture scores at most so many points above chance."""
    picture_points: Points = 15.0
    """The best model loses at least so many points with another patient's picture."""
    duplicate_bits: Annotated[int, pydantic.Field(ge=0, le=16)] = 10
    duplicate_look: Share = 0.8
    duplicate_modalities: dict[str, Share] = ALIKE
    """Pictures in both splits whose hashes differ in so few bits and whose looks are so alike are
    copies; the defaults are those of selection's `near`."""
    waive: tuple[Waiver, ...] = ()
    cleared: tuple[Cleared, ...] = ()


def _n_of_m(text: str) -> str:
    found = re.fullmatch(r"([1-9]\d*) of ([1-9]\d*)", text)
    if text and (found is None or int(found[1]) > int(found[2])):
        raise ValueError("write it as `2 of 3`: so many right of so many passes")
    return text


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
    quality: Quality = Quality()
    quota: Quota = Quota()
    near: Near = Near()
    split: Split = Split()
    contamination: tuple[Annotated[str, pydantic.Field(min_length=1)], ...] = ()
    """Folders of pictures that models were trained on or that other benchmarks hold: copies of
    them are left out."""
    hidden: tuple[Literal["val", "test"], ...] = ()
    """Splits whose answers are kept back, in `output/<name>/private/`."""
    forbidden: Literal["leave-out", "ids", "keep"] = "leave-out"
    """What becomes of a source whose licence forbids passing its pictures on: it is left out, or
    its questions are published without pictures, or it stays, for use at home."""
    drop_blind_solved: Annotated[str, pydantic.AfterValidator(_n_of_m)] = ""
    """`2 of 3`: leave out what a model solved in so many of so many passes without the picture."""
    options: Options = Options()
    several: Several = Several()
    truth: Truth = Truth()
    picture: Picture = Picture()
    exports: tuple[str, ...] = (
        "parquet",
        "vlmevalkit",
        "rehydrate",
        "provenance",
        "attribution",
        "croissant",
        "card",
        "validity",
        "report",
    )
    tolerate: Tolerate = Tolerate()
    audit: Marks = Marks()

    @pydantic.model_validator(mode="after")
    def _goes_together(self) -> Benchmark:
        for name in self.hidden:
            if not getattr(self.split, name):
                raise ValueError(f"`hidden` names the split `{name}`, which has no share")
        if self.forbidden == "ids":
            if self.hidden:
                raise ValueError(
                    "`forbidden: ids` and `hidden` do not go together: what draws a picture again tells its answer"
                )
            if "rehydrate" not in self.exports:
                raise ValueError("`forbidden: ids` needs `rehydrate` among the exports")
        return self


def read(path: Path, problems: Problems) -> tuple[Benchmark | None, yaml.Lines]:
    """Read a benchmark file; None where it has a problem, which is noted."""
    return yaml.read(path, Benchmark, problems)
