"""Matches of a source's word and a label's name, by their words: equal, with the organ, or wider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from benchsmith.documents.lexicon.body_areas import Areas, area_words, areas_of
from benchsmith.drafting.mappings.grade_numbers import SEVERITY, objects_number
from benchsmith.drafting.mappings.source_scope import Scope
from benchsmith.text.name_tokens import NEGATIONS, Tokens, listed, tokens
from benchsmith.text.name_wrappers import shortens
from benchsmith.text.normal_form import normal

SURE = 80.0
"""Smallest sureness, of 100, of a guess that is filled in."""
SAME, ORGAN, HEAD, NARROWER, ADDED = 100.0, 93.0, 86.0, 84.0, 80.5
"""How sure the ways of matching are; `performance/drafts.py` measures how often they are right."""
LONGER = 6.0
"""What each word costs that a wider name has and the source's word lacks: a human liver is not a lesion."""
ALIKE = 75.0
"""The most that likeness alone makes sure: it is shown, and not filled in."""
KIND = 69.0
"""Score of a narrower name in the source's part of the body, before its further words count."""
GENERAL = listed(
    "gyrus cell nucleus muscle cortex gland tissue lobule hemisphere artery vein tooth"
    " lesion tumor image implant disease picture area region"
)
"""Words that a name may add to say what kind of thing it is."""
PLACES = listed(
    "upper lower superior inferior anterior posterior medial lateral middle distal proximal person"
    " mouse rat visible present external internal well moderately poorly differentiated"
)
"""Words of a source that narrow a name without another meaning."""
IMAGING = listed("xr xray radiograph ct mr mri us image photo picture scan")
"""Words that say how a picture was taken, and not what it shows."""
RESULTS = listed("positive negative")
"""Results of a test: of which one they are, only the source knows."""
STATES = RESULTS | listed("normal benign malignant abnormal suspicious pathological")
"""Words that say the state of whatever a source shows."""
UNPLACED = STATES | listed(
    "tumor cancer cyst mass lesion edema nodule fibrosis calcification vessel hemorrhage polyp"
    " hernia effusion fracture carcinoma adenoma ulcer infarct aneurysm stenosis infection"
    " inflammation hyperplasia gland no"
)
"""Words that mean one label only together with an organ."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name or synonym of a label, ready to be compared."""

    tokens: Tokens
    text: str
    label: str
    initials: tuple[str, ...]
    """The first letters of its words, with and without small ones."""
    areas: Areas
    """The label's areas of the body."""
    head: str
    """What it is about: its last word, or that before *of*."""
    own: bool = True
    """Whether it is the lexicon's; MeSH's terms are looser, and are compared as a whole only."""


class Asked(NamedTuple):
    """A source's word, ready to be compared."""

    tokens: Tokens
    head: str
    """What it is about; empty for an adjective, which names nothing by itself."""
    raw: str = ""
    """As the source writes it."""


class Match(NamedTuple):
    """The score of a name, and the reason."""

    sure: float
    why: str


def match(asked: Asked, name: Name, scope: Scope) -> Match | None:
    """Return how likely a source's word means a name, or None if they differ."""
    word = asked.tokens
    if not name.own and name.tokens != word:
        return None
    more, less = name.tokens - word, word - name.tokens
    if less and not more and name.tokens in scope.counted and less <= {_number(asked)}:
        return Match(HEAD, f"name {name.text}: the numbers count several objects")
    if less:
        return _wider(asked, name, more, less, scope)
    if not more:
        alone = asked.head and not word <= UNPLACED
        return Match(SAME if alone else ALIKE, f"name {name.text}")
    if not asked.head:
        placed = word <= PLACES and more <= scope.organs
        return (
            Match(ALIKE, f"name {name.text}: a part of a structure that the source shows")
            if placed
            else None
        )
    if word <= SEVERITY and more <= scope.named:
        return Match(HEAD, f"name {name.text}: named by the source's title")
    ours = bool(more & scope.organs)
    if word <= STATES:
        if ours and name.tokens & STATES == word and not word & RESULTS:
            return Match(HEAD, f"name {name.text}: a state of a structure that the source shows")
        return None
    shown = (
        scope.organs
        | scope.titled
        | frozenset(t for m in scope.modalities for t in tokens(normal(m)))
    )
    if ours and more <= shown:
        what = " ".join(sorted(more))
        return Match(ORGAN, f"name {name.text}: {what} is shown by the source")
    if areas_of(word) and areas_of(word) == scope.areas:
        shown |= frozenset(w for w in area_words(more) if areas_of(frozenset([w])) == scope.areas)
    if more <= GENERAL | shown and (ours or not word <= UNPLACED):
        return Match(HEAD if more <= GENERAL else ADDED, f"name {name.text}")
    if name.head == asked.head and name.areas and name.areas <= scope.areas:
        return Match(
            KIND - len(more), f"name {name.text}: one of several labels that the source may show"
        )
    return None


def _number(asked: Asked) -> str:
    return objects_number(normal(asked.raw))


def _wider(asked: Asked, name: Name, more: Tokens, less: Tokens, scope: Scope) -> Match | None:
    """Return the match of a name that lacks some of the word's words."""
    others = frozenset(w for w in less - PLACES - IMAGING if not _abbreviates(w, name))
    if asked.head not in name.tokens or not more <= GENERAL | (
        frozenset() if others else scope.organs
    ):
        return None
    why = f"wider than the word: {name.text}"
    if all(areas_of(frozenset([w])) & name.areas for w in others):
        return Match(NARROWER - LONGER * len(more) - 0.1 * len(less), why)
    if areas_of(others) and not areas_of(others) & name.areas:
        return None
    return Match(ALIKE - len(less), why)


def _abbreviates(word: str, name: Name) -> bool:
    """Return whether a word beside a name is its abbreviation: `FuG` in `FuG fusiform gyrus`."""
    return word not in NEGATIONS and shortens(word.upper(), name.text)
