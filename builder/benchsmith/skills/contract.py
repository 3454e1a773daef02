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
    others: frozenset[str] = frozenset()
    """Further labels that are marked in the picture, or stated for it."""
    absent: frozenset[str] = frozenset()
    """Labels that other pictures of the source show, and that this one surely does not."""
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
    """Ids of the answers: labels, or ids under `options` of the skill's file."""
    key: str
    """The right one."""
    evidence: tuple[Fact, ...]
    about: Seen | None
    """The structure that the question is filed under; None where that is not shown."""
    turn: int = 0
    """The EXIF orientation that turns the picture so that :attr:`turned_key` is right; 0 for none.

    Such a question is asked twice, about the picture as it is and turned."""
    turned_key: str = ""

    @property
    def group(self) -> str:
        """The questions of one group have every answer equally often."""
        return "|".join(sorted(self.subjects))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Something that is not asked about one picture."""

    subject: str
    """The labels, joined by ``|``."""
    reason: str
    """Code of :mod:`benchsmith.core.reasons`."""
    detail: str


Skill = Callable[[Scene, Margins], Iterator[Draft | Unclear]]
