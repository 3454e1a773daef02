"""The truth of an altered picture: one rule for each kind of question and kind of alteration.

A rule sees what the original question asks, and what the picture and its mark show after the
change, as measured in the source's masks. It returns the labels that are right in the altered
picture, or why they are not known. Whether these are options, and all other options are wrong, is
decided here for all rules alike. A new kind of question needs only a table of rules in
:data:`RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from benchsmith.counterfactual import recognition_truth
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit
from benchsmith.documents.lexicon import Lexicon
from benchsmith.stages.option_rules import OptionRules

Rule = Callable[[AskedUnit, AlteredView, Iterable[str]], frozenset[str] | str]
"""From the unit, the altered view and the names of the options to the labels that are right, or to
why they are not known."""
RECOGNITION = "recognition"
RULES: Mapping[str, Mapping[str, Rule]] = {RECOGNITION: recognition_truth.RULES}
"""By kind of question and kind of alteration; a kind of alteration without a rule has no truth."""


def truth_of(
    unit: AskedUnit,
    view: AlteredView,
    rules: Mapping[str, Rule],
    options: OptionRules,
    lexicon: Lexicon,
) -> frozenset[str] | NoTruth:
    """Return the labels that are right in an altered picture; else why no question is made.

    The other options must be wrong there by the rules that hold for every question.
    """
    kind = view.alteration.kind

    def none(why: str) -> NoTruth:
        return NoTruth(unit.id, kind, why)

    if kind not in rules:
        return none("no rule gives the answer to such a question")
    names = [name for q in unit.questions for name in (*q.options, *q.option_labels)]
    found = rules[kind](unit, view, names)
    if isinstance(found, str):
        return none(found)
    if missing := sorted(found - unit.offered):
        return none(f"{missing[0]} is not an option")
    others = unit.offered - found
    wrong = (
        _surely_absent(unit, view, others, lexicon)
        if unit.several
        else options.admissible(view.shown, unit.views, others)
    )
    if unsure := sorted(others - wrong):
        return none(f"{unsure[0]} is not known to be wrong")
    return found


def _surely_absent(
    unit: AskedUnit, view: AlteredView, labels: Iterable[str], lexicon: Lexicon
) -> frozenset[str]:
    """Return the labels that an altered picture surely does not show."""
    related = cache(lexicon.labels.related)
    there = {n.name for n in view.shown.neighbours} | {view.shown.label}
    return frozenset(
        label
        for label in labels
        if view.shown.searched.is_absent(label, related)
        and not any(related(label, one) for one in there)
    )
