"""Rows of the stages, made by hand for tests that need no pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from benchsmith.core.absent_labels import Searched
from benchsmith.core.model import Choice, Finding, Label, Rejection, Target
from benchsmith.documents.benchmark import Options
from benchsmith.documents.lexicon import Lexicon
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.tag import tag
from benchsmith.tables import record_tables

FINDING = Finding(
    id="abdomen/a#spleen@z22",
    source="abdomen",
    sample="abdomen/a",
    patient="abdomen/a",
    modality="ct",
    kind="region",
    group="",
    raw="spleen",
    stated_at="labels/a.nii.gz value 4",
    entry=0,
    layer=0,
    value=4,
    axis="axial",
    index=22,
    plane=(44, 40),
    crop=None,
    box=None,
    area_px=120,
    area_mm2=270.0,
    share=0.07,
    components=1,
    neighbours=(),
    searched=Searched(labels=("*",)),
    window="",
    phash="0" * 16,
    spread=20.0,
)


ORGANS = ["gallbladder", "kidney", "liver", "spleen", "stomach"]


def target(lexicon: Lexicon, label: str, n: int = 0, **more: object) -> Target:
    (found,) = targets(lexicon, [(label, n)], **more)
    return found


def targets(
    lexicon: Lexicon, wanted: Sequence[tuple[str, int]], **more: object
) -> Sequence[Target]:
    """Return a target for each label and number, each of a sample of its own number."""
    findings = [
        replace(
            FINDING,
            id=f"abdomen/{n}#{label}",
            raw=label,
            sample=f"abdomen/{n}",
            patient=f"abdomen/{n}",
            **more,
        )  # type: ignore[arg-type]
        for label, n in wanted
    ]
    labels, lost = normalise(record_tables.to_table(findings, Finding), Normaliser(lexicon))
    kept, out = tag(labels, lexicon)
    assert not lost.num_rows and not out.num_rows
    return record_tables.from_table(kept, Target)


def normalised(findings: Sequence[Finding], lexicon: Lexicon) -> list[Any]:
    """Return findings as labels, then those that are left out as rejections."""
    kept, lost = normalise(record_tables.to_table(findings, Finding), Normaliser(lexicon))
    return [*record_tables.from_table(kept, Label), *record_tables.from_table(lost, Rejection)]


def choices(lexicon: Lexicon, counts: dict[str, int], split: str = "test") -> list[Choice]:
    wanted = [(label, n) for label, count in counts.items() for n in range(count)]
    names = Target.__dataclass_fields__
    return [
        Choice(**{name: getattr(each, name) for name in names}, split=split)
        for each in targets(lexicon, wanted)
    ]


def few(**more: Any) -> Options:
    """Return rules for options that allow two-way questions, as pools of a test are small."""
    return Options(**{"min_pool": 1, "fewest": 2, **more})
