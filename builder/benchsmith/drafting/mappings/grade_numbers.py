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
_COUNT = re.compile(r"(?:(?<=[a-z])|(?<![\w.,:=/<>\u2264\u2265~%-]))\d{1,3}(?![\w.,:=/%])")
"""A number of an object, which is no value: not that of `p=0.1`, `50%`, `1/2` and `v2`."""
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


def objects_number(word: str) -> str:
    """Return the number that a word in its normal form has, if it may count an object; else nothing.

    >>> objects_number("fragment 3"), objects_number("fragment3"), objects_number("p=0.1")
    ('3', '3', '')
    """
    digits, counts = re.findall(r"\d+", word), _COUNT.findall(word)
    plain = len(digits) == 1 and counts == digits and not re.search(r"(?<![a-z])[a-z]\d", word)
    return str(digits[0]) if plain else ""


def counted_off(unknown: Iterable[str]) -> frozenset[Tokens]:
    """Return the words beside a number that counts objects.

    Where a word has the number 0, the numbers may be grades or truth values.

    >>> sorted(*counted_off(["hip bone fragment 1", "hip bone fragment 2", "hip bone fragment 3"]))
    ['bone', 'fragment', 'hip']
    >>> counted_off(["pneumonia 0", "pneumonia 1", "pneumonia 2", "pneumonia=3", "pneumonia 4%"])
    frozenset()
    """
    numbers: dict[Tokens, set[int]] = defaultdict(set)
    for word in map(normal, unknown):
        number = objects_number(word)
        every = tokens(re.sub(r"(?<=[a-z])(?=[0-9]+$)", " ", word))
        what = frozenset(t for t in every if not t.isdigit())
        if number and what:
            numbers[what].add(int(number))
    return frozenset(
        what for what, each in numbers.items() if len(each) >= MIN_COUNTED and 0 not in each
    )
