"""Counts of a release along the tree, for the card and the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from benchsmith.release.model import Release


@dataclass(frozen=True, slots=True)
class Line:
    """One branch of an axis."""

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
    """Return the branches of an axis with their counts, the largest first.

    `axis` is one of task, department, modality, view, source. Of a hidden split the questions are
    counted where the axis is published, and never labels and targets.
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
    for veiled in release.veiled:
        if key := getattr(veiled.entry, axis, ""):
            groups.setdefault(key, []).append(("", "", veiled.entry.split, veiled.entry.modality))
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
    """Return how often an option named at random is right: the mean of right options / options.

    How many of several are right is not known in a hidden split; such questions do not count.
    """
    asked = [len(q.answers) / len(q.options) for q in release.asked()]
    asked += [1 / len(v.entry.options) for v in release.veiled if not v.entry.several]
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
