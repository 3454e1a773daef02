"""The section `audit` of a benchmark file: pass marks, waivers, cleared pairs."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.benchmark.types import Count, NonEmpty, Share

Points = Annotated[float, pydantic.Field(ge=0, le=100)]
"""Percentage points."""
Lift = Annotated[float, pydantic.Field(ge=1)]
"""A factor on chance."""


class Waiver(yaml.Document):
    """A signed acceptance of a check's failure, which becomes a warning."""

    check: NonEmpty
    who: NonEmpty
    why: NonEmpty


class Cleared(yaml.Document):
    """A signed statement that two labels with similar names may be options of one question."""

    a: NonEmpty
    b: NonEmpty
    who: NonEmpty
    why: NonEmpty


class Marks(yaml.Document):
    """Pass marks of the audit. Lifts multiply chance; points are percentage points above it."""

    prior_lift: Lift = 1.10
    prior_points: Points = 1.0
    """A guesser that knows val scores at most lift x chance + points, in all of test."""
    stratum_lift: Lift = 1.25
    stratum_points: Points = 5.0
    """The same in each task, modality and granularity with 50 questions or more."""
    learned_lift: Lift = 1.10
    learned_points: Points = 2.0
    """A guesser trained on texts alone stays below both."""
    length_points: Points = 3.0
    length_auc: Share = 0.03
    style_auc: Share = 0.55
    stem_points: Points = 2.0
    odd_points: Points = 3.0
    p_value: Share = 0.01
    """Balance and independence are rejected below this probability."""
    association: Share = 0.05
    """Largest Cramer's V between the answer's position and what is known beforehand."""
    count_bits: Annotated[float, pydantic.Field(ge=0)] = 0.01
    effective_pool: Annotated[float, pydantic.Field(ge=1)] = 4.0
    several_points: Points = 5.0
    mirror_share: Share = 0.5
    joint_points: Points = 2.0
    in_region: Share = 0.05
    in_box: Share = 0.25
    fill: Share = 0.3
    smallest_px: Count = 100
    smallest_share: Share = 0.0015
    smallest_side_px: Count = 8
    largest_box: Share = 0.9
    suspect_share: Share = 0.05
    """Largest share of targets whose label contradicts anatomy or physics, in each check of these."""
    wrong_keys: Share = 0.02
    """Share of wrong keys that experts' verdicts must exclude: below the 3.3 % that Northcutt, Athalye and
    Mueller (NeurIPS Datasets and Benchmarks 2021) found on average in ten test sets."""
    fingerprint_points: Points = 5.0
    geometry_points: Points = 25.0
    tone_points: Points = 25.0
    frame_points: Points = 15.0
    order_points: Points = 2.0
    file_points: Points = 5.0
    about_lift: Lift = 1.25
    pair_balance: Share = 0.05
    """Largest share of the new answers of pairs that are more frequent as new than as old ones."""
    pair_points: Points = 5.0
    """What who knows that a picture was altered gains, and a model that sees it must gain."""
    anatomy_points: Points = 5.0
    """What who knows the usual answer about the same structures gains at most, in questions of skills."""
    yes_share: Share = 0.02
    """Largest share of questions of yes or no by which either is more frequent, by structure."""
    erased_share: Share = 0.75
    """Largest share of pairs in which a file guesser finds the painted picture; chance is a half."""
    gini: Share = 0.3
    source_share: Share = 0.1
    two_sources: Share = 0.7
    cell: Count = 30
    """Cells with fewer questions are not ranked."""
    per_patient: Count = 3
    per_volume: Count = 2
    marginals: Share = 0.15
    blind_points: Points = 5.0
    """Largest score above chance of a model that sees no picture."""
    picture_points: Points = 15.0
    """Smallest loss of the best model when it sees another patient's picture."""
    burned_in_text: Literal["off", "search"] = "off"
    """Whether the published pictures are searched for text that may identify a person."""
    waive: tuple[Waiver, ...] = ()
    cleared: tuple[Cleared, ...] = ()
