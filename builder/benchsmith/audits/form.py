"""Form: every question can be read and answered, and does not say its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from benchsmith.audits.contract import check, none_of
from benchsmith.audits.exam import Exam, Row
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks
from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import IRREGULAR

META = re.compile(
    r"\b(?:all|none|neither|any|both|two|more) (?:of|or) (?:the |these |those )?(?:above|these|those|them|following)"
    r"|^(?:both|all|none|neither|unknown|other|others|not sure|unsure|undetermined|indeterminate|uncertain"
    r"|cannot (?:tell|say|be determined)|(?:i )?do(?: not|n't) know|no idea|unspecified|n/?a|not applicable)$"
    r"|^both .+ and |以上|都不是|不确定|无法(?:判断|确定)|^其他$|^未知$"
)
"""Options that speak of the other options, or of not knowing."""
PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}|\[[A-Z_]{3,}\]")
SMALLEST_SIDE = 64
SHORT = 3
"""Synonyms of so few letters stand in sentences by chance."""
_TOKEN = re.compile(r"[\w+<>=%]+")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@lru_cache(maxsize=1 << 16)
def folded(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, width, punctuation and plural.

    >>> folded("The Kidneys (LEFT)")
    ('the', 'kidney', 'left')
    """
    return tuple(_singular(w) for w in _TOKEN.findall(normal(text)))


def _singular(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@check(
    "A1",
    asks="Is the answer among the options?",
    formula="questions without an answer, with an answer that is no option, or with nothing but answers",
    remedy="This is a mistake of the program that made the questions; report it.",
    hard=True,
)
def key_offered(exam: Exam, marks: Marks) -> Found:
    """Every answer is an option, and some option is none."""

    def bad(row: Row) -> str:
        given = set(row.answers)
        if not given or len(given) != len(row.answers):
            return f"its answers are {row.answers}"
        if not given <= set(range(len(row.options))):
            return f"answer {max(given)} of {len(row.options)} options"
        return "every option is right" if len(given) == len(row.options) else ""

    return none_of(_those(exam, bad), len(exam), "answers that cannot be given")


@check(
    "A2",
    asks="Is the number of options as declared?",
    formula="questions with fewer than 2 or more than 26 options, with other labels than options, or with more wrong options than their pool has",
    remedy="Give the pool more labels, or leave the question out.",
    hard=True,
)
def option_count(exam: Exam, marks: Marks) -> Found:
    """Two to 26 options, each with its label, no more wrong ones than the pool has."""

    def bad(row: Row) -> str:
        k = len(row.options)
        if not 2 <= k <= 26 or len(row.labels) != k:
            return f"{k} options, {len(row.labels)} labels"
        if row.pool_size is not None and k - len(row.answers) > row.pool_size:
            return f"{k - len(row.answers)} wrong options of a pool of {row.pool_size}"
        return ""

    return none_of(_those(exam, bad), len(exam), "questions with a wrong number of options")


@check(
    "A3",
    asks="Do all options of a question differ?",
    formula="questions with two options that are equal after NFKC, case, punctuation and plural are folded",
    remedy="Make one label of the two in lexicon/tree/label.tsv, or pair them in lexicon/confusables.tsv.",
    hard=True,
)
def options_distinct(exam: Exam, marks: Marks) -> Found:
    """No two options read the same."""

    def bad(row: Row) -> str:
        seen: dict[tuple[str, ...], str] = {}
        for text in row.options:
            other = seen.setdefault(folded(text) or (text,), text)
            if other is not text:
                return f"{other!r} and {text!r}"
        return "" if len(seen) == len(row.options) else "an option stands twice"

    return none_of(_those(exam, bad), len(exam), "questions with an option twice")


@check(
    "A4",
    asks="Does no option speak of the other options, or of not knowing?",
    formula="questions with an option such as `all of the above`, `both`, `unknown`, `other`, `not sure`",
    remedy="Drop such labels in the source's mapping (relation `drop`).",
    hard=True,
)
def meta_options(exam: Exam, marks: Marks) -> Found:
    """Options are things, not remarks."""

    def bad(row: Row) -> str:
        return next((repr(t) for t in row.options if META.search(normal(t))), "")

    return none_of(_those(exam, bad), len(exam), "questions with a meta option")


@check(
    "A5",
    asks="Is every id given once?",
    formula="questions that share their id with another",
    remedy="This is a mistake of the program that made the ids; report it.",
    hard=True,
)
def ids_unique(exam: Exam, marks: Marks) -> Found:
    """Ids name one question each."""
    seen: set[str] = set()

    def bad(row: Row) -> str:
        twice = row.id in seen
        seen.add(row.id)
        return "another question has this id" if twice else ""

    return none_of(_those(exam, bad), len(exam), "ids that stand twice")


@check(
    "A6",
    asks="Does the question not name some of its options?",
    formula="questions whose words hold all words of an option or of its synonyms, but not of every option",
    remedy="Reword the stem in question_pools/tasks/, or take the label out of the pool.",
    hard=True,
)
def option_in_question(exam: Exam, marks: Marks) -> Found:
    """A word of the question must not point at an option."""

    def bad(row: Row) -> str:
        words = frozenset(folded(row.question))
        text = normal(row.question)
        spoken = [
            option
            for option, label in zip(row.options, row.labels, strict=False)
            if any(
                _said(name, name == option, words, text) for name in exam.words.of(label, option)
            )
        ]
        return f"it says {spoken[0]!r}" if 0 < len(spoken) < len(row.options) else ""

    return none_of(_those(exam, bad), len(exam), "questions that name an option")


def _said(name: str, is_shown: bool, words: frozenset[str], text: str) -> bool:
    """Say whether a name's words are all in a question."""
    if _CJK.search(name):
        return len(name) > 1 and normal(name) in text
    own = folded(name)
    if not own or (not is_shown and all(len(w) <= SHORT for w in own)):
        return False
    return words.issuperset(own)


@check(
    "A7",
    asks="Is every stem filled in?",
    formula="questions with a placeholder left, without their modality's name, or that end without a question mark",
    remedy="Mend the stem in question_pools/tasks/.",
    hard=True,
)
def stem_filled(exam: Exam, marks: Marks) -> Found:
    """No placeholder is left, and the modality is named."""

    def bad(row: Row) -> str:
        if left := PLACEHOLDER.search(row.question):
            return f"{left.group()!r} is not filled in"
        if not row.question.strip().endswith(("?", "\uff1f")):
            return "it does not end with a question mark"
        if row.modality_name and normal(row.modality_name) not in normal(row.question):
            return f"it does not say {row.modality_name!r}"
        return ""

    return none_of(_those(exam, bad), len(exam), "stems that are not filled in")


@check(
    "A8",
    asks="Is every picture sound?",
    formula="pictures that are empty, no 8-bit RGB, or have a side below 64 pixels",
    remedy="Leave the picture out; `benchsmith explain ID` names its file.",
    hard=True,
    needs=("width", "height"),
)
def picture_sound(exam: Exam, marks: Marks) -> Found:
    """Pictures can be opened and are not tiny."""

    def bad(row: Row) -> str:
        if row.file_bytes == 0 or row.rgb8 is False:
            return "no 8-bit RGB picture"
        small = min(row.width or 0, row.height or 0) < SMALLEST_SIDE
        return f"{row.width} x {row.height} pixels" if small else ""

    return none_of(_those(exam, bad), len(exam), "pictures that cannot be used")


@check(
    "A9",
    asks="Can the mark be seen?",
    formula="marked pictures that equal the same target's picture at another granularity, byte for byte",
    remedy="This is a mistake of the program that draws, or a region of no pixels; report it.",
    hard=True,
    needs=("picture",),
)
def mark_visible(exam: Exam, marks: Marks) -> Found:
    """A box, mask or contour changes the picture."""
    seen: dict[tuple[str, str | None], Row] = {}
    several: set[str] = set()
    offenders: list[Offender] = []
    views: dict[str, set[str]] = {}
    for row in exam.rows:
        views.setdefault(row.target, set()).add(row.view)
    for row in exam.rows:
        if len(views[row.target]) < 2:
            continue
        several.add(row.id)
        other = seen.setdefault((row.target, row.picture), row)
        if other.view != row.view:
            offenders.append(
                Offender(row.id, f"the {row.view} view looks like the {other.view} view")
            )
    return none_of(offenders, len(several), "marks that cannot be seen")


def _those(exam: Exam, bad: Callable[[Row], str]) -> Iterator[Offender]:
    for row in exam.rows:
        if why := bad(row):
            yield Offender(row.id, why)
