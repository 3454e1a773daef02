"""Which drafts a benchmark may ask: by its views, its query, its stems and what the lexicon knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from benchsmith.core.skill_table import BY_EDGES
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.query import Query
from benchsmith.documents.skill_pools import SkillPools
from benchsmith.skills.contract import Draft
from benchsmith.stages import ask

DISEASE = "disease"
"""The kind of labels that are in organs without being parts of them."""
ANATOMY = "anatomy"
BONE = "bone"


def fault_of(
    draft: Draft,
    skill: str,
    benchmark: Benchmark,
    lexicon: Lexicon,
    pools: SkillPools,
    query: Query,
) -> tuple[str, str] | None:
    """Return why a draft cannot be asked in this benchmark, as reason and detail; None if it can."""
    anchor = draft.scene.anchor
    if draft.view not in benchmark.views:
        return "view-not-asked", draft.view
    if not query.accepts(_AskedAs(draft.view, anchor.split, skill), ask.AXES):
        return "view-not-asked", skill
    if same := sorted(draft.scene.alike & {turn for turn, _ in draft.turns}):
        return "symmetric-picture", f"it stays the same in the EXIF orientation {same[0]}"
    kinds = pools.get(skill, {})
    if draft.kind not in kinds or not kinds[draft.kind].stems:
        return "no-stem", f"{skill}, {draft.kind}"
    # in a lung window a spleen is as white as its surroundings; but a window that the recipe states is its
    # author's choice for all of the picture
    usual = lexicon.window(anchor.label, anchor.modality)
    by_anatomy = draft.scene.again or (usual is not None and usual.for_all == anchor.window)
    by_anatomy &= benchmark.picture.intensity == ANATOMY
    for label in draft.subjects:
        place = lexicon.place(label, anchor.modality)
        if place is None:
            return "hard-to-name", f"{label} has no placement in {anchor.modality}"
        if skill in BY_EDGES and place.task in benchmark.quality.edgeless:
            return "hard-to-name", f"only an atlas defines where {label} ends"
        own = lexicon.window(label, anchor.modality)
        if by_anatomy and own and own.for_all != anchor.window:
            return "outside-window", f"{label} is shown in the window {anchor.window}"
    for first, other in combinations(draft.subjects, 2):
        if draft.nested:
            if lexicon.labels[first].kind != DISEASE and other not in lexicon.labels.lineage(first):
                return "not-a-part", f"{first} of {other}"
        elif lexicon.exclude(first, other):
            return "related-subjects", f"{first} and {other}"
    if draft.kind == "parts" and lexicon.labels[draft.subjects[0]].kind == BONE:
        return (
            "parts-unclear",
            f"a slice shows several areas of {draft.subjects[0]}, which is one bone",
        )
    return None


def without_repeats(drafts: Iterable[Draft]) -> list[Draft]:
    """Return drafts without those that repeat an earlier one."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for draft in drafts:
        if draft.once and (draft.kind, draft.once) in seen:
            continue
        seen.add((draft.kind, draft.once))
        kept.append(draft)
    return kept


@dataclass(frozen=True, slots=True)
class _AskedAs:
    view: str
    split: str
    skill: str
