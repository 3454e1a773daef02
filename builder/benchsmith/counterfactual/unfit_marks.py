"""Altered marks that no question may show: too small, unclear or crowded, by the rules for any candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchsmith.core.alteration import ERASE, MOVE, SHIFT
from benchsmith.core.model import Choice
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit
from benchsmith.documents.benchmark import Benchmark
from benchsmith.selectors.candidate_columns import without_samples
from benchsmith.selectors.quality_floors import floors
from benchsmith.stages import crowded_box
from benchsmith.tables import record_tables


def unfit(
    views: Sequence[AlteredView], by_id: Mapping[str, AskedUnit], benchmark: Benchmark
) -> dict[str, NoTruth]:
    """Return why altered marks cannot be asked about, by the rules for any candidate.

    By id and label of what they show.
    """
    found: dict[str, NoTruth] = {}
    for view in views:
        boxed = view.alteration.kind in (MOVE, SHIFT, ERASE) and "box" in by_id[view.unit].views
        if boxed and (what := crowded_box.fault(view.shown, benchmark.truth)):
            lost = NoTruth(view.unit, view.alteration.kind, what, "region-in-crowd")
            found[view.shown.id + view.shown.label] = lost
    marked = [v for v in views if v.alteration.kind != ERASE]
    table = without_samples(record_tables.to_table([v.shown for v in marked], Choice))
    for floor in floors(table, benchmark.quality, benchmark.picture.long_side):
        for view, fails, figure in zip(marked, floor.fails, floor.figure, strict=True):
            if fails:
                detail = f"{view.shown.label}: {floor.detail.format(figure)}"
                name = view.shown.id + view.shown.label
                found.setdefault(
                    name, NoTruth(view.unit, view.alteration.kind, detail, floor.reason)
                )
    return found
