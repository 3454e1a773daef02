"""Ids for draws: while questions are written, every target is named by the pixels of its picture.

All random orders in a release are drawn from ids. An id that contains a file's name would let a
reader of the release test a guess of that name against the orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from benchsmith.core.content_names import renamed
from benchsmith.core.model import Choice, Question, Rejection

Value = TypeVar("Value")


class ContentIds:
    """Translates ids of some targets, and of what is asked about them, to content ids and back.

    `sample` keeps its id, by which images are read. A target without a content name keeps its id.
    """

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._contents = {c.sample: c.content for c in choices if c.content}
        self._samples = {content: sample for sample, content in self._contents.items()}
        if len(self._samples) != len(self._contents):
            raise ValueError("two samples have one content name")
        self.choices = sorted(
            (replace(c, id=renamed(c.id, c.sample, c.content)) for c in choices),
            key=lambda c: c.id,
        )
        """The targets under their content ids, sorted by these."""

    def translated(self, by_id: Mapping[str, Value]) -> dict[str, Value]:
        """Return values by the content ids of their targets; ids of other samples are left out."""
        found = {}
        for id_, value in by_id.items():
            ends = [place for place, sign in enumerate(id_) if sign == "#"]
            sample = next((id_[:n] for n in ends if id_[:n] in self._contents), "")
            if sample:
                found[renamed(id_, sample, self._contents[sample])] = value
            elif id_.partition("#")[0] not in self._samples:
                found[id_] = value
        return found

    def own(self, id_: str) -> str:
        """Return the id with the sample's own id in place of its content name."""
        name, mark, rest = id_.partition("#")
        return f"{self._samples[name]}{mark}{rest}" if name in self._samples else id_

    def back(self, rows: Iterable[Question | Rejection]) -> list[Question | Rejection]:
        """Return questions and rejections under their own ids. The name of a mirrored set is kept.

        Sorted by id, and rejections by subject.
        """
        return [self._row(row) for row in rows]

    def shown(self, choices: Iterable[Choice]) -> list[Choice]:
        """Return targets under their own ids."""
        return [replace(c, id=self.own(c.id)) for c in choices]

    def _row(self, row: Question | Rejection) -> Question | Rejection:
        if isinstance(row, Rejection):
            return replace(row, subject=self.own(row.subject))
        return replace(
            row, id=self.own(row.id), target=self.own(row.target), pair=self.own(row.pair)
        )
