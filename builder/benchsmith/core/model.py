"""The nouns: what flows from one stage to the next, one frozen row each.

Every picture plane is addressed as a reader of the report sees it: rows run down, columns run
right, and a box is half open in pixels of that plane (`x0 <= x < x1`). How a plane is cut from a
volume is defined once, in :mod:`benchsmith.imaging.geometry`.
"""

from __future__ import annotations

from dataclasses import dataclass

AXES = ("axial", "coronal", "sagittal")
PLANAR = "planar"
"""The axis name of a picture that was two-dimensional from the start."""
VIEWS = ("image", "box", "mask", "contour")
SPLITS = ("val", "test")
ABOUT = ("age", "sex", "site", "laterality", "view", "quality", "official")
"""What a source may say of the person and the picture, in its own words."""


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
class Neighbour:
    """Another structure in the same picture, and how far it reaches into the marked region."""

    name: str
    in_region: float
    """Share of the marked region's pixels that this structure also covers, 0 to 1."""
    in_box: float
    """Share of the marked region's box that this structure covers, 0 to 1."""
    share: float
    """Its own share of the picture, 0 to 1: 1 for what is said of the whole picture, 0 for what
    only may be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good a picture is, and how well its region can be seen; measured, not judged."""

    dark: float = 0.0
    """Share of the picture that is near black."""
    bright: float = 0.0
    """Share of the picture that is saturated."""
    middle: float = 1.0
    """Share of the picture that is neither at the dark nor at the bright end."""
    aspect: float = 1.0
    """The picture's short side as a share of its long side, in millimetres."""
    side: float = 1.0
    """Short side of the region's box as a share of the picture's long side, in millimetres."""
    cut: float = 0.0
    """Share of the region's outline that lies on the picture's border."""
    whole: float = 1.0
    """Share of the region that its largest part has."""
    contrast: float | None = None
    """How far the region's median lies from that of the ring around it, in median absolute
    deviations; None for a whole picture, and for a region without a ring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One picture or volume of a source, as read."""

    id: str
    """``source/key``: made of names, so that it survives any reordering."""
    source: str
    key: str
    patient: str
    """``source/patient``: whoever shares it stays on one side of the split."""
    modality: str
    files: tuple[str, ...]
    sha256: str
    """Digest over the bytes of `files`, in their order."""
    shape: tuple[int, ...]
    """Voxels as (z, y, x)."""
    spacing_mm: tuple[float, ...]
    """Millimetres as (z, y, x); empty when the file does not say."""
    planar: bool
    part: str
    """Which picture of the file; empty for a file that is one picture."""
    licence: str
    age: str
    sex: str
    site: str
    laterality: str
    view: str
    quality: str
    official: str = ""
    """Which part of its own split the source puts this picture in, in its own words."""
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the source says of one picture, verbatim and measured."""

    id: str
    """``source/key#label@z43`` for a region, ``source/key#label`` for a whole picture."""
    source: str
    sample: str
    patient: str
    modality: str
    kind: str
    """``region`` (a mask), ``box`` (only a box is known) or ``image`` (of the whole picture)."""
    group: str
    """For `image` findings the column or list that the label belongs to: its options' pool."""
    raw: str
    """The label as the source spells it."""
    stated_at: str
    """Where the source says so: ``labels.csv:12`` or ``seg.nii.gz value 3``."""
    entry: int
    """Which of the recipe's samples entries this comes from."""
    layer: int
    value: int
    """Where the region's pixels are: voxels of layer `layer` that equal `value`; 0 for none."""
    axis: str
    index: int
    plane: tuple[int, ...]
    """Rows and columns of the picture plane in native pixels."""
    crop: Box | None
    """The part of the plane that is shown; None for all of it."""
    box: Box | None
    area_px: int
    area_mm2: float | None
    share: float
    """Region's share of the picture, 0 to 1."""
    components: int
    """8-connected parts of the region in this plane."""
    neighbours: tuple[Neighbour, ...]
    """What else is marked in this picture; names are raw labels here, label ids from Label on."""
    exhaustive: bool
    """Everything of the source's label list was looked for: what is not marked is absent."""
    phash: str
    """64-bit DCT hash of the picture plane, as 16 hex digits."""
    window: str
    """The recipe's window for this picture; empty for the anatomy's own."""
    spread: float
    """Standard deviation of the plane's 8-bit thumbnail, in grey levels: 0 is blank."""
    mirrors: str = ""
    """The hashes of the plane mirrored left to right and top to bottom, one behind the other."""
    look: bytes = b""
    """What the plane looks like, as :func:`benchsmith.imaging.appearance.describe` packs it."""
    seen: Quality = Quality()


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Finding):
    """A finding under the lexicon's own name."""

    label: str
    laterality: str
    """``left``, ``right`` or empty: taken off the name, kept as an attribute."""
    decided_at: str
    """The line of the lexicon, and the steps, that decided `label`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Label):
    """A label with its place on every axis of the tree."""

    task: str
    department: str
    placed_at: str
    """The line of placements.tsv that decided task and department."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Target):
    """A target that was selected, on its side of the split."""

    split: str
    cluster: str = ""
    """Whose pictures these are: the first patient, by name, of all that must stay together."""


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
    """Where the stem stands: ``question_pools/tasks/bone.yaml:14``."""
    question: str
    options: tuple[str, ...]
    """Display names, in the order they are offered."""
    option_labels: tuple[str, ...]
    """Label ids, parallel to `options`."""
    answers: tuple[int, ...]
    """Positions of the true options in `options`."""
    pool: str
    pool_size: int
    """Admissible wrong options (L) the draw was made from."""
    several: bool
    """Whether several answers may be right, and the stem says so."""
    mirror: str
    """Shared by the questions that have the same stem and options and other keys; empty for one
    that stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """All that decides a picture but the image: fields of a question and its choice."""

    view: str
    kind: str
    axis: str
    index: int
    crop: Box | None
    window: str
    layer: int
    value: int


def drawing_of(question: Question, choice: Choice) -> Drawing:
    """Return what decides a question's picture."""
    return Drawing(
        view=question.view,
        kind=choice.kind,
        axis=choice.axis,
        index=choice.index,
        crop=choice.crop,
        window=choice.window,
        layer=choice.layer,
        value=choice.value,
    )


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
    """The window as used: ``soft-tissue: level 40 width 400 HU`` or percentiles with values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Something left out, with its reason; never only logged."""

    stage: str
    source: str
    subject: str
    """What was left out: a file, a sample, a finding, a question."""
    reason: str
    """Code in :mod:`benchsmith.core.reasons`."""
    detail: str
