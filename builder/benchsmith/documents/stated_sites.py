"""What each source states about the part of the body that it shows, in its recipe and in the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from benchsmith.documents import data_set_catalog
from benchsmith.documents.lexicon.body_areas import area_words, areas_of, compounded
from benchsmith.documents.library import Library
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Recipe
from benchsmith.text.name_tokens import Tokens, tokens
from benchsmith.text.normal_form import normal

OF_NECK = frozenset({"spine", "vertebra", "disc", "neck", "lymph", "node"})
"""Words beside which *cervical* is of the neck; else it is of the uterus."""
LISTED = frozenset({"path", "sheet", "arrays", "columns", "constant"})
"""Kinds of labels entries that state labels of whole pictures, and mark nothing."""


class Stated(NamedTuple):
    """What a source's documents state."""

    sites: Tokens
    """Words among which are those for its organs and areas, in their comparable form."""
    whole: bool
    """Whether all of its labels are of whole pictures."""


def text_of(recipe: Recipe | None, source: str) -> str:
    """Return a source's id, its title and its constant sites as one text."""
    if recipe is None:
        return source
    sites = [s.about.site for s in recipe.samples if s.about.site]
    plain = [site for site in sites if not re.search(r"[{:]", site)]
    return " ".join([source, recipe.title, *plain])


def with_compounds(said: Tokens) -> Tokens:
    """Return words with the area words that some of them begin with; a cervix is not taken for the neck.

    >>> sorted(with_compounds(frozenset({"retinamnist"})) & {"retina"})
    ['retina']
    """
    named = said | {compounded(word) for word in said} - {""}
    if "cervical" not in named:
        return named
    return named - {"cervical"} if named & OF_NECK else named | {"cervix"}


def stated_site(recipe: Recipe | None, source: str, anatomy: str = "") -> Tokens:
    """Return the words of a source's id, title and sites, and the catalogue's.

    If none of them names an organ or area, the words of the recipe's note that do are added, unless it
    names several areas.
    """
    said = tokens(normal(f"{text_of(recipe, source)} {anatomy}"))
    found = with_compounds(said)
    if recipe is not None and not area_words(found):
        noted = area_words(tokens(normal(recipe.note)))
        return found | noted if len(areas_of(noted)) == 1 else found
    return found


def stated(recipe: Recipe | None, source: str, anatomy: str = "") -> Stated:
    """Return what a source states; `anatomy` is the catalogue's."""
    entries = [e.kind for s in recipe.samples for e in s.labels] if recipe is not None else []
    return Stated(stated_site(recipe, source, anatomy), bool(entries) and set(entries) <= LISTED)


def stated_sites(library: Library) -> Mapping[str, Stated]:
    """Return what each source of a library states."""
    anatomies: dict[str, str] = {}
    if data_set_catalog.is_there(library.home):
        for row in data_set_catalog.rows(library.home, Problems(library.home)):
            anatomies.setdefault(row["recipe"], row["anatomy"])
    return {
        id_: stated(source.recipe, id_, anatomies.get(id_, ""))
        for id_, source in library.sources.items()
    }
