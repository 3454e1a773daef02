"""What a skill is: one function from a scene to drafts of questions, or to why there are none.

A skill draws nothing and chooses no options. It says what may be asked about one picture, which answers
there are, which one is right and what that rests on. How many questions are asked, which ones stand
together, where the right option stands and how it is worded is the same for all skills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from benchsmith.core.contracts import Shown
from benchsmith.core.evidence import Fact
from benchsmith.core.model import Box, Choice, Form
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.plane_measures import Apart, Flat
from benchsmith.skills.solids import Volume


@dataclass(frozen=True, slots=True)
class Side:
    """One of a left and a right structure, in the plane."""

    box: Box
    area: float
    """In :attr:`Scene.unit` squared."""
    whole: float
    """Share of its area in its largest 8-connected part, 0 to 1."""


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
    flat: Flat | None = None
    """Lengths, values and parts in the plane."""
    instances: int = 1
    """How many structures of its label are marked in the plane, each on its own."""
    sides: Mapping[str, Side] = field(default_factory=dict)
    """Its left and its right structure, as the patient's; empty where a side is unknown."""
    around: Box | None = None
    """Around it in all planes of the picture's axis; None if its label has several structures."""


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
    again: bool = False
    """Whether the picture is another scene too, in the window of its anchor."""
    shown: Shown | None = None
    """The values that are black and white in the picture; None if it is shown as stored."""
    values: str = ""
    """Unit of the image's values, such as ``HU``, as the file or the window states it; empty where it is
    unknown."""
    apart: Mapping[tuple[str, str], Apart] = field(default_factory=dict)
    """Each two structures, by their labels in alphabetical order; empty unless a skill needs them."""
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
class Amount:
    """A number that is asked for, and how far apart the numbers that are offered stand."""

    value: float
    unit: str
    """As the options write it; empty for a count."""
    ratio: float = 0.0
    """Least ratio of two numbers that are offered; 0 where their difference counts."""
    step: float = 0.0
    """Least difference of two numbers that are offered; 0 where their ratio counts."""
    low: float = 0.0
    """Smallest number that may be offered."""
    high: float = float("inf")
    """Largest number that may be offered."""
    exact: bool = False
    """Whether the right option is the number itself, as of a count, and not the nearest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question that may be asked about one picture."""

    scene: Scene
    kind: str
    """The kind of question: its stems are `kinds: <kind>` of the skill's file."""
    subjects: tuple[str, ...]
    """The labels that fill the stem's placeholders, in their order."""
    options: tuple[str, ...] = ()
    """Ids of the answers: labels, ids under `options` of the skill's file, or what is written after
    ``says:``. Empty for an amount: its options are chosen together with those of other pictures."""
    key: str = ""
    """The right one."""
    evidence: tuple[Fact, ...]
    about: Seen | None
    """The structure that the question is filed under; None where that is not shown."""
    amount: Amount | None = None
    """The number that is asked for."""
    form: Form | None = None
    """What the picture has besides the plane."""
    variant: str = ""
    """Tells drafts of one kind about the same structures of one picture apart."""
    evened: tuple[str, tuple[str, ...]] | None = None
    """What is as frequent as what, if it is not the key among the options."""
    ladder: str = ""
    """What else the words and options say, such as the numbers that are offered; only questions with
    the same stand together."""
    nested: bool = False
    """Whether one subject may be a kind or a part of another."""
    once: str = ""
    """Of drafts of one kind with the same, only one is asked: the slice that they were drafted from
    is not what they show."""
    in_order: bool = False
    """Whether the options stand in their own order; else the key's place is dealt."""
    turn: int = 0
    """The EXIF orientation that turns the picture so that :attr:`turned_key` is right; 0 for none.

    Such a question is asked twice, about the picture as it is and turned."""
    turned_key: str = ""

    @property
    def subject(self) -> str:
        """What it asks about: labels and modality, which its words name."""
        return "|".join([*sorted(self.subjects), self.scene.anchor.modality])

    @property
    def group(self) -> str:
        """The questions of one group have every answer equally often."""
        whose = self.scene.anchor.modality if self.evened else self.subject
        return f"{whose} {self.ladder}".rstrip()

    @property
    def side(self) -> tuple[str, tuple[str, ...]]:
        """What of this draft must be as frequent as what else: its key, of its options."""
        return self.evened or (self.key, self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Something that is not asked about one picture."""

    subject: str
    """The labels, joined by ``|``."""
    reason: str
    """Code of :mod:`benchsmith.core.reasons`."""
    detail: str


SAYS = "says:"
"""An option that says what follows, such as ``says:140 mL``."""

Skill = Callable[[Scene, Margins], Iterator[Draft | Unclear]]
