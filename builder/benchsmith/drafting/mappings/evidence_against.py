"""Evidence against a label for a word: a denial, a scale that the word does not name, another body part."""

from __future__ import annotations

import re
from collections.abc import Iterable

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.body_areas import Areas, apart
from benchsmith.documents.tree import Term
from benchsmith.drafting.mappings.label_families import families, family
from benchsmith.drafting.mappings.source_scope import Scope
from benchsmith.text.denying_signs import doubted
from benchsmith.text.name_tokens import NEGATIONS, Tokens, listed, plain_word, tokens
from benchsmith.text.normal_form import normal

DENIED = re.compile(r"[?\u2212]|\b(?:possible|suspected|probable|likely|history)\b|\bpost (?=\w)")
"""Signs and words that deny or doubt what stands beside them."""
SCHEMES = listed(
    "gleason isup kellgren lawrence kl mayo boston bbps angeles birads rads pirads tnm who"
    " fitzpatrick paris nice jnet hoehn ashworth meary goutallier fuhrman nottingham mrs"
)
"""Words that name a scale of grades."""
COMPARED = re.compile(r"[<>\u2264\u2265]")
"""Signs of a range of values, which is not a single grade: `ISUP >= 2`."""
ANYWHERE = frozenset({"cell", "cell-part", "tissue"})
"""Kinds of labels that any organ's sections show."""
NO_SCALE = "the word does not name the label's grading scale"
NEGATED = "one of them negates"


def against(raw: str, term: Term) -> str:
    """Return the evidence in the word itself against a label; empty if none."""
    if DENIED.search(normal(raw)) or doubted(raw):
        return "the word denies or doubts it"
    if COMPARED.search(raw):
        return "the word states a range"
    names = [tokens(normal(name)) for name in (term.name, *term.synonyms)]
    word = tokens(plain_word(raw))
    if _negated(word, names):
        return NEGATED
    scales = frozenset(t for each in names for t in each) & SCHEMES
    return NO_SCALE if scales != word & SCHEMES and not (scales and word & scales) else ""


def _negated(word: Tokens, names: Iterable[Tokens]) -> bool:
    """Return whether the word negates and no name does, or all names do and the word does not."""
    denying = [bool(each & NEGATIONS) for each in names]
    if word & NEGATIONS and word != {"no"}:  # a code: a negation alone denies nothing
        return not any(denying)
    return all(denying) and "normal" not in word


def elsewhere(lexicon: Lexicon, term: Term, areas: Areas, scope: Scope) -> str:
    """Return the evidence in a source's organs and modalities against a label; empty if none.

    `areas` are the label's.
    """
    if term.kind not in ANYWHERE and apart(areas, scope.areas):
        return "belongs to another part of the body than the source"
    shown = families(term, areas)
    ours = {family(lexicon, m) for m in scope.modalities} - {""}
    return "not seen in this modality" if shown and ours and not shown & ours else ""
