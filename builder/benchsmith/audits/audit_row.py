"""The rows of an audit table: one question each, plus what the lexicon knows of labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchsmith.audits.picture_measures import PictureMeasures
from benchsmith.core.absent_labels import Searched
from benchsmith.core.evidence import RECOGNITION


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One question and the metadata of its picture; an unknown value is None.

    Pixel coordinates are those of the source plane, x to the right and y down, before the picture
    was resized.
    """

    id: str
    """The case's public id."""
    split: str
    stem: str
    """The stem that was used, before its modality was filled in."""
    question: str
    options: tuple[str, ...]
    """The option texts as shown, in order; length k."""
    labels: tuple[str, ...]
    """Label ids, parallel to `options`."""
    answers: tuple[int, ...]
    """Positions of the right options, from 0."""
    pool: str
    """The pool that the wrong options were drawn from."""
    task: str
    modality: str
    view: str
    """The granularity: ``image``, ``box``, ``mask`` or ``contour``."""
    label: str
    """Id of the label that is asked about."""
    source: str
    target: str
    department: str | None = None
    modality_name: str | None = None
    pool_size: int | None = None
    """Number of admissible wrong labels in the pool."""
    sample: str | None = None
    patient: str | None = None
    group: str | None = None
    """The leak group: rows of one group must be in one split."""
    kind: str | None = None
    """What the source annotates: ``image``, ``region`` or ``box``."""
    axis: str | None = None
    """The normal of the plane: ``axial``, ``coronal``, ``sagittal``, or empty for a planar picture."""
    plane: tuple[int, ...] | None = None
    """Rows and columns of the source plane, in pixels."""
    crop: tuple[int, int, int, int] | None = None
    """x0, y0, x1, y1 of the part that is shown, half open, in pixels of the plane."""
    box: tuple[int, int, int, int] | None = None
    """x0, y0, x1, y1 of the region, half open, in pixels of the plane."""
    area_px: int | None = None
    """Area of the region in pixels of the plane."""
    components: int | None = None
    """Number of connected components of the region."""
    laterality: str | None = None
    """``left``, ``right`` or empty: the side that the source states of the region."""
    level: float | None = None
    """Median of the region's values in the units of its file, Hounsfield units for most CT volumes."""
    spread: float | None = None
    """Standard deviation of the plane's grey levels, 0 to 255."""
    neighbours: tuple[tuple[str, float, float], ...] | None = None
    """What else the source marks or states: label, share of the region, share of the box (0 to 1)."""
    searched: Searched | None = None
    """Which labels are absent where they are not stated."""
    phash: str | None = None
    """64-bit perceptual hash of the plane as 16 hex digits; empty if there is none."""
    mirrors: str | None = None
    """The hashes of the plane mirrored left to right and top to bottom, concatenated (32 digits)."""
    width: int | None = None
    """Width of the published picture in pixels."""
    height: int | None = None
    """Height of the published picture in pixels."""
    file_bytes: int | None = None
    picture: str | None = None
    """SHA-256 of the published picture."""
    rgb8: bool | None = None
    """Whether the file's header declares an 8-bit RGB picture."""
    mark: tuple[int, int] | None = None
    """Colour of the drawn mark: red minus green and green minus blue, each -255 to 255."""
    thickness: float | None = None
    """Median thickness of the drawn mark in pixels of the published picture."""
    measures: PictureMeasures | None = None
    """Measurements of the published picture; only of a sample."""
    look: bytes | None = None
    """The plane's appearance; see :mod:`benchsmith.imaging.appearance`."""
    text: tuple[str, ...] | None = None
    """What text in the picture may reveal about a person, such as ``a date``; None if it was not read."""
    several: bool = False
    """Whether the stem asks for all right options."""
    pair: str = ""
    """Shared by a question and its counterfactual; empty for a question without one."""
    altered: str = ""
    """How the picture was altered; empty for an original question."""
    skill: str = RECOGNITION
    """What the question takes."""
    subjects: tuple[str, ...] | None = None
    """Labels of the structures that a skill's question is about, in the order of its evidence."""
    hidden: bool = False
    """Whether the answers are withheld: only checks of the shown picture and words can judge it."""
    age: str | None = None
    sex: str | None = None
    site: str | None = None

    @property
    def has_possible_key(self) -> bool:
        """Whether every answer is an option, and each option has a label."""
        given, k = set(self.answers), len(self.options)
        return (
            0 < len(given) == len(self.answers) <= k == len(self.labels)
            and min(given) >= 0
            and max(given) < k
        )

    @property
    def answer_labels(self) -> frozenset[str]:
        """Ids of the right options' labels."""
        return frozenset(self.labels[a] for a in self.answers)


@dataclass(frozen=True, slots=True)
class ModelResult:
    """How often one model answered one question correctly."""

    row: int
    """Index of the question in the audit table."""
    model: str
    picture: str
    """Which picture was sent: ``none``, its ``own``, or an ``other``."""
    share: float
    """Share of the model's replies that were right, 0 to 1."""


def _never(_: str, __: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelKnowledge:
    """What the lexicon knows about labels; labels are given by id."""

    known: frozenset[str] = frozenset()
    """Labels that have a place in the tree."""
    related: Callable[[str, str], bool] = _never
    """Whether two labels are equal, or one is a kind or a part of the other: if one is true of a
    picture, so is the other."""
    confusable: Callable[[str, str], bool] = _never
    """Whether curators declared two labels indistinguishable: neither is wrong beside the other."""
    names: Mapping[str, tuple[str, ...]] | None = None
    """Name and synonyms by label."""
    traits: Mapping[str, Mapping[str, str]] | None = None
    """By trait (`branch`, `parent`, `department`), the value of each label."""
    plausible: Callable[[str, str], bool] | None = None
    """Whether a label can be seen in a modality; also if the lexicon does not know one of them."""

    ancestors: Callable[[str], tuple[str, ...]] | None = None
    """A label and its ancestors, nearest first."""

    def lineage(self, label: str) -> tuple[str, ...]:
        """Return a label and its ancestors, nearest first; only the label if it is not in the tree."""
        return (self.ancestors(label) if self.ancestors else ()) or (label,)

    def names_of(self, label: str, text: str) -> tuple[str, ...]:
        """Return all names of a label that is shown as `text`."""
        return (text, *(self.names or {}).get(label, ()))
