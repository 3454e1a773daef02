"""Counts of a release by axis, for the card and the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from benchsmith.release.model import Release


@dataclass(frozen=True, slots=True)
class Line:
    """Counts of one term of an axis."""

    name: str
    modalities: int
    labels: int
    targets: int
    val: int
    test: int

    @property
    def cases(self) -> int:
        """Questions in both splits."""
        return self.val + self.test

    def count(self, split: str) -> int:
        """Return the questions of a split."""
        return {"val": self.val, "test": self.test}[split]


def branches(release: Release, axis: str) -> list[Line]:
    """Return the counts by term of an axis, the largest first.

    `axis` is one of task, department, modality, view, source. Questions of a hidden split are
    counted if the axis is published; their labels and targets are never counted.
    """
    terms = {
        "task": release.lexicon.tasks,
        "department": release.lexicon.departments,
        "modality": release.lexicon.modalities,
        "view": release.lexicon.granularities,
    }.get(axis)
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    for q in release.asked():
        groups.setdefault(getattr(q, axis), []).append((q.label, q.target, q.split, q.modality))
    for hidden in release.hidden_cases:
        if key := getattr(hidden.entry, axis, ""):
            groups.setdefault(key, []).append(("", "", hidden.entry.split, hidden.entry.modality))
    lines = [
        Line(
            name=terms[key].name if terms else key,
            modalities=len({modality for *_, modality in found}),
            labels=len({label for label, *_ in found} - {""}),
            targets=len({target for _, target, *_ in found} - {""}),
            val=sum(split == "val" for _, _, split, _ in found),
            test=sum(split == "test" for _, _, split, _ in found),
        )
        for key, found in groups.items()
    ]
    return sorted(lines, key=lambda line: (-line.cases, line.name))


def random_score(release: Release) -> float:
    """Return the expected accuracy of a random option: the mean of right options / options.

    Multi-answer questions of a hidden split are skipped, since their number of right options is
    hidden.
    """
    asked = [len(q.answers) / len(q.options) for q in release.asked()]
    asked += [1 / len(v.entry.options) for v in release.hidden_cases if not v.entry.several]
    return sum(asked) / len(asked) if asked else 0.0


def rejections(release: Release) -> list[tuple[str, str, int, list[tuple[str, int]]]]:
    """Return (stage, reason, count, count by source), the most frequent first in each stage."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for table in release.rejected.tables():
        for found in (
            table.group_by(["stage", "reason", "source"]).aggregate([([], "count_all")]).to_pylist()
        ):
            of = counts.setdefault((found["stage"], found["reason"]), Counter())
            of[found["source"]] += found["count_all"]
    stages = list(release.manifests)
    return sorted(
        ((stage, reason, of.total(), sorted(of.items())) for (stage, reason), of in counts.items()),
        key=lambda e: (stages.index(e[0]), -e[2], e[1]),
    )
