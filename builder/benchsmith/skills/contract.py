"""The interface of a skill: one function from a scene to drafts of questions, or to reasons why there are none.

A skill draws nothing and chooses no options. It states what may be asked about one picture, the
possible answers, the right one and the evidence for it. The number of questions, their sets, the
place of the right option and the wording are handled in the same way for all skills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchsmith.core.evidence import Fact
from benchsmith.core.model import Form
from benchsmith.documents.benchmark import Margins
from benchsmith.documents.skill_pools import VIEW
from benchsmith.skills.measured_picture import Level, Relation, Scene, Seen, Side

__all__ = [
    "SAYS",
    "Amount",
    "Draft",
    "Level",
    "Relation",
    "Scene",
    "Seen",
    "Side",
    "Skill",
    "Unclear",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number that is asked for, and the distance between the numbers that are offered."""

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
    """The structure that the question is filed under; None if that is not shown."""
    amount: Amount | None = None
    """The number that is asked for."""
    form: Form | None = None
    """What the picture has besides the plane."""
    view: str = VIEW
    """How the structure that it is about is marked in the picture: not at all, or as a granularity does."""
    variant: str = ""
    """Tells drafts of one kind about the same structures of one picture apart."""
    evened: tuple[str, tuple[str, ...]] | None = None
    """What must be equally frequent, if not the key among the options."""
    ladder: str = ""
    """What else the words and options say, such as the numbers that are offered; only questions with
    the same stand together."""
    nested: bool = False
    """Whether one subject may be a kind or a part of another."""
    once: str = ""
    """Among drafts of one kind with the same value, only one is asked, because they do not show the slice
    from which they were drafted."""
    in_order: bool = False
    """Whether the options keep their own order; otherwise the key's position is dealt."""
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
    ordered: bool = False
    """Whether the subjects have roles, so that another order of them is another question."""

    @property
    def turns(self) -> tuple[tuple[int, str], ...]:
        """All orientations but the picture's own, each with its answer."""
        return ((self.turn, self.turned_key), *self.more_turns) if self.turn else ()

    @property
    def subject(self) -> str:
        """The subject of the question: the labels and modality that its words name."""
        labels = self.subjects if self.ordered else sorted(self.subjects)
        return "|".join([*labels, self.scene.anchor.modality])

    @property
    def group(self) -> str:
        """The questions of one group have every answer equally often."""
        whose = self.scene.anchor.modality if self.evened else self.subject
        return f"{whose} {self.ladder}".rstrip()

    @property
    def side(self) -> tuple[str, tuple[str, ...]]:
        """The value that must be equally frequent: the key among the options of this draft."""
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
