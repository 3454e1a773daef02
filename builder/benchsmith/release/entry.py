"""The cases of a release: in full for the build, and as entries for exporters.

An entry of a hidden split has no key, and no other field that would reveal it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from benchsmith.core.model import Case, Choice, Question, Sample


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """One case with its question, target and sample."""

    case: Case
    question: Question
    choice: Choice
    sample: Sample


class Cell(NamedTuple):
    """A task and a department; the department is empty in a hidden split."""

    task: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The right answers of an entry, and every field that would reveal them."""

    answers: tuple[int, ...]
    """Positions of the right options, from 0."""
    department: str
    """The label's department; options of one question may belong to several."""
    source: str
    """A source that has only one of the options reveals the answer."""
    licence: str
    target: str
    """Public id; views of one target share right options more often than wrong ones."""
    group: str
    """Public id of the patients that must stay in one split; usually one patient."""
    mirror: str
    """Public id of the mirrored set; empty for a question outside such sets."""
    pair: str
    """Public id that a question shares with its counterfactual; empty without one."""
    altered: str
    """How the picture was altered; empty for an original question."""
    label: str
    """Id of the label that was asked about; the first of several."""
    kind: str
    """``region``, ``box`` or ``image``."""
    planar: bool
    """Whether the source picture is planar and not a volume."""
    box: tuple[float, float, float, float] | None
    """x, y, width and height of the region in pixels of the picture; None if nothing is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case of a release as exporters see it."""

    id: str
    split: str
    question: str
    options: tuple[str, ...]
    several: bool
    task: str
    modality: str
    view: str
    skill: str
    png: bytes = b""
    png_sha256: str = ""
    width: int = 0
    """Pixels."""
    height: int = 0
    """Pixels."""
    key: Key | None
    """None in a hidden split."""

    @property
    def label(self) -> str | None:
        """The texts of the right options; None if they are hidden."""
        if self.key is None:
            return None
        return "; ".join(self.options[a] for a in self.key.answers)

    def with_picture(self, case: Case) -> Entry:
        """Return the entry with the picture of its case."""
        return replace(
            self, png=case.png, png_sha256=case.png_sha256, width=case.width, height=case.height
        )


@dataclass(frozen=True, slots=True)
class HiddenCase:
    """A case of a hidden split: its entry without a key and picture, and the picture's number."""

    entry: Entry
    number: int
    """Index of the picture in the release's picture store."""


def entry_of(question: Question, id_: str, key: Key | None) -> Entry:
    """Return the entry of a question, without its picture."""
    return Entry(
        id=id_,
        split=question.split,
        question=question.question,
        options=question.options,
        several=question.several,
        task=question.task,
        modality=question.modality,
        view=question.view,
        skill=question.skill,
        key=key,
    )


def cell_of(question: Question) -> Cell:
    """Return the cell of a question of an open split."""
    return Cell(question.task, question.department)


def box_in_picture(
    choice: Choice, view: str, width: int, height: int
) -> tuple[float, float, float, float] | None:
    """Return x, y, width and height of the region's box in a picture of `width` x `height` pixels.

    None for image granularity, and if the target has no box.
    """
    if choice.box is None or view == "image":
        return None
    rows, columns = choice.plane
    left, top = (choice.crop.x0, choice.crop.y0) if choice.crop else (0, 0)
    if choice.crop:
        rows, columns = choice.crop.y1 - top, choice.crop.x1 - left
    x, y = width / columns, height / rows
    box = choice.box
    return (
        (box.x0 - left) * x, (box.y0 - top) * y, (box.x1 - box.x0) * x, (box.y1 - box.y0) * y,
    )  # fmt: skip
