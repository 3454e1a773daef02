"""Numbers of a source that are grades of a scale which its title names, or numbers of objects."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from benchsmith.documents.lexicon import Lexicon
from benchsmith.text.name_tokens import Tokens, tokens
from benchsmith.text.normal_form import normal

GRADED = re.compile(
    r"(.+?)(?: (?:grade|level|category|score|stage|group|class))* ([0-9])(?: of .+)?"
)
"""A name that ends with a grade: what is graded, and the number."""
NUMBER = re.compile(r"(?:grade |level |category |score |stage |class )?([0-9])")
"""A word of a source that is a grade."""
MIN_GRADES = 3
MIN_COUNTED = 3
"""Words that differ only in a number that counts objects."""
SEVERITY = frozenset({"mild", "moderate", "severe"})


class Scale(NamedTuple):
    """The graded finding, in comparable words, and the label of each grade."""

    of: Tokens
    labels: Mapping[str, str]


def scales(lexicon: Lexicon) -> list[Scale]:
    """Return the scales of grades that names and synonyms of labels define."""
    found: dict[Tokens, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for term in lexicon.labels:
        for name in (term.name, *term.synonyms):
            if match := GRADED.fullmatch(normal(name)):
                found[tokens(match[1])][match[2]].add(term.id)
    return [
        Scale(of, {n: next(iter(ids)) for n, ids in sorted(grades.items())})
        for of, grades in sorted(found.items(), key=lambda f: sorted(f[0]))
        if of and len(grades) >= MIN_GRADES and all(len(ids) == 1 for ids in grades.values())
    ]


def grade_of(word: str) -> str:
    """Return the grade that a word in its normal form states; empty if it is not a grade.

    >>> grade_of("grade 2"), grade_of("3"), grade_of("c3")
    ('2', '3', '')
    """
    match = NUMBER.fullmatch(word)
    return match[1] if match else ""


def scale_of(known: Iterable[Scale], unknown: Iterable[str], named: Tokens) -> Scale | None:
    """Return the only scale that a source's title names and that has just its numbers.

    `unknown` are the forms of its unknown words, `named` the words of its title. Other numbers
    belong to another scale: for retinopathy there are scales to 3 and to 4.
    """
    numbers = {grade for word in unknown if (grade := grade_of(word))}
    fitting = [s for s in known if s.of <= named and set(s.labels) == numbers]
    return fitting[0] if len({tuple(s.labels.values()) for s in fitting}) == 1 else None


def counted_off(unknown: Iterable[str]) -> frozenset[Tokens]:
    """Return the words beside a number that counts objects.

    >>> sorted(*counted_off(["hip bone fragment 1", "hip bone fragment 2", "hip bone fragment 3"]))
    ['bone', 'fragment', 'hip']
    """
    numbers: dict[Tokens, set[Tokens]] = defaultdict(set)
    for word in unknown:
        every = tokens(normal(re.sub(r"(?<=[a-z])[_ ]?(?=[0-9]+$)", " ", word)))
        counted = frozenset(t for t in every if t.isdigit())
        if counted and every - counted:
            numbers[every - counted].add(counted)
    return frozenset(what for what, each in numbers.items() if len(each) >= MIN_COUNTED)
