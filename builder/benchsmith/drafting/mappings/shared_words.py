"""Words that a source shares with another one: lists with many common words have a common meaning.

A single word that another source maps proves nothing: `tumor` may be of the kidney there and of the
brain here. A list of words is a scheme that data sets copy, such as BraTS's ET, NETC and SNFH.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from benchsmith.documents.lexicon import Lexicon
from benchsmith.text.laterality import take_side
from benchsmith.text.normal_form import normal

MIN_SHARED = 3
"""Unknown words that two sources must share."""
LEAST_SHARE = 0.4
"""Share of a source's unknown words that the other one must have."""


class Meaning(NamedTuple):
    """What a word means in a source with the same list of words."""

    label: str
    source: str
    shared: int
    """How many of the unknown words that source has, too."""


def form_of(word: str) -> str:
    """Return the form by which words of sources are compared.

    >>> form_of("NETC"), form_of("Parotid_L")
    ('netc', 'parotid')
    """
    return take_side(normal(word)).name


class SignedWords:
    """The words of each source with signed mappings and abbreviations in the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._of: dict[str, dict[str, str]] = defaultdict(dict)
        for source, rows in lexicon.mappings.items():
            for form, row in rows.items():
                if row.label in lexicon.labels:
                    self._of[source][form] = row.label
        for form, shorts in lexicon.abbreviations.items():
            for short in shorts:
                term = lexicon.labels.by_name(take_side(normal(short.expansion)).name)
                for source in short.sources if term is not None else ():
                    if source != "*":
                        assert term is not None
                        self._of[source].setdefault(form, term.id)

    def meanings(
        self, unknown: Iterable[str], own: str, fits: Callable[[str], bool]
    ) -> Mapping[str, tuple[Meaning, ...]]:
        """Return what words mean in sources that share a list of them, by their form.

        `unknown` are the forms of a source's unknown words, `own` its id, and `fits` says whether a
        label suits its organs and modalities. Numbers are not words: any list has them.
        """
        words = {form for form in unknown if not form.isdigit()}
        found: dict[str, list[Meaning]] = defaultdict(list)
        for source, labels in sorted(self._of.items()):
            both = words & labels.keys()
            if source == own or len(both) < max(MIN_SHARED, LEAST_SHARE * len(words)):
                continue
            if all(fits(labels[form]) for form in both):
                for form in both:
                    found[form].append(Meaning(labels[form], source, len(both)))
        return {form: tuple(each) for form, each in found.items()}
