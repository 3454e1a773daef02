"""A target in the views that share their options."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.model import Choice


@dataclass(frozen=True, slots=True)
class AskedTarget:
    """A target, and the views in which it is asked about with the same options."""

    choice: Choice
    views: tuple[str, ...]
    noun: str = ""
    """What the stem says is asked for; all options are values of it."""

    @property
    def id(self) -> str:
        """Id of the options: the target's id, and whether the picture has a mark."""
        return f"{self.choice.id}:{'image' if 'image' in self.views else 'marked'}"
