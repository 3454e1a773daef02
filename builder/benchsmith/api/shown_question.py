"""One case of a release: its question, options, answer and picture, also for a notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from benchsmith.api import notebook
from benchsmith.release.columns import letters

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Question:
    """A case with its picture; a notebook shows both, with the right options in bold."""

    id: str
    text: str
    options: tuple[str, ...]
    answer: str
    """The letters of the right options, such as ``A`` or ``B,D``; empty if they are hidden."""
    split: str
    image: bytes = field(repr=False)
    """The picture's file, PNG or JPEG."""

    @property
    def picture(self) -> Image:
        """The picture, RGB."""
        from PIL import Image

        return Image.open(BytesIO(self.image)).convert("RGB")

    def lettered(self) -> list[tuple[str, str]]:
        """Return the options in order, each with its letter."""
        return [(letters([n]), option) for n, option in enumerate(self.options)]

    def __str__(self) -> str:
        lines = [f"{letter}. {option}" for letter, option in self.lettered()]
        return "\n".join([self.text, *lines])

    def _repr_html_(self) -> str:
        right = self.answer.split(",")
        items = []
        for letter, option in self.lettered():
            text = escape(f"{letter}. {option}")
            items.append(f"<b>{text}</b>" if letter in right else text)
        shown = notebook.picture(self.image, self.text)
        return f"<p>{escape(self.text)}</p>{shown}<p>{'<br>'.join(items)}</p>"
