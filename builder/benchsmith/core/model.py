"""The nouns: the rows that pass from one stage to the next, as frozen dataclasses.

A picture plane is addressed as it is displayed: rows run down and columns run right. A box is half
open in pixels of its plane (`x0 <= x < x1`). :mod:`benchsmith.imaging.geometry` defines how a plane
is cut from a volume.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.absent_labels import DeniedLabels, Searched
from benchsmith.core.alteration import Alteration
from benchsmith.core.evidence import RECOGNITION, Fact
from benchsmith.core.picture_quality import UNMEASURED, Quality

AXES = ("axial", "coronal", "sagittal")
PLANAR = "planar"
"""The axis name of a picture whose file is two-dimensional."""
VIEWS = ("image", "box", "mask", "contour")
SPLITS = ("val", "test")
ABOUT = ("age", "sex", "site", "laterality", "view", "quality", "official", "phase")
"""The attributes of a person and a picture that a source may state, in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A half-open rectangle in pixels: columns ``x0 <= x < x1``, rows ``y0 <= y < y1``."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def area(self) -> int:
        """Number of pixels inside, e.g. ``Box(x0=1, y0=1, x1=3, y1=4).area == 6``."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a picture is made from planes of its image, and what is drawn into and around it."""

    scale: bool = False
    """Whether a bar with its length in millimetres is drawn below."""
    wedge: bool = False
    """Whether the shades of grey are drawn beside it, with the image's values."""
    boxes: tuple[Box, ...] = ()
    """Boxes with the numbers 1, 2, ..., in pixels of the plane."""
    tiles: tuple[int, ...] = ()
    """The planes of a montage along the drawing's axis, with the numbers 1, 2, ...; none for one plane."""
    frame: Box | None = None
    """The part of each tile's plane that is shown; it may reach beyond the plane."""
    apart_mm: float | None = None
    """Distance of two tiles, which is written below."""
    outlined: bool = False
    """Whether the structure that is asked about has its outline drawn in each tile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another structure in the same picture, and how much of the marked region it covers."""

    name: str
    in_region: float
    """Share of the marked region's pixels that this structure also covers, 0 to 1."""
    in_box: float
    """Share of the region's bounding box that this structure covers, 0 to 1."""
    share: float
    """Share of the picture that it covers, 0 to 1: 1 for a label of the whole picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One picture or volume of a source, as read."""

    id: str
    """``source/key``: made of names, so that it does not depend on any order."""
    source: str
    key: str
    patient: str
    """``source/patient``: samples that share it stay on one side of the split."""
    person: str = ""
    """Digests of whom and which study the header names, or else the file's path, as
    :attr:`benchsmith.core.image.Image.person`; samples of a source that share one stay on one side too. Empty
    if nobody is named, or if the recipe has `identity: ignore`."""
    modality: str
    files: tuple[str, ...]
    sha256: str
    """SHA-256 of the bytes of `files`, in their order."""
    pixels: str = ""
    """Digest of its values, alike for other files with the same pixels; empty if it was not computed."""
    shape: tuple[int, ...]
    """Voxels as (z, y, x)."""
    spacing_mm: tuple[float, ...]
    """Voxel size in millimetres as (z, y, x), of a planar picture as (y, x): it has no distance of slices.
    Empty if the file does not state it."""
    planar: bool
    part: str
    """Which picture of the file; empty if the file holds one."""
    licence: str
    age: str
    sex: str
    site: str
    laterality: str
    view: str
    quality: str
    official: str = ""
    """The subset of the source's own split that this picture is in, in the source's words."""
    phase: str = ""
    """Phase of the contrast medium, such as ``unenhanced``; empty if it is not known."""
    note: str
    denied: tuple[DeniedLabels, ...] = ()
    """The lists of labels of the whole picture of which none is true: it has no finding of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One label that the source states for one picture, verbatim, with its measurements."""

    id: str
    """``source/key#label@z43`` for a region, ``source/key#label`` for a whole picture."""
    source: str
    sample: str
    patient: str
    modality: str
    kind: str
    """``region`` (a mask), ``box`` (only a bounding box is known) or ``image`` (the whole picture)."""
    group: str
    """For `image` findings the column or list of the label: its labels are the pool of options."""
    raw: str
    """The label as the source spells it."""
    stated_at: str
    """Where the source states it: ``labels.csv:12`` or ``seg.nii.gz value 3``."""
    entry: int
    """Index of the entry in the recipe's `samples`."""
    layer: int
    value: int
    """The region is the voxels of layer `layer` that equal `value`; 0 if there is no region."""
    axis: str
    index: int
    plane: tuple[int, ...]
    """Rows and columns of the picture plane, in pixels of the file."""
    crop: Box | None
    """The rectangle of the plane that is shown; None for the whole plane."""
    box: Box | None
    area_px: int
    area_mm2: float | None
    share: float
    """Share of the picture that the region covers, 0 to 1."""
    components: int
    """Number of 8-connected components of the region in this plane."""
    neighbours: tuple[Neighbour, ...]
    """The other structures in this picture; named by raw labels here, by label ids from Label on."""
    searched: Searched
    """Which labels are absent where they are not stated; named as neighbours are."""
    phash: str
    """64-bit DCT hash of the picture plane, as 16 hex digits."""
    window: str
    """The recipe's intensity window for this picture; empty for that of the anatomy."""
    spread: float
    """Standard deviation of the plane's 8-bit thumbnail, in grey levels; 0 for a blank plane."""
    mirrors: str = ""
    """The hashes of the plane mirrored left to right, and top to bottom, concatenated."""
    look: bytes = b""
    """Appearance descriptor of the plane, packed by :func:`benchsmith.imaging.appearance.describe`."""
    seen: Quality = UNMEASURED


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Finding):
    """A finding under its label in the lexicon."""

    label: str
    laterality: str
    """``left``, ``right`` or empty; removed from the name of the label."""
    decided_at: str
    """The line of the lexicon that decided `label`, and the steps that led to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Label):
    """A label with its task and department."""

    task: str
    department: str
    placed_at: str
    """The line of placements.tsv that decided task and department."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Target):
    """A target that was selected, on its side of the split."""

    split: str
    content: str = ""
    """Its sample's name made of its pixels: :mod:`benchsmith.core.content_names`."""
    person: str = ""
    """The first `content` of the patient's shortlisted samples."""
    cluster: str = ""
    """The group that must stay on one side of the split, named by its first `person`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A stem, its options and its answers; no pixels."""

    id: str
    """``target@view``, e.g. ``lits/12#liver@z43:contour``."""
    target: str
    source: str
    sample: str
    split: str
    view: str
    task: str
    department: str
    modality: str
    label: str
    stem_at: str
    """The line of the stem: ``question_pools/tasks/bone.yaml:14``."""
    question: str
    options: tuple[str, ...]
    """Display names, in the order of the question."""
    option_labels: tuple[str, ...]
    """Label ids, parallel to `options`; else ids of what they say, such as ``side:left``."""
    answers: tuple[int, ...]
    """Positions of the right options in `options`."""
    pool: str
    pool_size: int
    """Number of admissible wrong options (L) to draw from."""
    several: bool
    """Whether several options may be right; the stem then asks for all of them."""
    mirror: str
    """The mirrored set, of questions with one stem and list of options and different keys; or empty."""
    pair: str = ""
    """Id of the original question, here and in its counterfactual; empty without one."""
    alteration: Alteration | None = None
    """What was done to the picture of a counterfactual question; None for an original one."""
    skill: str = RECOGNITION
    """What the question takes: an id of `lexicon/tree/skill.tsv`."""
    evidence: tuple[Fact, ...] = ()
    """The measured values that the answer rests on; empty for recognition."""
    form: Form | None = None
    """What the picture has besides one plane; None for the plane alone."""

    @property
    def altered(self) -> str:
        """The kind of the alteration; empty for an original question."""
        return self.alteration.kind if self.alteration else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question with its picture."""

    id: str
    question: str
    """Id of the Question."""
    png: bytes
    png_sha256: str
    width: int
    height: int
    window: str
    """The intensity window: ``soft-tissue: level 40 width 400 HU``, or percentiles with values."""
    region: str = ""
    """The region in the picture's pixels as COCO's compressed run lengths; empty if the benchmark
    exports no `coco`, and for targets without a mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Something that was left out, with the reason."""

    stage: str
    source: str
    subject: str
    """What was left out: a file, a sample, a finding, a question."""
    reason: str
    """Code in :mod:`benchsmith.core.reasons`."""
    detail: str
