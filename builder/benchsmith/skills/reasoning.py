"""Reasoning: what follows from a measurement in the picture, by a published criterion.

The criteria are `lexicon/rules.tsv`. Two neighbouring conclusions are offered, of which either is right
as often as the other for the same words. The picture must show what the criterion is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.reasoning_rules import Rule
from benchsmith.documents.skill_pools import VIEW
from benchsmith.skills.applied_rules import Applied
from benchsmith.skills.contract import SAYS, Draft, Scene, Seen, Unclear
from benchsmith.skills.criteria import Missing, value_of
from benchsmith.skills.named_structures import conspicuous
from benchsmith.skills.shown_measures import form_of

LEAST_PX = 5
"""Pixels of a diameter that is measured at least: one of them more or less is a fifth."""


def with_rules(scenes: Iterable[Scene], lexicon: Lexicon) -> list[Scene]:
    """Return the scenes with the criteria that are about one of their structures."""
    return [replace(scene, rules=tuple(_applied(scene, lexicon))) for scene in scenes]


def _applied(scene: Scene, lexicon: Lexicon) -> Iterator[Applied]:
    if scene.volume is None:
        return
    modality = tuple(lexicon.modalities.lineage(scene.anchor.modality))
    shown = {up for one in scene.structures for up in lexicon.labels.lineage(one.label)}
    shown |= {up for label in scene.others for up in lexicon.labels.lineage(label)}
    for one in (*scene.structures, *scene.minor):
        own = set(lexicon.labels.lineage(one.label))
        for rule in lexicon.rules:
            if not own & set(rule.labels):
                continue
            why = rule.outside(scene.volume.sample, modality)
            if absent := [label for label in rule.present if label not in shown]:
                why = why or f"{absent[0]} is not in the picture"
            yield Applied(rule, one.label, why)


def drafts(scene: Scene, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft what follows for each structure that a criterion is about.

    A single structure is outlined, so it may be small; two structures must both be large enough to
    be found.
    """
    there = {one.label: one for one in (*scene.structures, *scene.minor)}
    for applied in scene.rules:
        one, rule = there[applied.label], applied.rule
        fault = conspicuous(one, margins) if rule.other else ""
        if applied.outside:
            detail = f"{rule.id}: {applied.outside}"
            yield Unclear(subject=one.label, reason="outside-scope", detail=detail)
        elif fault := fault or _lost(one, scene, margins):
            yield Unclear(subject=one.label, reason="hard-to-name", detail=fault)
        else:
            yield from _concluded(scene, one, there, rule, margins)


def _lost(one: Seen, scene: Scene, margins: Margins) -> str:
    """Return why a reader could not measure an outlined structure; empty if a reader could."""
    if one.whole < margins.min_whole:
        return f"its largest part is {one.whole:.3f} of it"
    if one.contrast is not None and one.contrast < margins.min_contrast:
        return f"it has contrast {one.contrast:.2f}"
    pixels = one.flat.long / max(scene.pixel) if one.flat else 0.0
    return f"its longest diameter is {pixels:.1f} pixels" if pixels < LEAST_PX else ""


def _concluded(
    scene: Scene, one: Seen, there: dict[str, Seen], rule: Rule, margins: Margins
) -> Iterator[Draft | Unclear]:
    """Yield the questions by one criterion about one structure: with each neighbouring conclusion."""
    other = there.get(rule.other)
    if rule.other and (other is None or conspicuous(other, margins)):
        detail = f"{rule.id}: {rule.other} is not clearly in the picture"
        yield Unclear(subject=one.label, reason="outside-scope", detail=detail)
        return
    found = value_of(rule, scene, one, other)
    form = form_of(rule.measure, scene, one, other, margins)
    for missing in (found, form):
        if isinstance(missing, Missing):
            detail = f"{rule.id}: {missing.detail}"
            yield Unclear(subject=one.label, reason=missing.reason, detail=detail)
            return
    value, facts = found  # type: ignore[misc]
    right = rule.conclusion(value)
    if right is None:
        detail = f"{rule.id}: {value:.4g} {rule.unit}".rstrip()
        yield Unclear(subject=one.label, reason="near-bound", detail=detail)
        return
    for low in (right - 1, right):
        if low < 0 or low + 1 >= len(rule.conclusions):
            continue
        bound = Fact(subject=one.label, name=f"bound of {rule.id} ({rule.citation})",
                     value=rule.bounds[low], unit=rule.unit)  # fmt: skip
        options = tuple(f"{SAYS}{words}" for words in rule.conclusions[low : low + 2])
        yield Draft(
            scene=scene, kind=_kind(rule), options=options, key=f"{SAYS}{rule.conclusions[right]}",
            subjects=(one.label, *((rule.other,) if rule.other else ())), words=(rule.criterion,),
            evidence=(*facts, bound), about=one, ordered=True, variant=f"{rule.id}.{low}",
            view="contour" if _kind(rule) == "one" else VIEW, form=form,  # type: ignore[arg-type]
            ladder=f"{rule.id} {low}",
        )  # fmt: skip


def _kind(rule: Rule) -> str:
    return "two" if rule.other else "volume" if rule.measure == "volume" else "one"
