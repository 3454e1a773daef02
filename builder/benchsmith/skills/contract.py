"""What a skill is: one function from a scene to drafts of questions, or to why there are none.

A skill draws nothing and chooses no options. It says what may be asked about one picture, which answers
there are, which one is right and what that rests on. How many questions are asked, which ones stand
together, where the right option stands and how it is worded is the same for all skills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchsmith.core.evidence import Fact
from benchsmith.core.model import Box, Choice
from benchsmith.documents.benchmark import Margins
from benchsmith.documents.skill_pools import VIEW
from benchsmith.skills.applied_rules import Applied
from benchsmith.skills.plane_sizes import PlaneSize
from benchsmith.skills.solids import Volume


@dataclass(frozen=True, slots=True)
class Seen:
    """One structure in a picture: all masks of one label together."""

    label: str
    shown: Choice
    """Its largest mask as a target, measured as ingest measures it."""
    box: Box
    """Around all of its masks, in pixels of the plane."""
    area: float
    """In :attr:`Scene.unit` squared."""
    share: float
    """Share of the picture that it covers, 0 to 1."""
    whole: float
    """Share of its area in its largest 8-connected part, 0 to 1."""
    contrast: float | None
    """With the ring around it, as :mod:`benchsmith.stages.visibility` measures it in the picture."""
    grey: float | None
    """Mean grey level in the picture as it is drawn, 0 to 255; None for colours."""
    size: PlaneSize | None = None
    """Its diameters and its mean value in the plane."""
    stated_sides: frozenset[str] = frozenset()
    """``left``, ``right`` or empty: the sides that the source states of its masks."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How one structure of a picture lies to another one."""

    first: str
    second: str
    """Their labels."""
    distance: float
    """Between the centres of their nearest pixels, in :attr:`Scene.unit`; 0 where they overlap."""
    rim: float
    """Share of the pixels around the first one, 4-connected, that the second one covers, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Level:
    """One vertebra of a picture, by the level that its source names."""

    name: str
    """Such as ``L1``."""
    top: int
    bottom: int
    """Its first row, and one past its last one, in pixels of the plane."""

    def share(self, row: float) -> float:
        """Return where a row lies in its height, 0 at its top and 1 at its bottom."""
        return (row - self.top) / (self.bottom - self.top)

    def holds(self, row: float, margin: float) -> bool:
        """Return whether a row is in its height, and off its ends by a share of it."""
        return margin <= self.share(row) <= 1 - margin


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of the benchmark, without a mark, and the structures in it that have a name."""

    anchor: Choice
    """The chosen target of the picture that its window and file are taken from."""
    size: tuple[int, int]
    """Rows and columns of the plane, in pixels."""
    pixel: tuple[float, float]
    """Height and width of a pixel in :attr:`unit`."""
    unit: str
    """``mm``, or ``px`` where the file states no spacing."""
    structures: tuple[Seen, ...]
    """Sorted by label."""
    minor: tuple[Seen, ...] = ()
    """Smaller ones, which can be asked about if they are outlined."""
    others: frozenset[str] = frozenset()
    """Further labels that are marked in the picture, or stated for it."""
    absent: frozenset[str] = frozenset()
    """Labels that other pictures of the source show, and that this one surely does not."""
    sided: tuple[Seen, ...] = ()
    """Structures of which the source states a side, each mask by itself; sorted by label and side."""
    levels: tuple[Level, ...] = ()
    """Its vertebrae whose level the source names."""
    relations: tuple[Relation, ...] = ()
    """Of each structure to each other one."""
    rules: tuple[Applied, ...] = ()
    """The published criteria that are about its structures."""
    left_is: str = ""
    """The patient's direction at the left of the picture, such as ``right``; empty if unknown."""
    top_is: str = ""
    """The same at its top, such as ``front`` or ``head``."""
    middle: float | None = None
    """Column of the middle of the body, in pixels from the left; None if unknown."""
    volume: Volume | None = None
    """The structures of the picture's image in three dimensions; None unless a skill of the benchmark
    needs them."""

    @property
    def id(self) -> str:
        """Name of the picture: that of its anchor."""
        return self.anchor.id

    @property
    def long_side(self) -> float:
        """The picture's long side in :attr:`unit`."""
        return max(self.size[0] * self.pixel[0], self.size[1] * self.pixel[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question that may be asked about one picture."""

    scene: Scene
    kind: str
    """The kind of question: its stems are `kinds: <kind>` of the skill's file."""
    subjects: tuple[str, ...]
    """The labels that fill the stem's placeholders, in their order."""
    options: tuple[str, ...]
    """Ids of the answers: labels, ids under `options` of the skill's file, or what is written after
    ``says:``."""
    key: str
    """The right one."""
    evidence: tuple[Fact, ...]
    about: Seen | None
    """The structure that the question is filed under; None where that is not shown."""
    view: str = VIEW
    """How the structure that it is about is marked in the picture: not at all, or as a granularity does."""
    variant: str = ""
    """Tells drafts of one kind about the same structures of one picture apart."""
    turn: int = 0
    """The EXIF orientation that turns the picture so that :attr:`turned_key` is right; 0 for none.

    Such a question is asked twice, about the picture as it is and turned."""
    turned_key: str = ""
    more_turns: tuple[tuple[int, str], ...] = ()
    """Further orientations, each with the answer that is right then."""
    wanted: bool = False
    """Whether it asks for what a question of a later stage rests on; such drafts come first."""
    words: tuple[str, ...] = ()
    """What fills the stem's placeholders after the subjects."""
    ladder: str = ""
    """What else the words and options say; only questions with the same stand together."""
    ordered: bool = False
    """Whether the subjects have roles, so that another order of them is another question."""

    @property
    def turns(self) -> tuple[tuple[int, str], ...]:
        """All orientations but the picture's own, each with its answer."""
        return ((self.turn, self.turned_key), *self.more_turns) if self.turn else ()

    @property
    def subject(self) -> str:
        """What it asks about: labels and modality, which its words name."""
        labels = self.subjects if self.ordered else sorted(self.subjects)
        return "|".join([*labels, self.scene.anchor.modality])

    @property
    def group(self) -> str:
        """The questions of one group have every answer equally often."""
        return f"{self.subject} {self.ladder}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Something that is not asked about one picture."""

    subject: str
    """The labels, joined by ``|``."""
    reason: str
    """Code of :mod:`benchsmith.core.reasons`."""
    detail: str


SAYS = "says:"
"""An option that says what follows, such as ``says:T1a``."""

Skill = Callable[[Scene, Margins], Iterator[Draft | Unclear]]
