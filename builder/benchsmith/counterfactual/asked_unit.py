"""Questions about one target that share their options, and are therefore altered together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchsmith.core.model import Choice, Question


@dataclass(frozen=True, slots=True)
class AskedUnit:
    """One target, and the questions about it with the same options, one for each view."""

    id: str
    choice: Choice
    questions: tuple[Question, ...]
    """Sorted by view."""

    @property
    def views(self) -> tuple[str, ...]:
        """The views of its questions."""
        return tuple(q.view for q in self.questions)

    @property
    def marked(self) -> bool:
        """Whether its pictures have a mark."""
        return "image" not in self.views

    @property
    def several(self) -> bool:
        """Whether its question asks for all right options."""
        return self.questions[0].several

    @property
    def pool(self) -> str:
        """The pool that its wrong options come from."""
        return self.questions[0].pool

    @property
    def offered(self) -> frozenset[str]:
        """The labels that are its options."""
        return frozenset(self.questions[0].option_labels)

    @property
    def key(self) -> frozenset[str]:
        """The labels that are right in the unaltered picture."""
        first = self.questions[0]
        return frozenset(first.option_labels[a] for a in first.answers)


def units_of(questions: Iterable[Question], choices: Mapping[str, Choice]) -> list[AskedUnit]:
    """Group questions by target and options; `choices` are by id. Sorted by id."""
    grouped: dict[str, list[Question]] = {}
    for q in sorted(questions, key=lambda q: q.id):
        how = "several" if q.several else "image" if q.view == "image" else "marked"
        grouped.setdefault(f"{q.target}:{how}", []).append(q)
    return [
        AskedUnit(id_, choices[found[0].target], tuple(sorted(found, key=lambda q: q.view)))
        for id_, found in sorted(grouped.items())
    ]
