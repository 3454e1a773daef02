"""Presence: whether a structure is shown; asked as often about pictures with it as without it."""

from __future__ import annotations

from collections.abc import Iterator

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Draft, Scene, Seen, Unclear
from benchsmith.skills.named_structures import conspicuous

YES, NO = "answer:yes", "answer:no"


def drafts(scene: Scene, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft `yes` for prominent structures, and `no` for structures that are certainly absent."""
    for one in scene.structures:
        if fault := conspicuous(one, margins):
            yield Unclear(subject=one.label, reason="hard-to-name", detail=fault)
        else:
            yield _draft(scene, one.label, YES, one.share, one)
    for label in sorted(scene.absent):
        yield _draft(scene, label, NO, 0.0, None)


def _draft(scene: Scene, label: str, key: str, share: float, about: Seen | None) -> Draft:
    fact = Fact(subject=label, name="share of the picture", value=share, unit="")
    return Draft(
        scene=scene, kind="shown", subjects=(label,), options=(YES, NO), key=key,
        evidence=(fact,), about=about,
    )  # fmt: skip
