"""Write the counterfactual questions of a benchmark, and mark their originals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchsmith.core.model import Choice, Question, Rejection
from benchsmith.core.random_order import dealt, order
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit
from benchsmith.counterfactual.drawn_pairs import UNBALANCED, KnownView, draw_pairs
from benchsmith.counterfactual.truth_rules import RECOGNITION, RULES, truth_of
from benchsmith.counterfactual.unfit_marks import unfit
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.stages import ask_key
from benchsmith.stages.option_rules import OptionRules


@dataclass(frozen=True, slots=True)
class Pairs:
    """The questions of a benchmark with their counterfactuals."""

    questions: list[Question]
    """All questions; those with a counterfactual name their pair."""
    shown: list[Choice]
    """The targets of the counterfactual questions, as the altered pictures show them."""
    rejected: list[Rejection]


def pairs(
    questions: Sequence[Question],
    units: Sequence[AskedUnit],
    surveyed: Iterable[AlteredView | NoTruth],
    benchmark: Benchmark,
    lexicon: Lexicon,
    left_out: Mapping[str, tuple[str, str]] | None = None,
) -> Pairs:
    """Ask about at most one altered picture of each unit of questions.

    `units` are those of `questions`, `surveyed` is what :mod:`benchsmith.counterfactual.survey` found.
    `left_out` are altered targets that people or models rejected, each with reason and detail.
    """
    left_out = left_out or {}
    by_id = {one.id: one for one in units}
    views: list[AlteredView] = []
    lost: list[NoTruth] = []
    for found in surveyed:
        (lost if isinstance(found, NoTruth) else views).append(found)  # type: ignore[arg-type]
    options = OptionRules(lexicon, benchmark)
    known: list[KnownView] = []
    poor = unfit(views, by_id, benchmark)
    for view in sorted(views, key=lambda v: (v.unit, v.alteration.kind, str(v))):
        unit = by_id[view.unit]
        if view.shown.id in left_out:
            reason, detail = left_out[view.shown.id]
            lost.append(NoTruth(unit.id, view.alteration.kind, detail, reason))
            continue
        right = poor.get(view.shown.id + view.shown.label) or truth_of(
            unit, view, RULES[RECOGNITION], options, lexicon
        )
        if isinstance(right, NoTruth):
            lost.append(right)
        else:
            known.append(KnownView(unit, view, right))
    drawn, unbalanced = draw_pairs(known, units, benchmark.seed)
    altered = _questions(drawn, benchmark, lexicon)
    paired = {q.pair for q in altered}
    shown = {one.view.shown.id: _placed(one, lexicon) for one in drawn}
    return Pairs(
        [*(replace(q, pair=q.id) if q.id in paired else q for q in questions), *altered],
        [shown[id_] for id_ in sorted(shown)],
        _rejections(
            [*lost, *unbalanced], by_id, {(k.unit.id, k.view.alteration.kind) for k in known}
        ),
    )


def _questions(
    drawn: Sequence[KnownView], benchmark: Benchmark, lexicon: Lexicon
) -> list[Question]:
    """Return the altered questions: the words of their originals, options in a new order.

    The key's positions are dealt as for the originals: among each k questions of a pool and view with
    k options every position occurs once. So the order does not reveal whether the answer stays.
    """
    times: Counter[tuple[str, str, int]] = Counter()
    made = []
    for one in drawn:
        for q in one.unit.questions:
            id_ = f"{one.view.shown.id}:{q.id.rpartition(':')[2]}"
            others = [n for n in q.option_labels if one.unit.several or n not in one.right]
            labels = order(others, benchmark.seed, "position", id_, name=str)
            if not one.unit.several:
                k = len(q.option_labels)
                names = ("deal altered", q.pool, q.view, str(k))
                place = dealt(times[q.pool, q.view, k], k, benchmark.seed, *names)
                times[q.pool, q.view, k] += 1
                labels.insert(place, min(one.right))
            text = dict(zip(q.option_labels, q.options, strict=True))
            label = q.label if one.unit.several else min(one.right)
            placement = lexicon.place(label, q.modality)
            made.append(
                replace(
                    q,
                    id=id_,
                    target=one.view.shown.id,
                    label=label,
                    department=placement.department if placement else q.department,
                    options=tuple(text[n] for n in labels),
                    option_labels=tuple(labels),
                    answers=tuple(sorted(labels.index(n) for n in one.right)),
                    pool_size=q.pool_size + len(q.answers) - len(one.right),
                    mirror="",
                    pair=q.id,
                    alteration=one.view.alteration,
                )
            )
    return made


def _placed(one: KnownView, lexicon: Lexicon) -> Choice:
    """Return what an altered picture shows, with the department of its label."""
    shown = one.view.shown
    place = lexicon.place(shown.label, shown.modality)
    if place is None or shown.label == one.unit.choice.label:
        return shown
    return replace(shown, department=place.department, placed_at=place.at)


def _rejections(
    lost: Iterable[NoTruth], units: Mapping[str, AskedUnit], made: set[tuple[str, str]]
) -> list[Rejection]:
    """Return one rejection for each unit and kind without a view whose truth is known, or balances."""
    first: dict[tuple[str, str], NoTruth] = {}
    for one in sorted(lost, key=lambda n: (n.unit, n.kind, n.reason, n.detail)):
        if one.reason == UNBALANCED or (one.unit, one.kind) not in made:
            first.setdefault((one.unit, one.kind), one)
    return [
        Rejection(
            stage=ask_key.NAME,
            source=units[one.unit].choice.source,
            subject=f"{one.unit}~{one.kind}",
            reason=one.reason,
            detail=f"{one.kind}: {one.detail}",
        )
        for one in first.values()
    ]
