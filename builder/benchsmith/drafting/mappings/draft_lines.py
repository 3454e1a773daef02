"""The lines of a draft: each word with its label, the reason, the certainty, and what to check."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.body_areas import apart, area_words, areas_of, areas_of_label
from benchsmith.drafting.mappings.label_guesses import Guess
from benchsmith.drafting.mappings.source_scope import Scope
from benchsmith.stages.resolved_word import UNDECIDED, Resolved
from benchsmith.text.laterality import take_side
from benchsmith.text.name_tokens import plain_word, tokens
from benchsmith.text.name_wrappers import readings
from benchsmith.text.normal_form import normal

LOOK = "; look: "
"""Begins what a person should look at in a known word."""
SHOWN = 3
"""Guesses that are shown for a word."""


def guessed(raw: str, found: Sequence[Guess], chosen: Guess | None) -> str:
    """Return the line of a word that the lexicon does not know."""
    next_ones = "; ".join(str(g) for g in found[:SHOWN] if g is not chosen) or "nothing"
    if chosen is not None:
        return f"{raw} -> {chosen}; next: {next_ones}"
    return f"{raw} -> ?; nearest: {next_ones}" if found else f"{raw} -> ?; no suggestion"


def resolved(raw: str, found: Resolved, lexicon: Lexicon, scope: Scope) -> str:
    """Return the line of a word that the lexicon knows."""
    if not found.label:
        what = "left open" if found.reason == UNDECIDED else "dropped"
        return f"{raw} -> {what} ({found.decided_at})"
    side = f" {found.laterality}" if found.laterality else ""
    doubts = "; ".join(_doubts(raw, found, lexicon, scope))
    look = f"{LOOK}{doubts}" if doubts else ""
    return f"{raw} -> {found.label}{side} ({found.decided_at}){look}"


def _doubts(raw: str, found: Resolved, lexicon: Lexicon, scope: Scope) -> list[str]:
    """Return what a person should check about a label that the lexicon decided."""
    term = lexicon.labels[found.label]
    doubts = []
    side = next((s for r in readings(raw) if (s := take_side(r.name).side)), "")
    if side and not found.laterality:
        doubts.append(f"the side is lost ({side})")
    word, name = tokens(plain_word(raw)), tokens(normal(term.name))
    if word < name and (added := sorted(area_words(name - word) - scope.said)):
        doubts.append(f"the label adds {' '.join(added)}")
    if apart(areas_of_label(lexicon, term.id), areas_of(scope.said)):
        doubts.append("belongs to another part of the body than the source")
    if scope.kinds and term.kind and term.kind not in scope.kinds:
        doubts.append(
            f"a label of the kind {term.kind}, while most labels are {' or '.join(scope.kinds)}"
        )
    return doubts
