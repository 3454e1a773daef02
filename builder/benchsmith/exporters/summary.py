"""Counts of a release by axis, for the card and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from benchsmith.documents.axes import QUESTION_FIELDS
from benchsmith.exporters.tree_places import name_of, places
from benchsmith.release.model import Release
from benchsmith.tables.manifest import Manifest

KINDS = {
    "4": "one of four options or more",
    "3": "one of three options",
    "2": "one of two options",
    "several": "several answers",
}
"""Kinds of question by their chance, in words."""
FOUNDERS = "founders"
"""The curators who made the first lexicon: what they alone signed is not reviewed."""


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
    """Return the counts by term of an axis of the tree, or by source, the largest first.

    Questions of a hidden split are counted if the axis is published; their labels and targets are
    never counted. A release that asks only for recognition has no branches of skills.
    """
    if axis == "skill" and not release.skilled:
        return []
    terms = release.lexicon.axes.get(axis)
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    for q in release.asked():
        target = "" if q.altered else q.target
        key = places(release, q, [axis])[0]
        groups.setdefault(key, []).append((q.label, target, q.split, q.modality))
    for hidden in release.hidden_cases:
        if key := getattr(hidden.entry, QUESTION_FIELDS.get(axis, axis), ""):
            groups.setdefault(key, []).append(("", "", hidden.entry.split, hidden.entry.modality))
    lines = [
        Line(
            name=name_of(terms, key),
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


def random_scores(release: Release) -> list[tuple[str, int, float]]:
    """Return kind of question, number of questions and expected accuracy of a random option.

    Kinds differ in chance: questions with two options, with three, with four or more, and with
    several right answers. Kinds without a question are left out.
    """
    found: dict[str, list[float]] = {}
    for q in release.asked():
        kind = "several" if q.several else _of_options(len(q.options))
        found.setdefault(kind, []).append(len(q.answers) / len(q.options))
    for hidden in release.hidden_cases:
        if not hidden.entry.several:
            options = len(hidden.entry.options)
            found.setdefault(_of_options(options), []).append(1 / options)
    return [
        (name, len(found[kind]), sum(found[kind]) / len(found[kind]))
        for kind, name in KINDS.items()
        if kind in found
    ]


def _of_options(count: int) -> str:
    return str(min(count, 4))


def unreviewed(release: Release) -> tuple[int, int]:
    """Return how many labels of the questions were placed only by the founders, and the number of labels."""
    labels = {(q.label, q.modality) for q in release.asked()}
    alone = set()
    for label, modality in labels:
        place = release.lexicon.place(label, modality)
        if place is not None and set(place.agreed_by) <= {FOUNDERS}:
            alone.add(label)
    return len(alone), len({label for label, _ in labels})


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


def stage_rows(parts: Mapping[str, Manifest]) -> dict[str, int]:
    """Return the row counts of a stage, summed over its parts."""
    total: Counter[str] = Counter()
    for manifest in parts.values():
        total.update(manifest.rows.as_json())
    return dict(total)
