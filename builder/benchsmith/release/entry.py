"""What an exporter may know of a case: an entry, and its key unless its split is hidden."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.model import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The right answers of an entry, and all that would tell of them."""

    answers: tuple[int, ...]
    """Positions of the right options."""
    department: str
    """It is the label's: the options of one question may be of several."""
    source: str
    """A source that has but one of the options tells which it is."""
    licence: str
    target: str
    """Public id: views of one target share right options more than wrong ones."""
    group: str
    """Public id of the people who must stay together; mostly one."""
    mirror: str
    """Public id; empty for a question that stands alone."""
    label: str
    """Id of the label that was asked about; of several, the first."""
    kind: str
    """``region``, ``box`` or ``image``."""
    planar: bool
    box: tuple[float, float, float, float] | None
    """x, y, width, height of the region in pixels of the picture; None where nothing is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case of a release. In a hidden split it has no key, and nothing else that tells it."""

    id: str
    split: str
    question: str
    options: tuple[str, ...]
    several: bool
    task: str
    modality: str
    view: str
    png: bytes = b""
    png_sha256: str = ""
    width: int = 0
    height: int = 0
    key: Key | None

    @property
    def label(self) -> str | None:
        """Return the right options in words; None where they are hidden."""
        if self.key is None:
            return None
        return "; ".join(self.options[a] for a in self.key.answers)


def placed(
    choice: Choice, view: str, width: int, height: int
) -> tuple[float, float, float, float] | None:
    """Return where the region's box lies in a picture of `width` times `height` pixels."""
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
