"""Sections of a benchmark file that decide which targets are selected."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.benchmark.types import SIMILARITY_BY_MODALITY, Count, Share

Axis = Literal["axial", "coronal", "sagittal"]


class Slices(yaml.Document):
    """Which planes of a volume are candidates."""

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
    """Smallest ratio of short to long side, in millimetres; SA-Med2D-20M's half."""
    border: Literal["keep", "drop"] = "keep"
    """Whether to keep regions that touch the picture's edge, where they may be cut off."""


class Quality(yaml.Document):
    """Minimum quality of a picture and its region.

    The defaults remove pictures in which nothing can be seen. Sizes are those of the finished
    picture. Below 8 pixels, 100 pixels, a fifth of the outline and half of the area, readers do
    not find the region; see docs/selection.md.
    """

    max_dark: Share = 0.98
    """Largest share of near-black pixels: grey levels up to 5 %."""
    max_bright: Share = 0.9
    """Largest share of saturated pixels: grey levels from 98 %."""
    min_middle: Share = 0.02
    """Smallest share of grey levels from 10 to 90 %: drawings and masks have almost none."""
    min_region_side: Annotated[float, pydantic.Field(ge=0)] = 8
    """Smallest short side of a region's box, in pixels of the finished picture."""
    min_region_px: Annotated[float, pydantic.Field(ge=0)] = 100
    """Smallest area of a region, in pixels of the finished picture."""
    max_cut: Share = 0.2
    """Largest share of a region's outline that may lie on the picture's border."""
    min_whole: Share = 0.5
    """Smallest share of a region's area in its largest connected component."""
    max_empty: Share = 0.1
    """Largest share of a region's area on the empty ground around what the picture shows."""
    min_contrast: Annotated[float, pydantic.Field(ge=0)] = 0
    """Smallest contrast between a region and the ring around it; 0 disables the check."""
    edgeless: tuple[str, ...] = ("nervous-tissue",)
    """Tasks whose regions need no contrast: parts of one tissue, which only an atlas divides."""
    min_whole_edgeless: Share | None = None
    """`min_whole` for these tasks, if another: nothing in the picture tells that pieces are one part."""


class Near(yaml.Document):
    """When two pictures count as copies of each other."""

    radius: Annotated[int, pydantic.Field(ge=0, le=16)] = 10
    """Largest Hamming distance of the perceptual hashes of two copies, of 64 bits."""
    similarity: Share = 0.8
    """Smallest similarity of the thumbnails of two copies; hashes alone give false matches."""
    aligned: Share = 0.93
    """The same for pictures of both splits after one is cropped to fit the other, whatever their
    hashes: it finds crops and borders."""
    modalities: dict[str, Share] = SIMILARITY_BY_MODALITY
    """`similarity`, and the least `aligned`, for modalities whose pictures all look alike."""


class Quota(yaml.Document):
    """How many targets each (label, task) gets."""

    per_answer: Count = 30
    per_volume: Count = 6
    per_patient: Count = 3
    source_share: Annotated[float, pydantic.Field(gt=0, le=1)] = 1
    """Largest share of an answer's targets in a split from one source, if there are three or more."""
    source_total: Annotated[int, pydantic.Field(ge=0)] = 0
    """Largest number of targets of one source, over all answers; 0 is no limit."""
    apart_mm: Annotated[float, pydantic.Field(ge=0)] = 20
    """Minimum distance between two slices of one volume and axis, or ..."""
    apart_share: Share = 0.1
    """... this share of the stack, whichever is less."""
    shortlist: Count = 150
    """Candidates of each (label, task, modality) that are compared in detail."""
    balance: Literal["none", "cap"] = "none"
    """`cap`: no label is the answer more often than options can be drawn to match."""
    options: Annotated[int, pydantic.Field(ge=2)] = 4
    """Options per question that `balance: cap` assumes."""


class Split(yaml.Document):
    """Targets of each split; 5 and 25 of each 30 as in GMAI-MMBench."""

    val: Annotated[int, pydantic.Field(ge=0)] = 5
    test: Annotated[int, pydantic.Field(ge=0)] = 25
    official: Literal["ignore", "respect", "exclude-train"] = "ignore"
    """How a source's own split is used: not at all; its test pictures go to `test` and the others
    to `val`; or its training pictures, and all pictures of those patients, are left out."""

    @pydantic.model_validator(mode="after")
    def _not_empty(self) -> Split:
        if not self.val + self.test:
            raise ValueError("`val` or `test` must be above 0")
        return self
