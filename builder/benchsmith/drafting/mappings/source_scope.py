"""The subject of a source, as far as it is stated: modalities, organs and areas, kinds of labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.body_areas import (
    Areas,
    area_of_modality,
    area_words,
    areas_of,
    areas_of_label,
)
from benchsmith.documents.recipe import Recipe
from benchsmith.documents.stated_sites import text_of, with_compounds
from benchsmith.drafting.mappings.grade_numbers import counted_off
from benchsmith.drafting.mappings.shared_words import form_of
from benchsmith.text.name_tokens import Tokens, tokens
from benchsmith.text.normal_form import normal

ORGANS = {
    "brain": "brain", "eye": "eye retina fundus", "skin": "skin", "chest": "chest lung",
    "heart": "heart", "breast": "breast", "blood": "blood", "digestive": "digestive tract",
}  # fmt: skip
"""What a word without an organ belongs to in a source about an area: an edema of a chest is the lung's."""
PARTS = {"spine": "vertebra disc intervertebral"}
"""Words for what an organ consists of, which a source about it leaves out."""
MOST = 0.6
"""Share of the known labels that must lie in an area for the source to be about it."""
VERTEBRA = re.compile(r"[ctl]\d{1,2}")
MIN_VERTEBRAE = 4
"""Codes such as C2 and T12 that make a source's codes the levels of a spine."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known about a source before its words are resolved."""

    source: str
    modalities: tuple[str, ...]
    organs: Tokens
    """Words for its organs, in their comparable form; empty if it names none or many."""
    areas: Areas
    """Areas of the body that it may show; empty if unknown."""
    said: Tokens
    """Words for organs and areas that the recipe, the catalogue or the modality names."""
    kinds: frozenset[str]
    """The kinds of most of its known labels; empty if they differ."""
    numbers_vertebrae: bool = False
    counts: bool = False
    """Whether its numbers count things."""
    unknown: frozenset[str] = frozenset()
    """The forms of its words that the lexicon does not know."""
    named: Tokens = frozenset()
    """All words of its title and note, and of what the catalogue says of it."""
    counted: frozenset[Tokens] = frozenset()
    """Words beside which numbers count objects off."""
    titled: Tokens = frozenset()
    """The words of its title, id and site, and of the catalogue's anatomy, without its note's."""
    taken: frozenset[str] = frozenset()
    """The labels that the lexicon knows for some of its words."""
    not_taken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By word and label, why the lexicon's label for it says more than the word."""


def scope_of(
    recipe: Recipe | None,
    source: str,
    words: Sequence[str],
    labels: Sequence[str],
    lexicon: Lexicon,
    modalities: Iterable[str],
    anatomy: str = "",
    unknown: Iterable[str] = (),
) -> Scope:
    """Return what a source is about.

    `words` are all of its raw words, `unknown` those that the lexicon does not know, `labels` the known
    labels of some of them, and `anatomy` what the catalogue says. Title, site and anatomy come first,
    then modalities that show one area, then the known labels, then the recipe's note.
    """
    modes, forms = tuple(dict.fromkeys(modalities)), [form_of(word) for word in unknown]
    labels = [label for label in labels if label in lexicon.labels]
    said = tokens(normal(f"{text_of(recipe, source)} {anatomy}"))
    named = with_compounds(said)
    by_label = [areas_of_label(lexicon, label) for label in labels]
    of_modes = frozenset(area for m in modes if (area := area_of_modality(lexicon, m)))
    counted = Counter(area for each in by_label for area in each)
    common = frozenset(a for a, n in counted.items() if labels and n >= MOST * len(labels))
    organs = area_words(named)
    areas = areas_of(organs) or of_modes or common
    if not areas and recipe is not None:
        noted = area_words(tokens(normal(recipe.note)))
        organs = noted if len(areas_of(noted)) == 1 else organs
        areas = areas_of(organs)
    if not organs:
        organs = frozenset(w for a in areas for w in ORGANS.get(a, "").split())
    else:
        organs |= frozenset(w for a in areas if a in organs for w in ORGANS.get(a, "").split())
    organs |= frozenset(w for o in organs for w in PARTS.get(o, "").split())
    kinds = Counter(lexicon.labels[label].kind for label in labels)
    kind, often = kinds.most_common(1)[0] if kinds else ("", 0)
    codes = {normal(w) for w in words}
    return Scope(
        source,
        modes,
        organs,
        areas | frozenset(a for each in by_label for a in each),
        area_words(named) | frozenset(w for a in of_modes for w in ORGANS.get(a, a).split()),
        frozenset([kind]) if kind and len(labels) > 2 and often >= MOST * len(labels) else frozenset(),
        sum(bool(VERTEBRA.fullmatch(c)) for c in codes) >= MIN_VERTEBRAE,
        recipe is not None and any(e.kind == "count" for s in recipe.samples for e in s.labels),
        frozenset(forms),
        said | (tokens(normal(recipe.note)) if recipe is not None else frozenset()),
        counted_off(forms),
        said,
        frozenset(labels),
    )  # fmt: skip
