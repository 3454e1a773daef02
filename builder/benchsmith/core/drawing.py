"""Everything that a picture depends on, except its image."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.alteration import Alteration
from benchsmith.core.model import Box, Choice, Form, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Fields of a question and its choice."""

    view: str
    kind: str
    axis: str
    index: int
    crop: Box | None
    window: str
    layer: int
    value: int
    alteration: Alteration | None = None
    form: Form | None = None


def drawing_of(question: Question, choice: Choice) -> Drawing:
    """Return the drawing of a question."""
    return Drawing(
        view=question.view,
        kind=choice.kind,
        axis=choice.axis,
        index=choice.index,
        crop=choice.crop,
        window=choice.window,
        layer=choice.layer,
        value=choice.value,
        alteration=question.alteration,
        form=question.form,
    )
